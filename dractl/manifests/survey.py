"""Pods that let every node of a cluster tell what it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.errors import unclear
from dractl.manifests.claims import metadata

Document = dict[str, Any]
LABEL: Final = "app.kubernetes.io/name"
NAME: Final = "dractl-discover"

_ROOT: Final = "/host"
_EVERY: Final = "5m"
_NOBODY: Final = 65532
# What every node has. Not all of /proc, in which are the environments of processes.
_FOLDERS: Final = ("/sys", "/dev", "/proc/1/net", "/proc/driver", "/proc/sys/kernel")
# The kubelet makes it, and closes it to all but root.
_REGISTRY: Final = "/var/lib/kubelet/plugins_registry"
# Toolkits and drivers make these, so that not all nodes have them.
_CDI: Final = ("/etc/cdi", "/var/run/cdi")


@dataclass(frozen=True, slots=True)
class Surveyor:
    """How the pods are to be: `runtime_class` is one that gives them NVML.

    `node` is the only one that is looked at; None: all are. With `has_cdi` nodes get
    the folders of CDI that they lack, as a mount takes.
    """

    image: str | None
    name: str | None = None
    namespace: str | None = None
    node: str | None = None
    runtime_class: str | None = None
    is_root: bool = False
    has_cdi: bool = False

    @property
    def folders(self) -> tuple[str, ...]:
        """What the pods see of the host."""
        registry = (_REGISTRY,) if self.is_root else ()
        return (*_FOLDERS, *registry, *(_CDI if self.has_cdi else ()))


def survey(wanted: Surveyor) -> Document:
    """Return a DaemonSet that looks at all nodes, or a Job that looks at one.

    Nothing in it may write to the host or ask the API server for anything. A namespace
    has to let its pods mount folders of the host (Pod Security: privileged).
    """
    if not wanted.image:
        raise unclear(
            "no image is named, and dractl publishes none",
            hint="build one with dractl in it, and name it with --image",
        )
    name = wanted.name or NAME
    labels = {LABEL: NAME}
    pod: Document = {"metadata": {"labels": labels}, "spec": _pod(wanted)}
    about = metadata(name, wanted.namespace) | {"labels": labels}
    if wanted.node is not None:
        pod["spec"] |= {"nodeName": wanted.node, "restartPolicy": "Never"}
        spec: Document = {"backoffLimit": 1, "template": pod}
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": about,
            "spec": spec,
        }
    spec = {
        "selector": {"matchLabels": labels},
        "updateStrategy": {"rollingUpdate": {"maxUnavailable": "100%"}},
        "template": pod,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": about,
        "spec": spec,
    }


def _pod(wanted: Surveyor) -> Document:
    user = (
        {"runAsUser": 0}
        if wanted.is_root
        else {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
        }
    )
    volumes = [
        {"name": _called(folder), "hostPath": _host_path(folder)}
        for folder in wanted.folders
    ]
    pod: Document = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"operator": "Exists"}],
        "terminationGracePeriodSeconds": 1,
        "securityContext": {**user, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(wanted)],
        "volumes": volumes,
    }
    if wanted.runtime_class is not None:
        pod["runtimeClassName"] = wanted.runtime_class
    return pod


def _container(wanted: Surveyor) -> Document:
    arguments = ["discover", "--root", _ROOT, "--node-name", "$(NODE_NAME)", "--all"]
    arguments += ["-o", "json", "--with-facts"]
    if wanted.node is None:
        # A DaemonSet has no end; the last answer in its log is the latest.
        arguments += ["--watch", "--every", _EVERY]
    environment: list[Document] = [
        {
            "name": "NODE_NAME",
            "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}},
        }
    ]
    if wanted.runtime_class is not None:
        # What NVIDIA's runtime reads: NVML, of all GPUs, and no more.
        environment += [
            {"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"},
            {"name": "NVIDIA_DRIVER_CAPABILITIES", "value": "utility"},
        ]
    return {
        "name": "discover",
        "image": wanted.image,
        "command": ["dractl"],
        "args": arguments,
        "env": environment,
        "resources": {
            "requests": {"cpu": "10m", "memory": "64Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [
            {"name": _called(each), "mountPath": f"{_ROOT}{each}", "readOnly": True}
            for each in wanted.folders
        ],
    }


def _called(folder: str) -> str:
    return folder.strip("/").replace("/", "-").replace("_", "-")


def _host_path(folder: str) -> Mapping[str, str]:
    kind = "DirectoryOrCreate" if folder in _CDI else "Directory"
    return {"path": folder, "type": kind}

"""One claim and one pod that try the whole way of a device, and how far they came."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.diagnose.words import listed
from dractl.model.claims import ResourceClaim
from dractl.model.workloads import Pod

Document = dict[str, Any]

IMAGE: Final = "registry.k8s.io/pause:3.10"
LABELS: Final = {
    "app.kubernetes.io/managed-by": "dractl",
    "app.kubernetes.io/name": "dractl-smoke-test",
}
_RAN: Final = frozenset({"Running", "Succeeded"})
_BEFORE: Final = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Why a container waits while its devices are being prepared."""
_PREPARING: Final = "FailedPrepareDynamicResources"


class Step(Enum):
    """How far a device can be on its way to a container, in that order."""

    CREATED = "created"
    ALLOCATED = "allocated"
    RESERVED = "reserved"
    PREPARED = "prepared"
    RUNNING = "running"


class Hop(NamedTuple):
    """A step, whether it is done, what is said; `is_final`: it cannot be any more."""

    step: Step
    is_done: bool
    said: str = ""
    is_final: bool = False


def documents(
    name: str, namespace: str, device_class: str, image: str = IMAGE
) -> tuple[Document, Document]:
    """Return a claim for one device of a class, and a pod that uses it.

    The pod fits the restricted profile of Pod Security, and asks for hardly anything.
    """
    about = {"name": name, "namespace": namespace, "labels": dict(LABELS)}
    exactly = {"deviceClassName": device_class}
    requests = [{"name": "device", "exactly": exactly}]
    claim = {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ResourceClaim",
        "metadata": about,
        "spec": {"devices": {"requests": requests}},
    }
    amounts = {"cpu": "10m", "memory": "16Mi"}
    container = {
        "name": "smoke-test",
        "image": image,
        "resources": {
            "requests": dict(amounts),
            "limits": dict(amounts),
            "claims": [{"name": "device"}],
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": dict(about),
        "spec": {
            "automountServiceAccountToken": False,
            "containers": [container],
            "resourceClaims": [{"name": "device", "resourceClaimName": name}],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
        },
    }
    return claim, pod


def is_ours(found: Mapping[str, Any]) -> bool:
    """Tell whether an object, as a server has it, was made for a smoke test."""
    about = found.get("metadata")
    labels = about.get("labels") if isinstance(about, Mapping) else None
    return isinstance(labels, Mapping) and LABELS.items() <= labels.items()


def hops(seen: Snapshot, namespace: str, name: str) -> tuple[Hop, ...]:
    """Return how far the claim and the pod of that name came, step by step."""
    claim = seen.claim_by_key.get((namespace, name))
    pod = seen.pod_by_key.get((namespace, name))
    if claim is None or pod is None:
        missing = "the claim" if claim is None else "the pod"
        said = f"{missing} is not there any more"
        return (Hop(Step.CREATED, is_done=False, said=said, is_final=True),)
    return tuple(_hops(claim, pod, seen))


def described(
    device_class: str, name: str, namespace: str, found: Sequence[Hop]
) -> Document:
    """Return how far a device came; see schemas/output/smoke-test.v1.json."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "SmokeTest",
        "namespace": namespace,
        "name": name,
        "deviceClass": device_class,
        "ran": has_run(found),
        "steps": [
            {
                "step": each.step.value,
                "done": each.is_done,
                "message": each.said or None,
            }
            for each in found
        ],
    }


def _hops(claim: ResourceClaim, pod: Pod, seen: Snapshot) -> Iterator[Hop]:
    yield Hop(Step.CREATED, is_done=True, said="a ResourceClaim and a Pod")
    results = claim.allocation.results if claim.allocation else ()
    devices = listed(str(each.device) for each in results)
    yield Hop(Step.ALLOCATED, bool(results), devices or _refusal(pod))
    is_reserved = any(each.uid == pod.meta.uid for each in claim.reserved_for)
    where = f"for the pod, on node {pod.node_name}" if pod.node_name else "for the pod"
    yield Hop(Step.RESERVED, is_reserved, where if is_reserved else "")
    waiting = [each for each in pod.waiting if each.reason not in _BEFORE]
    has_failed = pod.phase == "Failed"
    # With a reason, the kubelet has not taken the pod, or has thrown it out.
    runs = pod.phase in _RAN or (has_failed and not pod.reason)
    trouble = "" if runs or waiting else _trouble(seen)
    yield Hop(Step.PREPARED, bool(runs or waiting), trouble)
    why = listed(f"{each.reason}: {each.message}" for each in waiting)
    told = ": ".join(filter(None, (pod.reason, pod.message))) if has_failed else ""
    yield Hop(Step.RUNNING, pod.phase in _RAN, why or told, is_final=has_failed)


def _refusal(pod: Pod) -> str:
    """Return why the scheduler has found no node; "": it has not said."""
    said = (each.message for each in pod.conditions if each.type == "PodScheduled")
    return next(filter(None, said), "")


def _trouble(seen: Snapshot) -> str:
    """Return what the kubelet says of preparing the device."""
    said = [each.message for each in seen.events if each.reason == _PREPARING]
    return said[-1] if said else ""


def has_run(found: Sequence[Hop]) -> bool:
    """Tell whether the pod ran."""
    return all(each.is_done for each in found) and found[-1].step is Step.RUNNING


def is_over(found: Sequence[Hop]) -> bool:
    """Tell whether the pod ran, or cannot any more."""
    return has_run(found) or any(each.is_final for each in found)

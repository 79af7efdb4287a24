"""Pods that look at nodes: what they may do, which is little."""

from typing import Any

import pytest

from dractl.errors import DractlError
from dractl.manifests.survey import Surveyor, survey
from dractl.model.cluster import Profile
from dractl.rules.check import check
from dractl.rules.world import World


def pod(**wishes: Any) -> dict[str, Any]:
    made = survey(Surveyor("r.example/dractl:1", **wishes))
    found: dict[str, Any] = made["spec"]["template"]["spec"]
    return found


def test_every_node_has_one_and_none_writes_to_the_host() -> None:
    made = survey(Surveyor("r.example/dractl:1", namespace="dractl"))

    assert (made["kind"], made["metadata"]["namespace"]) == ("DaemonSet", "dractl")
    [container] = pod()["containers"]
    assert all(each["readOnly"] for each in container["volumeMounts"])
    assert pod()["tolerations"] == [{"operator": "Exists"}]


def test_nothing_is_privileged_and_no_token_is_there() -> None:
    made = pod()

    assert made["automountServiceAccountToken"] is False
    assert made["securityContext"]["runAsNonRoot"] is True
    assert made["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert made["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & made.keys()


LEAST = ["/sys", "/dev", "/proc/1/net", "/proc/driver", "/proc/sys/kernel"]
REGISTRY = "/var/lib/kubelet/plugins_registry"


@pytest.mark.parametrize(
    ("wishes", "more"),
    [
        ({}, []),
        ({"is_root": True}, [REGISTRY]),
        ({"has_cdi": True}, ["/etc/cdi", "/var/run/cdi"]),
    ],
    ids=["least", "root", "cdi"],
)
def test_only_what_is_read_is_mounted(wishes: dict[str, Any], more: list[str]) -> None:
    made = pod(**wishes)
    mounted = [each["hostPath"]["path"] for each in made["volumes"]]

    assert mounted == [*LEAST, *more]
    assert [each["mountPath"] for each in made["containers"][0]["volumeMounts"]] == [
        f"/host{each}" for each in mounted
    ]


def test_folders_are_made_on_nodes_only_for_who_asks() -> None:
    made = {each["hostPath"]["type"] for each in pod(is_root=True)["volumes"]}
    assert made == {"Directory"}

    kinds = [each["hostPath"]["type"] for each in pod(has_cdi=True)["volumes"]]
    assert kinds.count("DirectoryOrCreate") == 2


def test_root_and_a_runtime_class_are_for_those_who_ask() -> None:
    made = pod(is_root=True, runtime_class="nvidia")

    assert made["securityContext"]["runAsUser"] == 0
    assert made["runtimeClassName"] == "nvidia"
    names = [each["name"] for each in made["containers"][0]["env"]]
    assert names == [
        "NODE_NAME", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES",
    ]  # fmt: skip


def test_one_node_has_a_job_that_looks_once() -> None:
    made = survey(Surveyor("r.example/dractl:1", node="n1"))

    assert made["kind"] == "Job"
    assert pod(node="n1")["nodeName"] == "n1"
    assert "--watch" not in pod(node="n1")["containers"][0]["args"]
    assert "--watch" in pod()["containers"][0]["args"]


@pytest.mark.parametrize("node", [None, "n1"])
def test_our_own_rules_have_nothing_against_it(node: str | None) -> None:
    made = survey(Surveyor("r.example/dractl:1", node=node))

    assert check(made, Profile.of("1.36"), World()).violations == ()


def test_the_image_is_the_user_s() -> None:
    with pytest.raises(DractlError, match="no image is named"):
        survey(Surveyor(None))

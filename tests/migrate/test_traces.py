"""What pods carry for device plugins."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Finding, Meaning, Target, User
from dractl.migrate.targets import target
from dractl.migrate.traces import findings
from dractl.migrate.users import users
from tests.migrate.builders import inputs, order, snapshot

_NOBODY = Snapshot.from_documents((), kubernetes="1.36")


def _user(
    resource: str,
    spec: Mapping[str, Any] | None = None,
    env: object = (),
    annotations: Mapping[str, str] | None = None,
) -> User:
    container = {
        "name": "main",
        "resources": {"limits": {resource: 1}},
        "env": list(env) if isinstance(env, tuple) else env,
    }
    document = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "chat", "namespace": "a"},
        "spec": {
            "template": {
                "metadata": {"annotations": annotations or {}},
                "spec": {"containers": [container], **(spec or {})},
            }
        },
    }
    (user,) = users(inputs(yaml.safe_dump(document)))
    return user


def _found(user: User, cluster: Snapshot = _NOBODY) -> list[Finding]:
    targets: dict[str, Target] = {}
    for each in user.resources:
        made = target(each, Meaning("device"), order())
        if made is not None:
            targets[each] = made
    return list(findings(user, targets, cluster))


def _variable(name: str, value: str = "x") -> tuple[Mapping[str, str]]:
    return ({"name": name, "value": value},)


@pytest.mark.parametrize(
    ("resource", "name", "code"),
    [
        ("nvidia.com/gpu", "NVIDIA_VISIBLE_DEVICES", "plugin-trace-unneeded"),
        ("nvidia.com/gpu", "NVIDIA_DRIVER_CAPABILITIES", "plugin-trace-unneeded"),
        ("nvidia.com/gpu", "NVIDIA_GDRCOPY", "plugin-trace"),
        ("nvidia.com/gpu", "NVIDIA_GDS", "plugin-trace"),
        ("nvidia.com/gpu", "NVIDIA_MOFED", "plugin-trace"),
        ("nvidia.com/gpu", "NVIDIA_IMEX_CHANNELS", "plugin-trace-unneeded"),
        ("nvidia.com/gpu", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT", "plugin-trace"),
        ("nvidia.com/gpu", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", "plugin-trace"),
        ("nvidia.com/gpu", "CUDA_MPS_PIPE_DIRECTORY", "plugin-trace-unneeded"),
        ("habana.ai/gaudi", "HABANA_VISIBLE_DEVICES", "plugin-trace-unneeded"),
        ("habana.ai/gaudi", "HABANA_LOGS", "plugin-trace"),
        ("openshift.io/nic", "PCIDEVICE_OPENSHIFT_IO_NIC", "plugin-trace"),
        ("google.com/tpu", "TPU_WORKER_ID", "plugin-trace"),
    ],
)
def test_variables_are_told_by_name_only(resource: str, name: str, code: str) -> None:
    (found,) = _found(_user(resource, env=_variable(name, "my-secret")))
    assert found.code == code
    assert found.message.startswith(f"environment variable {name} of container main: ")
    assert "my-secret" not in repr(found)
    assert found.subject == "Deployment a/chat"
    assert bool(found.fix) is (code == "plugin-trace-unneeded")


@pytest.mark.parametrize(
    "container",
    [
        {"env": [{"name": "VF", "value": "$(PCIDEVICE_A_B)"}]},
        {"args": ["--vf", "x$(PCIDEVICE_A_B),hidden"]},
        {"command": ["sh", "-c", "echo ${PCIDEVICE_A_B}; echo $HOME"]},
    ],
)
def test_variables_that_only_a_plugin_sets_are_missed(
    container: Mapping[str, Any],
) -> None:
    whole = {"name": "main", "resources": {"limits": {"openshift.io/nic": 1}}}
    user = _user("openshift.io/nic", {"containers": [{**whole, **container}]})
    (found,) = _found(user)
    assert found.message.startswith(
        "environment variable PCIDEVICE_A_B of container main, which it reads: "
    )
    assert "hidden" not in found.message


@pytest.mark.parametrize(
    ("value", "shown"), [("all", True), ("void", True), ("GPU-2fa81118", False)]
)
def test_only_well_known_values_are_shown(value: str, *, shown: bool) -> None:
    env = _variable("NVIDIA_VISIBLE_DEVICES", value)
    (found,) = _found(_user("nvidia.com/gpu", env=env))
    assert (f"NVIDIA_VISIBLE_DEVICES={value}" in found.message) is shown


@pytest.mark.parametrize(
    ("resource", "spec", "annotations", "words", "code"),
    [
        (
            "nvidia.com/gpu",
            {"runtimeClassName": "nvidia"},
            {},
            "runtime class nvidia: ",
            "plugin-trace-unneeded",
        ),
        (
            "habana.ai/gaudi",
            {"runtimeClassName": "habana"},
            {},
            "runtime class habana: ",
            "plugin-trace-unneeded",
        ),
        (
            "nvidia.com/gpu",
            {"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}]},
            {},
            "toleration of nvidia.com/gpu: ",
            "plugin-trace",
        ),
        (
            "nvidia.com/gpu",
            {},
            {"cdi.k8s.io/gpu": "nvidia.com/gpu=0"},
            "annotation cdi.k8s.io/gpu: ",
            "plugin-trace-unneeded",
        ),
        (
            "openshift.io/nic",
            {},
            {"k8s.v1.cni.cncf.io/networks": "net-a"},
            "annotation k8s.v1.cni.cncf.io/networks: ",
            "plugin-trace",
        ),
    ],
)
def test_the_rest_of_the_spec_is_told(
    resource: str,
    spec: Mapping[str, Any],
    annotations: Mapping[str, str],
    words: str,
    code: str,
) -> None:
    (found,) = _found(_user(resource, spec, annotations=annotations))
    assert (found.code, found.message.startswith(words)) == (code, True)


def test_traces_of_other_plugins_are_none() -> None:
    user = _user("amd.com/gpu", {"runtimeClassName": "nvidia"}, _variable("NVIDIA_GDS"))
    assert _found(user) == []


_NODE = """
apiVersion: v1
kind: Node
metadata: {name: gpu-1}
spec:
  taints:
  - {key: nvidia.com/gpu, value: present, effect: %s}
  - {key: other, effect: NoSchedule}
"""


@pytest.mark.parametrize(
    ("tolerations", "effect", "is_missing"),
    [
        ([], "NoSchedule", True),
        ([], "NoExecute", True),
        ([], "PreferNoSchedule", False),
        ([{"operator": "Exists"}], "NoSchedule", False),
        ([{"key": "nvidia.com/gpu", "operator": "Exists"}], "NoSchedule", False),
        ([{"key": "nvidia.com/gpu", "value": "present"}], "NoSchedule", False),
        ([{"key": "nvidia.com/gpu", "value": "absent"}], "NoSchedule", True),
        ([{"key": 3}, None, "x"], "NoSchedule", True),
        ("x", "NoSchedule", True),
    ],
)
def test_a_toleration_that_nobody_adds_is_missed(
    tolerations: object, effect: str, *, is_missing: bool
) -> None:
    user = _user("nvidia.com/gpu", {"tolerations": tolerations})
    found = [each.code for each in _found(user, snapshot(_NODE % effect))]
    assert ("toleration-missing" in found) is is_missing


@pytest.mark.parametrize("env", [None, {"a": 1}, [1, None, {"name": 3}], "x"])
def test_malformed_environments_are_left_alone(env: object) -> None:
    assert _found(_user("nvidia.com/gpu", {"runtimeClassName": 3}, env)) == []

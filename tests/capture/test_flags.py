"""Of commands only the flags stay that configure Kubernetes itself."""

from typing import Any

import pytest

from dractl.capture.clean import clean
from dractl.capture.veil import LEFT_OUT


def pod(*command: object) -> dict[str, Any]:
    """Return a pod with a command."""
    container = {"name": "kube-apiserver", "command": list(command)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "kube-system"},
        "spec": {"containers": [container]},
    }


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        (["kube-apiserver", "--token=secret"], ["--feature-gates="]),
        (["x", "--token=secret"], []),
        (["x", "--feature-gates=A=true,B=false"], ["--feature-gates=A=true,B=false"]),
        (["x", "--feature-gates", "A=true"], ["--feature-gates=A=true"]),
        (["x", "--feature-gates", "--token=secret"], ["--feature-gates="]),
        (["x", "--feature-gates=password"], ["--feature-gates="]),
        (
            ["x", "--runtime-config=resource.k8s.io/v1beta1=true"],
            ["--runtime-config=resource.k8s.io/v1beta1=true"],
        ),
        ([7, None, ["--feature-gates=A=true"]], []),
    ],
)
def test_flags_of_kubernetes_stay(command: list[object], kept: list[str]) -> None:
    saved = clean(pod(*command))
    assert saved is not None
    assert saved["spec"]["containers"][0]["command"] == [LEFT_OUT, *kept]


def test_how_many_pods_a_daemon_set_should_have_stays() -> None:
    saved = clean(
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": "d", "namespace": "dra"},
            "spec": {"template": {"spec": {"containers": []}}},
            "status": {"desiredNumberScheduled": 2, "numberReady": 1, "other": 3},
        }
    )
    assert saved is not None
    assert saved["status"] == {"desiredNumberScheduled": 2, "numberReady": 1}


@pytest.mark.parametrize(
    ("variable", "kept"),
    [
        (
            {"name": "FEATURE_GATES", "value": "A=true,token=x,B=false"},
            {"name": "FEATURE_GATES", "value": "A=true,B=false"},
        ),
        ({"name": "FEATURE_GATES", "value": ["A=true"]}, {"name": "FEATURE_GATES"}),
        ({"name": "FEATURE_GATES", "valueFrom": {}}, {"name": "FEATURE_GATES"}),
        ({"name": "TOKEN", "value": "A=true"}, {"name": "TOKEN"}),
        ({"value": "A=true"}, {}),
    ],
)
def test_gates_of_drivers_stay(variable: dict[str, Any], kept: dict[str, str]) -> None:
    made = pod("driver")
    made["spec"]["containers"][0]["env"] = [variable]

    saved = clean(made)

    assert saved is not None
    assert saved["spec"]["containers"][0]["env"] == [kept]

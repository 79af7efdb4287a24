"""The pods that look like a driver's."""

from typing import Any

import pytest

from dractl.diagnose.plugins import ailing
from dractl.diagnose.world import World
from tests.diagnose.cluster import Wire, cluster, condition, node, pod

DRIVER = "gpu.acme.com"


def plugin(
    name: str, namespace: str = "acme-system", owner: str = "DaemonSet", **status: Any
) -> Wire:
    found = pod(name, nodeName="n1", status={"phase": "Running", **status})
    found["metadata"] |= {
        "namespace": namespace,
        "ownerReferences": [{"kind": owner, "name": "x", "uid": "u"}],
    }
    return found


def told(*pods: Wire, where: str = "") -> list[str]:
    return list(ailing(World(cluster(node("n1"), *pods)), [DRIVER], where))


def test_a_plugin_that_does_not_run_is_told() -> None:
    (said,) = told(plugin("acme-dra-x", phase="Pending"))

    assert said == (
        f"pod acme-system/acme-dra-x on node n1 looks like driver {DRIVER}'s and is "
        "Pending"
    )


def test_a_plugin_that_is_not_ready_is_told() -> None:
    not_ready = [condition("Ready", "False")]

    (said,) = told(plugin("acme-dra-x", conditions=not_ready))

    assert said.endswith("and is not ready")


def test_a_plugin_that_is_well_is_not() -> None:
    assert told(plugin("acme-dra-x", conditions=[condition("Ready")])) == []


@pytest.mark.parametrize(
    "other",
    [
        plugin("other-dra-x", "other", phase="Failed"),
        plugin("acme-exporter-x", phase="Failed"),
        plugin("acme-dra-x", owner="ReplicaSet", phase="Failed"),
    ],
    ids=["another vendor", "no plugin", "no DaemonSet"],
)
def test_a_pod_that_only_resembles_one_is_not(other: Wire) -> None:
    assert told(other) == []


def test_only_the_node_that_is_asked_about_counts() -> None:
    failed = plugin("acme-dra-x", phase="Failed")

    assert len(told(failed, where="n1")) == 1
    assert told(failed, where="n2") == []

"""What the Cluster Autoscaler and Karpenter publish, read from the wire."""

from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.model.autoscaling import AutoscalerStatus, NodeGroup
from dractl.model.quantity import Quantity

Q = Quantity.parse

FIELDS = """time: 2026-10-05 08:00:00.5 +0000 UTC
autoscalerStatus: Running
clusterWide:
  health:
    status: Healthy
  scaleUp:
    status: InProgress
nodeGroups:
- name: gpus
  health:
    status: Unhealthy
    nodeCounts:
      registered:
        total: 4
    cloudProviderTarget: 5
    minSize: 0
    maxSize: 6
  scaleUp:
    status: Backoff
    backoffInfo:
      errorCode: QUOTA_EXCEEDED
      errorMessage: "Quota 'GPUS' exceeded"
  scaleDown:
    status: NoCandidates
- name: cpus
  health:
    status: Healthy
"""
LINES = """Cluster-autoscaler status at 2018-04-12 18:22:26.3 +0000 UTC:
Cluster-wide:
  Health:      Healthy (ready=4 unready=0 notStarted=0 registered=4)
               LastProbeTime:      2018-04-12 18:22:26.2 +0000 UTC
  ScaleUp:     NoActivity (ready=4 registered=4)

NodeGroups:
  Name:        https://example.com/groups/gpus
  Health:      Healthy (ready=1 cloudProviderTarget=1 (minSize=1, maxSize=3))
               LastProbeTime:      2018-04-12 18:22:26.2 +0000 UTC
  ScaleUp:     Backoff (ready=1 cloudProviderTarget=1)
"""


def status(report: str) -> AutoscalerStatus:
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "cluster-autoscaler-status", "namespace": "kube-system"
        },
        "data": {"status": report},
    }  # fmt: skip
    (found,) = Snapshot.from_documents([document]).autoscalers
    return found


def test_the_report_is_read_as_yaml() -> None:
    found = status(FIELDS)

    assert found.health == "Healthy"
    assert found.groups == (
        NodeGroup(
            "gpus", "Unhealthy", "Backoff", "QUOTA_EXCEEDED: Quota 'GPUS' exceeded",
            5, 6,
        ),
        NodeGroup("cpus", "Healthy"),
    )  # fmt: skip


def test_the_report_of_old_releases_is_lines_for_people() -> None:
    found = status(LINES)

    assert found.health == "Healthy"
    assert found.groups == (
        NodeGroup("https://example.com/groups/gpus", "Healthy", "Backoff", "", 1, 3),
    )


def test_a_report_in_another_form_is_kept_as_text() -> None:
    found = status("Initializing")

    assert (found.text, found.health, found.groups) == ("Initializing", "", ())


def karpenter(kind: str, **fields: Any) -> Snapshot:
    document = {"apiVersion": "karpenter.sh/v1", "kind": kind, **fields}
    return Snapshot.from_documents([{"metadata": {"name": "x"}, **document}])


def test_a_node_pool_has_its_limits_and_what_it_has_reached() -> None:
    found = karpenter(
        "NodePool",
        spec={"limits": {"cpu": 100}},
        status={"resources": {"cpu": "96"}, "conditions": [{"type": "Ready"}]},
    )

    (pool,) = found.node_pools
    assert (pool.limits, pool.resources) == ({"cpu": Q("100")}, {"cpu": Q("96")})
    assert [each.type for each in pool.conditions] == ["Ready"]


def test_a_node_claim_names_its_node() -> None:
    (found,) = karpenter("NodeClaim", status={"nodeName": "n1"}).node_claims

    assert found.node == "n1"

"""Kueue's objects, read from the wire."""

from typing import Any

from dractl.api.decode import decode
from dractl.api.snapshot import Snapshot
from dractl.model.claims import Condition
from dractl.model.quantity import Quantity
from dractl.model.queues import AdmissionCheck, FlavorQuota
from dractl.model.workloads import PodClaim

API = "kueue.x-k8s.io/v1beta2"
Q = Quantity.parse


def read(kind: str, version: str = API, **fields: Any) -> Snapshot:
    meta = {"name": "x", "namespace": "ml", **fields.pop("metadata", {})}
    document = {"apiVersion": version, "kind": kind, "metadata": meta, **fields}
    return Snapshot.from_documents([document])


def test_a_workload_has_its_queue_its_claims_and_its_state() -> None:
    claim = {"name": "gpu", "resourceClaimTemplateName": "gpu"}
    spec = {
        "queueName": "batch",
        "podSets": [{"template": {"spec": {"resourceClaims": [claim]}}}, {}],
    }
    status = {
        "admission": {"clusterQueue": "gpus"},
        "conditions": [{"type": "QuotaReserved", "status": "True", "reason": "R"}],
        "admissionChecks": [{"name": "c", "state": "Retry", "message": "wait"}],
        "requeueState": {"count": 2, "requeueAt": "2026-10-05T08:00:00Z"},
    }

    (found,) = read("Workload", spec=spec, status=status).workloads

    assert found.meta.key == ("ml", "x")
    assert (found.queue, found.cluster_queue, found.active) == ("batch", "gpus", True)
    assert found.claims == (PodClaim("gpu", None, "gpu"),)
    assert found.condition("QuotaReserved") == Condition("QuotaReserved", "True", "R")
    assert found.condition("Admitted") is None
    assert found.checks == (AdmissionCheck("c", "Retry", "wait"),)
    assert found.requeue_at == "2026-10-05T08:00:00Z"


def test_a_workload_may_be_switched_off() -> None:
    (found,) = read("Workload", spec={"active": False}).workloads

    assert not found.active


def test_a_local_queue_names_its_cluster_queue() -> None:
    (found,) = read("LocalQueue", spec={"clusterQueue": "gpus"}).local_queues

    assert found.cluster_queue == "gpus"


def flavored(**amount: Any) -> list[dict[str, Any]]:
    return [{"name": "h100", "resources": [{"name": "example.com/gpu", **amount}]}]


def test_a_cluster_queue_has_quotas_by_flavor_with_what_is_reserved() -> None:
    spec = {
        "cohortName": "all",
        "resourceGroups": [{"flavors": flavored(nominalQuota=8)}, {}],
    }
    status = {"flavorsReservation": flavored(total="6")}

    (found,) = read("ClusterQueue", spec=spec, status=status).cluster_queues

    assert found.cohort == "all"
    assert found.quotas == (FlavorQuota("h100", "example.com/gpu", Q("8"), Q("6")),)


def test_the_cohort_has_another_name_in_v1beta1() -> None:
    found = read("ClusterQueue", "kueue.x-k8s.io/v1beta1", spec={"cohort": "all"})

    assert [each.cohort for each in found.cluster_queues] == ["all"]


CONFIGURATION = """
apiVersion: config.kueue.x-k8s.io/v1beta2
resources:
  deviceClassMappings:
  - name: example.com/gpu
    deviceClassNames:
    - h100.example.com
    - a100.example.com
  - deviceClassNames: [nic.example.com]
    name: example.com/nic
"""


def test_the_configuration_maps_classes_to_resources() -> None:
    found = read(
        "ConfigMap",
        "v1",
        metadata={"name": "kueue-manager-config"},
        data={"controller_manager_config.yaml": CONFIGURATION},
    )

    assert [dict(e.resource_by_class) for e in found.queue_configurations] == [
        {
            "h100.example.com": "example.com/gpu",
            "a100.example.com": "example.com/gpu",
            "nic.example.com": "example.com/nic",
        }
    ]


def test_other_config_maps_are_not_read() -> None:
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}

    assert decode({**other, "data": 5}) is None

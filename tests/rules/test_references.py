import pytest

from dractl.rules.world import World
from tests.rules.advice_cases import (
    OF_DRIVER,
    Wire,
    beside,
    claim,
    cluster,
    codes,
    obj,
    only,
    option,
    pod,
)

TEMPLATE = obj("ResourceClaimTemplate", {"spec": claim(option())["spec"]}, name="gpus")
CLAIM = claim(option()) | {"metadata": {"name": "gpus", "namespace": "ml"}}
OF_TEMPLATE = {"name": "gpu", "resourceClaimTemplateName": "gpus"}
OF_CLAIM = {"name": "gpu", "resourceClaimName": "gpus"}


def workload(kind: str, claims: Wire, **spec: object) -> Wire:
    group = "batch/v1" if kind == "Job" else "apps/v1"
    template = {"metadata": {}, "spec": pod(claims)["spec"]}
    return obj(kind, {**spec, "template": template}, version=group)


def test_a_class_is_missing_only_where_that_can_be_known() -> None:
    assert codes(claim(option())) == []
    assert codes(claim(option()), cluster(OF_DRIVER)) == []
    assert codes(claim(option()), cluster()) == ["class-missing"]


def test_a_misspelt_name_is_seen_in_files_alone() -> None:
    document = claim(option(deviceClassName="gpus.example.com"))
    found = only("class-missing", document, beside(OF_DRIVER))
    assert found.fix == "gpu.example.com"
    assert str(found.path) == "spec.devices.requests[0].exactly.deviceClassName"


def test_a_template_is_looked_for_in_the_namespace_of_the_pod() -> None:
    assert codes(pod(OF_TEMPLATE), cluster(TEMPLATE)) == []
    elsewhere = TEMPLATE | {"metadata": {"name": "gpus", "namespace": "other"}}
    assert codes(pod(OF_TEMPLATE), cluster(elsewhere)) == ["template-missing"]


def test_a_pod_without_a_namespace_may_be_meant_for_any() -> None:
    document = pod(OF_TEMPLATE)
    del document["metadata"]["namespace"]
    assert codes(document, cluster(TEMPLATE)) == []


def test_a_claim_that_is_a_template() -> None:
    found = only("claim-missing", pod(OF_CLAIM), beside(TEMPLATE))
    assert found.fix == "resourceClaimTemplateName: gpus"


def test_a_claim_is_missing() -> None:
    assert codes(pod(OF_CLAIM), cluster()) == ["claim-missing"]
    assert codes(pod(OF_CLAIM), cluster(CLAIM)) == []


def test_no_container_uses_the_claim() -> None:
    found = only("claim-unused", pod(OF_TEMPLATE, uses=[]))
    assert str(found.path) == "spec.resourceClaims[0].name"


def test_a_container_uses_a_request_that_the_claim_lacks() -> None:
    document = pod(OF_TEMPLATE, uses=[{"name": "gpu", "request": "nic"}])
    found = only("container-request-unknown", document, beside(TEMPLATE))
    assert found.message == "ResourceClaimTemplate gpus has no request nic, but r0"
    assert codes(document) == []


def test_a_pod_that_names_its_node() -> None:
    assert codes(pod(OF_TEMPLATE, nodeName="n1")) == ["node-name-with-claims"]
    assert codes(pod(OF_TEMPLATE, nodeName="n1") | {"status": {}}) == []
    assert codes(pod(nodeName="n1")) == []


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Deployment", {"replicas": 2}),
        ("StatefulSet", {"replicas": 3}),
        ("DaemonSet", {}),
        ("Job", {"parallelism": 2}),
    ],
)
def test_replicas_share_one_claim(kind: str, spec: Wire) -> None:
    found = only("claim-shared-by-replicas", workload(kind, OF_CLAIM, **spec))
    assert str(found.path).endswith("spec.resourceClaims[0].resourceClaimName")
    assert codes(workload(kind, OF_TEMPLATE, **spec)) == []


def test_one_replica_shares_with_nobody() -> None:
    assert codes(workload("Deployment", OF_CLAIM)) == []
    assert codes(workload("Job", OF_CLAIM, completions=4)) == []


def test_two_classes_have_one_extended_resource() -> None:
    one, two = (
        obj("DeviceClass", {"extendedResourceName": "example.com/gpu"}, name=name)
        for name in ("one", "two")
    )
    assert codes(one, beside(one, two)) == ["extended-resource-twice"]
    assert codes(one, beside(one)) == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"resource.kubernetes.io/admin-access": "true"}, []),
        ({}, ["admin-access-namespace"]),
        ({"resource.kubernetes.io/admin-access": "True"}, ["admin-access-namespace"]),
    ],
)
def test_admin_access_needs_a_label_where_the_namespace_is_known(
    labels: Wire, expected: list[str]
) -> None:
    meta = {"name": "ml", "labels": labels}
    world = beside(obj("Namespace", version="v1", meta=meta))
    assert codes(claim(option(adminAccess=True)), world) == expected
    assert codes(claim(option(adminAccess=True)), World()) == []


def group(kind: str, *claims: Wire) -> tuple[Wire, str]:
    """A PodGroup or Workload, and where its claims are."""
    spec: Wire = {"resourceClaims": list(claims)}
    version, path = "scheduling.k8s.io/v1alpha2", "spec"
    if kind == "Workload":
        spec, path = {"podGroupTemplates": [spec]}, "spec.podGroupTemplates[0]"
    return obj(kind, spec, version=version), f"{path}.resourceClaims[0]"


@pytest.mark.parametrize("kind", ["PodGroup", "Workload"])
def test_what_groups_of_pods_name_is_looked_for(kind: str) -> None:
    document, path = group(kind, OF_TEMPLATE)
    # The gate for claims of groups is off.
    assert codes(document, cluster(TEMPLATE)) == ["field-dropped"]
    found = only("template-missing", document, cluster())
    assert str(found.path) == f"{path}.resourceClaimTemplateName"
    document, path = group(kind, OF_CLAIM)
    assert codes(document, cluster(CLAIM)) == ["field-dropped"]
    found = only("claim-missing", document, cluster())
    assert str(found.path) == f"{path}.resourceClaimName"


@pytest.mark.parametrize("kind", ["PodGroup", "Workload"])
def test_a_group_names_a_template_as_a_claim(kind: str) -> None:
    document, _ = group(kind, OF_CLAIM)
    found = only("claim-missing", document, beside(TEMPLATE))
    assert found.fix == "resourceClaimTemplateName: gpus"


def test_another_kind_with_such_fields_is_left_alone() -> None:
    document, _ = group("PodGroup", OF_CLAIM)
    document["apiVersion"] = "scheduling.volcano.sh/v1beta1"
    assert codes(document, cluster()) == []

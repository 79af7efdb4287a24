"""Which legacy constructs a document has, and what is said of each."""

from collections.abc import Mapping

import pytest

from dractl.legacy import found
from dractl.legacy.construct import TABLE

GROUP = "resource.k8s.io"


def document(kind: str, version: str = "v1", **fields: object) -> dict[str, object]:
    return {"apiVersion": f"{GROUP}/{version}", "kind": kind, **fields}


def claim(version: str = "v1", **spec: object) -> dict[str, object]:
    return document("ResourceClaim", version, spec=spec)


def requests(*each: object) -> dict[str, object]:
    return {"devices": {"requests": list(each)}}


ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "rules": [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
        {
            "apiGroups": [GROUP],
            "resources": ["resourceclaims"],
            "verbs": ["get", "create"],
            "resourceNames": ["standard-gpu"],
        },
    ],
}
OLD_ARGUMENTS = {"feature-gates": "DynamicResourceAllocation=true"}
NEW_ARGUMENTS = [{"name": "feature-gates", "value": "A=true"}, {"value": "x"}]
CASES = {
    "old-api-version": (claim("v1alpha2", **requests()), "apiVersion"),
    "resource-class": (document("ResourceClass", "v1beta2"), ""),
    "pod-scheduling-context": (document("PodSchedulingContext", "v1alpha2"), ""),
    "parameters-kind": (document("ResourceClaimParameters", "v1alpha2"), ""),
    "published-resources": (document("ResourceSlice", "v1alpha2"), ""),
    "resource-class-name": (claim(resourceClassName="a"), "spec.resourceClassName"),
    "parameters-ref": (claim(parametersRef={}), "spec.parametersRef"),
    "device-preferences": (claim(devicePreferences=[]), "spec.devicePreferences"),
    "claim-tolerations": (claim(tolerations=[]), "spec.tolerations"),
    "claim-allocation-mode": (
        claim(allocationMode="WaitForFirstConsumer"),
        "spec.allocationMode",
    ),
    "driver-status": (
        document("ResourceClaim", status={"driverStatus": {}}),
        "status.driverStatus",
    ),
    "template-without-spec": (
        document("ResourceClaimTemplate", spec=requests()),
        "spec",
    ),
    "partition-sizes": (
        {"apiVersion": "x.io/v1", "kind": "P", "spec": {"partitionSizes": []}},
        "spec.partitionSizes",
    ),
    "classic-controller": (
        document("DeviceClass", "v1alpha3", spec={"suitableNodes": {}}),
        "spec.suitableNodes",
    ),
    "flat-request": (
        claim("v1beta2", **requests({"name": "a"}, {"name": "b", "count": 1})),
        "spec.devices.requests[1].count",
    ),
    "nested-request": (
        claim("v1beta1", **requests({"name": "a", "exactly": {}})),
        "spec.devices.requests[0].exactly",
    ),
    "nested-device": (
        document("ResourceSlice", spec={"devices": [{"name": "a", "basic": {}}]}),
        "spec.devices[0].basic",
    ),
    "pod-claim-source": (
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "spec": {
                "containers": [],
                "resourceClaims": [{"name": "a"}, {"name": "b", "source": {}}],
            },
        },
        "spec.resourceClaims[1].source",
    ),
    "admin-access-label": (
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"labels": {"resource.k8s.io/admin-access": "true"}},
        },
        "metadata.labels.resource.k8s.io/admin-access",
    ),
    "taint-rule-selector": (
        document("DeviceTaintRule", "v1alpha3", spec={"deviceSelector": {
            "deviceClassName": "a",
        }}),
        "spec.deviceSelector.deviceClassName",
    ),
    "rbac-resource-names": (ROLE, "rules[1].resourceNames"),
    "kubeadm-extra-args": (
        {
            "apiVersion": "kubeadm.k8s.io/v1beta3",
            "kind": "ClusterConfiguration",
            "scheduler": {"extraArgs": {"feature-gates": "A=true"}},
        },
        "scheduler.extraArgs",
    ),
    "feature-gate": (
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "featureGates": {"DynamicResourceAllocation": True},
        },
        "featureGates.DynamicResourceAllocation",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "case"), CASES.items(), ids=CASES)
def test_each_construct_is_recognised_where_it_stands(
    code: str, case: tuple[Mapping[str, object], str]
) -> None:
    given, path = case

    assert [(each.code, each.path) for each in found(given)] == [(code, path)]


def test_every_construct_has_a_case() -> None:
    assert set(CASES) == set(TABLE)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            claim("v1beta2", resourceClassName="a"),
            (
                "resourceClassName, which resource.k8s.io/v1beta2 never had, is gone "
                "since Kubernetes 1.31: a claim named one class for everything it "
                "asked for"
            ),
        ),
        (
            claim("v1", devicePreferences=[]),
            (
                "devicePreferences never existed in Kubernetes: alternatives are "
                "listed in each request"
            ),
        ),
        (
            document("ResourceClass", "v1alpha2"),
            (
                "ResourceClass is gone since Kubernetes 1.31: a ResourceClass named a "
                "driver and its parameters"
            ),
        ),
        (
            document("ResourceClass", "v1beta1"),
            (
                "ResourceClass, which resource.k8s.io/v1beta1 never had, is gone since "
                "Kubernetes 1.31: a ResourceClass named a driver and its parameters"
            ),
        ),
    ],
)
def test_it_says_when_it_went_or_that_it_never_was(
    given: Mapping[str, object], message: str
) -> None:
    (construct,) = found(given)

    assert construct.message == message
    assert construct.blocks
    assert construct.fix


@pytest.mark.parametrize(
    "given",
    [
        claim("v1", **requests({"name": "a", "exactly": {"count": 1}})),
        claim("v1beta1", **requests({"name": "a", "count": 1})),
        document("ResourceClaimTemplate", spec={"spec": requests()}),
        document("ResourceClaimTemplate", spec={"metadata": {}}),
        document("DeviceClass", spec={"selectors": []}),
        document("DeviceTaintRule", "v1alpha3", spec={"deviceSelector": {}}),
        document("ResourceSlice", spec={"devices": [{"name": "a"}, 1]}),
        document("ResourceClaim", spec=1, status=[]),
        document("ResourceClaim", spec={"devices": {"requests": [1]}}),
        {
            **ROLE,
            "rules": [
                {
                    "apiGroups": [GROUP],
                    "resources": ["resourceclaims"],
                    "verbs": ["get", "delete"],
                    "resourceNames": ["my-claim"],
                }
            ],
        },
        {
            "apiVersion": "kubeadm.k8s.io/v1beta4",
            "kind": "ClusterConfiguration",
            "apiServer": {"extraArgs": NEW_ARGUMENTS},
        },
        {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": []}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"labels": {"a": "b"}}},
        {"kind": "Pod"},
        {},
    ],
)
def test_what_is_of_today_has_none(given: Mapping[str, object]) -> None:
    assert found(given) == ()


def test_gates_of_kubeadm_are_found_in_both_shapes() -> None:
    given = {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "apiServer": {
            "extraArgs": [
                {"name": "feature-gates", "value": "DynamicResourceAllocation=true"}
            ]
        },
        "scheduler": {"extraArgs": OLD_ARGUMENTS},
    }

    assert [(each.code, each.path, each.blocks) for each in found(given)] == [
        ("feature-gate", "apiServer.extraArgs[0].value", False),
        ("kubeadm-extra-args", "scheduler.extraArgs", False),
        ("feature-gate", "scheduler.extraArgs.feature-gates", False),
    ]


def test_pods_are_found_in_workloads_of_any_kind() -> None:
    pod = {"containers": [], "resourceClaims": [{"name": "a", "source": {}}]}
    job = {"template": {"spec": pod}}
    cron = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "spec": {"jobTemplate": {"spec": job}},
    }

    (construct,) = found(cron)

    assert construct.path == (
        "spec.jobTemplate.spec.template.spec.resourceClaims[0].source"
    )

"""Which fields a release does not have yet, or any more."""

import pytest

from dractl.conversion.fields import too_new
from dractl.model.cluster import KubernetesVersion

DEVICES = [
    {"name": "a", "taints": [{"key": "k"}], "attributes": {"x/y": {"ints": [1]}}},
    {"name": "b", "capacity": {"m": {"value": "1", "requestPolicy": {"default": "1"}}}},
    {"name": "c", "nodeAllocatableResourceMappings": {"cpu": {}}, "taints": []},
]
REQUESTS = [
    {"name": "a", "exactly": {"tolerations": [{"key": "k"}], "capacity": {}}},
    {"name": "b", "firstAvailable": [{"derivedAttributes": [{"name": "n"}]}]},
]
MAPPINGS = "spec.devices[2].nodeAllocatableResourceMappings"
DERIVED = "spec.devices.requests[1].firstAvailable[0].derivedAttributes"


def found(kind: str, spec: object, minor: int) -> list[str]:
    hub = {"apiVersion": "resource.k8s.io/v1", "kind": kind, "spec": spec}
    return [str(each) for each in too_new(hub, KubernetesVersion(1, minor))]


@pytest.mark.parametrize(
    ("minor", "lost"),
    [
        (
            32,
            [
                "spec.devices[0].taints: came with Kubernetes 1.33",
                "spec.devices[1].capacity[m].requestPolicy: came with Kubernetes 1.34",
                f"{MAPPINGS}: came with Kubernetes 1.36",
                "spec.devices[0].attributes[x/y].ints: came with Kubernetes 1.36",
            ],
        ),
        (36, []),
        (
            37,
            [f"{MAPPINGS}: is gone since Kubernetes 1.37"],
        ),
    ],
)
def test_fields_of_devices(minor: int, lost: list[str]) -> None:
    assert found("ResourceSlice", {"devices": DEVICES}, minor) == lost


def test_fields_of_requests_in_claims_and_templates() -> None:
    devices = {"devices": {"requests": REQUESTS}}

    in_claim = found("ResourceClaim", devices, 32)
    in_template = found("ResourceClaimTemplate", {"spec": devices}, 32)

    assert in_claim == [
        "spec.devices.requests[1].firstAvailable: came with Kubernetes 1.33",
        "spec.devices.requests[0].exactly.tolerations: came with Kubernetes 1.33",
        f"{DERIVED}: came with Kubernetes 1.37",
    ]
    assert in_template == [each.replace("spec.", "spec.spec.", 1) for each in in_claim]


def test_a_spec_of_any_shape_has_none() -> None:
    assert found("ResourceSlice", {"devices": 1}, 31) == []
    assert found("ResourceSlice", None, 31) == []
    assert found("Pod", {"devices": DEVICES}, 31) == []

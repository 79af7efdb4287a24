from typing import Any

import pytest

from dractl.diagnose.quotas import exceeded
from dractl.diagnose.world import World
from tests.diagnose.cluster import Wire, cluster, gpu_class, template, wish

DEVICES = "gpu.deviceclass.resource.k8s.io/devices"
CLAIMS = "count/resourceclaims.resource.k8s.io"


def quota(
    hard: dict[str, str], used: dict[str, str], namespace: str = "default"
) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "limits", "namespace": namespace},
        "spec": {"hard": hard},
        "status": {"hard": hard, "used": used},
    }


def over(spec: Wire, *documents: Wire) -> list[dict[str, object]]:
    """Return the limits that one more claim would pass."""
    snapshot = cluster(template("two", spec), *documents)
    asked = snapshot.templates[0].spec
    return [each.described() for each in exceeded(World(snapshot), "default", asked)]


def limit(resource: str, hard: str, used: str, asked: int) -> dict[str, object]:
    return {
        "quota": "limits", "resource": resource, "hard": hard, "used": used,
        "asked": asked,
    }  # fmt: skip


def test_what_just_fits_passes_no_limit() -> None:
    assert over(wish(2), quota({DEVICES: "8"}, {DEVICES: "6"})) == []


def test_one_device_too_many_passes_it() -> None:
    assert over(wish(2), quota({DEVICES: "8"}, {DEVICES: "7"})) == [
        limit(DEVICES, "8", "7", 2)
    ]


def test_the_number_of_claims_may_be_limited() -> None:
    assert over(wish(), quota({CLAIMS: "3"}, {CLAIMS: "3"})) == [
        limit(CLAIMS, "3", "3", 1)
    ]


def test_what_is_used_may_be_unknown() -> None:
    assert over(wish(2), quota({DEVICES: "1"}, {})) == [limit(DEVICES, "1", "0", 2)]


def test_a_quota_of_another_namespace_limits_nothing() -> None:
    assert over(wish(2), quota({DEVICES: "0"}, {}, "ml")) == []


def test_a_quota_on_something_else_limits_nothing() -> None:
    assert over(wish(2), quota({"pods": "0"}, {"pods": "9"})) == []


def test_a_request_for_all_devices_counts_as_32() -> None:
    every = wish(0, allocationMode="All")
    del every["devices"]["requests"][0]["exactly"]["count"]

    assert over(every, quota({DEVICES: "31"}, {})) == [limit(DEVICES, "31", "0", 32)]


def alternatives(**counts: int) -> dict[str, Any]:
    options = [
        {"name": f"s{number}", "deviceClassName": name, "count": count}
        for number, (name, count) in enumerate(counts.items())
    ]
    return {"devices": {"requests": [{"name": "r", "firstAvailable": options}]}}


def test_of_alternatives_of_one_class_the_largest_counts() -> None:
    spec = alternatives(gpu=2)
    spec["devices"]["requests"][0]["firstAvailable"].append(
        {"name": "more", "deviceClassName": "gpu", "count": 5}
    )

    assert over(spec, quota({DEVICES: "4"}, {})) == [limit(DEVICES, "4", "0", 5)]


def test_alternatives_of_several_classes_count_for_each() -> None:
    mig = "mig.deviceclass.resource.k8s.io/devices"
    spec = alternatives(gpu=2, mig=3)

    assert over(spec, quota({DEVICES: "1", mig: "2"}, {})) == [
        limit(DEVICES, "1", "0", 2),
        limit(mig, "2", "0", 3),
    ]


def test_requests_of_one_class_are_added_up() -> None:
    spec = {
        "devices": {
            "requests": [
                {"name": name, "exactly": {"deviceClassName": "gpu", "count": 2}}
                for name in "ab"
            ]
        }
    }

    assert over(spec, quota({DEVICES: "3"}, {})) == [limit(DEVICES, "3", "0", 4)]


@pytest.mark.parametrize(
    "resource",
    ["requests.example.com/gpu", "requests.deviceclass.resource.kubernetes.io/gpu"],
)
def test_a_quota_on_the_extended_resource_of_the_class_counts(resource: str) -> None:
    named = gpu_class(extendedResourceName="example.com/gpu")

    assert over(wish(2), named, quota({resource: "1"}, {})) == [
        limit(resource, "1", "0", 2)
    ]


def test_the_limit_that_would_do_is_told() -> None:
    snapshot = cluster(template("two", wish(4)), quota({DEVICES: "8"}, {DEVICES: "7"}))

    (found,) = exceeded(World(snapshot), "default", snapshot.templates[0].spec)

    assert str(found.needed) == "11"
    assert str(found) == (
        f"quota limits allows 8 of {DEVICES}, 7 are used and 4 more are asked for"
    )

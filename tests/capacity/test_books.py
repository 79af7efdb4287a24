"""What claims have, what nobody uses, what was given away twice, what quotas allow."""

import dataclasses
from collections.abc import Sequence

import pytest

from dractl.api.snapshot import Snapshot
from dractl.capacity.audit import audit
from dractl.capacity.claims import Phase, claims_of
from dractl.capacity.devices import fleet
from dractl.capacity.quotas import quotas_of
from dractl.model.claims import (
    Allocation,
    ConsumerReference,
    DeviceClass,
    DeviceResult,
    ObjectMeta,
    ResourceClaim,
)
from dractl.model.devices import Device
from dractl.model.quantity import Quantity
from dractl.model.workloads import Pod, ResourceQuota
from tests import builders
from tests.builders import claim, device, held, node, request, slice_, snapshot

GPU = device()
SHARED = device(memory="80Gi", shared=True)


def pod(name: str, phase: str = "Running") -> Pod:
    meta = ObjectMeta(name, "held", uid=f"uid-{name}")
    return Pod(meta, node_name="node-1", phase=phase)


def used_by(*names: str, deleted: str | None = None) -> ResourceClaim:
    found = held(GPU)
    return dataclasses.replace(
        found,
        meta=dataclasses.replace(found.meta, deletion_timestamp=deleted),
        reserved_for=tuple(
            ConsumerReference("pods", name, uid=f"uid-{name}") for name in names
        ),
    )


@pytest.mark.parametrize(
    ("given", "phase", "why"),
    [
        (claim(request()), Phase.PENDING, ""),
        (used_by("runs"), Phase.IN_USE, ""),
        (used_by("ended", "runs"), Phase.IN_USE, ""),
        (used_by("ended"), Phase.IDLE, "pod ended has ended"),
        (used_by("lost"), Phase.IDLE, "pod lost is gone"),
        (used_by(), Phase.IDLE, "reserved for nobody"),
        (used_by("runs", deleted="2026-01-01T00:00:00Z"), Phase.DELETING, ""),
    ],
)
def test_claims(given: ResourceClaim, phase: Phase, why: str) -> None:
    cluster = snapshot(
        slices=[slice_(GPU)],
        claims=[given],
        pods=[pod("runs"), pod("ended", "Succeeded")],
    )
    (found,) = claims_of(cluster, fleet(cluster))
    assert (found.phase, found.why_idle) == (phase, why)
    assert found.classes == ("gpu",)
    assert found.nodes == (() if phase is Phase.PENDING else ("node-1",))


def test_nothing_is_idle_where_pods_are_unknown() -> None:
    cluster = snapshot(slices=[slice_(GPU)], claims=[used_by("some")])
    (found,) = claims_of(cluster, fleet(cluster))
    assert found.phase is Phase.IN_USE


def share(given: Device, amount: str, number: str = "1") -> ResourceClaim:
    result = DeviceResult(
        "r",
        given.id,
        share_id=number,
        consumed_capacity=builders.quantities({"memory": amount}),
    )
    return claim(request("r"), name=f"claim-{number}", allocation=Allocation((result,)))


def partitioned(*taken: Device) -> Snapshot:
    counters = slice_(name="c", count=2, counters={"gpu": {"memory": "40Gi"}})
    return snapshot(
        slices=[counters, slice_(*PARTS, name="d", count=2)],
        claims=[held(each, name=each.name) for each in taken],
    )


PARTS = [device(f"part-{n}", consumes={"gpu": {"memory": "30Gi"}}) for n in "ab"]
PLUGIN = node(allocatable={"nvidia.com/gpu": "8", "cpu": "8"})
NVIDIA = "gpu.nvidia.com"


@pytest.mark.parametrize(
    ("cluster", "codes"),
    [
        (snapshot(slices=[slice_(GPU)], claims=[held(GPU)]), []),
        (
            snapshot(
                slices=[slice_(GPU)], claims=[held(GPU, name=name) for name in "ab"]
            ),
            ["device-twice"],
        ),
        (
            snapshot(
                slices=[slice_(SHARED)],
                claims=[share(SHARED, "40Gi"), share(SHARED, "40Gi", "2")],
            ),
            [],
        ),
        (
            snapshot(
                slices=[slice_(SHARED)],
                claims=[share(SHARED, "50Gi"), share(SHARED, "40Gi", "2")],
            ),
            ["capacity-overdrawn"],
        ),
        (
            snapshot(
                slices=[slice_(SHARED)],
                claims=[
                    share(SHARED, "4Gi"),
                    dataclasses.replace(share(SHARED, "4Gi"), meta=ObjectMeta("x")),
                ],
            ),
            ["share-twice"],
        ),
        (
            snapshot(
                slices=[slice_(GPU)],
                claims=[share(GPU, "4Gi"), share(GPU, "4Gi", "2")],
            ),
            ["device-twice"],
        ),
        (partitioned(PARTS[0]), []),
        (partitioned(*PARTS), ["counters-overdrawn"]),
        (
            snapshot(slices=[slice_(device("other"))], claims=[held(GPU)]),
            ["device-not-published"],
        ),
        (snapshot(claims=[held(GPU)]), []),
        (
            snapshot(
                nodes=[PLUGIN],
                slices=[slice_(device(driver=NVIDIA), driver=NVIDIA)],
            ),
            ["plugin-beside-driver"],
        ),
        (snapshot(nodes=[PLUGIN], slices=[slice_(GPU)]), []),
    ],
)
def test_audit(cluster: Snapshot, codes: Sequence[str]) -> None:
    assert [each.code for each in audit(cluster, fleet(cluster))] == list(codes)


def test_amounts_are_told_as_the_driver_spells_them() -> None:
    parts = [device(f"p-{n}", consumes={"g": {"mem": "6Gi"}}) for n in range(2)]
    counters = slice_(name="c", count=2, counters={"g": {"mem": "10Gi"}})
    cluster = snapshot(
        slices=[counters, slice_(*parts, name="d", count=2)], claims=[held(*parts)]
    )
    [breach] = audit(cluster, fleet(cluster))
    assert "take 2Gi more of counter g/mem" in breach.message


def test_admin_access_is_not_a_second_holder() -> None:
    result = DeviceResult("r", GPU.id, admin_access=True)
    looking = claim(request("r"), allocation=Allocation((result,)))
    cluster = snapshot(slices=[slice_(GPU)], claims=[held(GPU), looking])
    assert audit(cluster, fleet(cluster)) == ()


def test_quotas_by_both_keys() -> None:
    hard = {
        "gpu.deviceclass.resource.k8s.io/devices": Quantity.of(4),
        "requests.example.com/gpu": Quantity.of(1),
        "mistyped.deviceclass.resource.k8s.io/devices": Quantity.of(2),
        "requests.deviceclass.resource.kubernetes.io/none": Quantity.of(3),
        "requests.cpu": Quantity.of(1),
    }
    used = {"requests.example.com/gpu": Quantity.of(2)}
    cluster = dataclasses.replace(
        snapshot(
            classes=[DeviceClass("gpu", extended_resource_name="example.com/gpu")],
            claims=[claim(request(count=3)), claim(request(), namespace="other")],
        ),
        quotas=(ResourceQuota(ObjectMeta("q", "default"), hard, used),),
    )
    assert [
        (each.resource, each.device_class, each.used, each.claimed, str(each.left))
        for each in quotas_of(cluster)
    ] == [
        ("gpu.deviceclass.resource.k8s.io/devices", "gpu", None, 3, "1"),
        ("requests.example.com/gpu", "gpu", Quantity.of(2), 3, "-1"),
        ("mistyped.deviceclass.resource.k8s.io/devices", "mistyped", None, 0, "2"),
        ("requests.deviceclass.resource.kubernetes.io/none", "none", None, 0, "3"),
    ]

from collections.abc import Sequence

import pytest

from dractl.capacity.devices import fleet
from dractl.capacity.shared import shared_capacity
from dractl.model.claims import Allocation, DeviceResult, ResourceClaim
from dractl.model.devices import Device, Taint
from tests import builders
from tests.builders import claim, device, request, slice_, snapshot


def gpu(name: str, taints: Sequence[Taint] = ()) -> Device:
    return device(name, memory="80Gi", shared=True, taints=taints)


def share(given: Device, amount: str) -> ResourceClaim:
    consumed = builders.quantities({"memory": amount})
    result = DeviceResult("r", given.id, share_id="1", consumed_capacity=consumed)
    return claim(request("r"), name=given.name, allocation=Allocation((result,)))


@pytest.mark.parametrize(
    ("devices", "claims", "expected"),
    [
        ([gpu("a"), gpu("b")], [], ("160Gi", "160Gi", "80Gi", "a")),
        (
            [gpu("a"), gpu("b")],
            [share(gpu("a"), "60Gi")],
            ("160Gi", "100Gi", "80Gi", "b"),
        ),
        (
            [gpu("a"), gpu("b", [builders.NO_SCHEDULE])],
            [share(gpu("a"), "60Gi")],
            ("160Gi", "20Gi", "20Gi", "a"),
        ),
        ([gpu("a")], [share(gpu("a"), "90Gi")], ("80Gi", "0", "0", "")),
    ],
)
def test_shared_capacity(
    devices: Sequence[Device], claims: Sequence[ResourceClaim], expected: object
) -> None:
    cluster = snapshot(slices=[slice_(*devices)], claims=claims)
    (found,) = shared_capacity(fleet(cluster))
    device = found.device.rpartition("/")[2]
    assert (str(found.total), str(found.left), str(found.most), device) == expected


def test_devices_for_one_claim_each_have_none() -> None:
    assert shared_capacity(fleet(snapshot(slices=[slice_(device(memory="1"))]))) == ()

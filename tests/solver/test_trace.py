"""An observer learns why each device was turned down."""

from dractl.solver.allocator import Allocator
from dractl.solver.trace import Objection, Tally
from tests.builders import (
    NO_SCHEDULE,
    claim,
    device,
    held,
    request,
    slice_,
    snapshot,
)

ONLY_A100 = 'device.attributes["gpu.example.com"].model == "A100"'


def test_every_device_is_told_with_what_stood_in_its_way() -> None:
    model = {"model": "A100"}
    other = device("other", attributes={"model": "L4"})
    used, good = device("used", attributes=model), device("good", attributes=model)
    bad = device("bad", attributes=model, taints=[NO_SCHEDULE])
    cluster = snapshot(
        slices=[slice_(other, used, bad, good)],
        claims=[held(used), claim(request(count=2, selectors=[ONLY_A100]))],
    )
    tally = Tally()
    answer = Allocator(cluster).allocate(
        cluster.nodes[0], cluster.pending_claims, tally
    )

    assert answer.allocations is None
    found = {each.name: why for each, why in tally.objections[0, "gpu"].items()}
    assert found == {
        "other": Objection.SELECTOR,
        "used": Objection.IN_USE,
        "bad": Objection.TAINT,
    }

from collections.abc import Sequence

import pytest

from dractl.capacity.look import Look, Only
from dractl.model.nodeselection import Requirement
from tests import builders
from tests.builders import class_, device, held, node, slice_, snapshot

OTHER = "other.example.com"
MINE = [device(name) for name in ("gpu-0", "gpu-1")]
THEIRS = device("nic-0", driver=OTHER, pool="nics")
CLUSTER = snapshot(
    nodes=[node(labels={"zone": "a"}), node("node-2", labels={"zone": "b"})],
    classes=[
        class_("gpu", f'device.driver == "{builders.DRIVER}"'),
        class_("nic", f'device.driver == "{OTHER}"'),
    ],
    slices=[
        slice_(*MINE),
        slice_(THEIRS, name="s-2", driver=OTHER, pool="nics", node="node-2"),
    ],
    claims=[held(MINE[0], name=name) for name in "ab"],
)
IN_ZONE = (Requirement("zone", "In", ("b",)),)


@pytest.mark.parametrize(
    ("only", "names", "claims", "breaches"),
    [
        (Only(), ["gpu-0", "gpu-1", "nic-0"], 2, 1),
        (Only(device_class="gpu"), ["gpu-0", "gpu-1"], 2, 1),
        (Only(device_class="nic"), ["nic-0"], 0, 0),
        (Only(driver=OTHER), ["nic-0"], 0, 0),
        (Only(node="node-1"), ["gpu-0", "gpu-1"], 2, 1),
        (Only(labels=IN_ZONE), ["nic-0"], 0, 0),
        (Only(node="node-1", labels=IN_ZONE), [], 0, 0),
        (Only(namespace="held"), ["gpu-0"], 2, 1),
        (Only(namespace="none"), [], 0, 0),
    ],
)
def test_only(only: Only, names: Sequence[str], claims: int, breaches: int) -> None:
    look = Look(CLUSTER, only)
    assert [each.device.name for each in look.fleet] == list(names)
    assert look.counts.total == len(names)
    assert len(look.claims) == claims
    assert len(look.breaches) == breaches
    assert len(look.everything) == 3


def test_idle_claims() -> None:
    looked_at = Look(CLUSTER)
    # No pods are known, yet the claims are reserved for nobody.
    assert [each.why_idle for each in looked_at.idle] == ["reserved for nobody"] * 2

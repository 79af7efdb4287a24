"""What makes a pool invalid, so that the scheduler takes nothing of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dractl.diagnose.words import listed
from dractl.model.devices import ResourceSlice

_FEW: Final = 3


def flaw_of(slices: Sequence[ResourceSlice], *, has_counters: bool = True) -> str:
    """Return what is wrong with a pool, given its newest slices; "": nothing.

    Names of devices have to differ where one node can see both (pools_incubating.go,
    1.36); those of counter sets in the whole pool. Without `has_counters`, as with the
    gate DRAPartitionableDevices off, nobody looks at these.
    """
    if twice := repeated_devices(slices):
        return f"device {listed(twice, _FEW)} is there more than once"
    if not has_counters:
        return ""
    sets = [counter.name for each in slices for counter in each.shared_counters]
    if twice := _repeated(sets):
        return f"counter set {listed(twice, _FEW)} is declared more than once"
    if unknown := sorted(set(_unknown(slices))):
        return f"counter {listed(unknown, _FEW)} is used and nowhere declared"
    return ""


def repeated_devices(
    slices: Iterable[ResourceSlice], *, anywhere: bool = False
) -> list[str]:
    """Return the names that several devices have: of one node, or of any."""
    names: dict[object, list[str]] = {}
    for each in slices:
        place = None if anywhere else _place(each)
        names.setdefault(place, []).extend(device.name for device in each.devices)
    shared = names.pop(None, [])
    found = {name for own in names.values() for name in _repeated([*own, *shared])}
    return sorted(found.union(_repeated(shared)))


def _place(each: ResourceSlice) -> object:
    """Return what slices for the same nodes have in common; None: it is for all.

    Of slices that select nodes by labels, those with one selector are for the same.
    """
    if each.per_device_scope:
        return each.name
    return each.scope.node_name or each.scope.selector


def _unknown(slices: Sequence[ResourceSlice]) -> Iterator[str]:
    declared = {
        (counter.name, name)
        for each in slices
        for counter in each.shared_counters
        for name in counter.counters
    }
    for each in slices:
        for device in each.devices:
            for use in device.consumes:
                for name in use.counters:
                    if (use.counter_set, name) not in declared:
                        yield f"{use.counter_set}/{name}"


def _repeated(names: Sequence[str]) -> list[str]:
    if len(set(names)) == len(names):
        return []
    return sorted(name for name, number in Counter(names).items() if number > 1)

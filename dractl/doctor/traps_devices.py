"""What in pools and devices meets odd rules of the allocator; see quirks.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.asking import (
    FEW,
    SEVERAL,
    accepted,
    asking,
    asking_for_all,
    devices_that,
    in_conditions,
    selecting,
)
from dractl.doctor.case import Case
from dractl.doctor.checks.pools import broken_pools, newest_slices
from dractl.model.claims import Request
from dractl.model.devices import Device, ResourceSlice
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Node
from dractl.solver.rules import MAX_DEVICES
from dractl.taints.eviction import results_of

_LOOKED_AT: Final = 200  # groups of devices: nodes are much alike
_FRACTIONS: Final = "DRAFractionalCapacityRange"  # of 1.37
_Selectors = tuple[str | None, ...]


# -- pools


def _too_many(case: Case) -> str:
    """Return what asks for all devices, of which one node has too many.

    A request with an alternative that fits a claim is not refused.
    """
    if not asking_for_all(case):
        return ""
    crowds = [each for each in _together(case) if len(each) > MAX_DEVICES]
    known: dict[_Selectors, frozenset[int]] = {}

    def has_too_many(request: Request) -> bool:
        found = []
        for each in request.options:
            own = case.snapshot.class_by_name.get(each.device_class)
            if each.mode != "All" or own is None:
                return False
            texts = (*own.selectors, *each.selectors)
            if texts not in known:
                known[texts] = _crowded(case, texts, crowds)
            found.append(known[texts])
        return bool(found) and bool(frozenset.intersection(*found))

    return asking(case, has_too_many)


def _together(case: Case) -> Iterator[list[Device]]:
    """Yield devices that some node can have together; not of all nodes."""
    found: dict[object, list[Device]] = {}
    for key, entries in case.cluster.fleet.pools.items():
        for entry in entries:
            found.setdefault(entry.scope.node_name or key, []).append(entry.device)
    yield from islice(sorted(found.values(), key=len, reverse=True), _LOOKED_AT)


def _crowded(
    case: Case, texts: _Selectors, crowds: Sequence[Sequence[Device]]
) -> frozenset[int]:
    """Return of which of these groups selectors accept more than a claim can hold."""
    return frozenset(
        place
        for place, devices in enumerate(crowds)
        if any(True for _ in islice(accepted(case, texts, devices), MAX_DEVICES, None))
    )


def _broken_with_counters(case: Case) -> str:
    """Return the broken pools of single nodes that count everywhere."""
    counting = {
        f"pool {each.driver}/{each.pool}"
        for each in case.snapshot.slices
        if each.shared_counters and each.scope.node_name
    }
    wanted = asking_for_all(case) if counting else ""
    found = [each for each in broken_pools(case) if each in counting] if wanted else ()
    return f"{listed(found, FEW)}; {wanted}" if found else ""


def _split_pools(case: Case) -> str:
    """Return the pools of several nodes, where somebody asks for all devices."""
    found = [
        f"pool {driver}/{pool}"
        for (driver, pool), slices in newest_slices(case).items()
        if len({each.scope.node_name for each in slices} - {None}) >= SEVERAL
    ]
    wanted = asking_for_all(case) if found else ""
    return f"{listed(found, FEW)}; {wanted}" if wanted else ""


def _old_generations(case: Case) -> str:
    """Return the pools of which a node sees an old generation only, and all of it."""
    newest, nodes = newest_slices(case), case.snapshot.node_by_name
    old: dict[tuple[str, str, int, str], list[ResourceSlice]] = {}
    for each in case.snapshot.slices:
        name = each.scope.node_name
        if name and each.generation < newest[each.driver, each.pool][0].generation:
            key = (each.driver, each.pool, each.generation, name)
            old.setdefault(key, []).append(each)
    return listed(
        (
            f"pool {driver}/{pool} on node {name}"
            for (driver, pool, _, name), slices in old.items()
            if name in nodes
            and len(slices) == slices[0].slice_count
            and not any(_is_for(each, nodes[name]) for each in newest[driver, pool])
        ),
        FEW,
    )


def _is_for(each: ResourceSlice, node: Node) -> bool:
    """Tell whether a node can use a slice; where that cannot be told, it can."""
    if each.per_device_scope:
        return True
    try:
        return each.scope.includes(node.name, node.meta.labels)
    except NodeSelectorError:
        return True


# -- devices


def _shared_before(case: Case) -> str:
    """Return devices that claims share, and that are published as exclusive."""
    devices = case.cluster.fleet.devices
    return listed(
        dict.fromkeys(
            f"device {each.device}"
            for each in results_of(case.snapshot.claims)
            if each.share_id is not None
            and not each.consumed_capacity
            and (device := devices.get(each.device)) is not None
            and not device.allow_multiple_allocations
        ),
        FEW,
    )


def _with_several_terms(case: Case) -> str:
    found = devices_that(
        case,
        lambda each: (
            each.scope is not None
            and each.scope.selector is not None
            and len(each.scope.selector.terms) >= SEVERAL
        ),
    )
    return listed((f"device {each.id}" for each in found), FEW)


def _fails_elsewhere(case: Case) -> str:
    if not any(each.per_device_scope for each in case.snapshot.slices):
        return ""
    return in_conditions(case, "CEL runtime error")


def _fractions(case: Case) -> str:
    """Return devices with steps of fractions, or what asks for fractions of steps."""
    if case.snapshot.profile.enabled(_FRACTIONS):
        return ""
    stepped = devices_that(
        case,
        lambda each: any(
            one.policy is not None and one.policy.step is not None
            for one in each.capacity.values()
        ),
    )
    if not stepped:
        return ""
    rounded = [f"device {each.id}" for each in stepped if _has_fractions(each)]
    return listed(rounded, FEW) or listed(
        selecting(
            case,
            stepped,
            lambda _, option: any(
                not each.is_whole for each in (option.capacity or {}).values()
            ),
        ),
        FEW,
    )


def _has_fractions(device: Device) -> bool:
    policies = (each.policy for each in device.capacity.values() if each.policy)
    amounts = (
        amount
        for policy in policies
        if policy.step is not None
        for amount in (policy.step, policy.minimum)
    )
    return any(each is not None and not each.is_whole for each in amounts)


def _loses_fields(case: Case) -> str:
    """Return what v1beta1 loses, where it is served."""
    if "v1beta1" not in (case.snapshot.info.served or ()):
        return ""
    devices = devices_that(
        case,
        lambda each: (
            each.allow_multiple_allocations
            or each.binds_to_node
            or bool(each.binding_conditions)
        ),
    )
    pools = dict.fromkeys(f"pool {each.driver}/{each.id.pool}" for each in devices)
    return listed(pools, FEW) or asking(
        case, lambda request: any(each.capacity for each in request.options)
    )


TRAPS_OF_DEVICES: Final[Mapping[str, Callable[[Case], str]]] = {
    "all-mode-too-many-devices": _too_many,
    "all-mode-pool-of-other-node": _broken_with_counters,
    "all-mode-split-pool": _split_pools,
    "old-generation-used": _old_generations,
    "shared-then-exclusive": _shared_before,
    "several-node-terms": _with_several_terms,
    "selector-error-elsewhere": _fails_elsewhere,
    "capacity-rounded-up": _fractions,
    "beta-loses-fields": _loses_fields,
}
"""Of each, by its id, what shows that it can be met here; "": nothing."""

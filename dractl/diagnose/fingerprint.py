"""What of a node matters to a verdict: nodes with one fingerprint share the verdict."""

from collections.abc import Hashable, Sequence

from dractl.solver.ledger import Ledger
from dractl.solver.slots import ClaimSlots, Slot
from dractl.solver.view import NodeView, positions


def fingerprint(
    view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger
) -> tuple[Hashable, ...]:
    """Return everything that the search reads of a node, for these claims."""
    slots = [slot for claim in claims for options in claim.requests for slot in options]
    union = 0
    for slot in slots:
        union |= slot.selectable.passing
    return (
        tuple(_masks(slot, ledger) for slot in slots),
        bool(view.devices),
        tuple((pool.key, pool.defect) for pool in view.inventory.pools if pool.defect),
        tuple(pool.key for pool in view.inventory.obsolete),
        _drivers(view) if not all(s.selectable.passing for s in slots) else None,
        _counters(view, union & view.consuming, ledger),
        _shares(view, union & view.multi, slots, ledger),
        _values(view, slots),
    )


def _masks(slot: Slot, ledger: Ledger) -> tuple[Hashable, ...]:
    selectable = slot.selectable
    return (
        slot.needs,
        slot.wanted,
        slot.candidates,
        selectable.passing,
        selectable.unsupported,
        slot.failing,
        slot.tainted,
        ledger.free(slot),
    )


def _drivers(view: NodeView) -> tuple[str, ...]:
    return tuple(sorted({device.driver for device in view.devices}))


def _counters(view: NodeView, consuming: int, ledger: Ledger) -> Hashable:
    """Return what devices draw from counters, and what is left of these."""
    if not consuming:
        return None
    here = positions(consuming)
    pools = {
        view.inventory.pool_of[each].key: view.inventory.pool_of[each] for each in here
    }
    numbered = {key: number for number, key in enumerate(pools)}
    return (
        tuple(
            (numbered[view.inventory.pool_of[each].key], tuple(view.draw(each).items()))
            for each in here
        ),
        tuple(
            tuple(sorted(ledger.counters_left(pool).items())) for pool in pools.values()
        ),
    )


def _shares(
    view: NodeView, multi: int, slots: Sequence[Slot], ledger: Ledger
) -> Hashable:
    """Return what is left of shared devices, and what is asked of them."""
    if not multi:
        return None
    return tuple(
        (
            tuple(
                (name, capacity.value.nanos)
                for name, capacity in sorted(view.devices[each].capacity.items())
            ),
            tuple(sorted(ledger.used_capacity(each)[0].items())),
            tuple(
                None
                if slot.shares is None or (share := slot.shares[each]) is None
                else tuple((name, amount.nanos) for name, amount in share.items())
                for slot in slots
            ),
        )
        for each in positions(multi)
    )


def _values(view: NodeView, slots: Sequence[Slot]) -> Hashable:
    """Return which devices have equal values where constraints compare them."""
    found = []
    for slot in slots:
        for constraint in slot.constraints:
            seen: dict[object, int] = {None: -1}  # without a value it is unlike all
            found.append(
                tuple(
                    seen.setdefault(
                        slot.plan.attribute(view.devices[each], constraint.attribute),
                        len(seen) - 1,
                    )
                    for each in positions(slot.selectable.passing)
                )
            )
    return tuple(found)

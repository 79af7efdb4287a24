"""What a long search knows beyond upstream's: where it need not go (again).

Two kinds, for a walk calls the same methods: `Pruning` skips what cannot succeed, which
is exact only if the search leaves no traces (`leaves_traces`). `Replaying` walks as
upstream does, and at a state that it has seen before does at once what came of it
then, traces included.
"""

from collections.abc import Hashable, Sequence

from dractl.solver.bounds import Bounds
from dractl.solver.constraints import Distinct, SetMatch, as_set, lookup
from dractl.solver.ledger import LeakingState, Ledger
from dractl.solver.slots import ClaimSlots, Slot
from dractl.solver.view import NodeView, positions
from dractl.solver.walk import Place, Signal

_MOST_REMEMBERED = 200_000


class _Memory:
    """Turns a place and the state of the search into something to look up."""

    def __init__(
        self, view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger
    ) -> None:
        self._view = view
        self._claims = claims
        self._ledger = ledger
        self._constraints = [c for claim in claims for c in claim.constraints]
        self._ahead = _ahead(claims)
        self._has_admin = any(
            slot.plan.admin
            for claim in claims
            for each in claim.requests
            for slot in each
        )

    def _constraint_states(self) -> tuple[Hashable, ...]:
        return tuple(constraint.state() for constraint in self._constraints)

    def _position(self, place: Place) -> tuple[Hashable, ...]:
        size = len(self._ledger.taken[place.claim])
        return (place.claim, place.request, place.option, place.filled, size)

    def _relevant(self, place: Place) -> int:
        """Return the devices that this place or a later one may take."""
        slot = place.slot
        later = self._ahead[place.claim, place.request]
        return later | (slot.candidates | slot.failing) & (-1 << (place.after + 1))


class Replaying(_Memory):
    """Remembers what came of each state, and does it again."""

    def __init__(
        self, view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger
    ) -> None:
        super().__init__(view, claims, ledger)
        self._seen: dict[
            Hashable, tuple[Signal, LeakingState, tuple[Hashable, ...]]
        ] = {}

    def enter(self, place: Place) -> Signal | Hashable:
        """Return what came of this state, else the key to remember it by."""
        key = (
            *self._position(place),
            place.after,
            self._ledger.busy(self._relevant(place)),
            self._ledger.leaking_state(),
            self._constraint_states(),
        )
        known = self._seen.get(key)
        if known is None:
            return key
        signal, leaking, states = known
        self._ledger.restore_leaking(leaking)
        for constraint, state in zip(self._constraints, states, strict=True):
            constraint.restore(state)
        return signal

    def leave(self, key: Hashable, signal: Signal) -> None:
        """Remember how it ended."""
        if len(self._seen) < _MOST_REMEMBERED:
            self._seen[key] = (
                signal,
                self._ledger.leaking_state(),
                self._constraint_states(),
            )

    def equals(self, position: int) -> int:  # noqa: ARG002 the common interface
        """Return no device: each visit may leave its own traces."""
        return 0


class Pruning(_Memory):
    """Knows hopeless places, failed states, and devices that are as good as others."""

    def __init__(
        self, view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger
    ) -> None:
        super().__init__(view, claims, ledger)
        self.bounds = Bounds(view, claims, ledger)
        self._failed: set[Hashable] = set()
        self._classes = _classes(view, claims, ledger, alike=not self._has_admin)
        self._class_of = {
            position: mask for mask in self._classes for position in positions(mask)
        }
        self._unlike = ~sum(self._classes)

    def enter(self, place: Place) -> Signal | Hashable:
        """Return FAIL where nothing can come of it, else the key to remember it by."""
        key = self._key(place)
        if key in self._failed or self.bounds.hopeless(
            place.claim, place.request, place.filled, place.slot, place.after
        ):
            return Signal.FAIL
        return key

    def _key(self, place: Place) -> Hashable:
        taken = self._ledger.taken_devices
        relevant = self._relevant(place)
        mine = place.slot.candidates & ~taken & (-1 << (place.after + 1))
        return (
            *self._position(place),
            tuple(
                ((mask & taken).bit_count(), (mask & mine).bit_count())
                for mask in self._classes
                if mask & relevant
            ),
            mine & self._unlike,
            self._ledger.busy(relevant & self._unlike),
            self._ledger.leaking_state(),
            self._constraint_states(),
        )

    def leave(self, key: Hashable, signal: Signal) -> None:  # noqa: ARG002
        """Remember that nothing came of it."""
        if len(self._failed) < _MOST_REMEMBERED:
            self._failed.add(key)

    def equals(self, position: int) -> int:
        """Return the devices that cannot do better where this one failed."""
        return self._class_of.get(position, 0)


def _ahead(claims: Sequence[ClaimSlots]) -> dict[tuple[int, int], int]:
    """Return, for each request, the devices that later requests may take."""
    ahead: dict[tuple[int, int], int] = {}
    union = 0
    for number in reversed(range(len(claims))):
        for request in reversed(range(len(claims[number].requests))):
            ahead[number, request] = union
            for slot in claims[number].requests[request]:
                union |= slot.candidates | slot.failing
                for position in slot.wanted or ():
                    union |= 1 << position
    return ahead


def _classes(
    view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger, *, alike: bool
) -> list[int]:
    """Return masks of devices that no request and no constraint can tell apart."""
    if not alike:
        return []
    slots = [slot for claim in claims for each in claim.requests for slot in each]
    named = {c.attribute for claim in claims for c in claim.constraints}
    concerned = 0
    for slot in slots:
        concerned |= slot.candidates
    found: dict[Hashable, int] = {}
    for position in positions(concerned & ~view.multi):
        device = view.devices[position]
        look = (
            tuple(slot.candidates >> position & 1 for slot in slots),
            tuple(slot.tainted >> position & 1 for slot in slots),
            tuple(lookup(device, name) for name in sorted(named)),
            view.inventory.pool_of[position].key if device.consumes else None,
            tuple(sorted(view.draw(position).items())),
            ledger.is_dedicated(position),
        )
        found[look] = found.get(look, 0) | 1 << position
    return [mask for mask in found.values() if mask.bit_count() > 1]


def leaves_traces(view: NodeView, claims: Sequence[ClaimSlots]) -> bool:
    """Tell whether upstream's search may leave traces where it has failed.

    Traces are what `Ledger` and the constraints do not restore.
    """
    slots = [slot for claim in claims for each in claim.requests for slot in each]
    consuming = view.consuming
    for slot in slots:
        if slot.candidates & consuming & (view.multi | slot.tainted):
            return True
        if slot.constraints and slot.candidates & consuming:
            return True
        if slot.wanted is not None and slot.candidates & view.multi:
            return True
        for constraint in slot.constraints:
            if isinstance(constraint, Distinct) and slot.needs > 1:
                return True
            if isinstance(constraint, SetMatch) and _has_several(
                view, constraint, slot
            ):
                return True
    return False


def _has_several(view: NodeView, constraint: SetMatch, slot: Slot) -> bool:
    for position in positions(slot.candidates):
        value = lookup(view.devices[position], constraint.attribute)
        values = None if value is None else as_set(value)
        if values is not None and len(values[1]) > 1:
            return True
    return False


def may_abort(claims: Sequence[ClaimSlots], ledger: Ledger) -> bool:
    """Tell whether upstream's search may come to an error that ends everything."""
    for claim in claims:
        for options in claim.requests:
            for slot in options:
                if slot.failing & ledger.free(slot):
                    return True
                if slot.constraints and (slot.wanted is not None or slot.plan.derived):
                    return True
    return False


def shares_pool_names(view: NodeView) -> bool:
    """Tell whether pools of several drivers count their counters under one name."""
    keys = {
        view.inventory.pool_of[position].key for position in positions(view.consuming)
    }
    return len({name for _, name in keys}) < len(keys)

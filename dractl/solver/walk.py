"""The search, step by step as upstream does it, quirks included.

Follows Kubernetes 1.36, allocator_incubating.go: allocateOne. Upstream recurses; here
the open choices are a list, so no claim is too deep. The first full assignment wins.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from dractl.solver.ledger import Ledger
from dractl.solver.objections import objections
from dractl.solver.rules import MAX_DEVICES
from dractl.solver.slots import ClaimSlots, Slot
from dractl.solver.trace import Objection, Observer
from dractl.solver.view import NodeView

_SEEN_BEFORE = frozenset(
    {
        Objection.SELECTOR,
        Objection.OTHER_NODE,
        Objection.BINDING_CONDITIONS_OFF,
        Objection.IN_USE,
        Objection.CAPACITY,
    }
)  # the search does not come to these devices at all


class Signal(Enum):
    """How a step that did not succeed came back."""

    FAIL = "fail"
    SIZE = "size"  # more than 32 devices; only another subrequest can help


class Place(NamedTuple):
    """Where a counted request looks for its next device."""

    claim: int
    request: int
    option: int
    filled: int  # how many devices it has
    after: int  # the next one must lie behind this position
    slot: Slot


class Guide(Protocol):
    """Spares a walk what it need not do (guide.py)."""

    def enter(self, place: Place) -> Signal | Hashable:
        """Return what is bound to come of it, else a key to `leave` with."""

    def leave(self, key: Hashable, signal: Signal) -> None:
        """Hear what came of it."""

    def equals(self, position: int) -> int:
        """Return the devices that fail where this one has failed."""


@dataclass(slots=True)
class _ClaimEnd:
    """All requests of a claim have their devices."""


@dataclass(slots=True)
class _Choice:
    """The subrequests of a request; `at` is the one under trial."""

    claim: int
    request: int
    at: int = 0
    every_too_large: bool = True


@dataclass(slots=True)
class _Exact:
    """A device of a counted request; `rest` are the candidates not tried yet."""

    claim: int
    request: int
    slot: Slot
    index: int
    rest: int
    key: Hashable = None
    position: int = -1


@dataclass(slots=True)
class _All:
    """A device of a request for all."""

    slot: Slot


_Frame = _ClaimEnd | _Choice | _Exact | _All


class Walk:
    """One search. `steps` counts upstream's recursive calls."""

    def __init__(  # noqa: PLR0913 - what it walks on, and how
        self,
        view: NodeView,
        claims: tuple[ClaimSlots, ...],
        ledger: Ledger,
        observer: Observer | None = None,
        *,
        guide: Guide | None = None,
        permutes: bool = False,
    ) -> None:
        self._view = view
        self.claims = claims
        self.ledger = ledger
        self._observer = observer
        self._guide = guide
        self._permutes = permutes
        self._frames: list[_Frame] = []
        # Where the search stands: claim, request, subrequest, device within it.
        self._claim = self._request = self._index = 0
        self._slot: Slot | None = None
        self._after = -1  # candidates must lie behind this position
        self.steps = 0
        self._tries = 0  # candidates tried: what a step costs grows with them

    def run(self, budget: int) -> bool | None:
        """Search for so many steps and tries; tell whether a full assignment was found.

        None: the steps did not suffice. Raises AllocationAborted where upstream stops
        with an error.
        """
        signal: Signal | None = None
        while True:
            if signal is None:
                self.steps += 1
                if self.steps + self._tries > budget:
                    return None
                if self._claim == len(self.claims):
                    return True
                signal = self._descend()
            elif not self._frames:
                return False
            else:
                signal = self._come_back(self._frames[-1], signal)

    def _descend(self) -> Signal | None:
        """Take one step forward; None: go on from there."""
        requests = self.claims[self._claim].requests
        if self._slot is None:
            if self._request == len(requests):
                self._frames.append(_ClaimEnd())
                self._claim += 1
                self._request = 0
                return None
            options = requests[self._request]
            self._slot = options[0]
            self._index, self._after = 0, -1
            if self.claims[self._claim].plan.requests[self._request].prioritized:
                self._frames.append(_Choice(self._claim, self._request))
                self.ledger.choices[self._claim][self._request] = 0
                return None
        return self._fill(self._slot)

    def _fill(self, slot: Slot) -> Signal | None:
        if slot.wanted is not None and not slot.wanted:
            return Signal.FAIL  # "all" of nothing
        if self._index >= slot.needs:
            self._request += 1
            self._slot = None
            return None
        if len(self.ledger.taken[self._claim]) + slot.needs - self._index > MAX_DEVICES:
            return Signal.SIZE
        if slot.wanted is not None:
            return self._take_wanted(slot, slot.wanted[self._index])
        return self._look_for(slot)

    def _take_wanted(self, slot: Slot, position: int) -> Signal | None:
        """Take the next one of all devices; there is no other choice."""
        objection = self.ledger.take(slot, position, must=True)
        if objection is not None:
            self._tell(slot, position, objection)
            return Signal.FAIL
        self._frames.append(_All(slot))
        self._index += 1
        return None

    def _look_for(self, slot: Slot) -> Signal | None:
        """Open the choice of the next device of a counted request."""
        if self._observer is not None:
            self._tell_skipped(slot)
        key = None
        if self._guide is not None:
            option = self.ledger.choices[self._claim].get(self._request, 0)
            key = self._guide.enter(
                Place(
                    self._claim, self._request, option, self._index, self._after, slot
                )
            )
            if isinstance(key, Signal):
                return key
        rest = (slot.candidates | slot.failing) & (-1 << (self._after + 1))
        frame = _Exact(self._claim, self._request, slot, self._index, rest, key)
        self._frames.append(frame)
        return self._try_next(frame)

    def _try_next(self, frame: _Exact) -> Signal | None:
        """Take the next candidate of a counted request; FAIL when none is left."""
        slot, ledger = frame.slot, self.ledger
        rest = frame.rest & ledger.free(slot)
        while rest:
            low = rest & -rest
            rest ^= low
            position = low.bit_length() - 1
            if low & slot.failing:
                claim = self.claims[frame.claim].plan.claim
                raise slot.plan.failure(claim, slot.selectable.failures[position])
            if not ledger.has_room(slot, position):
                continue
            self._tries += 1
            objection = ledger.take(slot, position)
            if objection is not None:
                self._tell(slot, position, objection)
                continue
            frame.rest, frame.position = rest, position
            self._claim, self._request = frame.claim, frame.request
            self._slot, self._index = slot, frame.index + 1
            self._after = -1 if self._permutes else position
            return None
        return self._give_up(frame, Signal.FAIL)

    def _give_up(self, frame: _Exact, signal: Signal) -> Signal:
        self._frames.pop()
        if self._guide is not None:
            self._guide.leave(frame.key, signal)
        return signal

    def _come_back(self, frame: _Frame, signal: Signal) -> Signal | None:
        """Handle what a step returned; None: another way was found to go on."""
        match frame:
            case _Exact():
                self.ledger.undo(frame.slot)
                if signal is Signal.SIZE:
                    return self._give_up(frame, signal)
                if self._guide is not None:
                    frame.rest &= ~self._guide.equals(frame.position)
                return self._try_next(frame)
            case _Choice():
                return self._next_option(frame, signal)
            case _All():
                self.ledger.undo(frame.slot)
                self._frames.pop()
                return signal
            case _ClaimEnd():
                self._frames.pop()
                return Signal.FAIL
        raise AssertionError(frame)

    def _next_option(self, frame: _Choice, signal: Signal) -> Signal | None:
        """Try the next subrequest."""
        frame.every_too_large = frame.every_too_large and signal is Signal.SIZE
        options = self.claims[frame.claim].requests[frame.request]
        frame.at += 1
        if frame.at < len(options):
            self._claim, self._request = frame.claim, frame.request
            self.ledger.choices[frame.claim][frame.request] = frame.at
            self._slot, self._index, self._after = options[frame.at], 0, -1
            return None
        self._frames.pop()
        return Signal.SIZE if frame.every_too_large else Signal.FAIL

    def _tell_skipped(self, slot: Slot) -> None:
        """Report the devices that are no candidates at all."""
        own = self.ledger.taken_devices
        for position, objection in objections(slot, self._view, self.ledger):
            if objection in _SEEN_BEFORE and not own >> position & 1:
                self._tell(slot, position, objection)

    def _tell(self, slot: Slot, position: int, why: Objection) -> None:
        if self._observer is not None:
            device = self._view.devices[position]
            self._observer.rejected(slot.plan.claim, slot.plan.name, device, why)

"""The ways to answer one question: literally, with a guide, or as Search does it."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from dractl.api.snapshot import Snapshot
from dractl.model.workloads import Node
from dractl.solver.allocator import Allocator
from dractl.solver.bounds import Bounds
from dractl.solver.errors import AllocationAborted
from dractl.solver.guide import (
    Pruning,
    Replaying,
    leaves_traces,
    may_abort,
    shares_pool_names,
)
from dractl.solver.ledger import Ledger
from dractl.solver.plan import Outline
from dractl.solver.search import Search
from dractl.solver.slots import ClaimSlots, prepare
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView
from dractl.solver.walk import Guide, Place, Signal, Walk
from tests.solver.generate import Case, pending

MOST_STEPS = 20_000
# "none", or the options and device positions of each claim, or why it aborted.
Found = str | tuple[tuple[tuple[tuple[int, int], ...], tuple[int, ...]], ...]
Start = tuple[tuple[ClaimSlots, ...], Ledger]
MakeGuide = Callable[[NodeView, Sequence[ClaimSlots], Ledger], Guide]


@dataclass(frozen=True)
class Question:
    """Claims that a node is asked for."""

    view: NodeView
    outline: Outline
    usage: Usage

    def start(self) -> Start:
        """Return what every search starts with; AllocationAborted if none can."""
        claims = prepare(self.view, self.outline, self.usage)
        return claims, Ledger(self.view, self.usage, len(claims))

    def literally(self, make_guide: MakeGuide | None = None) -> Found | None:
        """Walk step by step; None: too many steps."""
        try:
            claims, ledger = self.start()
            guide = make_guide(self.view, claims, ledger) if make_guide else None
            walk = Walk(
                self.view,
                claims,
                ledger,
                guide=guide,
                permutes=self.view.rules.permutations,
            )
            complete = walk.run(MOST_STEPS)
        except AllocationAborted as error:
            return f"aborted: {error}"
        if complete is None:
            return None
        return _found(ledger) if complete else "none"

    def searched(self) -> Found:
        """Search as dractl does."""
        try:
            found = Search(self.view, self.outline, self.usage).find()
        except AllocationAborted as error:
            return f"aborted: {error}"
        return "none" if found.ledger is None else _found(found.ledger)

    def prunable(self) -> bool:
        """Tell whether pruning is exact here."""
        claims, ledger = self.start()
        return not (
            may_abort(claims, ledger)
            or shares_pool_names(self.view)
            or leaves_traces(self.view, claims)
        )


def _found(ledger: Ledger) -> Found:
    return tuple(
        (tuple(sorted(choices.items())), tuple(each.position for each in taken))
        for choices, taken in zip(ledger.choices, ledger.taken, strict=True)
    )


def question(snapshot: Snapshot, node: Node) -> Question:
    """Return the pending claims of a generated cluster as a question to a node."""
    allocator = Allocator(snapshot)
    outline = allocator.planner.outline(pending(snapshot))
    return Question(allocator.view(node), outline, allocator.usage)


def questions(case: Case, kubernetes: str = "1.36") -> Iterator[Question]:
    """Yield the questions to the nodes of a case that can be searched at all."""
    snapshot = case.snapshot(kubernetes)
    for node in snapshot.nodes:
        asked = question(snapshot, node)
        try:
            asked.start()
        except AllocationAborted:
            continue
        yield asked


def pruning(view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger) -> Pruning:
    """Return a guide that prunes."""
    return Pruning(view, claims, ledger)


def replaying(
    view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger
) -> Replaying:
    """Return a guide that replays."""
    return Replaying(view, claims, ledger)


class Watching:
    """A guide that changes nothing, and asks the bounds wherever the walk stands.

    `open` has the answers for the places that the walk did not come back from.
    """

    def __init__(
        self, view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger
    ) -> None:
        self._bounds = Bounds(view, claims, ledger)
        self.open = [self._bounds.hopeless_from_start()]

    def enter(self, place: Place) -> Signal | Hashable:
        """Ask whether it is hopeless."""
        hopeless = self._bounds.hopeless(
            place.claim, place.request, place.filled, place.slot, place.after
        )
        self.open.append(hopeless)
        return len(self.open)

    def leave(self, key: Hashable, signal: Signal) -> None:  # noqa: ARG002 the protocol's
        """Forget the place."""
        self.open.pop()

    def equals(self, position: int) -> int:  # noqa: ARG002 the protocol's
        """Return no device."""
        return 0

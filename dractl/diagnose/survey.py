"""What keeps claims from every node: the smallest sets of obstacles, node by node.

A blame counts only if it is in a smallest set of things without which the claims would
fit on some node, and only on the nodes that come nearest: a model of GPU that is absent
on one node is no cause if the same model is busy on another.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.diagnose.table import precedence
from dractl.diagnose.verdict import (
    CHANGES,
    CLASHES,
    DIFFERS,
    LACKS,
    Blame,
    BlameSet,
    Judge,
    Sets,
    error_of,
    whole_claim,
)
from dractl.model.claims import Option, ResourceClaim
from dractl.model.nodeselection import NodeSelector, NodeSelectorError
from dractl.model.workloads import Node
from dractl.solver.errors import AllocationAborted
from dractl.solver.plan import OptionPlan, Outline

if TYPE_CHECKING:
    from dractl.diagnose.world import World
    from dractl.solver.placer import Attempt

_MOST_PLANS: Final = 32
_LAST: Final = 1 << 16  # behind all claims

Plan = tuple[tuple[int, ...], ...]
"""Which option of each request of each claim is looked at."""


class Found(NamedTuple):
    """A blame with the nodes that it is about, in the source's order."""

    blame: Blame
    nodes: tuple[Node, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes."""
        return tuple(node.name for node in self.nodes)


class Survey:
    """Asks every node what keeps a subject from it.

    Once `found` is known, `is_open` tells that some node may take the subject after
    all, or stop the scheduler with an error, and `kept` are the sets of blames of which
    one would have to go.
    """

    def __init__(self, world: "World", attempt: "Attempt") -> None:
        self._world = world
        self._attempt = attempt
        self._judge = Judge(world)
        self._restricted: dict[tuple[int, Plan], Outline] = {}
        self.is_open = False
        self.kept: list[BlameSet] = []

    def claim(self, found: Found) -> ResourceClaim | None:
        """Return the claim that a blame is about; None for several."""
        number = found.blame.claim
        if number is None:
            return None
        if number < 0:
            return self._attempt.pinned[-1 - number][0]
        claims, _ = self._attempt.outline(found.nodes[0])
        return claims[number]

    def found(self) -> list[Found]:
        """Return the blames that count, with their nodes."""
        by_plan = [self._of_plan(plan) for plan in self._plans()]
        everything = {blames for verdicts in by_plan for blames, _ in verdicts}
        kept = [each for each in everything if not any(o < each for o in everything)]
        self.kept = kept
        nodes: dict[Blame, dict[str, Node]] = {}
        for verdicts in by_plan:
            for blames, node in verdicts:
                for blame in blames:
                    if any(blame in each for each in kept):
                        nodes.setdefault(blame, {}).setdefault(node.name, node)
        order = {node.name: number for number, node in enumerate(self._world.nodes)}
        return sorted(
            (
                Found(
                    blame,
                    tuple(sorted(where.values(), key=lambda node: order[node.name])),
                )
                for blame, where in nodes.items()
            ),
            key=self._decisiveness,
        )

    def _decisiveness(self, found: Found) -> tuple[int, ...]:
        """Return where a blame comes: by claim, request and alternative."""
        blame = found.blame
        places = self._places(found)
        return (
            _LAST if blame.claim is None else blame.claim,
            places.index(blame.request) if blame.request in places else -1,
            precedence(blame.code),
        )

    def options(self, found: Found) -> list[Option]:
        """Return the requests or alternatives that a blame is about."""
        claim = self.claim(found)
        if claim is None:
            return []
        wanted = found.blame.request
        return [
            option
            for request in claim.spec.requests
            for option in request.options
            if wanted in {"", request.name, f"{request.name}/{option.name}"}
        ]

    def _places(self, found: Found) -> list[str]:
        claim = self.claim(found)
        if claim is None:
            return []
        return [
            request.name if option.name is None else f"{request.name}/{option.name}"
            for request in claim.spec.requests
            for option in request.options
        ]

    def _plans(self) -> Iterator[Plan]:
        """Yield every choice of alternatives; of very many, the first ones."""
        numbers = [
            [range(max(len(request.options), 1)) for request in claim.spec.requests]
            for claim in self._attempt.open
        ]
        choices = prod(len(each) for claim in numbers for each in claim)
        self.is_open = self.is_open or choices > _MOST_PLANS
        per_claim = [list(islice(product(*each), _MOST_PLANS)) for each in numbers]
        yield from islice(product(*per_claim), _MOST_PLANS)

    def _of_plan(self, plan: Plan) -> list[tuple[BlameSet, Node]]:
        """Return the verdicts of the nodes that come nearest under a plan."""
        key = ("devices", self._attempt.claims_signature, plan)
        of_devices = self._world.once(
            key, lambda: [self._of_devices(node, plan) for node in self._world.nodes]
        )
        verdicts = [
            (blames, node)
            for node, found in zip(self._world.nodes, of_devices, strict=True)
            for blames in self._verdict(node, *found)
        ]
        verdicts = self._joined(verdicts)
        nearest = min((_distance(blames) for blames, _ in verdicts), default=(0, 0))
        return [each for each in verdicts if _distance(each[0]) == nearest]

    def _joined(
        self, verdicts: list[tuple[BlameSet, Node]]
    ) -> list[tuple[BlameSet, Node]]:
        """Turn what nodes lack into a conflict where each request suits some node.

        Only then: what suits no node is the cause.
        """
        if not verdicts or any(_level(blames) < DIFFERS for blames, _ in verdicts):
            return verdicts
        lacking = [{b[1:3] for b in blames if b.level >= DIFFERS}
                   for blames, _ in verdicts]  # fmt: skip
        if set.intersection(*lacking):
            return verdicts
        claims = {claim for each in lacking for claim, _ in each}
        apart = (
            whole_claim(LACKS, None, "claims-conflict")
            if len(claims) > 1
            else whole_claim(LACKS, claims.pop(), "not-enough-devices")
        )
        return [(frozenset({apart}), node) for _, node in verdicts]

    def _of_devices(self, node: Node, plan: Plan) -> tuple[Sets, bool]:
        """Return what a node's devices lack, and whether that is certain."""
        outline = self._outline(node, plan)
        try:
            return self._judge.verdict(self._world.allocator.view(node), outline)
        except AllocationAborted as aborted:
            return (frozenset({error_of(aborted, outline)}),), False

    def _verdict(self, node: Node, sets: Sets, is_certain: bool) -> Iterable[BlameSet]:
        beside = self._beside_devices(node)
        if not beside:
            self.is_open = self.is_open or not sets or not is_certain
            return sets
        return [each | beside for each in sets] or [beside]

    def _beside_devices(self, node: Node) -> BlameSet:
        """Return what keeps the pod from the node, devices aside.

        A node where an allocated claim cannot be used counts only where those nodes
        that remain have no devices for the others.
        """
        pinned = [
            (number, selector)
            for number, (_, selector) in enumerate(self._attempt.pinned)
            if selector is not None
        ]
        away = [
            whole_claim(CLASHES, -1 - number, "claim-pinned-elsewhere")
            for number, selector in pinned
            if not _selects(selector, node)
        ]
        if away:
            return frozenset(away)
        if self._attempt.refusal(node) is None:
            return frozenset()
        if not pinned:
            return frozenset({whole_claim(CHANGES, None, "node-mismatch")})
        return frozenset(
            whole_claim(CHANGES, -1 - number, "claim-pinned-elsewhere")
            for number, _ in pinned
        )

    def _outline(self, node: Node, plan: Plan) -> Outline:
        """Return the plan of the node's claims, one option for each request."""
        _, outline = self._attempt.outline(node)
        key = (id(outline), plan)
        known = self._restricted.get(key)
        if known is None:
            known = self._restricted[key] = restricted(outline, plan)
        return known

    def plans(self, node: Node, blame: Blame) -> list[OptionPlan]:
        """Return the requests that a blame is about, as they are for a node."""
        if blame.claim is not None and blame.claim < 0:
            return []
        _, outline = self._attempt.outline(node)
        claims = outline if blame.claim is None else (outline[blame.claim],)
        return [
            option
            for claim in claims
            for request in claim.requests
            for option in request.options
            if blame.request in {"", option.name}
        ]


def restricted(outline: Outline, plan: Plan) -> Outline:
    """Return the outline with the one option of each request that the plan says."""
    found = []
    for number, claim in enumerate(outline):
        if claim.error is not None:
            found.append(claim)  # it fails before any option counts
            continue
        chosen = plan[number] if number < len(plan) else ()
        requests = tuple(
            dataclasses.replace(
                request,
                options=(request.options[_at(chosen, position)],),
                prioritized=False,
            )
            for position, request in enumerate(claim.requests)
        )
        found.append(dataclasses.replace(claim, requests=requests))
    return tuple(found)


def _at(chosen: tuple[int, ...], position: int) -> int:
    """Return the option that is chosen; requests beyond the plan have only one."""
    return chosen[position] if position < len(chosen) else 0


def _selects(selector: NodeSelector, node: Node) -> bool:
    try:
        return selector.matches(node.name, node.meta.labels)
    except NodeSelectorError:
        return False


def _distance(blames: BlameSet) -> tuple[int, int]:
    """Return how far a node is: how bad the worst obstacle is, then how many are."""
    return _level(blames), len(blames)


def _level(blames: BlameSet) -> int:
    return max((blame.level for blame in blames), default=0)

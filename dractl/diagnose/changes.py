"""Changes that might help, and whether they do: each is tried before it is told."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

from dractl.api.snapshot import Key
from dractl.model.claims import ClaimSpec, Option, ResourceClaim
from dractl.model.workloads import Node, Pod
from dractl.solver.errors import AllocationAborted, PoolsInvalid
from dractl.solver.placer import EVERY_NODE_IS_TRIED, Attempt
from dractl.solver.relaxation import Obstacle, fits_without
from dractl.solver.subjects import Subject
from dractl.solver.usage import Usage

if TYPE_CHECKING:
    from dractl.diagnose.world import World

_MOST_NODES: Final = 64
_MOST_TOGETHER: Final = 3  # changes in one suggestion
_MOST_TRIALS: Final = 24  # suggestions of several changes

Alter = Callable[[Subject], Subject]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do. `text` is an imperative.

    `alter` says what it does to the pod or its claims, `frees` which claims it takes
    from others, `moves` to which cluster it leads. A change with none of these cannot
    be tried: it is advice. `at_least` is what it is good for if the pod does not fit
    even so; "" for nothing. `includes` are the texts of changes that are part of it.
    """

    text: str
    alter: Alter | None = None
    frees: tuple[Key, ...] = ()
    moves: "Callable[[], World] | None" = None
    at_least: str = ""
    includes: tuple[str, ...] = ()

    @property
    def is_advice(self) -> bool:
        """Whether there is nothing that could be tried."""
        return self.alter is None and not self.frees and self.moves is None


def lands(
    world: "World", subject: Subject, nodes: Iterable[Node], changes: Sequence[Change]
) -> str | None:
    """Return the first of the nodes that takes the subject after the changes."""
    freed: set[Key] = set()
    for change in changes:
        if change.moves is not None:
            world = change.moves()
        if change.alter is not None:
            subject = change.alter(subject)
        freed.update(change.frees)
    usage = world.usage_without(frozenset(freed))
    attempt = Attempt(world.placer, subject)
    for node in nodes:
        here = world.snapshot.node_by_name.get(node.name)
        if here is not None and _takes(world, attempt, here, usage):
            return None if _is_stopped(world, attempt, usage) else node.name
    return None


def _takes(world: "World", attempt: Attempt, node: Node, usage: Usage) -> bool:
    if attempt.refusal(node) is not None:
        return False
    try:
        claims, outline = attempt.outline(node)
        view = world.allocator.view(node)
        if claims and not fits_without(Obstacle.NONE, view, outline, usage):
            return False
        return attempt.unreachable(node) is None
    except (AllocationAborted, PoolsInvalid):
        return False


def _is_stopped(world: "World", attempt: Attempt, usage: Usage) -> bool:
    """Tell whether an error on some node stops the scheduler all the same."""
    nodes = world.snapshot.nodes
    if len(nodes) >= EVERY_NODE_IS_TRIED:
        return False
    for node in nodes:
        try:
            if attempt.refusal(node) is not None:
                continue
            _, outline = attempt.outline(node)
            if world.allocator.may_stop(node, outline):
                view = world.allocator.view(node)
                fits_without(Obstacle.NONE, view, outline, usage)
        except PoolsInvalid:
            continue
        except AllocationAborted:
            return True
    return False


class Trial:
    """Tries changes for one subject on the nodes that they are about."""

    def __init__(self, world: "World", subject: Subject, nodes: Sequence[Node]) -> None:
        self._world = world
        self._subject = subject
        self._nodes = nodes[:_MOST_NODES]
        self._signature = Attempt(world.placer, subject).signature
        self._namespace = subject.pod.meta.namespace if subject.pod else ""

    def lands(self, *changes: Change) -> str | None:
        """Return where the subject fits after the changes; None: on none."""
        # Texts name what is changed, so equal ones change equal subjects equally.
        texts = tuple(change.text for change in changes)
        return self._world.once(
            ("lands", self._signature, self._namespace, texts),
            lambda: lands(self._world, self._subject, self._nodes, changes),
        )

    def single(self, changes: Iterable[Change], most: int) -> list[tuple[Change, str]]:
        """Return the first changes that suffice, each with where the subject lands."""
        found: list[tuple[Change, str]] = []
        for change in {each.text: each for each in changes}.values():
            if len(found) == most:
                break
            if any(
                each.text in change.includes or set(each.frees) & set(change.frees)
                for each, _ in found
            ):
                continue  # less than that suffices
            if not change.is_advice and (node := self.lands(change)) is not None:
                found.append((change, node))
        return found

    def together(
        self, choices: Sequence[Sequence[Change]]
    ) -> tuple[tuple[Change, ...], str] | None:
        """Return one change of each choice, if those together suffice."""
        if not 1 < len(choices) <= _MOST_TOGETHER:
            return None
        for number, chosen in enumerate(product(*choices)):
            if number == _MOST_TRIALS:
                break
            # Two causes may ask for the same change.
            changes = tuple({change.text: change for change in chosen}.values())
            if (node := self.lands(*changes)) is not None:
                return changes, node
        return None


# -- what changes do to a subject


def with_spec(claim: str, edit: Callable[[ClaimSpec], ClaimSpec]) -> Alter:
    """Return what edits one claim of a subject."""

    def edited(each: ResourceClaim) -> ResourceClaim:
        if each.meta.name != claim:
            return each
        return dataclasses.replace(each, spec=edit(each.spec))

    return _with_claims(edited)


def with_option(claim: str, request: str, edit: Callable[[Option], Option]) -> Alter:
    """Return what edits one request, or one of its alternatives, of a claim."""

    def edited(spec: ClaimSpec) -> ClaimSpec:
        return dataclasses.replace(
            spec,
            requests=tuple(
                dataclasses.replace(
                    each,
                    options=tuple(
                        edit(option)
                        if request in {each.name, f"{each.name}/{option.name}"}
                        else option
                        for option in each.options
                    ),
                )
                for each in spec.requests
            ),
        )

    return with_spec(claim, edited)


def with_count(claim: str, request: str, number: int) -> Alter:
    """Return what makes one request of a claim ask for so many devices."""
    edit = partial(dataclasses.replace, mode="ExactCount", count=number)
    return with_option(claim, request, edit)


def with_pod(edit: Callable[[Pod], Pod]) -> Alter:
    """Return what edits the pod of a subject."""

    def alter(subject: Subject) -> Subject:
        assert subject.pod is not None
        return dataclasses.replace(subject, pod=edit(subject.pod))

    return alter


def unallocated(claim: ResourceClaim) -> Alter:
    """Return what gives the devices of a subject's own claim back."""

    def edited(each: ResourceClaim) -> ResourceClaim:
        if each.meta.key != claim.meta.key:
            return each
        return dataclasses.replace(each, allocation=None)

    return _with_claims(edited)


def _with_claims(edited: Callable[[ResourceClaim], ResourceClaim]) -> Alter:
    def alter(subject: Subject) -> Subject:
        claims = tuple(map(edited, subject.claims))
        return dataclasses.replace(subject, claims=claims)

    return alter

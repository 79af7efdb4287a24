"""Laws that hold for whatever is allocated in random clusters."""

import copy
import dataclasses
import random
from collections.abc import Hashable, Iterator
from typing import Any

import pytest

from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted, PoolsInvalid
from dractl.solver.guide import leaves_traces
from dractl.solver.ledger import Ledger
from dractl.solver.slots import ClaimSlots, Slot
from dractl.solver.view import NodeView, positions
from tests.solver.check import violations
from tests.solver.generate import TOPICS, Case, case, pending
from tests.solver.ways import Question, questions

FREE_OF_ALL = frozenset(TOPICS) - {"all", "errors", "pools"}


def judged(seed: int, kubernetes: str) -> Iterator[list[str]]:
    """Yield what the checker says of each allocation in a random cluster."""
    snapshot = case(seed).snapshot(kubernetes)
    allocator, claims = Allocator(snapshot), pending(snapshot)
    for node in snapshot.nodes:
        try:
            given = allocator.allocate(node, claims).allocations
        except (AllocationAborted, PoolsInvalid):
            continue
        if given is not None:
            yield violations(snapshot, node, claims, given)


@pytest.mark.parametrize("kubernetes", ["1.36", "1.37"])
def test_no_allocation_breaks_a_rule(kubernetes: str) -> None:
    verdicts = [found for seed in range(2000) for found in judged(seed, kubernetes)]

    assert [found for found in verdicts if found] == []
    assert len(verdicts) > 300


def balance(view: NodeView, claims: tuple[ClaimSlots, ...], ledger: Ledger) -> Hashable:
    """Return all that a search keeps, without entries that amount to nothing."""
    return (
        ledger.busy((1 << len(view.devices)) - 1),
        tuple(
            tuple(
                sorted(item for item in ledger.used_capacity(p)[1].items() if item[1])
            )
            for p in range(len(view.devices))
        ),
        tuple(
            tuple(sorted(ledger.counters_left(pool).items()))
            for pool in view.inventory.pools
        ),
        tuple(c.state() for claim in claims for c in claim.constraints),
        tuple(map(tuple, ledger.taken)),
    )


def taken_and_undone(asked: Question, rng: random.Random) -> tuple[int, bool]:
    """Take devices at random and give them all back; tell how many, and the balance."""
    claims, ledger = asked.start()
    before = balance(asked.view, claims, ledger)
    slots = [s for c in claims for r in c.requests for s in r if s.wanted is None]
    stack: list[Slot] = []
    took = 0
    for _ in range(30 if slots else 0):
        if stack and rng.random() < 0.4:
            ledger.undo(stack.pop())
            continue
        slot = rng.choice(slots)
        free = [
            position
            for position in positions(slot.candidates & ledger.free(slot))
            if ledger.has_room(slot, position)
        ]
        if free and ledger.take(slot, rng.choice(free)) is None:
            stack.append(slot)
            took += 1
    while stack:
        ledger.undo(stack.pop())
    return took, balance(asked.view, claims, ledger) == before


def test_what_is_taken_and_given_back_leaves_no_traces_where_none_are_expected() -> (
    None
):
    tries = [
        taken_and_undone(asked, random.Random(seed))
        for seed in range(1200)
        for asked in questions(case(seed, among=TOPICS))
        if not leaves_traces(asked.view, asked.start()[0])
    ]

    assert [took for took, balanced in tries if not balanced] == []
    assert sum(took for took, _ in tries) > 2000


def with_one_more(given: Case) -> Case:
    """Return the cluster with the first slice's last device once more, and free."""
    slices: list[dict[str, Any]] = copy.deepcopy(list(given.slices))
    devices = next(s["spec"]["devices"] for s in slices if s["spec"].get("devices"))
    devices.append({**devices[-1], "name": "one-more"})
    return dataclasses.replace(given, slices=slices)


def outcomes(given: Case) -> list[tuple[bool, bool]]:
    """Return for each node whether the claims fit, and whether the search is clean."""
    return [
        (not isinstance(asked.searched(), str), asked.prunable())
        for asked in questions(given)
    ]


def test_one_more_free_device_never_makes_claims_unsatisfiable() -> None:
    # Only where no request is for all devices and no search leaves traces: there
    # upstream's walk visits every assignment, so a solution stays one. With traces, a
    # device that is tried and refused may use up what the old solution needs.
    pairs = [
        (before, after)
        for seed in range(1500)
        for mine in [case(seed, among=FREE_OF_ALL)]
        for before, after in zip(
            outcomes(mine), outcomes(with_one_more(mine)), strict=True
        )
        if before[0] and before[1] and after[1]
    ]

    assert [after for _, after in pairs if not after[0]] == []
    assert len(pairs) > 150

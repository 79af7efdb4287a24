"""However the search is spared work, it finds what the literal walk finds."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest

from dractl.model.devices import ResourceSlice
from dractl.solver import search
from dractl.solver.guide import may_abort, shares_pool_names
from dractl.solver.walk import Walk
from tests.builders import claim, device, request, slice_, snapshot
from tests.solver.generate import PLAIN, TOPICS, case
from tests.solver.ways import (
    MOST_STEPS,
    Found,
    Question,
    Watching,
    pruning,
    question,
    questions,
    replaying,
)

MIXES = {
    "everything": frozenset(TOPICS),
    "without traces": PLAIN,
    "counters": frozenset({*PLAIN, "counters", "taints", "pools"}),
    "shares": frozenset({"shared", "capacity", "held", "all", "prioritized"}),
    "values": frozenset({"constraints", "lists", "prioritized", "held"}),
}
COUNTER = {"set": {"slots": "1"}}
SEEDS = range(400)
mixes = pytest.mark.parametrize("mix", MIXES.values(), ids=list(MIXES))


@cache
def asked(mix: frozenset[str], seeds: range = SEEDS) -> Sequence[Question]:
    """Return the questions of a mix: once for all tests, since nobody changes them."""
    return [each for seed in seeds for each in questions(case(seed, among=mix))]


@cache
def answered(mix: frozenset[str]) -> Sequence[tuple[Question, Found | None]]:
    """Return the questions with what the literal walk finds."""
    return [(each, each.literally()) for each in asked(mix)]


@mixes
def test_a_search_finds_what_the_literal_walk_finds(mix: frozenset[str]) -> None:
    pairs = [(literal, each.searched()) for each, literal in answered(mix)]

    assert [pair for pair in pairs if pair[0] not in {None, pair[1]}] == []


@mixes
def test_a_search_with_care_finds_what_the_literal_walk_finds(
    mix: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "QUICK", 0)

    pairs = [(literal, each.searched()) for each, literal in answered(mix)]

    assert [pair for pair in pairs if pair[0] not in {None, pair[1]}] == []


@mixes
def test_replaying_changes_nothing(mix: frozenset[str]) -> None:
    pairs = [
        (literal, each.literally(replaying))
        for each, literal in answered(mix)
        if not shares_pool_names(each.view)
    ]

    assert [pair for pair in pairs if pair[0] not in {None, pair[1]}] == []
    assert len(pairs) > 200


def test_replaying_tells_the_memories_of_constraints_apart() -> None:
    topics = {"constraints", "lists", "prioritized", "held", "selectors"}
    pairs = [
        (each.literally(), each.literally(replaying))
        for seed in SEEDS
        for each in questions(case(seed, topics, always={"constraints"}))
    ]

    assert [pair for pair in pairs if pair[0] not in {None, pair[1]}] == []


def pool_of(pool: str, *roles: str) -> list[ResourceSlice]:
    """Return a pool with one counter, enough for one of its devices."""
    mine = [
        device(role, pool=pool, attributes={"role": role}, consumes=COUNTER)
        for role in roles
    ]
    return [
        slice_(*mine, name=f"{pool}-0", pool=pool, count=2),
        slice_(name=f"{pool}-1", pool=pool, count=2, counters=COUNTER),
    ]


def role(name: str) -> list[str]:
    return [f'device.attributes["gpu.example.com"].role == "{name}"']


def test_pruning_tells_devices_of_different_pools_apart() -> None:
    # The first "twin" fails, since "only" draws from its pool; the other does not.
    wish = claim(
        request("a", selectors=role("twin")), request("b", selectors=role("only"))
    )
    cluster = snapshot(
        slices=[*pool_of("x", "twin", "only"), *pool_of("y", "twin")], claims=[wish]
    )
    mine = question(cluster, cluster.nodes[0])

    assert mine.prunable()
    assert mine.literally(pruning) == mine.literally() == (((), (2, 1)),)


@mixes
def test_pruning_changes_nothing_where_no_traces_are_left(mix: frozenset[str]) -> None:
    pairs = [
        (literal, each.literally(pruning))
        for each, literal in answered(mix)
        if each.prunable()
    ]

    assert [pair for pair in pairs if pair[0] not in {None, pair[1]}] == []
    assert len(pairs) > 100


def watched(mine: Question) -> tuple[bool | None, list[bool]]:
    """Return the outcome of a walk, and whether its places looked hopeless.

    Within a search that leaves traces nobody asks, so only its start counts then.
    """
    claims, ledger = mine.start()
    watching = Watching(mine.view, claims, ledger)
    walk = Walk(mine.view, claims, ledger, guide=watching)
    complete = walk.run(MOST_STEPS)
    return complete, watching.open[: None if mine.prunable() else 1]


@mixes
def test_no_place_on_the_way_to_a_solution_looks_hopeless(mix: frozenset[str]) -> None:
    solved = [
        places
        for complete, places in map(
            watched,
            (
                each
                for each in asked(mix)
                if not may_abort(*each.start()) and not shares_pool_names(each.view)
            ),
        )
        if complete
    ]

    assert not any(any(places) for places in solved)
    assert len(solved) > 20


def test_the_generated_cases_have_all_kinds_of_outcomes() -> None:
    kinds = Counter(
        found if found == "none" else "aborted" if isinstance(found, str) else "found"
        for found in (each.searched() for each in asked(MIXES["everything"]))
    )

    assert min(kinds[kind] for kind in ("none", "aborted", "found")) > 10


def test_a_search_without_any_steps_left_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("QUICK", "PRUNED", "REPLAYED"):
        monkeypatch.setattr(search, name, 0)
    monkeypatch.setattr(search.Search, "patience", 0)

    texts = {str(each.searched())[:24] for each in asked(PLAIN, range(40))}

    assert "aborted: no answer withi" in texts

"""matchAttribute and distinctAttribute, and what upstream forgets and remembers."""

import dataclasses

import pytest

from dractl.model.attributes import Attribute, SemVer
from dractl.model.claims import Constraint as Spec
from dractl.model.cluster import Profile
from dractl.solver.constraints import (
    Constraint,
    Distinct,
    Match,
    SetDistinct,
    SetMatch,
    applies,
    as_set,
    constraint,
)
from dractl.solver.errors import AllocationAborted
from dractl.solver.rules import rules_of
from tests.builders import attribute

X, Y = attribute("x"), attribute("y")
ONE, YES = attribute(1), attribute(value=True)
LIST = Attribute("strings", ("x", "y"))
EMPTY = Attribute("", None)
NOTHING = frozenset[str]()
RULES = rules_of(Profile.of("1.36"))


def listed(*values: str) -> Attribute:
    return Attribute("strings", values)


def added(kind: Constraint, *values: Attribute | None) -> list[bool]:
    """Add one device after the other, each for a request of its own."""
    return [kind.add(f"r{number}", value) for number, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "answers"),
    [
        ([X, X, Y], [True, True, False]),
        ([X, Y, X], [True, False, True]),
        ([ONE, YES], [True, False]),
        ([attribute("1"), ONE], [True, False]),
        ([None], [False]),
        ([LIST], [True]),
        ([LIST, LIST], [True, False]),
        ([EMPTY, EMPTY], [True, False]),
    ],
)
def test_a_match_accepts(values: list[Attribute | None], answers: list[bool]) -> None:
    assert added(Match("a", NOTHING), *values) == answers


def test_versions_that_differ_in_their_build_do_not_match() -> None:
    versions = [attribute(SemVer.parse(text)) for text in ("1.0.0+a", "1.0.0+b")]

    assert added(Match("a", NOTHING), *versions) == [True, False]


def test_a_match_takes_another_value_after_all_have_left() -> None:
    match = Match("a", NOTHING)
    match.add("r", X)
    match.remove("r")

    assert match.add("r", Y)


@pytest.mark.parametrize(
    ("values", "answers"),
    [
        ([listed("x", "y"), listed("y", "z"), listed("x")], [True, True, False]),
        ([listed("x", "y"), Y], [True, True]),
        ([X, listed("x")], [True, True]),
        ([listed("1"), ONE], [True, False]),
        ([EMPTY], [False]),
        ([None], [False]),
    ],
)
def test_a_match_of_lists_accepts(
    values: list[Attribute | None], answers: list[bool]
) -> None:
    assert added(SetMatch("a", NOTHING), *values) == answers


def test_quirk_narrowed_for_good_while_a_device_is_left() -> None:
    match = SetMatch("a", NOTHING)
    added(match, listed("x", "y"), listed("y"))
    match.remove("r1")

    assert not match.add("r1", X)


def test_narrowing_ends_with_the_last_device() -> None:
    match = SetMatch("a", NOTHING)
    added(match, listed("x", "y"), listed("y"))
    match.remove("r1")
    match.remove("r0")

    assert match.add("r0", X)


@pytest.mark.parametrize(
    ("values", "answers"),
    [
        ([X, Y, X], [True, True, False]),
        ([ONE, attribute("1"), YES], [True, True, True]),
        ([None], [False]),
        ([LIST, X], [True, True]),
        ([X, LIST], [True, False]),
    ],
)
def test_distinct_values_are(
    values: list[Attribute | None], answers: list[bool]
) -> None:
    assert added(Distinct("a", NOTHING), *values) == answers


@pytest.mark.parametrize(
    ("values", "answers"),
    [
        ([listed("x", "y"), listed("z"), listed("y")], [True, True, False]),
        ([listed("x"), X], [True, False]),
        ([listed("1"), ONE], [True, True]),
        ([EMPTY, X], [True, True]),
        ([X, EMPTY], [True, False]),
    ],
)
def test_distinct_lists_are(
    values: list[Attribute | None], answers: list[bool]
) -> None:
    assert added(SetDistinct("a", NOTHING), *values) == answers


def test_quirk_one_memory_per_request_keeps_only_the_latest_value() -> None:
    distinct = Distinct("a", NOTHING)

    assert [distinct.add("r", value) for value in (X, Y, X)] == [True, True, True]


def test_quirk_one_memory_per_request_forgets_all_at_a_removal() -> None:
    distinct = Distinct("a", NOTHING)
    distinct.add("r", X)
    distinct.add("r", Y)
    distinct.remove("r")

    assert distinct.add("r", X)


@pytest.mark.parametrize("kind", [Match, SetMatch, Distinct, SetDistinct])
def test_a_state_can_be_restored(
    kind: type[Match | SetMatch | Distinct | SetDistinct],
) -> None:
    mine = kind("a", NOTHING)
    mine.add("r0", X)
    before = mine.state()
    mine.add("r1", X if kind in {Match, SetMatch} else Y)
    other = mine.state()
    mine.restore(before)

    assert mine.state() == before != other


@pytest.mark.parametrize(
    ("requests", "name", "concerned"),
    [
        ((), "gpu", True),
        (("gpu",), "gpu", True),
        (("gpu",), "gpu/large", True),
        (("gpu/large",), "gpu/large", True),
        (("gpu/large",), "gpu/small", False),
        (("nic",), "gpu", False),
    ],
)
def test_a_constraint_is_about(
    requests: tuple[str, ...], name: str, *, concerned: bool
) -> None:
    base = name.partition("/")[0]

    assert applies(frozenset(requests), base, name) is concerned


@pytest.mark.parametrize(
    ("spec", "lists", "kind"),
    [
        (Spec(match_attribute="a"), False, Match),
        (Spec(match_attribute="a"), True, SetMatch),
        (Spec(distinct_attribute="a"), False, Distinct),
        (Spec(distinct_attribute="a"), True, SetDistinct),
    ],
)
def test_lists_are_compared_where_the_gate_is_on(
    spec: Spec, kind: type, *, lists: bool
) -> None:
    rules = dataclasses.replace(RULES, list_values=lists)

    assert type(constraint(spec, "mine", "here", rules)) is kind


@pytest.mark.parametrize(
    ("spec", "supported"),
    [(Spec(), True), (Spec(distinct_attribute="a"), False)],
    ids=["an empty one", "distinctAttribute in the stable allocator"],
)
def test_an_unknown_kind_of_constraint_aborts(spec: Spec, *, supported: bool) -> None:
    rules = dataclasses.replace(RULES, distinct_supported=supported)

    with pytest.raises(AllocationAborted, match="claim mine, here: empty constraint"):
        constraint(spec, "mine", "here", rules)


def test_an_empty_list_has_no_value_to_compare() -> None:
    assert as_set(Attribute("strings", ())) is None
    assert as_set(EMPTY) is None
    assert as_set(X) == as_set(listed("x"))

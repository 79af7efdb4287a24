"""Node selectors choose nodes as the scheduler does."""

import pytest

from dractl.model.nodeselection import (
    NodeSelector,
    NodeSelectorError,
    NodeSelectorTerm,
    Requirement,
)

LABELS = {"zone": "a", "gpus": "8", "name": "x8"}


def on_label(key: str, operator: str, *values: str) -> NodeSelector:
    term = NodeSelectorTerm((Requirement(key, operator, values),))
    return NodeSelector((term,))


def on_name(operator: str, *values: str) -> NodeSelector:
    term = NodeSelectorTerm((), (Requirement("metadata.name", operator, values),))
    return NodeSelector((term,))


@pytest.mark.parametrize(
    ("key", "operator", "values", "matches"),
    [
        ("zone", "In", ("a", "b"), True),
        ("zone", "In", ("b",), False),
        ("none", "In", ("a",), False),
        ("zone", "NotIn", ("b",), True),
        ("zone", "NotIn", ("a",), False),
        ("none", "NotIn", ("a",), True),
        ("zone", "Exists", (), True),
        ("none", "Exists", (), False),
        ("zone", "DoesNotExist", (), False),
        ("none", "DoesNotExist", (), True),
        ("gpus", "Gt", ("7",), True),
        ("gpus", "Gt", ("8",), False),
        ("gpus", "Lt", ("9",), True),
        ("gpus", "Lt", ("8",), False),
        ("name", "Gt", ("1",), False),
        ("none", "Lt", ("1",), False),
    ],
)
def test_a_label_is_compared(
    key: str, operator: str, values: tuple[str, ...], *, matches: bool
) -> None:
    assert on_label(key, operator, *values).matches("n", LABELS) is matches


@pytest.mark.parametrize(
    ("operator", "values"),
    [("In", ()), ("NotIn", ()), ("Exists", ("a",)), ("DoesNotExist", ("a",)),
     ("Gt", ()), ("Gt", ("1", "2")), ("Lt", ("x",)), ("Equals", ("a",)), ("", ("a",))],
)  # fmt: skip
def test_an_unparsable_requirement_is_an_error(
    operator: str, values: tuple[str, ...]
) -> None:
    with pytest.raises(NodeSelectorError):
        on_label("zone", operator, *values).matches("n", LABELS)


def test_the_name_is_a_field() -> None:
    assert on_name("In", "n").matches("n", {})
    assert not on_name("In", "m").matches("n", {})
    assert on_name("NotIn", "m").matches("n", {})


@pytest.mark.parametrize(("operator", "values"), [("In", ("a", "b")), ("Exists", ())])
def test_a_field_takes_one_name(operator: str, values: tuple[str, ...]) -> None:
    with pytest.raises(NodeSelectorError):
        on_name(operator, *values).matches("n", {})


def test_one_term_suffices_and_an_empty_one_matches_nothing() -> None:
    wrong, right = on_label("zone", "In", "b").terms[0], on_name("In", "n").terms[0]
    assert NodeSelector((wrong, right)).matches("n", LABELS)
    assert not NodeSelector((wrong, NodeSelectorTerm())).matches("n", LABELS)
    assert not NodeSelector().matches("n", LABELS)


def test_all_requirements_of_a_term_count() -> None:
    term = NodeSelectorTerm(
        (Requirement("zone", "In", ("a",)),),
        (Requirement("metadata.name", "In", ("m",)),),
    )
    assert NodeSelector((term,)).matches("m", LABELS)
    assert not NodeSelector((term,)).matches("n", LABELS)

"""Node selectors choose nodes as the scheduler does."""

from time import perf_counter

import pytest

from dractl.model.nodeselection import (
    NodeSelector,
    NodeSelectorError,
    NodeSelectorTerm,
    Requirement,
)

LABELS = {
    "zone": "a",
    "gpus": "8",
    "padded": "0" * 30 + "9",
    "below": "-8",
    "name": "x8",
    "huge": str(2**63),
    "empty": "",
}


def on_label(key: str, operator: str, *values: str) -> NodeSelector:
    term = NodeSelectorTerm((Requirement(key, operator, values),))
    return NodeSelector((term,))


def on_field(key: str, operator: str, *values: str) -> NodeSelector:
    term = NodeSelectorTerm((), (Requirement(key, operator, values),))
    return NodeSelector((term,))


def on_name(operator: str, *values: str) -> NodeSelector:
    return on_field("metadata.name", operator, *values)


@pytest.mark.parametrize(
    ("key", "operator", "values", "matches"),
    [
        ("zone", "In", ("a", "b"), True),
        ("zone", "In", ("b",), False),
        ("zone", "In", ("A",), False),
        ("none", "In", ("a",), False),
        ("none", "In", ("",), False),
        ("empty", "In", ("",), True),
        ("zone", "NotIn", ("b",), True),
        ("zone", "NotIn", ("b", "a"), False),
        ("none", "NotIn", ("a",), True),
        ("zone", "Exists", (), True),
        ("empty", "Exists", (), True),
        ("none", "Exists", (), False),
        ("zone", "DoesNotExist", (), False),
        ("none", "DoesNotExist", (), True),
        ("gpus", "Gt", ("7",), True),
        ("gpus", "Gt", ("8",), False),
        ("gpus", "Gt", ("10",), False),
        ("gpus", "Gt", ("007",), True),
        ("padded", "Gt", ("8",), True),
        ("below", "Gt", ("0",), False),
        ("gpus", "Gt", (str(2**63 - 1),), False),
        ("gpus", "Lt", ("9",), True),
        ("gpus", "Lt", ("8",), False),
        ("gpus", "Lt", ("10",), True),
        ("below", "Lt", ("0",), True),
        ("gpus", "Lt", (str(2**63 - 1),), True),
        ("name", "Gt", ("1",), False),
        ("name", "Lt", ("1",), False),
        ("huge", "Gt", ("1",), False),
        ("empty", "Lt", ("1",), False),
        ("none", "Gt", ("1",), False),
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
     ("Gt", ()), ("Lt", ()), ("Gt", ("1", "2")), ("Lt", ("x",)), ("Gt", ("1.5",)),
     ("Gt", ("",)), ("Gt", ("1_0",)), ("Gt", ("\u0661",)), ("Lt", (str(2**63),)),
     ("Gt", ("-1",)), ("In", ("a b",)), ("NotIn", ("-a",)), ("In", ("a.",)),
     ("In", ("a\n",)), ("In", ("a" * 64,)), ("in", ("a",)), ("Equals", ("a",)),
     ("", ("a",))],
)  # fmt: skip
def test_an_unparsable_requirement_is_an_error(
    operator: str, values: tuple[str, ...]
) -> None:
    with pytest.raises(NodeSelectorError, match="label 'zone'"):
        on_label("zone", operator, *values).matches("n", LABELS)


@pytest.mark.parametrize(
    "key",
    ["zone", "Zone_1.a", "topology.kubernetes.io/zone", "a" * 63, f"{'a' * 253}/b"],
)
def test_a_key_of_a_label_is_looked_up(key: str) -> None:
    assert on_label(key, "Exists").matches("n", {key: ""})


@pytest.mark.parametrize(
    "key",
    ["", "-zone", "zone.", "a b", "/zone", "a.io/", "A.io/zone", "a..io/zone", "a/b/c",
     "zone\n", "a" * 64, f"{'a' * 254}/b"],
)  # fmt: skip
def test_what_no_label_can_be_called_is_an_error(key: str) -> None:
    with pytest.raises(NodeSelectorError, match="cannot be a label's key"):
        on_label(key, "Exists").matches("n", {key: ""})


@pytest.mark.parametrize(
    ("key", "values"),
    [("a-" * 10**5, ()), ("a." * 10**5 + "/b", ()), ("a", ("9" * 10**6,))],
    ids=["name", "domain", "number"],
)
def test_monstrous_requirements_are_refused_at_once(
    key: str, values: tuple[str, ...]
) -> None:
    start = perf_counter()
    with pytest.raises(NodeSelectorError):
        on_label(key, "Gt" if values else "Exists", *values).matches("n", {})
    assert perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        (on_name("In", "n"), True),
        (on_name("In", "m"), False),
        (on_name("NotIn", "m"), True),
        (on_name("NotIn", "n"), False),
        (on_field("metadata.uid", "In", "n"), False),
        (on_field("metadata.uid", "In", ""), True),
        (on_field("metadata.uid", "NotIn", "n"), True),
    ],
    ids=["in", "not in", "not another", "not this", "uid", "no uid", "not that uid"],
)
def test_the_name_is_the_only_field_that_has_a_value(
    selector: NodeSelector, *, matches: bool
) -> None:
    assert selector.matches("n", {"metadata.name": "other"}) is matches


@pytest.mark.parametrize(
    ("operator", "values"),
    [("In", ("a", "b")), ("In", ()), ("NotIn", ("a", "b")), ("NotIn", ()),
     ("Exists", ()), ("DoesNotExist", ()), ("Gt", ("1",)), ("Lt", ("1",)),
     ("", ("a",))],
)  # fmt: skip
def test_a_field_is_or_is_not_one_name(operator: str, values: tuple[str, ...]) -> None:
    with pytest.raises(NodeSelectorError, match=r"field 'metadata\.name'"):
        on_name(operator, *values).matches("n", {})


def test_one_term_suffices() -> None:
    wrong, right = on_label("zone", "In", "b").terms[0], on_name("In", "n").terms[0]
    assert NodeSelector((wrong, right)).matches("n", LABELS)
    assert NodeSelector((right, wrong)).matches("n", LABELS)
    assert not NodeSelector((wrong, wrong)).matches("n", LABELS)


def test_an_empty_term_matches_nothing_and_spoils_nothing() -> None:
    right = on_name("In", "n").terms[0]
    assert not NodeSelector((NodeSelectorTerm(),)).matches("n", LABELS)
    assert NodeSelector((NodeSelectorTerm(), right)).matches("n", LABELS)


def test_a_selector_without_terms_matches_nothing() -> None:
    assert not NodeSelector().matches("n", LABELS)


def test_an_unparsable_term_spoils_the_terms_that_match() -> None:
    right, bad = on_name("In", "n").terms[0], on_label("zone", "In").terms[0]
    with pytest.raises(NodeSelectorError):
        NodeSelector((right, bad)).matches("n", LABELS)


def test_an_unparsable_requirement_is_an_error_behind_one_that_fails() -> None:
    term = NodeSelectorTerm(
        (Requirement("zone", "In", ("b",)), Requirement("zone", "Exists", ("a",)))
    )
    with pytest.raises(NodeSelectorError):
        NodeSelector((term,)).matches("n", LABELS)


@pytest.mark.parametrize(
    ("zone", "gpus", "name", "matches"),
    [
        ("a", "8", "n", True),
        ("b", "8", "n", False),
        ("a", "9", "n", False),
        ("a", "8", "m", False),
    ],
)
def test_all_requirements_of_a_term_count(
    zone: str, gpus: str, name: str, *, matches: bool
) -> None:
    term = NodeSelectorTerm(
        (Requirement("zone", "In", (zone,)), Requirement("gpus", "In", (gpus,))),
        (Requirement("metadata.name", "In", (name,)),),
    )
    assert NodeSelector((term,)).matches("n", LABELS) is matches

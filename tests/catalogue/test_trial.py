"""Expressions tried on devices, and what could be written better."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.catalogue.advice import advise
from dractl.catalogue.index import Catalogue
from dractl.catalogue.trial import Trial, attempt
from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorEvalError
from dractl.cel.selector import compile_cached
from dractl.model.devices import Device
from tests.builders import DRIVER, device
from tests.catalogue.generated import devices, expressions

A = f'device.attributes["{DRIVER}"]'
DEVICES = [
    device("a", attributes={"model": "A100", "x": 1}),
    device("b", attributes={"model": "L4", "x": "1"}),
    device("c"),
]


def tried(text: str, found: list[Device] | None = None) -> Trial:
    found = DEVICES if found is None else found
    return attempt(text, STORED, found, Catalogue.of(found))


def codes(text: str) -> list[str]:
    return [each.code for each in tried(text).advice]


def test_a_trial_says_what_is_selected_and_what_it_costs() -> None:
    found = tried(f'has({A}.model) && {A}.model == "L4"')
    assert [each.name for each in found.selected] == ["b"]
    assert found.worst is not None
    assert (found.worst.cost, found.worst.device.name) == (8, "a")
    assert (found.guarded, found.advice, found.is_usable) == (None, (), True)


def test_an_expression_that_does_not_compile_selects_nothing() -> None:
    found = tried("device.drivr == 'x'")
    assert found.error is not None
    assert (found.selected, found.is_usable) == ((), False)
    assert [each.code for each in found.advice] == ["unknown-name"]


def test_selectors_before_the_expression_have_their_say_first() -> None:
    before = [("class c", compile_cached(f"has({A}.model)", STORED))]
    found = attempt("true", STORED, DEVICES, Catalogue.of(DEVICES), before)
    assert [each.owner for each in found.funnel.stages] == ["class c", "expression"]
    assert [each.name for each in found.selected] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", []),
        (f"has({A}.x) && {A}.x == 1", ["several-types"]),
        (f"has({A}.model) && {A}.model == 5", ["other-type"]),
        (f"has({A}.modle)", ["unknown-name"]),
        (f'has({A}.model) && {A}.model == "a100"', ["near-miss"]),
        (f'{A}.x == 1 || {A}.model.startsWith("L")', ["several-types"]),
        ('device.driver in ["gpu"]', ["unknown-driver", "near-miss"]),
        ('semver("1.2").major() == 1', ["bad-literal"]),
        ('quantity("lots").isInteger()', ["bad-literal"]),
        ('quantity("1Gi").isInteger()', []),
        ("device.driver & true", ["unknown-name"]),
    ],
)
def test_what_is_advised(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_advice_in_the_middle_of_an_expression_keeps_its_meaning() -> None:
    text = f'!({A}.model == 5) && "1" == "1"'
    (advice,) = tried(text).advice
    assert advice.expression == f'!({A}.model == "5") && "1" == "1"'


def test_unreadable_devices_do_not_count_as_cheap() -> None:
    plain = dataclasses.replace(STORED, lists_readable=False)
    found = attempt("true", plain, DEVICES, Catalogue.of(DEVICES))
    assert found.worst is not None
    assert found.worst.cost == 0


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(devices, expressions)
def test_the_worst_cost_is_that_of_a_device_and_no_other_costs_more(
    found: list[Device], text: str
) -> None:
    selector = compile_cached(text, STORED)
    costs = []
    for each in found:
        try:
            costs.append(selector.cost(each))
        except SelectorEvalError:
            continue
    worst = tried(text, found).worst
    assert (None if worst is None else worst.cost) == max(costs, default=None)


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(devices, expressions | st.text(max_size=20))
def test_every_expression_that_is_advised_compiles(
    found: list[Device], text: str
) -> None:
    for advice in tried(text, found).advice:
        assert advice.message
        if advice.expression is not None:
            assert compile_cached(advice.expression, STORED).text == advice.expression


def test_no_devices_give_no_advice_on_names() -> None:
    text = f"has({A}.model)"
    root = compile_cached(text, STORED).root
    assert advise(text, root, Catalogue.of([]), STORED) == ()

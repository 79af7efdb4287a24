import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.catalogue.funnel import funnel, run
from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorEvalError
from dractl.cel.selector import Selector, compile_cached
from dractl.model.devices import Device
from tests.builders import DRIVER, device
from tests.catalogue.generated import devices, expressions

MODEL = f'device.attributes["{DRIVER}"].model'


def selector(text: str) -> Selector:
    return compile_cached(text, STORED)


def test_each_clause_sees_what_those_before_it_left() -> None:
    found = funnel(
        [
            ("class gpu", selector(f'device.driver == "{DRIVER}"')),
            ("request gpu", selector(f'has({MODEL}) && {MODEL} == "A100"')),
        ],
        [
            device("a", attributes={"model": "A100"}),
            device("b", attributes={"model": "L4"}),
            device("c"),
            device("d", driver="other"),
        ],
    )
    assert [
        (each.owner, each.position, each.text, each.before, each.after)
        for each in found
    ] == [
        ("class gpu", 0, f'device.driver == "{DRIVER}"', 4, 3),
        ("request gpu", 0, f"has({MODEL})", 3, 2),
        ("request gpu", 0, f'{MODEL} == "A100"', 2, 1),
    ]
    assert [each.name for each in found[2].removed] == ["b"]


def test_selectors_of_one_owner_are_counted() -> None:
    found = funnel([("c", selector("true")), ("c", selector("true"))], [device()])
    assert [each.position for each in found] == [0, 1]


def test_a_clause_that_fails_removes_the_device_and_says_why() -> None:
    (stage,) = funnel([("r", selector(f"{MODEL} == 1"))], [device("a"), device("b")])
    assert [each.name for each in stage.failing] == ["a", "b"]
    assert (stage.after, stage.error) == (0, "no such key: model")
    assert stage.is_fatal


def test_a_failure_that_another_clause_absorbs_is_none() -> None:
    found = run(
        [("r", selector(f'{MODEL} == 1 && device.driver == "x"'))], [device("a")]
    )
    assert [(each.after, each.failing) for each in found.stages] == [(1, ()), (0, ())]
    assert found.fatal is found.stages[1]


def test_clauses_that_cost_too_much_together_fail_together() -> None:
    loops = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(x, " * 5 + "true" + ")" * 5
    expensive = selector(" && ".join([loops] * 3))
    found = funnel([("r", expensive)], [device()])
    with pytest.raises(SelectorEvalError):
        expensive.matches(device())
    assert found[-1].after == 0
    assert "cost" in found[-1].error


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(devices, st.lists(expressions, min_size=1, max_size=2))
def test_the_funnel_agrees_with_the_selectors(
    found: list[Device], texts: list[str]
) -> None:
    selectors = [selector(text) for text in texts]
    result = run([("r", each) for each in selectors], found)
    passing, failing = [], []
    for each in found:
        try:
            if all(one.matches(each) for one in selectors):
                passing.append(each)
        except SelectorEvalError:
            failing.append(each)
    assert list(result.passing) == passing
    assert sorted(id(d) for stage in result.stages for d in stage.failing) == (
        sorted(map(id, failing))
    )
    for stage in result.stages:
        assert stage.before == stage.after + len(stage.removed)
        assert bool(stage.error) == bool(stage.failing)

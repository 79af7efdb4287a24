"""The fast form never answers where the exact form would not, nor differently."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.cel.codegen import fast_form
from dractl.cel.device import read_device, whole
from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorCompileError
from dractl.cel.exact import exact_form
from dractl.cel.selector import _NOT_FAST, Selector
from dractl.cel.values import EvalFailure
from dractl.model.devices import Device

VALUES: Final[tuple[dict[str, object], ...]] = (
    {"string": "a"},
    {"string": "NVIDIA A100"},
    {"int": 1},
    {"int": 0},
    {"bool": True},
    {"bool": False},
    {"version": "1.2.3"},
    {"ints": [1, 2]},
    {"strings": ["a", "b"]},
    {"bools": []},
)


def fast_answer(selector: Selector, device: Device) -> bool | None:
    """Return what the fast form answers, None where it leaves it to the exact one."""
    predicate = fast_form(selector.root, selector.types)
    if predicate is None:
        return None
    try:
        answer = predicate(device)
    except _NOT_FAST:
        return None
    return answer if isinstance(answer, bool) else None


def exact_answer(selector: Selector, device: Device) -> object:
    try:
        return exact_form(selector.root, selector.types)(whole(device))[0]
    except EvalFailure as failure:
        return failure.message


def device_of(fields: Mapping[str, Mapping[str, object]]) -> Device:
    return read_device(
        {"driver": "d", "attributes": fields, "capacity": {"m": "1Gi", "o/m": "2"}}
    )


DEVICES = st.dictionaries(
    st.sampled_from(["x", "y", "o/x"]), st.sampled_from(VALUES)
).map(device_of)

_PATHS: Final = (
    'device.attributes["d"].x',
    'device.attributes["d"]["y"]',
    'device.attributes["o"].x',
    'device.attributes[?"d"][?"x"].orValue(1)',
    'device.attributes["d"].?y.orValue("a")',
    "device.attributes[device.driver].x",
    'cel.bind(b, device.attributes["d"], b.y)',
    'cel.bind(device, device.attributes["d"].x, device)',
)
_TESTS: Final = (
    'has(device.attributes["d"].y)',
    '"o" in device.attributes',
    '"x" in device.attributes["d"]',
    'device.attributes["d"].?y.hasValue()',
    'device.capacity["d"].m.compareTo(quantity("1Gi")) >= 0',
    'device.capacity["o"].m.isLessThan(quantity("3"))',
    "device.allowMultipleAllocations",
    'device.driver.startsWith("d")',
)
_ON_VALUE: Final = (
    "{} == 1",
    "{} != 1",
    '{} == "a"',
    '{} != "a"',
    "{} == true",
    "{} < 1",
    '{} > "b"',
    '{} in ["a", "b"]',
    "{} in [1, 2]",
    "1 in {}",
    '{}.isGreaterThan(semver("1.0.0"))',
    '{}.compareTo(semver("1.2.3")) == 0',
    '{}.lowerAscii() == "nvidia a100"',
    '{}.matches("^.*A[0-9]+$")',
    '{}.contains("A")',
    '{}.endsWith("0")',
    "{}.exists(v, v == 1)",
    "{}.all(v, v != 1)",
    "{}.map(v, v) == [1, 2]",
    "{}.filter(v, v == 1).size() == 1",
    "{}.exists_one(v, v == 1)",
    "{}.includes(1)",
    "{} + 1 == 2",
    "-{} == -1",
    "size({}) == 2",
    "{}[0] == 1",
    "{}",
)
values = st.one_of(
    st.sampled_from(_PATHS),
    st.tuples(st.sampled_from(_TESTS), *[st.sampled_from(_PATHS)] * 2).map(
        lambda three: "({} ? {} : {})".format(*three)
    ),
)
tests = st.one_of(
    st.sampled_from(_TESTS),
    st.tuples(st.sampled_from(_ON_VALUE), values).map(
        lambda pair: pair[0].format(pair[1])
    ),
    st.tuples(values, values).map(lambda pair: "{} == {}".format(*pair)),
)
expressions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(
            lambda terms: f"({' && '.join(terms)})"
        ),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda terms: f"({' || '.join(terms)})"
        ),
        inner.map(lambda term: f"!({term})"),
        st.tuples(inner, inner).map(
            lambda pair: "cel.bind(t, {}, t || ({}))".format(*pair)
        ),
    ),
    max_leaves=5,
)


@pytest.mark.property
@given(expressions, DEVICES)
def test_the_fast_form_answers_like_the_exact_one_or_not_at_all(
    expression: str, device: Device
) -> None:
    try:
        selector = Selector(expression, STORED)
    except SelectorCompileError:
        return
    answer = fast_answer(selector, device)
    assert answer is None or answer is exact_answer(selector, device)


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ('device.attributes["d"].x == "a"', {"x": {"version": "1.2.3"}}),
        ('device.attributes["d"].x == 1', {"x": {"version": "1.2.3"}}),
        ('device.attributes["d"].x == device.attributes["o"].x', {}),
        ('device.attributes["d"].x', {"x": {"int": 1}}),
        ('device.attributes["a/b"].x == 1', {"a/b/x": {"int": 1}}),
        ('dyn(b"A").lowerAscii() == dyn(b"a")', {}),
        ("1 / int(device.driver) == 1", {}),
        ("true && dyn(1)", {}),
    ],
)
def test_errors_are_left_to_the_exact_form(
    expression: str, fields: Mapping[str, Mapping[str, object]]
) -> None:
    selector = Selector(expression, STORED)
    assert fast_answer(selector, device_of(fields)) is None


@pytest.mark.parametrize(
    ("expression", "fields", "answer"),
    [
        ('device.attributes["d"].x == 1', {"x": {"bool": True}}, False),
        ('device.attributes["d"].x == true', {"x": {"int": 1}}, False),
        ('device.attributes["d"].x != "a"', {"x": {"version": "1.2.3"}}, True),
        ('device.attributes["d"].?x.orValue(2) == 2', {}, True),
        ('cel.bind(d, device.attributes["d"], d.x == 1)', {"x": {"int": 1}}, True),
        ('device.attributes["d"].x.map(e, e * 2) == [2]', {"x": {"ints": [1]}}, True),
        ("[1].exists(device, device == 1)", {}, True),
        ('cel.bind(v, "a", [1].map(v, v) == [1] && v == "a")', {}, True),
        ('[1].all(v, cel.bind(v, device.driver, v) == "d" && v == 1)', {}, True),
        ("1 in []", {}, False),
        ("1 / 0 in []", {}, False),
    ],
)
def test_common_questions_have_a_fast_form(
    expression: str, fields: Mapping[str, Mapping[str, object]], answer: bool
) -> None:
    selector = Selector(expression, STORED)
    assert fast_answer(selector, device_of(fields)) is answer

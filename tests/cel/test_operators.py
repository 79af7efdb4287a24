"""Operators on values follow cel-go, with its messages."""

import math

import pytest

from dractl.cel import operators
from dractl.cel.equality import equal
from dractl.cel.operators import BINARY
from dractl.cel.values import (
    INT_MAX,
    INT_MIN,
    NONE,
    Duration,
    EvalFailure,
    LimitExceeded,
    OptionalValue,
    Sum,
    Timestamp,
    UInt,
    Value,
)
from dractl.model.attributes import SemVer
from dractl.model.quantity import Quantity

ONE = Quantity.of(1)
VERSION = SemVer.parse("1.2.3")


@pytest.mark.parametrize(
    ("left", "operator", "right", "result"),
    [
        (1, "==", 1.0, True),
        (1, "==", UInt(1), True),
        (True, "==", 1, False),
        ("1", "==", 1, False),
        (None, "==", None, True),
        (math.nan, "==", math.nan, False),
        ([1, 2], "==", (1.0, 2.0), True),
        ([VERSION], "==", ["x"], True),
        ({"a": 1}, "==", {"a": 1.0}, True),
        ({"a": 1}, "==", {"b": 1}, False),
        (VERSION, "==", SemVer.parse("1.2.3+build"), True),
        (VERSION, "!=", "1.2.3", True),
        ("1.2.3", "==", VERSION, False),
        (ONE, "==", Quantity.parse("1000m"), True),
        (OptionalValue(1), "==", OptionalValue(1), True),
        (OptionalValue(1), "==", NONE, False),
        (Duration(1), "==", Timestamp(1), False),
        (1, "<", 1.5, True),
        (UInt(2), ">", -1, True),
        (2**53 + 1, ">", float(2**53), True),
        ("a", "<=", "b", True),
        (False, "<", True, True),
        (Timestamp(1), "<", Timestamp(2), True),
        (7, "/", -2, -3),
        (-7, "%", 3, -1),
        (1.0, "/", 0.0, math.inf),
        (-1.0, "/", 0.0, -math.inf),
        ("a", "+", "b", "ab"),
        ([1], "+", (2,), [1, 2]),
        (Timestamp(5), "-", Timestamp(3), Duration(2)),
        (Timestamp(5), "+", Duration(3), Timestamp(8)),
        (1, "in", [1.0], True),
        (1, "in", {1: "a"}, True),
        (True, "in", [1], False),
        (VERSION, "in", ["x"], False),
    ],
)
def test_operators_compute(
    left: Value, operator: str, right: Value, result: Value
) -> None:
    found = BINARY[operator](left, right)
    assert (found, type(found)) == (result, type(result))


@pytest.mark.parametrize(
    ("left", "operator", "right", "message"),
    [
        (VERSION, "==", "1.2.3", "no such overload"),
        (ONE, "==", VERSION, "no such overload"),
        (ONE, "==", Sum.of_scale(ONE.nanos, "DecimalSI", 0), "no such overload"),
        (1, "<", "a", "no such overload"),
        ([1], "<", 1, "no such overload: _<_"),
        (VERSION, ">", 2, "no such overload: _>_"),
        (math.nan, "<", 1.0, "NaN values cannot be ordered"),
        (INT_MAX, "+", 1, "integer overflow"),
        (INT_MIN, "-", 1, "integer overflow"),
        (INT_MIN, "/", -1, "integer overflow"),
        (UInt(0), "-", UInt(1), "unsigned integer overflow"),
        (1, "/", 0, "division by zero"),
        (1, "%", 0, "modulus by zero"),
        (1, "+", 1.0, "no such overload"),
        (True, "/", [1], "no such overload: _/_"),
        (1, "in", 1, "no such overload"),
    ],
)
def test_operators_fail(left: Value, operator: str, right: Value, message: str) -> None:
    with pytest.raises(EvalFailure) as failure:
        BINARY[operator](left, right)
    assert failure.value.message == message


@pytest.mark.parametrize(
    ("operand", "key", "message"),
    [
        ([1], 1, "index out of bounds: 1"),
        ([1], -1, "index out of bounds: -1"),
        ([1], "a", "unsupported index type 'string' in list"),
        ([1], [1], "invalid qualifier type: *types.baseList"),
        ([1], VERSION, "invalid qualifier type: cel.Semver"),
        ({"a": 1}, "b", "no such key: b"),
        ({}, True, "no such key: true"),
        (5, "b", "no such key: b"),
    ],
)
def test_lookups_fail(operand: Value, key: Value, message: str) -> None:
    with pytest.raises(EvalFailure) as failure:
        operators.look_up(operand, key)
    assert failure.value.message == message


def test_lookups_take_whole_doubles_for_integers() -> None:
    assert operators.look_up([5, 6], 1.0) == 6


def test_an_optional_lookup_of_what_is_missing_is_none() -> None:
    found = [
        operators.look_up_optional({}, "a"),
        operators.look_up_optional([], 0),
        operators.look_up_optional(NONE, "a"),
    ]
    assert found == [NONE, NONE, NONE]


def test_comparing_lists_that_share_their_parts_is_bounded() -> None:
    one: list[Value] = [1]
    other: list[Value] = [1]
    for _ in range(60):
        one, other = [one, one], [other, other]
    with pytest.raises(LimitExceeded):
        equal(one, other)


def test_adding_to_a_huge_text_is_bounded() -> None:
    with pytest.raises(LimitExceeded):
        operators.add("x" * 1_500_000, "x" * 1_500_000)

"""Static costs, worked out by hand from the rules of cel-go and Kubernetes.

A name or a selection costs 1, a literal nothing, a list 10, a map 30; reading text
costs a tenth per character, rounded up; a driver has up to 63 characters, an attribute
64, and 32 attributes fit into a device.
"""

import pytest

from dractl.cel.checker import check
from dractl.cel.cost import MAX_COST, CostRange, estimate_cost
from dractl.cel.cost_ranges import MOST
from dractl.cel.environment import STORED
from dractl.cel.parser import parse

A = 'device.attributes["d"]'


def cost(source: str) -> tuple[int, int]:
    return estimate_cost(check(source, parse(source), STORED), STORED)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("true", (0, 0)),
        ("1 == 1", (1, 1)),
        ('device.driver == "abc"', (3, 3)),
        (f"{A}.x", (4, 4)),
        (f'{A}["x"]', (4, 4)),
        (f"{A}.x == device.driver", (7, 13)),
        (f"has({A}.x)", (3, 3)),
        (f'"x" in {A}', (4, 4)),
        (f"{A}.a || {A}.b", (4, 8)),
        ("1 == 1 && 2 == 2 && 3 == 3", (1, 3)),
        ("true ? 1 == 1 : [1] == [1]", (1, 21)),
        ("[1, 2, 3] == [1]", (21, 21)),
        ("{1: 2} == {}", (60, 60)),
        ("1 in [1, 2, 3]", (13, 13)),
        ("dyn(1) == 1", (2, 2)),
        ("device.allowMultipleAllocations", (2, 2)),
        (f'{A}[?"x"].hasValue()', (5, 5)),
        ('device.?driver.orValue("") == "a"', (4, 4)),
    ],
)
def test_the_language_costs(source: str, expected: tuple[int, int]) -> None:
    assert cost(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('device.driver.startsWith("abcdefghijk")', (4, 4)),
        ('device.driver.contains("abc")', (2, 2 + 7)),
        ('device.driver.matches("^a.*$")', (2 + 1 * 2, 2 + 7 * 2)),
        ('device.driver.find("[0-9]") == ""', (2 + 1 * 2, 2 + 7 * 2)),
        ('device.driver.lowerAscii() == "a"', (2 + 1, 2 + 7 + 1)),
        ('device.driver.replace("a", "bb") == "x"', (2 + 1, 2 + 13 + 1)),
        ('device.driver.split(".").size() > 1', (4, 2 + 13 + 2)),
        ('device.driver.indexOf("a") > 0', (3, 2 + 7 + 1)),
        ('device.driver + "a" == ""', (3, 2 + 7)),
        ('bytes(device.driver) == b"a"', (3, 2 + 7 + 1)),
        ('strings.quote(device.driver) == ""', (2, 2 + 7)),
        ('"%s".format([device.driver]) == ""', (13, 13)),
        ('quantity("12345678901") == quantity("1")', (4, 4)),
        ('ip("10.0.0.1") == ip("10.0.0.2")', (3, 3)),
        ('cidr("10.0.0.0/8").containsIP("10.0.0.1")', (1 + 1 + 1, 1 + 4 + 1)),
        (
            'cidr("10.0.0.0/8").containsCIDR(cidr("10.0.0.0/9"))',
            (2 + 1 + 1 + 1, 2 + 4 + 2 + 1),
        ),
        ('format.dns1123Label().validate("abc").hasValue()', (34, 34)),
        ("[3, 1].sort() == [1]", (40, 40)),
        ("[1, 1].distinct() == [1]", (40, 40)),
        ("[[1]].flatten() == [1]", (43, 43)),
        ("[1, 2, 3].slice(0, 2) == [1]", (34, 34)),
        ("lists.range(3) == [1]", (25, 25)),
        ("sets.contains([1, 2], [1])", (23, 23)),
        ("sets.equivalent([1, 2], [1])", (25, 25)),
        ("[1, 2].sum() > 1", (13, 13)),
        (f'{A}.x.includes("a")', (4, 4 + 48)),
    ],
)
def test_functions_cost(source: str, expected: tuple[int, int]) -> None:
    assert cost(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"cel.bind(d, {A}, d.x && d.y)", (15, 17)),
        ("[1, 2].all(x, x > 0)", (17, 21)),
        ("[1, 2].exists(x, x > 0)", (19, 23)),
        ("[1, 2].exists_one(x, x > 0)", (18, 20)),
        ("[1, 2].filter(x, x > 1) == [1]", (38, 62)),
        ("[1, 2].sortBy(x, -x) == [1]", (91, 91)),
        ('{"a": 1}.all(k, v, k == "a" && v == 1)', (34, 38)),
        ("{1: 2}.transformMap(k, v, v) == {}", (95, 95)),
        ("optional.of(1).optMap(x, x + 1).orValue(1) == 1", (5, 19)),
        ('device.attributes.all(d, d == "a")', (3, 3 + 32 * 5)),
        ('device.attributes.all(d, m, "x" in m)', (3, 3 + 32 * 5)),
    ],
)
def test_macros_cost_what_their_loops_cost(
    source: str, expected: tuple[int, int]
) -> None:
    assert cost(source) == expected


def test_comparing_what_has_no_size_costs_without_bound() -> None:
    assert cost("type(1) == int")[1] > MAX_COST


def test_costs_stay_at_the_largest_number() -> None:
    loops = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(x, " * 20
    assert cost(loops + "true" + ")" * 20)[1] == MOST


def test_ranges_round_up_and_do_not_overflow() -> None:
    one = CostRange(1, MOST)
    assert one.plus(one) == (2, MOST)
    assert one.times(CostRange(3, 2)) == (3, MOST)
    assert CostRange(1, 21).scaled(0.1) == (1, 3)
    assert CostRange(5, 7).union(CostRange(2, 6)) == (2, 7)

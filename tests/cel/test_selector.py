"""Selectors: what callers of the engine see."""

import pickle
import time

import pytest

from dractl.cel import (
    SelectorCompileError,
    SelectorEvalError,
    compile_cached,
    compile_selector,
)
from dractl.cel.environment import STORED
from dractl.cel.nodes import Select
from dractl.cel.selector import Selector, environment_of
from dractl.model.cluster import Profile
from tests.builders import device

GPU = device(
    driver="d",
    attributes={"model": "A100", "index": 1, "ecc": True, "long": "a" * 64},
    memory="80Gi",
)
MODEL = 'device.attributes["d"].model'
LONG = 'device.attributes["d"].long'
TEN = "[1,2,3,4,5,6,7,8,9,10]"


def selector(text: str) -> Selector:
    return compile_cached(text, STORED)


def failure(text: str) -> SelectorEvalError:
    with pytest.raises(SelectorEvalError) as found:
        selector(text).matches(GPU)
    return found.value


def test_devices_and_mappings_are_matched_alike() -> None:
    ask = selector(f'{MODEL} == "A100" && device.capacity["d"].m == quantity("1")')
    mapping = {
        "driver": "d",
        "attributes": {"model": {"string": "A100"}},
        "capacity": {"m": {"value": "1"}},
    }
    assert ask.matches(mapping)
    assert selector(f'{MODEL} == "A100"').matches(GPU)


def test_what_does_not_compile_says_where() -> None:
    with pytest.raises(SelectorCompileError, match="ERROR: <input>:1:7"):
        compile_selector("device.nothing")


def test_a_failure_knows_its_place() -> None:
    found = failure('true && device.attributes["d"].nothing')
    assert (found.message, type(found.node)) == ("no such key: nothing", Select)


def test_a_result_that_is_no_bool_is_a_failure() -> None:
    assert failure(MODEL).message == (
        "CEL result of type string could not be converted to bool: "
        "unsupported native conversion from string to 'bool'"
    )


@pytest.mark.parametrize(
    ("release", "gates", "expected"),
    [
        ("1.36", {}, (True, False)),
        ("1.36", {"DRAListTypeAttributes": True}, (True, True)),
        ("1.37", {}, (True, True)),
        ("1.34", {}, (False, False)),
    ],
)
def test_the_release_decides_what_is_declared(
    release: str, gates: dict[str, bool], expected: tuple[bool, bool]
) -> None:
    found = environment_of(Profile.of(release, gates))
    assert (found.consumable_capacity, found.list_attributes) == expected


def test_without_list_attributes_a_list_spoils_every_answer() -> None:
    ask = compile_selector("true", kubernetes="1.36")
    lists = {"driver": "d", "attributes": {"l": {"ints": [1]}}}
    with pytest.raises(SelectorEvalError, match="unsupported attribute value"):
        ask.matches(lists)
    assert compile_selector("true", kubernetes="1.37").matches(lists)


def test_clauses_are_the_terms_of_the_outermost_and() -> None:
    ask = selector(f'{MODEL} == "A100" && (true || false)&& device.driver == "e"')
    texts = [clause.text for clause in ask.clauses]
    answers = [ask.clause_matches(index, GPU) for index in range(len(texts))]
    assert texts == [f'{MODEL} == "A100"', "(true || false)", 'device.driver == "e"']
    assert answers == [True, True, False]


def test_an_expression_without_and_is_its_only_clause() -> None:
    assert [clause.text for clause in selector("true || false").clauses] == [
        "true || false"
    ]


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("true", set()),
        ('device.driver == "d"', {("driver", "")}),
        (f'{MODEL} == "a"', {("attributes", "d/model")}),
        ('has(device.capacity["d"].m)', {("capacity", "d/m")}),
        ('device.attributes["d"].?x.hasValue()', {("attributes", "d/x")}),
        ('"x" in device.attributes["d"]', {("attributes", "d/x")}),
        (
            'cel.bind(g, device.attributes["d"], g.x == 1 || g.y == 2)',
            {("attributes", "d/x"), ("attributes", "d/y")},
        ),
        ('device.attributes["d"].exists(k, k == "x")', None),
        ('"d" in device.attributes', None),
        ("device.attributes[device.driver].x == 1", None),
        ("[1].exists(device, device == 1)", set()),
    ],
)
def test_reads_are_what_the_answer_depends_on(
    text: str, reads: set[tuple[str, str]] | None
) -> None:
    assert selector(text).reads == reads


def test_a_selector_travels_as_its_text() -> None:
    ask = selector(f'{MODEL} == "A100"')
    assert pickle.loads(pickle.dumps(ask)).matches(GPU)


def test_the_same_text_is_compiled_once() -> None:
    assert selector("true && true") is selector("true && true")


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("true", 0),
        (f'{MODEL} == "A100"', 5),
        ("[2, 0].all(x, x == 1)", 8),
        ("[2, 5].map(x, x) == []", 27),
        ("[1, 7].filter(x, x > 1).size() > 0", 20),
        ("[1, 2, 3].exists_one(x, x == 1)", 10),
        ('["a","bb"].sortBy(s, -s.size()) == ["bb","a"]', 53),
        ('{"a":1}.transformMap(k, v, v+1) == {"a":2}', 7),
        ('device.attributes["d"].?index.optMap(v, v + 5).orValue(0) == 6', 14),
        ('"5".split("a")[0] < "6"', 4),
        ("device.attributes[device.driver].ecc", 5),
    ],
)
def test_costs_are_those_of_upstream(text: str, cost: int) -> None:
    assert selector(text).cost(GPU) == cost


def nested(depth: int, body: str) -> str:
    for level in range(depth):
        body = f"{TEN}.all(x{level}, {body})"
    return body


def doubled(times: int, first: str, twice: str, body: str) -> str:
    text = body.replace("LAST", f"a{times}")
    for level in range(times, 0, -1):
        made = twice.replace("IT", f"a{level - 1}")
        text = f"cel.bind(a{level}, {made}, {text})"
    return f"cel.bind(a0, {first}, {text})"


@pytest.mark.parametrize(
    "text",
    [
        nested(7, "int('1'.find('[0-9]*')) < 100"),
        nested(4, f'!{LONG}.matches("(a{{1,1000}})*c")'),
        nested(4, f'!{LONG}.matches("^a+a+a+c")'),
        "lists.range(9223372036854775807).size() > 0",
        "lists.range(100000).distinct().size() > 0",
        doubled(40, '"xxxxxxxx"', "IT + IT", 'LAST != ""'),
        doubled(60, "[1]", "[IT, IT]", "LAST == LAST"),
        doubled(40, "[1]", "[IT, IT]", '"%s".format([LAST]) == ""'),
        doubled(5, '"x"', 'IT.replace("", "' + "y" * 50 + '")', 'LAST != ""'),
    ],
    ids=["loops", "nfa", "backtracking", "range", "distinct", "text", "equality",
         "format", "replace"],
)  # fmt: skip
def test_hostile_expressions_end_soon(text: str) -> None:
    started = time.process_time()
    found = failure(text)
    assert found.message == "operation cancelled: actual cost limit exceeded"
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "&&".join(["true"] * 1700),
        "||".join(["false"] * 1400 + ["true"]),
        "(" * 240 + "true" + ")" * 240,
        " + ".join(["1"] * 200) + " == 200",
        "+".join([MODEL] * 200) + ' != "a"',
        "true ? true : " * 120 + "true",
        " && ".join([f'{MODEL} != "{number}"' for number in range(250)]),
    ],
    ids=["and", "or", "parentheses", "sum", "text", "conditional", "comparisons"],
)
def test_long_and_deep_expressions_are_answered(text: str) -> None:
    assert selector(text).matches(GPU)


def test_a_failing_bind_fails_once() -> None:
    text = doubled(60, "1 / 0 == 0", "IT || IT", "LAST")
    assert failure(text).message == "division by zero"


def test_lists_longer_than_any_api_server_takes_are_charged_for() -> None:
    ask = selector('device.attributes["d"].l.all(x, x in device.attributes["d"].l)')
    big = {"driver": "d", "attributes": {"l": {"ints": list(range(20_000))}}}
    with pytest.raises(SelectorEvalError, match="cost limit"):
        ask.matches(big)

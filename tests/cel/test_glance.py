"""Reading only what matters of a device gives the answer of reading all of it."""

from itertools import product
from typing import Any

from dractl.cel import SelectorEvalError, compile_selector
from dractl.cel.device import read_device
from tests.batches import batched

EXPRESSIONS = [
    'device.driver == "d"',
    'device.attributes["d"].a == 1',
    'device.attributes["d"].a == true',
    'has(device.attributes["d"].a)',
    'device.attributes["d"].v.isGreaterThan(semver("1.0.0"))',
    'device.attributes["o.io"].a == "x" || device.driver == "d"',
    'device.capacity["d"].m.compareTo(quantity("1Gi")) >= 0',
    "device.allowMultipleAllocations",
]
ATTRIBUTES: list[Any] = [
    None,
    {},
    {"a": {"int": 1}},
    {"a": {"bool": True}},
    {"a": {"int": True}},
    {"a": {"int": "1"}},
    {"a": {}},
    {"a": None},
    {"b": {}},
    {"b": None},
    {"b": 5},
    {"a": {"int": 1, "string": "x"}},
    {"a": {"int": None, "string": "x"}},
    {"a": {"float": 1.5}},
    {"b": {"strings": ["x"]}, "a": {"int": 1}},
    {"a": {"int": 2}, "d/a": {"int": 1}},
    {"o.io/a": {"string": "x"}},
    {"v": {"version": "1.2.3"}},
    {"v": {"version": "x"}},
]
CAPACITIES: list[Any] = [None, {}, {"m": {"value": "2Gi"}}, {"m": "1"}, {"m": {}}]


def outcome(text: str, device: Any) -> bool | str:
    selector = compile_selector(text, kubernetes="1.36")
    try:
        return selector.matches(device)
    except SelectorEvalError as error:
        return error.message


def wholly(text: str, fields: dict[str, Any]) -> bool | str:
    try:
        device = read_device(fields)
    except SelectorEvalError as error:
        return error.message
    return outcome(text, device)


@batched(list(product(EXPRESSIONS, ATTRIBUTES)))
def test_a_glance_sees_what_a_full_reading_sees(case: tuple[str, Any]) -> None:
    text, attributes = case
    for capacity in CAPACITIES:
        fields = {"driver": "d", "attributes": attributes, "capacity": capacity}
        expected = wholly(text, fields)
        found = outcome(text, fields)
        # What a selector does not look at may be malformed without being noticed.
        assert found == expected or (isinstance(expected, str) and "is no" in expected)

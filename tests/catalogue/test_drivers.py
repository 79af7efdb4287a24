import pytest
from hypothesis import given, settings

from dractl.catalogue.drivers import drivers_of
from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorEvalError
from dractl.cel.selector import compile_cached
from dractl.model.devices import Device
from tests.catalogue.generated import devices, expressions


def drivers(*texts: str) -> set[str] | None:
    found = drivers_of([compile_cached(text, STORED) for text in texts])
    return None if found is None else set(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('device.driver == "a"', {"a"}),
        ('"a" == device.driver', {"a"}),
        ('device.driver == "a" || "b" == device.driver', {"a", "b"}),
        ('device.driver in ["a", "b"]', {"a", "b"}),
        ('(device.driver in ["a", "b"]) && device.driver == "b" && true', {"b"}),
        ('device.driver == "a" && device.driver == "b"', set()),
        ('cel.bind(d, device, d.driver == "a")', {"a"}),
        ('device.driver == "a" ? true : device.driver == "b"', {"a", "b"}),
        ('device.driver == "a" || device.allowMultipleAllocations', None),
        ('device.driver != "a"', None),
        ('!(device.driver == "a")', None),
        ('device.driver.startsWith("a")', None),
        ('device.driver in [device.driver, "a"]', None),
        ('device.attributes["a"].x == "a"', None),
        ("true", None),
        ("false", set()),
    ],
)
def test_the_drivers_that_an_expression_can_accept(
    text: str, expected: set[str] | None
) -> None:
    assert drivers(text) == expected


def test_all_selectors_must_accept_a_driver() -> None:
    assert drivers() is None
    assert drivers('device.driver in ["a", "b"]', 'device.driver == "b"') == {"b"}


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(devices, expressions)
def test_what_passes_has_one_of_the_drivers(found: list[Device], text: str) -> None:
    accepted = drivers(text)
    selector = compile_cached(text, STORED)
    for each in found:
        try:
            passes = selector.matches(each)
        except SelectorEvalError:
            continue
        assert accepted is None or not passes or each.driver in accepted

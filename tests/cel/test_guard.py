"""The guarded form of expressions."""

import pytest

from dractl.cel import SelectorEvalError, compile_selector
from dractl.cel.guard import guarded


def form(text: str) -> str | None:
    return guarded(text, compile_selector(text).root)


def answer(text: str, attributes: dict[str, object]) -> bool | str:
    device = {"driver": "d", "attributes": attributes, "capacity": {}}
    try:
        return compile_selector(text).matches(device)
    except SelectorEvalError as error:
        return error.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('device.driver == "d"', None),
        (
            'device.attributes["d"].a == 1',
            'has(device.attributes["d"].a) && device.attributes["d"].a == 1',
        ),
        (
            'device.driver == "d" && !device.attributes["d"].a',
            (
                'device.driver == "d" && has(device.attributes["d"].a) '
                '&& !device.attributes["d"].a'
            ),
        ),
        ('has(device.attributes["d"].a) && device.attributes["d"].a == 1', None),
        ('"a" in device.attributes["d"] && device.attributes["d"].a == 1', None),
        ('device.attributes["d"].?a.orValue(0) == 1', None),
        (
            '(device.attributes["d"].a + 1) * 2 > 3',
            'has(device.attributes["d"].a) && (device.attributes["d"].a + 1) * 2 > 3',
        ),
        (
            'device.attributes["d"]["x-y"] == "1"',
            '"x-y" in device.attributes["d"] && device.attributes["d"]["x-y"] == "1"',
        ),
        (
            'device.attributes["d"].a == 1 || device.capacity["d"].m.isInteger()',
            (
                '(has(device.attributes["d"].a) && device.attributes["d"].a == 1) || '
                '(has(device.capacity["d"].m) && device.capacity["d"].m.isInteger())'
            ),
        ),
        (
            'device.driver == "d" && (true || device.attributes["d"].a)',
            (
                'device.driver == "d" && '
                '(true || (has(device.attributes["d"].a) && device.attributes["d"].a))'
            ),
        ),
    ],
)
def test_a_value_is_asked_for_before_it_is_read(
    text: str, expected: str | None
) -> None:
    assert form(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'device.attributes["d"].a == 1',
        'device.attributes["d"].a == 1 || device.attributes["d"].b',
        'device.attributes["d"].b ? device.attributes["d"].a == 1 : false',
        '!(device.attributes["d"].b) && device.attributes["d"].a > 0',
        'device.attributes["d"].a in [1, 2] && true',
    ],
)
@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"a": {"int": 1}},
        {"b": {"bool": True}},
        {"a": {"int": 1}, "b": {"bool": False}},
        {"a": {"int": 5}, "b": {"bool": True}},
    ],
)
def test_the_guarded_form_agrees_and_never_lacks_a_key(
    text: str, attributes: dict[str, object]
) -> None:
    guarded_form = form(text)
    assert guarded_form is not None
    original = answer(text, attributes)
    expected = original if isinstance(original, bool) else False
    assert answer(guarded_form, attributes) == expected


def test_a_guarded_form_needs_no_more_guards() -> None:
    once = form('device.attributes["d"].a == 1 || !device.attributes["d"].b')
    assert once is not None
    assert form(once) is None

"""What a device is for which selectors hold."""

import pytest

from dractl.migrate.selector_facts import told_by_selectors

GPU = 'device.attributes["gpu.example.com"]'


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        (f'{GPU}.model == "A"', {"model": {"string": "A"}}),
        (f'"A" == {GPU}.model', {"model": {"string": "A"}}),
        (f'{GPU}.model in ["A", "B"]', {"model": {"string": "A"}}),
        (f'{GPU}.model == "A" || {GPU}.index == 1', {"model": {"string": "A"}}),
        (
            f"has({GPU}.index) && {GPU}.index == 1 && {GPU}.fast",
            {"index": {"int": 1}, "fast": {"bool": True}},
        ),
        (f'{GPU}.model.startsWith("A")', {"model": {"string": "A"}}),
        (
            f'{GPU}.driver.compareTo(semver("1.2.0")) >= 0',
            {"driver": {"version": "1.2.0"}},
        ),
        (
            f'cel.bind(d, {GPU}, d.model == "A" && d.index == 2)',
            {"model": {"string": "A"}, "index": {"int": 2}},
        ),
        (
            'device.attributes["other.example.com"].x == "1"',
            {"other.example.com/x": {"string": "1"}},
        ),
        (f'{GPU}.model != "A"', {}),
        (f"!{GPU}.fast", {}),
        (f'{GPU}.driver.compareTo(semver("1.2.0")) > 0', {}),
        ('device.driver == "gpu.example.com"', {}),
        ("device.", {}),
        ("", {}),
    ],
)
def test_plain_comparisons_tell(text: str, attributes: dict[str, object]) -> None:
    assert told_by_selectors([text], "gpu.example.com") == (attributes, {})


def test_amounts_are_capacity() -> None:
    text = 'device.capacity["gpu.example.com"].memory.compareTo(quantity("8Gi")) >= 0'
    found = told_by_selectors([text], "gpu.example.com")

    assert found == ({}, {"memory": {"value": "8Gi"}})


def test_of_two_the_first_counts() -> None:
    texts = [f'{GPU}.model == "A"', f'{GPU}.model == "B"']

    assert told_by_selectors(texts, "gpu.example.com")[0] == {"model": {"string": "A"}}

import pytest
from hypothesis import given, settings

from dractl.catalogue.index import Catalogue
from dractl.catalogue.snippets import condition, snippet
from dractl.cel.environment import STORED
from dractl.cel.guard import guarded
from dractl.cel.selector import compile_cached
from dractl.model.attributes import Attribute, SemVer
from dractl.model.devices import Device
from dractl.model.quantity import Quantity
from tests.builders import DRIVER, Value, device
from tests.catalogue.generated import devices

PATH = ("attributes", "d", "x")


def of(value: Value) -> str | None:
    (entry,) = Catalogue.of([device(attributes={"model": value})]).entries
    return snippet(entry)


MODEL = f'device.attributes["{DRIVER}"].model'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A100", f'{MODEL} == "A100"'),
        ('a "b"\\', f'{MODEL} == "a \\"b\\"\\\\"'),
        ("\x1b[2J", f'{MODEL} == "\\u001b[2J"'),
        (7, f"{MODEL} == 7"),
        (True, MODEL),
        (False, f"!{MODEL}"),
        (SemVer.parse("1.2.3"), f'{MODEL}.compareTo(semver("1.2.3")) >= 0'),
    ],
)
def test_a_value_is_asked_for_and_then_compared(value: Value, expected: str) -> None:
    assert of(value) == f"has({MODEL}) && {expected}"


def test_an_amount_is_compared_as_one() -> None:
    (entry,) = Catalogue.of([device(memory="40Gi")]).entries
    assert snippet(entry) == (
        f'has(device.capacity["{DRIVER}"].memory) && '
        f'device.capacity["{DRIVER}"].memory.compareTo(quantity("40Gi")) >= 0'
    )


def test_what_cel_cannot_spell_has_no_snippet() -> None:
    assert of("\ud800") is None


def test_a_name_that_cannot_follow_a_dot_stands_in_brackets() -> None:
    (entry,) = Catalogue.of([device(attributes={"x-y": 1})]).entries
    where = f'device.attributes["{DRIVER}"]'
    assert snippet(entry) == f'"x-y" in {where} && {where}["x-y"] == 1'


def test_lists_are_compared_element_by_element() -> None:
    assert condition(PATH, "==", ("a", "b")) == (
        'device.attributes["d"].x == ["a", "b"]'
    )


def test_amounts_are_compared_by_a_function() -> None:
    assert condition(PATH, "<", Quantity.parse("1Gi")) == (
        'device.attributes["d"].x.compareTo(quantity("1Gi")) < 0'
    )


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(devices)
def test_a_snippet_selects_every_device_that_has_its_value(found: list[Device]) -> None:
    for entry in Catalogue.of(found).entries:
        for seen in entry.values:
            text = snippet(entry, seen)
            assert text is not None
            selector = compile_cached(text, STORED)
            assert guarded(text, selector.root) is None
            selected = [each for each in found if selector.matches(each)]
            kept = [
                each
                for each in found
                if each.attributes.get(entry.name) == Attribute(seen.kind, seen.value)  # type: ignore[arg-type]  # kinds of amounts are equal to none
                or (
                    entry.map == "capacity"
                    and each.qualified_capacity.get(entry.name) == seen.value
                )
            ]
            assert all(each in selected for each in kept)

"""Devices as expressions see them."""

import pytest

from dractl.cel import SelectorEvalError
from dractl.cel.device import (
    check_readable,
    has_domain,
    is_readable,
    read_device,
    whole,
)
from dractl.model.attributes import Attribute, SemVer
from dractl.model.devices import Device, DeviceId
from dractl.model.quantity import Quantity
from tests.builders import device

GPU = device(driver="d", attributes={"x": 1, "other.io/y": "a"}, memory="1Gi")


def test_names_without_a_domain_belong_to_the_driver() -> None:
    attributes = whole(GPU)["attributes"]
    assert {name: dict(values) for name, values in attributes.items()} == {
        "d": {"x": 1},
        "other.io": {"y": "a"},
    }


def test_an_unknown_domain_is_empty_but_not_there() -> None:
    attributes = whole(GPU)["attributes"]
    assert (dict(attributes.get("z")), "z" in attributes, len(attributes)) == (
        {},
        False,
        2,
    )


def test_a_domain_ends_at_the_first_slash() -> None:
    nested = Device(DeviceId("d", "p", "n"), {"a/b/c": Attribute("int", 1)})
    attributes = whole(nested)["attributes"]
    assert (dict(attributes["a"]), dict(attributes["a/b"])) == ({"b/c": 1}, {})
    assert not has_domain(nested.attributes, "a/b")


def test_wire_form_is_read() -> None:
    found = read_device(
        {
            "driver": "d",
            "attributes": {
                "s": {"string": "a"},
                "d2/v": {"version": "1.2.3"},
                "l": {"bools": [True]},
                "n": {},
            },
            "capacity": {"m": {"value": "1Ki"}, "c": "2"},
            "allowMultipleAllocations": None,
        }
    )
    assert found.attributes == {
        "d/s": Attribute("string", "a"),
        "d2/v": Attribute("version", SemVer.parse("1.2.3")),
        "d/l": Attribute("bools", (True,)),
        "d/n": Attribute("", None),
    }
    assert found.qualified_capacity == {
        "d/m": Quantity.of(1024),
        "d/c": Quantity.of(2),
    }
    assert not found.allow_multiple_allocations


@pytest.mark.parametrize(
    "fields",
    [
        {"attributes": {"v": {"version": "1.2"}}},
        {"attributes": {"i": {"int": "1"}}},
        {"attributes": {"b": {"bool": 1}}},
        {"capacity": {"m": {"value": "1K"}}},
    ],
)
def test_values_that_cannot_be_read_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(SelectorEvalError):
        read_device({"driver": "d", **fields})


@pytest.mark.parametrize(
    ("wire", "with_lists", "without"),
    [({"int": 1}, True, True), ({"ints": [1]}, True, False), ({}, False, False)],
)
def test_a_device_is_readable_or_not(
    wire: dict[str, object], with_lists: bool, without: bool
) -> None:
    found = read_device({"driver": "d", "attributes": {"x": wire}})
    readable = is_readable(found, lists=True), is_readable(found, lists=False)
    assert readable == (with_lists, without)


def test_what_is_unreadable_is_named() -> None:
    found = read_device({"driver": "d", "attributes": {"x": {}}})
    with pytest.raises(SelectorEvalError, match="d/x: unsupported attribute value"):
        check_readable(found, lists=True)

import dataclasses
from collections import Counter

from hypothesis import given

from dractl.catalogue.index import MOST_VALUES, Catalogue
from dractl.model.attributes import Attribute, SemVer
from dractl.model.devices import Device
from dractl.model.quantity import Quantity
from tests.builders import DRIVER, device
from tests.catalogue.generated import devices

MODEL = f"{DRIVER}/model"


def test_a_name_is_counted_by_value_and_by_driver() -> None:
    found = Catalogue.of(
        [
            device("a", attributes={"model": "A100"}),
            device("b", attributes={"model": "L4"}),
            device("c", attributes={"model": "L4"}),
            device("d", driver="other", attributes={MODEL: "L4"}),
            device("e"),
        ]
    )
    entry = found.entry("attributes", MODEL)
    assert entry is not None
    assert (entry.devices, entry.drivers) == (4, {DRIVER: 3, "other": 1})
    assert [(str(each), each.devices) for each in entry.values] == [
        ("L4", 3),
        ("A100", 1),
    ]
    assert (found.devices, found.drivers) == (5, {DRIVER: 4, "other": 1})


def test_versions_and_amounts_have_bounds_of_their_own_order() -> None:
    found = Catalogue.of(
        device(attributes={"v": SemVer.parse(version)}, memory=memory)
        for version, memory in (("1.9.0", "9Gi"), ("1.10.0", "80Gi"))
    )
    version = found.entry("attributes", f"{DRIVER}/v")
    memory = found.entry("capacity", f"{DRIVER}/memory")
    assert version is not None
    assert memory is not None
    assert version.largest == SemVer.parse("1.10.0")
    assert (memory.kinds, memory.least) == (("quantity",), Quantity.parse("9Gi"))


def test_values_of_several_kinds_have_no_bounds() -> None:
    found = Catalogue.of(device(attributes={"x": each}) for each in (1, "1", True))
    (entry,) = found.entries
    assert entry.kinds == ("bool", "int", "string")
    assert (entry.least, entry.largest, entry.distinct) == (None, None, 3)


def test_only_the_most_frequent_values_are_kept() -> None:
    found = Catalogue.of(device(attributes={"id": each % 50}) for each in range(99))
    (entry,) = found.entries
    assert (entry.distinct, len(entry.values)) == (50, MOST_VALUES)
    assert all(each.devices == 2 for each in entry.values)


def test_an_attribute_without_a_value_is_an_entry_of_its_own_kind() -> None:
    bare = dataclasses.replace(device(), attributes={MODEL: Attribute("", None)})
    (entry,) = Catalogue.of([bare]).entries
    assert (entry.kinds, str(entry.values[0])) == (("",), "<none>")


CLUSTER = Catalogue.of(
    [
        device(attributes={"model": "A100", "example.org/root": "r"}, memory="1Gi"),
        device(driver="nic.example.com", attributes={"model": "X"}),
    ]
)


def test_the_nearest_name_is_looked_for_in_the_domain_then_in_others() -> None:
    assert CLUSTER.nearest_name("attributes", DRIVER, "Model") == MODEL
    assert CLUSTER.nearest_name("attributes", "example.com", "root") == (
        "example.org/root"
    )
    assert CLUSTER.nearest_name("attributes", DRIVER, "qqq") is None


def test_a_capacity_is_found_that_was_taken_for_an_attribute() -> None:
    found = CLUSTER.nearest_entry("attributes", DRIVER, "memory")
    assert found is not None
    assert (found.map, found.id) == ("capacity", "memory")


def test_the_nearest_driver() -> None:
    assert CLUSTER.nearest_driver("gpu.exmaple.com") == DRIVER
    assert CLUSTER.nearest_driver("tpu") is None


@given(devices)
def test_every_value_of_every_device_is_counted_once(found: list[Device]) -> None:
    names = Counter(name for each in found for name in each.attributes)
    names.update(f"{name}*" for each in found for name in each.qualified_capacity)
    catalogue = Catalogue.of(found)
    assert names == {
        entry.name + "*" * (entry.map == "capacity"): entry.devices
        for entry in catalogue.entries
    }
    for entry in catalogue.entries:
        assert sum(entry.drivers.values()) == entry.devices
        assert sum(each.devices for each in entry.values) == entry.devices


@given(devices)
def test_the_order_of_devices_does_not_matter(found: list[Device]) -> None:
    assert Catalogue.of(found) == Catalogue.of(found[::-1])

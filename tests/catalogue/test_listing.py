import pytest

from dractl.catalogue.listing import listing
from tests.builders import DRIVER, device

DEVICES = [
    device("a", attributes={"model": "A", "example.org/root": "r"}, memory="1Gi"),
    device("b", driver="nic", attributes={"model": "B"}),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            None,
            ["example.org/root", f"{DRIVER}/memory", f"{DRIVER}/model", "nic/model"],
        ),
        ("MODEL", [f"{DRIVER}/model", "nic/model"]),
        ("nic/", ["nic/model"]),
        ("m*y", [f"{DRIVER}/memory"]),
        ("root?", []),
        ("[", []),
    ],
)
def test_names_that_contain_or_fit_are_listed(
    name: str | None, expected: list[str]
) -> None:
    assert [each.name for each in listing(DEVICES, name).entries] == expected


def test_each_driver_has_a_section_with_what_its_own_devices_have() -> None:
    found = listing(DEVICES, "model")
    assert [
        (each.driver, each.catalogue.devices, len(each.entries))
        for each in found.sections
    ] == [(DRIVER, 1, 1), ("nic", 1, 1)]


def test_drivers_without_such_a_name_have_no_section() -> None:
    assert [each.driver for each in listing(DEVICES, "root").sections] == [DRIVER]


def test_the_nearest_names_are_offered_where_nothing_fits() -> None:
    assert listing(DEVICES, "memroy").near == ("memory",)
    assert listing(DEVICES, "model").near == ()

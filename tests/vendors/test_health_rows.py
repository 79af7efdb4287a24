"""What the vendors' rows say of health fits what else they say."""

import pytest

from dractl.vendors import VENDORS
from dractl.vendors.base import Driver

DRIVERS = [
    driver
    for vendor in VENDORS
    for driver in vendor.drivers
    if driver.health is not None
]


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda each: each.name)
def test_attributes_of_health_are_published(driver: Driver) -> None:
    assert driver.health is not None
    assert driver.health.attributes.keys() <= driver.attributes.keys()
    kinds = {
        name: {type(value).__name__.replace("str", "string") for value in meanings}
        for name, meanings in driver.health.attributes.items()
    }
    assert kinds == {name: {driver.attributes[name]} for name in kinds}


def test_the_drivers_that_tell_are_known() -> None:
    assert {each.name for each in DRIVERS} == {
        "gaudi.intel.com",
        "gpu.intel.com",
        "gpu.nvidia.com",
    }

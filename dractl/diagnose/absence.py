"""Which cause it is that no node has any device of the kind that a request names."""

from typing import TYPE_CHECKING

from dractl.model.claims import Option
from dractl.model.devices import Device

if TYPE_CHECKING:
    from dractl.diagnose.world import World


def code_of_absence(world: "World", option: Option) -> str:
    """Return the code: nothing is published, or what is published does not match."""
    drivers = world.drivers_of(option.device_class)
    if drivers is not None and not drivers:
        return "selector-no-match"  # no device of any driver could pass
    of_drivers = [each for each in world.devices if is_of(each.driver, drivers)]
    if not of_drivers or any(_passes(world, option, each) for each in of_drivers):
        return "no-devices-published"
    return "selector-no-match"


def is_of(driver: str, drivers: frozenset[str] | None) -> bool:
    """Tell whether a driver is one of those; None stands for all."""
    return drivers is None or driver in drivers


def _passes(world: "World", option: Option, device: Device) -> bool:
    device_class = world.snapshot.class_by_name.get(option.device_class)
    texts = device_class.selectors if device_class else ()
    selectors = world.allocator.planner.selectors
    return selectors.eligibility((*texts, *option.selectors)).verdict(device) is True

"""Accelerators that are nobody's: what is needed to know them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import ids, is_accelerator, located
from dractl.vendors.base import Found, Vendor, Wishes
from dractl.vendors.other_plugins import GENERIC_PLUGINS

_WHY_NOT: Final = (
    "no vendor with these ids is known; to teach it, its name, what its devices are "
    "called and what its DRA driver publishes are needed"
)


def the_rest(vendors: Sequence[Vendor]) -> Vendor:
    """Return the row of processing accelerators that none of the vendors knows."""

    def find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
        """Yield what is left, by its addresses."""
        left = [each for each in facts.pci if is_accelerator(each)]
        if left:
            known = {
                address
                for row in vendors
                for each in row.find(facts, wishes)
                for address in (each.address, *each.also)
            }
            for function in left:
                if function.address not in known:
                    yield _unknown(function)

    return Vendor("other", "other accelerators", (), find, GENERIC_PLUGINS)


def _unknown(function: PciDevice) -> Found:
    found = located("other", "unknown", ids(function), function)
    details = {"class": f"{function.class_code:06x}"}
    if function.subsystem_vendor is not None and function.subsystem_device is not None:
        details["subsystem"] = (
            f"{function.subsystem_vendor:04x}:{function.subsystem_device:04x}"
        )
    return replace(found, why_not=_WHY_NOT, details=details)

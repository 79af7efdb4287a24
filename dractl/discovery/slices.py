"""The ResourceSlices that drivers would publish for a machine."""

from collections.abc import Iterator

from dractl.discovery.inventory import Inventory
from dractl.model.cluster import Profile
from dractl.vendors.pools import Document, Offer, pool


def slices(whole: Inventory, profile: Profile) -> Iterator[Document]:
    """Yield the slices of every driver in v1: complete pools named as the node."""
    by_driver: dict[str, list[Offer]] = {}
    for each in whole.found:
        if each.driver is not None and each.device is not None:
            offer = (each.device, each.counters)
            by_driver.setdefault(each.driver, []).append(offer)
    for driver, offers in by_driver.items():
        yield from pool(driver, whole.node, offers, profile)

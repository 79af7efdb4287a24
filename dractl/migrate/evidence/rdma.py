"""Selectors of the RDMA shared device plugin, for dranet.

dranet publishes names of vendors and devices, as the public list of PCI ids has them.
"""

import re
from collections.abc import Sequence
from typing import Final

from dractl.api.decode_fields import Wire, child, texts
from dractl.migrate.evidence.network_cel import is_true, one_of
from dractl.migrate.evidence.selection import Selection
from dractl.vendors.nics import maker_of, models_of

DRIVER: Final = "dra.net"
_ID: Final = re.compile("(?:0x)?([0-9a-fA-F]{4})", re.ASCII)
_LINKS: Final = frozenset({"ether", "infiniband"})
"""What the plugin calls links, which is what dranet calls encapsulations."""


def of_plugin(entry: Wire) -> Selection:
    """Return the selectors of an entry of `configList`.

    Raises MalformedField for what the plugin cannot read.
    """
    selectors = child(entry, "selectors")
    found = [is_true(DRIVER, "rdma")]
    lost = []
    names = (*texts(selectors, "ifNames"), *texts(entry, "devices"))
    if names:
        found.append(one_of(DRIVER, "ifName", names))
    makers, models = _names(selectors)
    for key, name, known in (
        ("vendors", "pciVendor", makers),
        ("deviceIDs", "pciDevice", models),
    ):
        if not texts(selectors, key):
            continue
        if known is None:
            lost.append(f"selectors.{key}")
        else:
            found.append(one_of(DRIVER, name, known))
    links = texts(selectors, "linkTypes")
    if links and _LINKS.issuperset(links):
        found.append(one_of(DRIVER, "encapsulation", links))
    elif links:
        lost.append("selectors.linkTypes")
    if texts(selectors, "drivers"):
        lost.append("selectors.drivers")
    return Selection(tuple(found), tuple(lost))


def _names(selectors: Wire) -> tuple[Sequence[str] | None, Sequence[str] | None]:
    """Return the names of vendors and of devices; None where one is not known."""
    vendors = _ids(texts(selectors, "vendors"))
    devices = _ids(texts(selectors, "deviceIDs"))
    makers = [maker_of(each) for each in vendors]
    models = [name for each in devices for name in models_of(each, vendors)]
    known = [name for name in makers if name is not None]
    is_whole = all(models_of(each, vendors) for each in devices)
    return (known if len(known) == len(makers) else None, models if is_whole else None)


def _ids(spellings: Sequence[str]) -> list[int]:
    found = [_ID.fullmatch(each) for each in spellings]
    return [int(each[1], 16) if each else -1 for each in found]

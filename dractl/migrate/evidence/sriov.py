"""Selectors of the SR-IOV device plugin 3.11 and of its operator, for dra-driver-sriov.

Its attributes are those of the driver of August 2026.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dractl.api.decode_fields import (
    Wire,
    child,
    flag,
    items,
    mismatch,
    text,
    texts,
    wire,
)
from dractl.api.problems import MalformedField
from dractl.migrate.evidence.network_cel import (
    all_of,
    any_of,
    is_true,
    one_of,
    safe,
    within,
)
from dractl.migrate.evidence.selection import Selection

DRIVER: Final = "sriovnetwork.k8snetworkplumbingwg.io"
_CNI: Final = "k8s.cni.cncf.io"
_RANGE: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", re.ASCII)
_LINKS: Final = {
    "ether": "ethernet", "eth": "ethernet", "ib": "infiniband",
}  # fmt: skip
_LOWER: Final[Mapping[str, str]] = {
    "vendors": "vendor",
    "devices": "deviceID",
    "pciAddresses": "pciAddress",
}
_FUNCTIONS: Final[Mapping[str, str]] = {
    "pfNames": "PFName",
    "rootDevices": "pfPciAddress",
}
_NOWHERE: Final = ("acpiIndexes", "ddpProfiles", "pKeys", "auxTypes")
_NET_DEVICE: Final = "netdevice"


def by_name(resource: str) -> str:
    """Return the test that a policy gave a function the name of a resource, guarded.

    How the driver spells it, whole or without its prefix, depends on the policy.
    """
    names = (resource, resource.rpartition("/")[2])
    text_ = one_of(_CNI, "resourceName", names)
    return safe(text_) or text_


def of_plugin(entry: Wire) -> Selection:
    """Return the selectors of an entry of `resourceList`; one of a list suffices.

    Raises MalformedField for what the plugin cannot read.
    """
    stated = entry.get("selectors")
    blocks = stated if isinstance(stated, list | tuple) else [stated or {}]
    alternatives: list[tuple[str, ...]] = []
    lost: list[str] = []
    moved: list[str] = []
    for number, block in enumerate(blocks):
        try:
            found = _block(wire(block))
        except MalformedField as bad:
            raise bad.inside(f"selectors[{number}]") from None
        alternatives.append(found.texts)
        lost += found.lost
        moved += found.moved
    kind = text(entry, "deviceType")
    if kind and kind.lower() != _NET_DEVICE:
        lost.append(f"deviceType {kind}")
    lost += (key for key in ("additionalInfo",) if entry.get(key))
    if flag(entry, "excludeTopology"):
        moved.append(
            "excludeTopology hides the NUMA node; with DRA nothing aligns it unless a "
            "constraint asks for it"
        )
    return Selection(_joined(alternatives), _once(lost), _once(moved))


def _joined(alternatives: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return conditions of which one set has to hold; one without any always does."""
    if () in alternatives or not alternatives:
        return ()
    if len(alternatives) == 1:
        return alternatives[0]
    return (any_of([all_of(each) for each in alternatives]),)


def of_policy(spec: Wire) -> Selection:
    """Return the selectors of a SriovNetworkNodePolicy.

    Raises MalformedField for what the API server would not take.
    """
    nic = child(spec, "nicSelector")
    found: list[str] = []
    for key, name in (("vendor", "vendor"), ("deviceID", "pfDeviceID")):
        if value := text(nic, key):
            found.append(one_of(DRIVER, name, (value.lower(),)))
    for key, name in _FUNCTIONS.items():
        if values := texts(nic, key):
            found.append(any_of([_function(key, name, each) for each in values]))
    if link := text(spec, "linkType"):
        found.append(one_of(DRIVER, "linkType", (_link(link),)))
    if flag(spec, "isRdma"):
        found.append(is_true(DRIVER, "rdmaCapable"))
    drivers = [text(spec, "deviceType")] if text(spec, "deviceType") else []
    moved = [*_moved([each for each in drivers if each != _NET_DEVICE], spec)]
    lost = [key for key in ("vdpaType",) if spec.get(key)]
    lost += ["nicSelector.netFilter"] if nic.get("netFilter") else []
    return Selection(tuple(found), tuple(lost), tuple(moved))


def _block(block: Wire) -> Selection:
    found: list[str] = []
    for key, name in _LOWER.items():
        if values := texts(block, key):
            found.append(one_of(DRIVER, name, (each.lower() for each in values)))
    for key, name in _FUNCTIONS.items():
        if values := texts(block, key):
            found.append(any_of([_function(key, name, each) for each in values]))
    if values := texts(block, "linkTypes"):
        found.append(one_of(DRIVER, "linkType", map(_link, values)))
    if flag(block, "isRdma"):
        found.append(is_true(DRIVER, "rdmaCapable"))
    lost = [f"selectors.{key}" for key in _NOWHERE if items(block, key)]
    lost += ["selectors.vdpaType"] if text(block, "vdpaType") else []
    moved = _moved(texts(block, "drivers"), block)
    return Selection(tuple(found), tuple(lost), tuple(moved))


def _moved(drivers: Any, block: Wire) -> Iterator[str]:
    if drivers:
        names = " or ".join(drivers)
        yield f"functions bound to {names} are asked for with driver of the VfConfig"
    if flag(block, "needVhostNet"):
        yield "needVhostNet is addVhostMount of the VfConfig"


def _function(key: str, name: str, spelling: str) -> str:
    """Return the test for `ens1f0#0,2-7`: a physical function, and its parts."""
    function, mark, parts = spelling.partition("#")
    function = function.lower() if name == "pfPciAddress" else function
    test = one_of(DRIVER, name, (function,))
    if not mark:
        return test
    ranges = [_RANGE.fullmatch(each.strip()) for each in parts.split(",")]
    tests = []
    for each in ranges:
        if each is None:
            raise mismatch(key, "a name with numbers such as ens1f0#0,2-7", spelling)
        tests.append(within(DRIVER, "vfID", int(each[1]), int(each[2] or each[1])))
    return all_of([test, any_of(tests)])


def _link(spelling: str) -> str:
    return _LINKS.get(spelling.lower(), spelling.lower())


def _once(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))

"""Clusters that do not exist: nodes with devices, for tests of selectors and claims."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final
from uuid import NAMESPACE_DNS, uuid5

from dractl.errors import unclear
from dractl.manifests.classes import device_class, facts
from dractl.manifests.presets import preset_of
from dractl.manifests.wishes import Option, Wish
from dractl.model.cluster import KubernetesVersion, Profile
from dractl.vendors.base import Driver
from dractl.vendors.pools import pool

Document = dict[str, Any]

_STANDARD: Final = "resource.kubernetes.io"
MOST_NODES: Final = 100_000
_MOST_DEVICES: Final = 1024  # of one wish on a node
_BUSES: Final = 256
_SOCKETS: Final = 2
_ALLOCATABLE: Final = {"cpu": "128", "memory": "1Ti", "pods": "110"}


@dataclass(frozen=True)
class Fleet:
    """What its nodes have: of each wish one of the options, which the seed decides.

    `preset` is the driver of options that name no class.
    """

    wishes: Sequence[Wish]
    nodes: int
    seed: int = 0
    name: str = "node"
    preset: Driver | None = None


def fleet(wanted: Fleet, profile: Profile) -> Iterator[Document]:
    """Return the classes, then each node with its slices; the same for the same seed.

    The first devices of all wishes are at the same PCIe root, and so on, as NICs are
    with GPUs in machines that are made for both.
    """
    kinds = _kinds(wanted)
    width = len(str(wanted.nodes - 1))
    names = (f"{wanted.name}-{number:0{width}}" for number in range(wanted.nodes))
    nodes = (
        document
        for name in names
        for document in _with_slices(
            name, _chosen(name, wanted, kinds), wanted, profile
        )
    )
    return chain(_classes(kinds), nodes)


def samples(wanted: Fleet, profile: Profile) -> Iterator[Document]:
    """Return one of everything that is in the fleet: what holds of them holds of all.

    Nodes differ in their numbers and UUIDs only, besides in the options that they have.
    """
    kinds = _kinds(wanted)
    most = max(map(len, kinds))
    name = f"{wanted.name}-{wanted.nodes - 1}"
    nodes = (
        document
        for number in range(most)
        for document in _with_slices(
            name, [each[number % len(each)] for each in kinds], wanted, profile
        )
    )
    return chain(_classes(kinds), nodes)


@dataclass(frozen=True)
class _Kind:
    """One of the options of a wish: its driver, and what its devices have.

    `places` are attributes that differ from device to device, the others do not.
    """

    driver: Driver
    function: int
    places: Sequence[Document]
    attributes: Document
    capacity: Document


def _kinds(wanted: Fleet) -> Sequence[Sequence[_Kind]]:
    """Return the options of each wish."""
    if not 1 <= wanted.nodes <= MOST_NODES:
        raise unclear(
            f"a fleet has one node at least and {MOST_NODES:,} at most",
            hint="--nodes 3",
        )
    return [
        [_kind(option, wanted, number) for option in wish.options]
        for number, wish in enumerate(wanted.wishes)
    ]


def _kind(option: Option, wanted: Fleet, function: int) -> _Kind:
    driver = _driver(option, wanted)
    if option.count is None:
        raise unclear("a node has a number of devices, not all")
    if option.count > _MOST_DEVICES:
        raise unclear(f"a node has {_MOST_DEVICES} devices of a sort at most here")
    attributes, capacity = facts(option.conditions, driver, driver.name)
    if driver.default.type_value:
        attributes.setdefault(
            driver.type_attribute, {"string": driver.default.type_value}
        )
    places = list(_places(option.count, function))
    return _Kind(driver, function, places, attributes, capacity)


def _classes(kinds: Sequence[Sequence[_Kind]]) -> Iterator[Document]:
    for driver in dict.fromkeys(
        kind.driver.name for kinds_ in kinds for kind in kinds_
    ):
        preset = preset_of(driver)
        for each in preset.classes[:1] if preset is not None else ():
            yield device_class(name=each.name, driver=driver, preset=preset)


def _driver(option: Option, wanted: Fleet) -> Driver:
    named = option.class_name
    found = wanted.preset if named is None else preset_of(named)
    if found is None:
        raise unclear(
            f"no driver is known for {named!r}" if named else "no driver is named",
            hint="name a class, as in '8 gpu.nvidia.com', or use --vendor",
        )
    return found


def _node(name: str, release: KubernetesVersion) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "status": {
            "allocatable": dict(_ALLOCATABLE),
            "conditions": [{"type": "Ready", "status": "True"}],
            "nodeInfo": {"kubeletVersion": f"v{release}.0"},
        },
    }


def _chosen(
    node: str, wanted: Fleet, kinds: Sequence[Sequence[_Kind]]
) -> Iterator[_Kind]:
    """Yield what the seed gives a node of each wish."""
    for number, options in enumerate(kinds):
        chance = uuid5(NAMESPACE_DNS, f"{wanted.seed}/{node}/{number}").int
        yield options[chance % len(options)]


def _with_slices(
    name: str, kinds: Iterable[_Kind], wanted: Fleet, profile: Profile
) -> Iterator[Document]:
    """Yield a node, and a complete pool for each driver that it has devices of."""
    yield _node(name, profile.version)
    devices: dict[str, list[Document]] = {}
    for kind in kinds:
        mine = devices.setdefault(kind.driver.name, [])
        mine += _devices(kind, f"{wanted.seed}/{name}")
    for driver, found in devices.items():
        named = [
            ({"name": f"{_stem(driver)}-{number}", **each}, ())
            for number, each in enumerate(found)
        ]
        yield from pool(driver, name, named, profile)


def _devices(kind: _Kind, seed: str) -> Iterator[Document]:
    driver = kind.driver
    has_uuid = driver.attributes.get("uuid") == "string"
    stated = {"capacity": kind.capacity} if kind.capacity else {}
    for number, own in enumerate(kind.places):
        uuid: Document = {}
        if has_uuid:
            text = f"{seed}/{driver.name}/{kind.function}/{number}"
            uuid["uuid"] = {"string": str(uuid5(NAMESPACE_DNS, text))}
        yield {"attributes": {**own, **uuid, **kind.attributes}, **stated}


def _places(count: int, function: int) -> Iterator[Document]:
    """Yield where each device is; there are as many PCI domains as it takes."""
    for number in range(count):
        domain, place = divmod(number, _BUSES - 1)
        bus = (place + 1) * _BUSES // (min(count, _BUSES - 1) + 1)
        root = f"{domain:04x}:{bus:02x}"
        yield {
            f"{_STANDARD}/pcieRoot": {"string": f"pci{root}"},
            f"{_STANDARD}/pciBusID": {"string": f"{root}:{function:02x}.0"},
            f"{_STANDARD}/numaNode": {"int": number * _SOCKETS // count},
        }


def _stem(driver: str) -> str:
    return driver.partition(".")[0].lower()

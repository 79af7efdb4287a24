"""Clusters that do not exist: nodes with devices, for tests of selectors and claims."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_DNS, uuid5

from dractl.errors import unclear
from dractl.manifests.classes import device_class, facts
from dractl.manifests.presets import preset_of
from dractl.manifests.wishes import Option, Wish
from dractl.model.cluster import KubernetesVersion
from dractl.vendors.base import Driver

Document = dict[str, Any]

_STANDARD: Final = "resource.kubernetes.io"
_MOST: Final = 128  # devices in a slice
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


def fleet(wanted: Fleet, release: KubernetesVersion) -> list[Document]:
    """Return the classes, then each node with its slices; the same for the same seed.

    The first devices of all wishes are at the same PCIe root, and so on, as NICs are
    with GPUs in machines that are made for both.
    """
    if wanted.nodes < 1:
        raise unclear("a fleet has one node at least", hint="--nodes 3")
    options = [option for wish in wanted.wishes for option in wish.options]
    drivers = dict.fromkeys(_driver(option, wanted).name for option in options)
    made = [
        device_class(name=each.name, driver=driver, preset=preset_of(driver))
        for driver in drivers
        if (preset := preset_of(driver)) is not None
        for each in preset.classes[:1]
    ]
    width = len(str(wanted.nodes - 1))
    for number in range(wanted.nodes):
        name = f"{wanted.name}-{number:0{width}}"
        made += [_node(name, release), *_slices(name, wanted)]
    return made


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


def _slices(node: str, wanted: Fleet) -> Iterator[Document]:
    """Yield a complete pool for each driver that the node has devices of."""
    devices: dict[str, list[Document]] = {}
    for number, wish in enumerate(wanted.wishes):
        chance = uuid5(NAMESPACE_DNS, f"{wanted.seed}/{node}/{number}").int
        option = wish.options[chance % len(wish.options)]
        driver = _driver(option, wanted)
        mine = devices.setdefault(driver.name, [])
        mine += _devices(option, driver, f"{wanted.seed}/{node}", number)
    for name, found in devices.items():
        if len(found) > _MOST:
            raise unclear(f"a node has {_MOST} devices of a driver at most here")
        named = [{"name": f"{_stem(name)}-{n}", **each} for n, each in enumerate(found)]
        yield {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceSlice",
            "metadata": {"name": f"{node}-{name}"},
            "spec": {
                "driver": name,
                "pool": {"name": node, "generation": 1, "resourceSliceCount": 1},
                "nodeName": node,
                "devices": named,
            },
        }


def _devices(
    option: Option, driver: Driver, place: str, function: int
) -> Iterator[Document]:
    if option.count is None:
        raise unclear("a node has a number of devices, not all")
    attributes, capacity = facts(option.conditions, driver, driver.name)
    if driver.default.type_value:
        attributes.setdefault(
            driver.type_attribute, {"string": driver.default.type_value}
        )
    for number in range(option.count):
        bus = (number + 1) * 256 // (option.count + 1)
        own: Document = {
            f"{_STANDARD}/pcieRoot": {"string": f"pci0000:{bus:02x}"},
            f"{_STANDARD}/pciBusID": {"string": f"0000:{bus:02x}:{function:02x}.0"},
            f"{_STANDARD}/numaNode": {"int": number * _SOCKETS // option.count},
        }
        if driver.attributes.get("uuid") == "string":
            text = f"{place}/{driver.name}/{function}/{number}"
            own["uuid"] = {"string": str(uuid5(NAMESPACE_DNS, text))}
        stated = {"capacity": capacity} if capacity else {}
        yield {"attributes": {**own, **attributes}, **stated}


def _stem(driver: str) -> str:
    return driver.partition(".")[0].lower()

"""Rules of resources of the node that a device takes: cpu, memory and the like.

Both are alpha: the mappings of 1.36, and what took their place in 1.37.
"""

from collections.abc import Iterator
from typing import Final

from dractl.rules.path import Path
from dractl.rules.reasons import invalid, not_found, required, shown
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

_OF_NODES: Final = frozenset({"cpu", "memory", "ephemeral-storage"})


def check_allocatable(device: Wire, path: Path) -> Iterator[Violation]:
    """Walk through what a device takes of its node."""
    capacity = device.get("capacity", {})
    old = path.field("nodeAllocatableResourceMappings")
    for key, mapping in device.get("nodeAllocatableResourceMappings", {}).items():
        where = old.key(key)
        yield from node_allocatable_key(key, old)
        multiplier = mapping.get("allocationMultiplier")
        if multiplier is not None and multiplier.nanos <= 0:
            yield from node_allocatable_multiplier(where.field("allocationMultiplier"))
        if "capacityKey" in mapping:
            yield from node_allocatable_capacity_key(
                mapping["capacityKey"], capacity, where.field("capacityKey")
            )
    new = path.field("nodeAllocatableResources")
    for key, entry in device.get("nodeAllocatableResources", {}).items():
        yield from nar_key(key, new)
        yield from _check_entry(entry, capacity, new.key(key))


def _check_entry(entry: Wire, capacity: Wire, path: Path) -> Iterator[Violation]:
    if "mapping" not in entry and "overhead" not in entry:
        yield from nar_empty(path)
    if "mapping" in entry:
        yield from _check_mapping(entry["mapping"], capacity, path.field("mapping"))
    if "overhead" in entry:
        yield from nar_overhead(entry["overhead"], path.field("overhead"))


def _check_mapping(mapping: Wire, capacity: Wire, path: Path) -> Iterator[Violation]:
    keyed, plain = "capacityKey" in mapping, "deviceMultiplier" in mapping
    if keyed == plain:
        yield from nar_mapping_union(path, both=keyed)
    if keyed:
        yield from nar_capacity_key(
            mapping["capacityKey"], capacity, path.field("capacityKey")
        )
    yield from nar_capacity_multiplier(mapping, path.field("capacityMultiplier"))
    if plain and mapping["deviceMultiplier"].nanos <= 0:
        yield from nar_device_multiplier(path.field("deviceMultiplier"))


@rule("node-allocatable-key")
def node_allocatable_key(name: str, path: Path) -> Iterator[Violation]:
    """A mapping is for a resource of Kubernetes itself, such as cpu. Only in 1.36."""
    if "/" in name and "kubernetes.io/" not in name:
        message = f"{shown(name)} is no resource of Kubernetes itself"
        yield from invalid("node-allocatable-key", path.key(name), message)


@rule("node-allocatable-multiplier")
def node_allocatable_multiplier(path: Path) -> Iterator[Violation]:
    """The multiplier of a mapping is above zero. Only in 1.36."""
    message = "the multiplier must be above zero"
    yield from invalid("node-allocatable-multiplier", path, message)


@rule("node-allocatable-capacity-key")
def node_allocatable_capacity_key(
    name: str, capacity: Wire, path: Path
) -> Iterator[Violation]:
    """A mapping names a capacity of its device, in the same spelling. Only in 1.36."""
    yield from _capacity_key("node-allocatable-capacity-key", name, capacity, path)


@rule("nar-key")
def nar_key(name: str, path: Path) -> Iterator[Violation]:
    """What a device takes of its node are cpu, memory, ephemeral-storage, hugepages.

    Since 1.37.
    """
    if name not in _OF_NODES and not name.startswith("hugepages-"):
        message = f"{shown(name)} is nothing that nodes allocate"
        yield from invalid("nar-key", path, message, "use cpu or memory")


@rule("nar-empty")
def nar_empty(path: Path) -> Iterator[Violation]:
    """An entry says how much it is, by a mapping or as overhead. Since 1.37."""
    yield from required("nar-empty", path, "neither mapping nor overhead is here")


@rule("nar-mapping-union")
def nar_mapping_union(path: Path, *, both: bool) -> Iterator[Violation]:
    """A mapping is by a capacity or by device, not both. Since 1.37."""
    code = "nar-mapping-union"
    if both:
        message = "capacityKey and deviceMultiplier exclude each other"
        yield from invalid(code, path, message)
    else:
        yield from required(code, path, "the mapping maps nothing")


@rule("nar-capacity-key")
def nar_capacity_key(name: str, capacity: Wire, path: Path) -> Iterator[Violation]:
    """A mapping names a capacity of its device. Since 1.37."""
    yield from _capacity_key("nar-capacity-key", name, capacity, path)


@rule("nar-capacity-multiplier")
def nar_capacity_multiplier(mapping: Wire, path: Path) -> Iterator[Violation]:
    """A mapping by capacity has a multiplier above zero; others have none. Since 1.37.

    There is no default.
    """
    code = "nar-capacity-multiplier"
    multiplier = mapping.get("capacityMultiplier")
    if multiplier is None:
        if "capacityKey" in mapping:
            yield from required(code, path, "a mapping by capacity needs it")
    elif "capacityKey" not in mapping:
        yield from invalid(code, path, "it means nothing without capacityKey")
    elif multiplier.nanos <= 0:
        yield from invalid(code, path, "the multiplier must be above zero")


@rule("nar-device-multiplier")
def nar_device_multiplier(path: Path) -> Iterator[Violation]:
    """The multiplier of a mapping by device is above zero. Since 1.37."""
    message = "the multiplier must be above zero"
    yield from invalid("nar-device-multiplier", path, message)


@rule("nar-overhead")
def nar_overhead(overhead: Wire, path: Path) -> Iterator[Violation]:
    """Overhead is per pod or per container, and not negative. Since 1.37."""
    if not overhead:
        yield from invalid("nar-overhead", path, "neither perPod nor perContainer")
    for key, amount in overhead.items():
        if amount.nanos < 0:
            message = f"{amount} is negative"
            yield from invalid("nar-overhead", path.field(key), message)


def _capacity_key(
    code: str, name: str, capacity: Wire, path: Path
) -> Iterator[Violation]:
    if not name:
        yield from invalid(code, path, "an empty name names no capacity")
    elif name not in capacity:
        yield from not_found(code, path, f"the device has no capacity {shown(name)}")

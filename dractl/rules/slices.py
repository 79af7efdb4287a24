"""Rules of ResourceSlice, except for what is in a device."""

from collections.abc import Iterator

from dractl.model.cluster import Profile
from dractl.model.limits import COUNTERS_APART, limit
from dractl.model.names import dns_subdomain
from dractl.rules.attributes import LIST_FIELDS
from dractl.rules.counters import check_counter_set
from dractl.rules.devices import check_device
from dractl.rules.drivers import check_driver, check_pool
from dractl.rules.metadata import check_metadata
from dractl.rules.partitions import check_slice_of_137
from dractl.rules.path import Path
from dractl.rules.reasons import duplicate, invalid, invalid_each, required, too_many
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import named
from dractl.rules.selectors import check_node_selector
from dractl.rules.wire import Wire


def check_slice(document: Wire, profile: Profile) -> Iterator[Violation]:
    """Walk through a ResourceSlice."""
    yield from check_metadata(
        document.get("metadata", {}), Path.of("metadata"), namespaced=False
    )
    spec, path = document.get("spec", {}), Path.of("spec")
    pool = spec.get("pool", {})
    yield from slice_driver(spec.get("driver", ""), path.field("driver"))
    yield from pool_name(pool.get("name", ""), path.field("pool", "name"))
    yield from pool_slice_count(
        pool.get("resourceSliceCount", 0), path.field("pool", "resourceSliceCount")
    )
    yield from pool_generation(
        pool.get("generation", 0), path.field("pool", "generation")
    )
    yield from _check_nodes(spec, path)
    apart = profile.since(COUNTERS_APART)
    if apart and "devices" in spec and "sharedCounters" in spec:
        yield from devices_xor_counters(path)
    yield from _check_devices(spec, path.field("devices"), profile)
    yield from _check_counter_sets(spec, path.field("sharedCounters"), profile)
    yield from check_slice_of_137(spec, path, profile)


def _check_nodes(spec: Wire, path: Path) -> Iterator[Violation]:
    chosen = []
    if "nodeName" in spec:
        name, where = spec["nodeName"], path.field("nodeName")
        if name:
            chosen.append("nodeName")
            yield from node_name_format(name, where)
        else:
            yield from node_name_nonempty(where)
    if "nodeSelector" in spec:
        chosen.append("nodeSelector")
        where = path.field("nodeSelector")
        yield from check_node_selector(spec["nodeSelector"], where)
        terms = spec["nodeSelector"].get("nodeSelectorTerms", ())
        yield from slice_node_selector_one_term(
            len(terms), where.field("nodeSelectorTerms")
        )
    for key, check in (
        ("allNodes", all_nodes_true),
        ("perDeviceNodeSelection", per_device_true),
    ):
        if spec.get(key):
            chosen.append(key)
        elif key in spec:
            yield from check(path.field(key))
    if len(chosen) != 1:
        yield from node_selection_one_of(chosen, path)


def _check_devices(spec: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    devices = spec.get("devices", ())
    more = any(map(_has_more, devices))
    most = limit("devices-with-more" if more else "devices", profile.version)
    if len(devices) > most:
        yield from devices_max(len(devices), most, path)
        return
    per_device = spec.get("perDeviceNodeSelection", False)
    for device, where, name, again in named(devices, path):
        yield from check_device(device, where, profile, per_device=per_device)
        if again:
            yield from device_name_unique(name, where)


def _has_more(device: Wire) -> bool:
    return bool(device.get("taints") or device.get("consumesCounters")) or any(
        not LIST_FIELDS.isdisjoint(attribute)
        for attribute in device.get("attributes", {}).values()
    )


def _check_counter_sets(
    spec: Wire, path: Path, profile: Profile
) -> Iterator[Violation]:
    sets, most = spec.get("sharedCounters", ()), limit("counter-sets", profile.version)
    if len(sets) > most:
        yield from counter_sets_max(len(sets), most, path)
        return
    for each, where, name, again in named(sets, path):
        yield from check_counter_set(each, where)
        if again:
            yield from counter_set_unique(name, where)


@rule("slice-driver")
def slice_driver(name: str, path: Path) -> Iterator[Violation]:
    """A slice names its driver.

    At most 63 bytes of a DNS subdomain. Upper case is accepted with a warning.
    """
    yield from check_driver("slice-driver", name, path)


@rule("pool-name")
def pool_name(name: str, path: Path) -> Iterator[Violation]:
    """A slice names its pool: DNS subdomains with '/' between, at most 253 bytes."""
    yield from check_pool("pool-name", name, path)


@rule("pool-slice-count")
def pool_slice_count(count: int, path: Path) -> Iterator[Violation]:
    """A slice says of how many slices its pool consists, which is one at least.

    Schedulers do not use a pool until all of them are there.
    """
    if count <= 0:
        message = f"a pool cannot consist of {count} slices"
        yield from invalid("pool-slice-count", path, message, "use 1 or more")


@rule("pool-generation")
def pool_generation(generation: int, path: Path) -> Iterator[Violation]:
    """The generation of a pool is not negative."""
    if generation < 0:
        message = f"{generation} is negative"
        yield from invalid("pool-generation", path, message, "start with 1")


@rule("node-name-nonempty")
def node_name_nonempty(path: Path) -> Iterator[Violation]:
    """The name of a slice's node is not empty: it is left out where there is none.

    In v1beta1 an empty name reads as absent.
    """
    message = "an empty name names no node"
    yield from invalid("node-name-nonempty", path, message, "remove the field")


@rule("node-name-format")
def node_name_format(name: str, path: Path) -> Iterator[Violation]:
    """The name of a slice's node is a DNS subdomain."""
    yield from invalid_each("node-name-format", path, name, dns_subdomain(name))


@rule("slice-node-selector-one-term")
def slice_node_selector_one_term(count: int, path: Path) -> Iterator[Violation]:
    """The node selector of a slice has exactly one term."""
    if count != 1:
        message = f"there are {count} terms; exactly one is allowed"
        yield from invalid("slice-node-selector-one-term", path, message)


@rule("all-nodes-true")
def all_nodes_true(path: Path) -> Iterator[Violation]:
    """`allNodes` is true where it is there at all.

    In v1beta1 false reads as absent.
    """
    yield from invalid("all-nodes-true", path, "false means nothing", "remove it")


@rule("per-device-true")
def per_device_true(path: Path) -> Iterator[Violation]:
    """`perDeviceNodeSelection` is true where it is there at all."""
    yield from invalid("per-device-true", path, "false means nothing", "remove it")


@rule("node-selection-one-of")
def node_selection_one_of(chosen: list[str], path: Path) -> Iterator[Violation]:
    """A slice says in one way on which nodes its devices are.

    With a nodeName, a nodeSelector, allNodes or perDeviceNodeSelection. An empty name
    and false count as absent. Where DRAPartitionableDevices is off,
    perDeviceNodeSelection is dropped and does not count.
    """
    code = "node-selection-one-of"
    if chosen:
        message = f"{' and '.join(chosen)} exclude each other"
        yield from invalid(code, path, message, "keep one of them")
    else:
        message = "nothing says on which nodes the devices are"
        yield from required(code, path, message, "add nodeName")


@rule("devices-xor-counters")
def devices_xor_counters(path: Path) -> Iterator[Violation]:
    """A slice has devices or shared counters, not both.

    An empty list counts. Since 1.35 the counters of a pool are in slices of their own.
    """
    message = "devices and sharedCounters cannot be in one slice"
    fix = "move sharedCounters to a slice of the same pool"
    yield from invalid("devices-xor-counters", path, message, fix)


@rule("devices-max")
def devices_max(count: int, most: int, path: Path) -> Iterator[Violation]:
    """A slice has at most 128 devices; of more, none is looked at.

    Since 1.35 at most 64, if any of them has taints or consumes counters; since 1.36
    also if any has a list among its attributes.
    """
    yield from too_many("devices-max", path, count, most)


@rule("device-name-unique")
def device_name_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each device of a slice has its own name."""
    yield from duplicate("device-name-unique", path, name)


@rule("counter-sets-max")
def counter_sets_max(count: int, most: int, path: Path) -> Iterator[Violation]:
    """A slice has at most 8 counter sets; of more, none is looked at. Since 1.35."""
    yield from too_many("counter-sets-max", path, count, most)


@rule("counter-set-unique")
def counter_set_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each counter set of a slice has its own name."""
    yield from duplicate("counter-set-unique", path, name)

"""Rules of ResourcePoolStatusRequest."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.model.names import dns_subdomain
from dractl.rules.drivers import check_fully_qualified, check_pool
from dractl.rules.metadata import check_metadata
from dractl.rules.path import Path
from dractl.rules.reasons import forbidden, invalid, invalid_each, required
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

MOST_POOLS: Final = 1000


def check_pool_status(document: Wire, profile: Profile) -> Iterator[Violation]:
    """Walk through a new request; the server clears its status."""
    yield from check_metadata(
        document.get("metadata", {}), Path.of("metadata"), namespaced=False
    )
    spec, path = document.get("spec", {}), Path.of("spec")
    yield from rpsr_driver(spec.get("driver", ""), path.field("driver"))
    if "poolName" in spec:
        yield from rpsr_pool(spec["poolName"], path.field("poolName"))
    yield from rpsr_limit(spec.get("limit", 0), path.field("limit"))
    key = "defaultPartitionTypeAttribute"
    if key in spec:
        yield from rpsr_partition_attr(spec[key], path.field(key), profile)


@rule("rpsr-driver")
def rpsr_driver(name: str, path: Path) -> Iterator[Violation]:
    """A request for the status of pools names a driver.

    Here up to 253 bytes of a DNS subdomain are allowed, in upper or lower case.
    """
    if name:
        yield from invalid_each("rpsr-driver", path, name, dns_subdomain(name.lower()))
    else:
        yield from required("rpsr-driver", path, "no driver is named")


@rule("rpsr-pool")
def rpsr_pool(name: str, path: Path) -> Iterator[Violation]:
    """A request for the status of one pool names it as pools can be named."""
    if name:
        yield from check_pool("rpsr-pool", name, path)
    else:
        yield from invalid("rpsr-pool", path, "an empty name names no pool")


@rule("rpsr-limit")
def rpsr_limit(limit: int, path: Path) -> Iterator[Violation]:
    """A request for the status of pools asks for 1 to 1000 of them; 100 by default."""
    if not 1 <= limit <= MOST_POOLS:
        message = f"{limit} is not between 1 and {MOST_POOLS}"
        yield from invalid("rpsr-limit", path, message)


@rule("rpsr-partition-attr")
def rpsr_partition_attr(name: str, path: Path, profile: Profile) -> Iterator[Violation]:
    """The attribute to tell partitions by is named with its domain. Since 1.37.

    Where DRAPartitionableDevicesType is off, the field is refused.
    """
    code = "rpsr-partition-attr"
    if profile.enabled("DRAPartitionableDevicesType"):
        yield from check_fully_qualified(code, name, path, profile)
    else:
        message = "the feature gate DRAPartitionableDevicesType is off"
        yield from forbidden(code, path, message, "remove the field")

"""What a vendor is: its drivers as Kubernetes sees them, and how its devices are found.

A vendor is a row, most in a module of their own; `VENDORS` lists them. Facts are from
the sources of the drivers, as of August 2026.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from dractl.model.cluster import Profile
from dractl.model.hosts import HostFacts
from dractl.vendors.plugins import Plugin

Wire = Mapping[str, Any]
"""Part of an object in its v1 form."""

_NEWEST: Final = Profile.of()
BACKGROUND: Final = frozenset({"cpu", "memory", "interface", "nvme"})
"""Kinds that every machine has many of: not shown unless asked for."""


@dataclass(frozen=True, slots=True)
class Class:
    """A DeviceClass as the driver's chart ships it.

    `selector` is CEL that it asks for beside the driver and the type. `cloud` is that
    whose chart alone ships it, "" for all. `is_shipped` is false of an example: an
    admin makes such a class, or the driver makes its own.
    """

    name: str
    type_value: str | None = None
    extended_resource: str | None = None
    selector: str = ""
    cloud: str = ""
    is_shipped: bool = True


@dataclass(frozen=True, slots=True)
class Health:
    """How a driver publishes whether its devices are well.

    `attributes` are those that tell, without their domain, with the values that mean
    that a device is well or is not; another value tells nothing. `ills` are keys of
    taints, as patterns, that tell what is wrong, `others` those that tell something
    else. `switch` is what has to be turned on for any of it.
    """

    attributes: Mapping[str, Mapping[object, bool]] = field(default_factory=dict)
    ills: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    switch: str = ""


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver: `default` is its first class, `shared` has the names of others.

    `schemas` are the versions or modes of the driver that publish differently; the last
    is the one that counts. `elsewhere` are attributes that it publishes and a machine's
    files do not tell, with where it has them from; `conditional` is the same of what
    only some gates or clouds bring, by patterns (`gce.dra.net/*`), and `stand_ins` are
    the values that stand here for what is not known. `of_nvml` are attributes and
    amounts that only NVML tells, if it can be asked. `partitioned` are its classes
    where it makes partitions on demand, if these are others. `has_random_names`: the
    names of its devices end in something random, though here they do not.
    `is_selective`: it publishes only what a policy selects. `health` None: nothing is
    known of how it tells that a device is not well.
    """

    vendor: str
    name: str
    classes: tuple[Class, ...]
    attributes: Mapping[str, str]
    capacity: frozenset[str] = frozenset()
    shared: Mapping[str, str] = field(default_factory=dict)
    type_attribute: str = "type"
    schemas: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    conditional: Mapping[str, str] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    of_nvml: tuple[str, ...] = ()
    partitioned: tuple[Class, ...] = ()
    has_random_names: bool = False
    is_selective: bool = False
    health: Health | None = None

    def source(self, subject: str, here: str | None) -> str:
        """Return where it has a value from that a machine's files do not tell.

        "" if they do. `here` is what is said of the machine, None for nothing.
        """
        if here is not None and self.stand_ins.get(subject) != here:
            return ""
        sources = {**self.elsewhere, **self.conditional}
        told = (sources[each] for each in sources if fnmatchcase(subject, each))
        return next(told, "")

    @property
    def default(self) -> Class:
        """The class that is meant when none is named."""
        return self.classes[0]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How slices are to look: for which release, and as which version of a driver.

    `schemas` has versions of drivers by vendor; without one the newest counts.
    `partitionable` asks for partitions that the driver would make on demand. `node` is
    the machine's name in the cluster, "" where it is not known.
    """

    profile: Profile = _NEWEST
    schemas: Mapping[str, str] = field(default_factory=dict)
    partitionable: bool = False
    node: str = ""

    def schema(self, driver: Driver) -> str:
        """Return the version or mode of a driver to follow, "" if it has but one."""
        newest = driver.schemas[-1] if driver.schemas else ""
        return self.schemas.get(driver.vendor, newest)

    def classes(self, driver: Driver) -> tuple[Class, ...]:
        """Return the classes that the driver's chart ships then."""
        others = driver.partitioned if self.partitionable else ()
        return others or driver.classes


@dataclass(frozen=True, slots=True)
class Found:
    """A device of a machine, and what its DRA driver would publish of it.

    `kind` is a word such as gpu, partition, nic, vf, fpga, npu, qat, cpu. `address` is
    its PCI function, `also` are further ones of the same device, `parent` is that of
    which it is a part. `driver` is the DRA driver, None where there is none that is
    known. `device` is what stands in a ResourceSlice (name, attributes, capacity,
    consumesCounters, taints, allowMultipleAllocations); None: nothing, for the reason
    in `why_not`. `counters` are the counter sets that it needs in its pool. `warnings`
    are for the user, worst first.
    """

    vendor: str
    kind: str
    model: str
    address: str | None = None
    parent: str | None = None
    numa_node: int | None = None
    root: str | None = None
    kernel_driver: str | None = None
    driver: str | None = None
    device: Wire | None = None
    counters: tuple[Wire, ...] = ()
    why_not: str = ""
    warnings: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """A row. `find` yields the vendor's devices in the order of their addresses.

    `plugins` are its device plugins, which came before DRA and may still be there.
    """

    name: str
    title: str
    drivers: tuple[Driver, ...]
    find: Callable[[HostFacts, Wishes], Iterable[Found]]
    plugins: tuple[Plugin, ...] = ()

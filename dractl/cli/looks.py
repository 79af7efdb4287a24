"""How `dractl discover` is to look at a machine, and at what of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dractl.cli.options import usage
from dractl.cli.source import Source
from dractl.discovery.inventory import Inventory, inventory, narrowed
from dractl.errors import DractlError
from dractl.hardware.facts import facts, has_sysfs
from dractl.model.cluster import Profile
from dractl.model.hosts import HostFacts, Nvml
from dractl.model.names import dns_subdomain
from dractl.vendors import VENDORS
from dractl.vendors.base import Driver, Wishes

if TYPE_CHECKING:
    from dractl.discovery.comparison import Ways

_NVIDIA: Final = 0x10DE
_NO_MODES: Final[Mapping[str, frozenset[str]]] = {}
DRIVERS: Final[Mapping[str, Driver]] = {
    driver.vendor: driver for vendor in VENDORS for driver in vendor.drivers
}


@dataclass(frozen=True, slots=True)
class Pods:
    """Which pods have looked at the nodes; None: those of render discover-job."""

    namespace: str | None = None
    selector: str | None = None

    @staticmethod
    def of(
        namespace: str | None, selector: str | None, *, is_asked: bool
    ) -> "Pods | None":
        """Return what the options say; None: this machine is asked."""
        if is_asked:
            return Pods(namespace, selector)
        if selector or namespace:
            raise usage("--selector and --namespace go with --from-pods")
        return None


@dataclass(frozen=True)
class Look:
    """Where a machine's files are, its name, which devices count, and how they publish.

    Empty collections stand for all.
    """

    root: Path
    node: str | None
    kinds: Collection[str]
    vendors: Collection[str]
    drivers: Collection[str]
    everything: bool
    wishes: Wishes

    @staticmethod
    def of(  # noqa: PLR0913 - one parameter per option
        *,
        root: str,
        node: str | None,
        kinds: Sequence[str] | None,
        vendors: Sequence[str] | None,
        drivers: Sequence[str] | None,
        everything: bool,
        schemas: Sequence[str] | None,
        partitionable: bool,
        source: Source,
    ) -> "Look":
        """Return what the options say; raise DractlError for what makes no sense."""
        if node is not None and (faults := dns_subdomain(node)):
            raise usage(f"--node-name {node[:40]!r}: {faults[0]}")
        if not root:
            raise usage("--root names no folder", hint="leave it out for this machine")
        named = _listed(vendors)
        known = {vendor.name for vendor in VENDORS} | DRIVERS.keys()
        if unknown := sorted(named - known):
            hint = ", ".join(sorted(known))
            raise usage(f"no vendor {unknown[0][:40]!r}", hint=hint)
        profile = Profile.of(source.kubernetes, source.gates)
        wishes = Wishes(profile, named_schemas(schemas or ()), partitionable)
        return Look(
            Path(root),
            node,
            _listed(kinds),
            named,
            _listed(drivers),
            everything,
            wishes,
        )

    def judged_as(self, profile: Profile) -> "Look":
        """Return the same look, for another release."""
        return replace(self, wishes=replace(self.wishes, profile=profile))

    def facts(self) -> HostFacts:
        """Read the machine; raise DractlError if there is none."""
        self._check_root()
        found = facts(self.root, Nvml())
        # What was taken away meanwhile has been read by half.
        self._check_root()
        # Loading the library takes time that machines without NVIDIA can spare.
        is_nvidia = any(each.vendor == _NVIDIA for each in found.pci)
        if is_nvidia or "nvidia" in found.modules:
            from dractl.hardware.nvml import ask_nvml

            found = replace(found, nvml=ask_nvml(self.root))
        return found

    def _check_root(self) -> None:
        if not self.root.is_dir():
            raise DractlError(
                "no-such-root",
                f"{self.root} is no folder",
                hint="--root names the folder in which the host's sys and proc are",
            )
        if not has_sysfs(self.root):
            raise DractlError(
                "no-sysfs",
                f"{self.root} has neither sys/devices nor sys/bus",
                hint="on a Linux machine, mount sysfs; elsewhere, --root names a "
                "folder with a host's sys, proc and dev, and --from-pods asks nodes",
            )

    def inventory(self, found: HostFacts, node: str | None = None) -> Inventory:
        """Return all that a machine has."""
        return inventory(found, self.wishes, node=node or self.node)

    def ways(self, found: HostFacts, node: str | None = None) -> "Ways":
        """Return a machine in all the ways in which drivers may publish it."""
        from dractl.discovery.comparison import ways

        return ways(found, self.wishes, node or self.node)

    def narrowed(self, whole: Inventory) -> Inventory:
        """Return what counts of it."""
        return narrowed(
            whole,
            kinds=self.kinds,
            vendors=self.vendors,
            drivers=self.drivers,
            everything=self.everything,
        )

    def published(self, whole: Inventory) -> Inventory:
        """Return what counts of it, with all that the same drivers publish.

        A pool without what every machine has would not be what the driver publishes.
        """
        part = self.narrowed(whole)
        if self.kinds:
            return part
        drivers = {each.driver for each in part.found}
        found = tuple(each for each in whole.found if each.driver in drivers)
        return replace(part, found=found)

    def wants(self, driver: str | None) -> bool:
        """Tell whether a driver counts."""
        if driver is None:
            return not (self.vendors or self.drivers)
        is_named = not self.drivers or driver in self.drivers
        return is_named and (not self.vendors or driver in self._of_vendors)

    @property
    def _of_vendors(self) -> Collection[str]:
        return {
            driver.name
            for vendor in VENDORS
            for driver in vendor.drivers
            if {vendor.name, driver.vendor} & set(self.vendors)
        }


def _listed(texts: Iterable[str] | None) -> frozenset[str]:
    found = (each.strip() for text in texts or () for each in text.split(","))
    return frozenset(filter(None, found))


def named_schemas(
    texts: Iterable[str], modes: Mapping[str, frozenset[str]] = _NO_MODES
) -> dict[str, str]:
    """Read `VENDOR=VERSION` of drivers; raise DractlError for what is unknown.

    `modes` are further words that mean something of a driver, by its vendor.
    """
    found: dict[str, str] = {}
    for text in texts:
        vendor, equals, schema = text.partition("=")
        driver = DRIVERS.get(vendor)
        if driver is None or not equals:
            known = sorted(name for name, each in DRIVERS.items() if each.schemas)
            raise usage(
                f"--driver-schema {text[:40]!r} is not VENDOR=VERSION",
                hint=f"vendors whose drivers differ: {', '.join(known)}",
            )
        words = dict.fromkeys((*driver.schemas, *sorted(modes.get(vendor, ()))))
        if schema not in words:
            raise usage(
                f"{driver.name} has no version {schema[:40]!r} that differs",
                hint=", ".join(words) or "all of its versions are the same",
            )
        found[vendor] = schema
    return found

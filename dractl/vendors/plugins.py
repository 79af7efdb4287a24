"""What device plugins call things: extended resources, node labels, traces in pods.

The rows are data of the vendors, as their drivers are: `dractl migrate` reads from them
what stands for a resource in DRA. Facts are from the sources of the plugins, as of
August 2026.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, Literal

Unit = Literal["device", "partition", "time-slice", "mps-share", "core", "fraction"]
"""What one of an extended resource is: a whole device, a partition that was made before
(MIG), a share of a device, a core of one, or a part that is counted in some unit."""

Reading = Literal[
    "text", "dashed", "underscored", "table", "mebibytes", "gibibytes", "number",
    "major", "minor", "patch", "version", "profile", "slices", "hex", "id", "named",
]  # fmt: skip
"""How the value of a node label relates to that of a device: the same text; the text
with blanks as dashes, or as underscores; by the row's table; an amount in MiB, or in
rounded GiB; a number of things; a part of a version; a version, maybe with leading
zeros; the profile behind a model's name; the slices that a profile begins with; digits
without the `0x` of the device. Of the last two the value does not count: the label's
name has such digits after its class, or the very value."""


_WILDCARDS: Final = frozenset("*?[]")


@dataclass(frozen=True, slots=True)
class Extended:
    """Extended resources of a device plugin in one meaning, and what replaces them.

    `pattern` is a shell pattern of their names. What its wildcards stand for goes into
    `conditions` where they say `{}`, with the pieces of `spelling` replaced; of a
    partition whose profile the name does not tell, the profile does. `{1}` and `{2}`
    are what is before and after its underscore, `{resource}` the whole name of the
    resource, `{name}` that without its domain.
    `conditions` are what a request asks for beside its class, as `dractl render` reads
    them, and `selector` is CEL for what they cannot say. `driver` is that of DRA, ""
    where none is known, `device_class` "" its default class, with `{}` in lower case.
    `capacity` is what a request asks for of a shared device, from the version
    `capacity_since` of the driver on; of a fraction, `{}` is the container's amount.
    `config` makes settings for the driver, which go into a class of the resource's own,
    from the number of those that share a device (0: unknown). `mode` is the version or
    mode of the driver for which the row is, "" for all others.

    `keeps_pods`: a DeviceClass with the resource's name serves pods as they are.
    `is_monitoring`: it gives access to all devices, which is admin access in DRA.
    `is_former`: an old name, which nothing is called any more. `decision` says why a
    human has to choose, "" where nobody has to; `differences` are what users notice.
    """

    pattern: str
    driver: str = ""
    device_class: str = ""
    conditions: tuple[str, ...] = ()
    unit: Unit = "device"
    spelling: Mapping[str, str] = field(default_factory=dict)
    capacity: Mapping[str, str] = field(default_factory=dict)
    keeps_pods: bool = True
    is_monitoring: bool = False
    decision: str = ""
    differences: tuple[str, ...] = ()
    selector: str = ""
    config: Callable[[int], Mapping[str, Any]] | None = None
    capacity_since: str = ""
    mode: str = ""
    is_former: bool = False

    def part(self, resource: str) -> str | None:
        """Return what the wildcards stand for in a name, spelled as the driver does.

        "" if there are none, None if the name is another one.
        """
        found = wild(self.pattern, resource)
        for old, new in self.spelling.items():
            found = found and found.replace(old, new)
        return found


def wild(pattern: str, name: str) -> str | None:
    """Return what is in a name from a pattern's first wildcard to the last.

    "" if there are none, None if the name does not match.
    """
    if not fnmatchcase(name, pattern):
        return None
    before, after = _ends(pattern)
    return name[len(before) : len(name) - len(after)]


def filled_pattern(pattern: str, part: str) -> str:
    """Return the name in which a part stands where the pattern has wildcards."""
    before, after = _ends(pattern)
    return f"{before}{part}{after}" if before != pattern else pattern


def _ends(pattern: str) -> tuple[str, str]:
    """Return what is before all wildcards and what is after; without any, it is all."""
    places = [index for index, each in enumerate(pattern) if each in _WILDCARDS]
    if not places:
        return pattern, ""
    return pattern[: places[0]], pattern[places[-1] + 1 :]


Fate = Literal["device", "node", "gone"]


@dataclass(frozen=True, slots=True)
class Label:
    """Node labels that pods select by, and what says the same of a device.

    `fate` is device where it becomes a selector of the request: then `name` is the
    attribute or capacity of `driver`, `reading` how the values relate, and `table` has
    the driver's spelling of values for that reading (of pieces, where the value is in
    the label's name, or a profile in its value). Of node, the label is about the
    machine and stays a selector of nodes; of gone, it means nothing with DRA, to those
    who ask for devices of `driver` if it is named. `why` is for the user. `suffixes`
    are patterns of endings that say something else, and go. `of_resource`: what the
    wildcards stand for is in the name of the resource too, or the label is about
    another one. `device_class` is the only one whose devices have the attribute.

    Of rows that match the same label, the first that suits a request counts, and beside
    it those with the reading profile.
    """

    pattern: str
    fate: Fate
    why: str = ""
    driver: str = ""
    name: str = ""
    reading: Reading = "text"
    table: Mapping[str, str] = field(default_factory=dict)
    suffixes: tuple[str, ...] = ()
    of_resource: bool = False
    device_class: str = ""

    def bare(self, value: str) -> str:
        """Return a value without the endings that say something else."""
        for start in range(1, len(value)):
            if any(fnmatchcase(value[start:], each) for each in self.suffixes):
                return value[:start]
        return value

    def part(self, label: str) -> str | None:
        """Return what the wildcards stand for in a name, spelled as the driver does.

        "" if there are none, None if the name is another one.
        """
        found = wild(self.pattern, label)
        return found and self.spelled(found)

    def spelled(self, part: str) -> str:
        """Return a part of a label's name or value, spelled as the driver does."""
        if self.reading in {"named", "profile"}:
            for old, new in self.table.items():
                part = part.replace(old, new)
        return part


TracePlace = Literal["environment", "runtime-class", "toleration", "annotation"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What pods carry for a device plugin beside the resource.

    `pattern` is one of names, or of keys; `advice` says what it is worth with DRA.
    `is_removable`: it does nothing there, or does harm, so that it may go. `shown` are
    values that everybody may read; others may be secrets.
    """

    place: TracePlace
    pattern: str
    advice: str
    is_removable: bool = False
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """How a node changes from a device plugin to the DRA driver, by node labels.

    `off` keeps the plugin away, `on` lets the driver come. Where the charts know no
    labels, there are none, and `note` says what an admin has to arrange.
    """

    off: Mapping[str, str] = field(default_factory=dict)
    on: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A vendor's device plugin; `images` are pieces of the names of its images."""

    name: str
    extended: tuple[Extended, ...] = ()
    labels: tuple[Label, ...] = ()
    traces: tuple[Trace, ...] = ()
    switch: Switch = Switch()
    images: tuple[str, ...] = ()


KEEP_TOLERATION: Final = (
    "keep it if the nodes have the taint: the admission plugin "
    "ExtendedResourceToleration adds none to pods with claims"
)
NO_DRIVER: Final = "no DRA driver is known for it: it stays with its device plugin"

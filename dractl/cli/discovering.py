"""From the options of `dractl discover` to its answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from dractl.cli import inventories, output
from dractl.cli.looks import DRIVERS, Look, Pods
from dractl.cli.options import usage
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.discovery.document import document
from dractl.discovery.inventory import Inventory, notes
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import Profile
from dractl.model.hosts import HostFacts
from dractl.model.names import dns_subdomain
from dractl.vendors import VENDORS
from dractl.vendors.base import Class, Driver

_DATA: Final = frozenset({"json", "yaml"})


@dataclass(frozen=True)
class View:
    """What is to be shown, of this machine or, with `pods`, of those that they saw."""

    output_format: str
    api_version: str | None = None
    has_topology: bool = False
    compares: bool = False
    pods: Pods | None = None
    has_facts: bool = False
    is_drawn: bool = False

    def check(self, look: Look, source: Source) -> None:
        """Raise DractlError for options that exclude each other."""
        makes_objects = self.output_format in {"slice", "class"}
        if self.compares and self.has_topology:
            raise usage("--compare and --topology exclude each other")
        if self.compares and self.output_format == "wide":
            raise usage("--compare has no -o wide")
        if makes_objects and (self.compares or self.has_topology):
            other = "--compare" if self.compares else "--topology"
            raise usage(f"-o {self.output_format} and {other} exclude each other")
        self._check_drawn()
        if self.api_version and not makes_objects:
            raise usage("--api-version goes with -o slice and -o class")
        if self.compares and (look.kinds or look.everything):
            raise usage("--compare takes all devices of a driver: use --driver")
        if self.has_facts and (self.compares or self.output_format not in _DATA):
            raise usage("--with-facts goes with -o json and -o yaml")
        if self.pods and not source.is_live:
            raise usage("--from-pods needs a live cluster")
        if self.pods and look.root != Path("/"):
            raise usage("--root says where this machine's files are, not a pod's")
        names_cluster = not source.is_live or source.names_live
        if names_cluster and not (self.compares or self.pods):
            raise usage(
                "a cluster is only asked to compare it with this machine",
                hint="add --compare",
            )

    def _check_drawn(self) -> None:
        if not self.is_drawn:
            return
        if not self.has_topology:
            raise usage("--svg goes with --topology")
        if self.output_format != "table":
            raise usage(f"--svg and -o {self.output_format} exclude each other")
        if self.pods:
            raise usage("--svg draws this machine: leave out --from-pods")


def discovered(look: Look, view: View, source: Source, screen: Terminal) -> int:
    """Print what was asked for, and return the exit status."""
    if view.pods is not None:
        from dractl.cli.surveys import surveyed

        survey = surveyed(source, view.pods, look.node, screen)
        if view.compares:
            from dractl.cli.mismatches import compared

            status = compared(survey, look, view.output_format, source, screen)
        else:
            wished = look.wishes.schemas or look.wishes.partitionable
            if wished and len(survey.facts) < len(survey.inventories):
                screen.warn("some pods told no facts: --with-facts makes them tell")
            shown(
                survey.seen_by(look),
                look,
                view,
                screen,
                failed=survey.failed,
                facts=survey.facts,
            )
            status = ExitStatus.YES
        return ExitStatus.ENVIRONMENT if survey.failed and not status else status
    if view.compares:
        from dractl.cli.mismatches import compared

        return compared(None, look, view.output_format, source, screen)
    facts = look.facts()
    whole = look.inventory(facts)
    shown([whole], look, view, screen, facts={whole.node: facts})
    return ExitStatus.YES


def shown(  # noqa: PLR0913 - machines, how to look at them, and how to show them
    found: Sequence[Inventory],
    look: Look,
    view: View,
    screen: Terminal,
    *,
    failed: Mapping[str, str] | None = None,
    facts: Mapping[str, HostFacts] | None = None,
) -> None:
    """Print machines in the form that is asked for, and what to know about them."""
    parts = [look.narrowed(each) for each in found]
    if view.output_format in {"slice", "class"}:
        _show_objects([look.published(each) for each in found], look, view, screen)
    elif view.output_format in _DATA:
        kept = (facts or {}) if view.has_facts else {}
        screen.write(
            output.as_data(document(parts, failed or {}, kept), view.output_format)
        )
    elif view.is_drawn:
        from dractl.report.svg.tree import topology_plot

        screen.write("".join(map(topology_plot, parts)))
    elif view.has_topology:
        from dractl.cli.trees import drawn

        screen.write(drawn(parts, screen))
    else:
        screen.write(_listing(parts, view.output_format, screen))
    for whole, part in zip(found, parts, strict=True):
        node = "" if len(found) == 1 else f"{whole.node}: "
        _remark(whole, part, look, screen, node)


def _show_objects(
    published: Sequence[Inventory], look: Look, view: View, screen: Terminal
) -> None:
    """Print slices or classes, and how they differ from what is in a cluster."""
    from dractl.cli.versions import written

    make = _slices if view.output_format == "slice" else _classes
    profile = look.wishes.profile
    objects = [
        written(each, view.api_version, profile) for each in make(published, look)
    ]
    screen.write("---\n".join(map(output.as_yaml, objects)))
    for caution in _cautions(objects, profile):
        screen.warn(caution)
    if not objects:
        screen.note(f"there is no {view.output_format} to make")
    if view.output_format == "slice":
        for each in published:
            node = "" if len(published) == 1 else f"{each.node}: "
            _tell_gaps(each, screen, node)
        return
    for driver, one in _meant(published, look):
        if not one.is_shipped:
            screen.note(f"{one.name} is an example: {driver.name} comes without it")


def _listing(parts: Sequence[Inventory], output_format: str, screen: Terminal) -> str:
    if output_format == "name":
        return inventories.names(parts)
    if output_format == "wide":
        return inventories.wide(parts, screen)
    return inventories.table(parts, screen)


def _remark(
    whole: Inventory, part: Inventory, look: Look, screen: Terminal, node: str
) -> None:
    """Say what could not be read, and what helps where there is nothing."""
    for text in (*inventories.problems(whole), *inventories.stale(whole)):
        screen.warn(f"{node}{text}")
    if look.kinds or look.vendors or look.drivers:
        if not part.found:
            count = len(whole.found)
            screen.note(f"{node}no such device among {count} that were found")
        return
    for text in notes(whole):
        screen.note(f"{node}{text}")
    screen.detail(f"looked for {', '.join(each.title for each in VENDORS)}")


def _tell_gaps(published: Inventory, screen: Terminal, node: str) -> None:
    """Say how slices that are printed differ from those of the drivers."""
    from dractl.discovery.gaps import doubts, left_out, unknown

    for text in doubts(published.found):
        screen.warn(f"{node}{text}")
    for text in (*left_out(published.found), *unknown(published)):
        screen.note(f"{node}{text}")


def _slices(found: Sequence[Inventory], look: Look) -> Iterator[Mapping[str, Any]]:
    from dractl.discovery.slices import slices

    for each in found:
        if dns_subdomain(each.node):
            raise DractlError(
                "no-node-name",
                f"no node can be named as the machine is: {each.node[:40]!r}"
                if each.node
                else "the machine has no host name, so its node has none",
                hint="name it with --node-name",
            )
        yield from slices(each, look.wishes.profile)


def _classes(found: Sequence[Inventory], look: Look) -> Iterator[Mapping[str, Any]]:
    from dractl.manifests.classes import device_class

    has_extended = look.wishes.profile.enabled("DRAExtendedResource")
    for driver, each in _meant(found, look):
        yield device_class(
            name=each.name,
            driver=driver.name,
            preset=replace(driver, classes=look.wishes.classes(driver)),
            extended_resource=each.extended_resource if has_extended else None,
        )


def _meant(found: Sequence[Inventory], look: Look) -> Iterator[tuple[Driver, Class]]:
    """Yield the classes of drivers that have devices here, or that are asked for."""
    present = {each.driver for part in found for each in part.found if each.device}
    clouds = {each.details.get("cloud") for part in found for each in part.found}
    is_asked = bool(look.vendors or look.drivers)
    for driver in DRIVERS.values():
        if driver.name in present or (is_asked and look.wants(driver.name)):
            for each in look.wishes.classes(driver):
                if not each.cloud or each.cloud in clouds:
                    yield driver, each


def _cautions(objects: Sequence[Mapping[str, Any]], profile: Profile) -> Iterator[str]:
    """Yield what the release would drop or refuse of what drivers publish."""
    from dractl.rules.server import judged

    dropped: dict[tuple[str, str], int] = {}
    for each in objects:
        judgement = judged(each, profile)
        for lost in {(one.field, one.gate) for one in judgement.dropped}:
            dropped[lost] = dropped.get(lost, 0) + 1
        for violation in judgement.violations:
            yield (
                f"Kubernetes {profile.version} refuses {each['metadata']['name']}: "
                f"{violation.path}: {violation.message}"
            )
    for (field, gate), count in sorted(dropped.items()):
        yield (
            f"Kubernetes {profile.version} drops {field} of {count} objects: the "
            f"feature gate {gate} is off"
        )

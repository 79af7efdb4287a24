"""What the values of options can be, for the shells' completion."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot


class Candidate(NamedTuple):
    """A word that fits, and what it means."""

    value: str
    meaning: str = ""


def _releases(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.model.cluster import NEWEST, OLDEST

    for minor in range(NEWEST.minor, OLDEST.minor - 1, -1):
        yield Candidate(f"{NEWEST.major}.{minor}")


def _gates(_used: Mapping[str, str], start: str) -> Iterator[Candidate]:
    from dractl.model.cluster import GATES

    before = start[: start.rfind(",") + 1]
    for gate in chain(("AllAlpha", "AllBeta"), GATES):
        yield Candidate(f"{before}{gate}=true")
        yield Candidate(f"{before}{gate}=false")


def _bare_gates(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.model.cluster import GATES

    yield from map(Candidate, GATES)


def _codes(_used: Mapping[str, str], start: str) -> Iterator[Candidate]:
    """Yield the rules of `validate`, several of which can stand with commas."""
    from dractl.rules.check import RULES

    before = start[: start.rfind(",") + 1]
    for code in sorted(RULES):
        yield Candidate(f"{before}{code}", RULES[code].title)


def _explained_codes(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    yield Candidate("all", "list the rules")
    yield from _codes({}, "")


def _nodes(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import NODE

    found = names(used, "nodes", NODE, lambda seen: (n.name for n in seen.nodes))
    yield from map(Candidate, found)


def _classes(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import DEVICE_CLASS

    found = names(
        used, "classes", DEVICE_CLASS, lambda seen: (c.name for c in seen.classes)
    )
    yield from map(Candidate, found)


def _claims(used: Mapping[str, str], start: str) -> Iterator[Candidate]:
    """Yield claims of all namespaces, or of the one that is typed already."""
    from dractl.cli.lookup import names
    from dractl.live.kinds import CLAIM

    namespace, slash, _ = start.partition("/")
    scope = {"--namespace": namespace} if slash else {"--all-namespaces": ""}

    def found(seen: "Snapshot") -> Iterator[str]:
        for each in seen.claims:
            if each.allocation is not None:
                yield "/".join(each.meta.key)

    yield from map(Candidate, names({**used, **scope}, "allocated", CLAIM, found))


def _drivers(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import SLICE

    found = names(used, "drivers", SLICE, lambda seen: {s.driver for s in seen.slices})
    yield from map(Candidate, sorted(found))


def _namespaces(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import NAMESPACE

    def found(seen: "Snapshot") -> set[str]:
        of_pods = {each.meta.namespace for each in seen.pods}
        of_claims = {each.meta.namespace for each in seen.claims}
        return of_pods | of_claims | {each.meta.name for each in seen.namespaces}

    yield from map(Candidate, sorted(names(used, "namespaces", NAMESPACE, found)))


def _entries(key: str, used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import entries

    yield from map(Candidate, entries(used, key))


def _of_machines(
    option: str, _used: Mapping[str, str], _start: str
) -> Iterator[Candidate]:
    """Yield values of options that no cluster knows better."""
    from dractl.vendors import VENDORS

    for vendor in VENDORS:
        if option == "--vendor":
            yield Candidate(vendor.name)
        for driver in vendor.drivers:
            if option == "--driver":
                yield Candidate(driver.name)
            elif option == "--driver-schema":
                for schema in driver.schemas:
                    yield Candidate(f"{driver.vendor}={schema}")


def _findings(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.migrate.codes import CODES

    yield Candidate("all", "list the findings")
    for code in sorted(CODES):
        yield Candidate(code, CODES[code].title)


def _checks(_used: Mapping[str, str], start: str) -> Iterator[Candidate]:
    """Yield the checks of `doctor`, several of which can stand with commas."""
    from dractl.doctor.run import table

    before = start[: start.rfind(",") + 1]
    for code, row in sorted(table().items()):
        yield Candidate(f"{before}{code}", row.title)


def _explained_checks(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    yield Candidate("all", "list the checks")
    yield from _checks({}, "")


def _explained_points(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.doctor.upgrade.registry import DRIVERS, RELEASES
    from dractl.doctor.upgrade.run import title_of

    yield Candidate("all", "list the codes")
    for code in sorted({*DRIVERS.rows, *RELEASES.rows}):
        yield Candidate(code, title_of(code))


def _resources(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import NODE

    def found(seen: "Snapshot") -> set[str]:
        listed = {name for node in seen.nodes for name in node.allocatable}
        return {name for name in listed if "/" in name}

    yield from map(Candidate, sorted(names(used, "resources", NODE, found)))


def _labels(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.lookup import names
    from dractl.live.kinds import NODE

    def found(seen: "Snapshot") -> set[str]:
        return {key for node in seen.nodes for key in node.meta.labels}

    yield from map(Candidate, sorted(names(used, "labels", NODE, found)))


def _common(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    """Yield what devices can be grouped by."""
    from dractl.capacity.groups import GROUPINGS
    from dractl.cli.lookup import names
    from dractl.live.kinds import SLICE

    def found(seen: "Snapshot") -> set[str]:
        devices = [device for piece in seen.slices for device in piece.devices]
        keys = {key for each in devices for key in each.attributes}
        keys |= {key for each in devices for key in each.qualified_capacity}
        return {key.partition("/")[2] for key in keys}

    yield from map(Candidate, GROUPINGS)
    yield from map(Candidate, sorted(names(used, "attributes", SLICE, found)))


def _columns(_used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    from dractl.cli.topviews import COUNTED

    yield from (Candidate(each.lower()) for each in COUNTED)


def _stages(used: Mapping[str, str], _start: str) -> Iterator[Candidate]:
    """Yield the stages in the file of a migration, if it is at hand."""
    from dractl.cli.migrate import statefile, ways
    from dractl.errors import DractlError

    try:
        found = statefile.read(used.get("--state", ways.DEFAULT))
    except DractlError:
        return
    for each in () if found is None else found.courses:
        yield Candidate(each.stage.name, f"{each.state}: {each.stage.title}")


_Values = Callable[[Mapping[str, str], str], Iterator[Candidate]]
OF_COMMANDS: Final[Mapping[tuple[str, str], _Values]] = {
    ("allocate", "--remove"): _nodes,
    ("allocate", "--taint"): _drivers,
    ("discover", "--driver"): partial(_of_machines, "--driver"),
    ("discover", "--vendor"): partial(_of_machines, "--vendor"),
    ("doctor", "--explain"): _explained_checks,
    ("doctor", "--only"): _checks,
    ("doctor", "--skip"): _checks,
    ("plan", "--explain"): _findings,
    ("rollback", "--to"): _stages,
    ("top", "--by"): _common,
    ("top", "--remove"): _nodes,
    ("top", "--selector"): _labels,
    ("top", "--sort"): _columns,
    ("top", "--taint"): _drivers,
    ("upgrade", "--explain"): _explained_points,
}
"""Of options that mean something else elsewhere."""


SOURCES: Final[Mapping[str, _Values]] = {
    "--claim": _claims,
    "--class": _classes,
    "--cluster": partial(_entries, "clusters"),
    "--context": partial(_entries, "contexts"),
    "--contexts": partial(_entries, "contexts"),
    "--drain": _nodes,
    "--driver": _drivers,
    "--driver-schema": partial(_of_machines, "--driver-schema"),
    "--explain": _explained_codes,
    "--feature": _bare_gates,
    "--feature-gates": _gates,
    "--for-kubernetes": _releases,
    "--free": _claims,
    "--ignore": _codes,
    "--kubernetes": _releases,
    "--kubernetes-version": _releases,
    "--like": _nodes,
    "--namespace": _namespaces,
    "--node": _nodes,
    "--node-name": _nodes,
    "--pool-label": _labels,
    "--resource": _resources,
    "--stage": _stages,
    "--user": partial(_entries, "users"),
    "--without-driver": _drivers,
}

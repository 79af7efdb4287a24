"""What each view of `dractl top` lists: heads and rows, for tables, csv and sorting."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from dractl.capacity.claims import ClaimUse, Phase
from dractl.capacity.devices import DeviceUse
from dractl.capacity.groups import NONE, grouped
from dractl.capacity.look import Look
from dractl.catalogue.nearest import guess
from dractl.cli.clock import age
from dractl.cli.emptiness import CLAIMS, DEVICES
from dractl.cli.options import usage
from dractl.taints.moments import moment

Cell = str | int
COUNTED: Final = ("TOTAL", "FREE", "PARTLY", "USED", "TAINTED", "UNUSABLE")
_MORE: Final = ("STRANDED", "AT-ONCE")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head. `spare` are the columns that may be cut to fit a screen."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    spare: tuple[str, ...] = ()

    def sorted_by(self, column: str) -> "Table":
        """Return the rows by a column: numbers largest first, texts in their order.

        Raises DractlError for a column that is not there.
        """
        names = [each.lower() for each in self.head]
        if column.lower() not in names:
            known = f"it can be: {', '.join(names)}"
            raise usage(
                f"--sort: there is no column {column[:40]!r}",
                guess(column, names, known),
            )
        place = names.index(column.lower())

        def key(row: Sequence[Cell]) -> tuple[int, str]:
            cell = row[place]
            return (-cell, "") if isinstance(cell, int) else (1, cell)

        return replace(self, rows=tuple(sorted(self.rows, key=key)))


@dataclass(frozen=True, slots=True)
class View:
    """One view. `by` is what it groups devices by, "" if it lists something else.

    `kind` is what `-o name` puts before names, as kubectl does. `has_ages` tells
    whether the rows depend on the moment. `noun` is what there is none of where it has
    no rows.
    """

    by: str
    kind: str
    table: Callable[[Look, bool, datetime | None], Table]
    names: Callable[[Look], Iterable[str]]
    has_ages: bool = False
    noun: str = DEVICES


def groups(look: Look, by: str, *, wide: bool) -> Table:
    """Return how many devices of each group are in which state."""
    rows = []
    for each in grouped(look.fleet, by):
        found = each.counts
        row: tuple[Cell, ...] = (each.name, *found[:6])
        if wide:
            models = dict.fromkeys(use.model or NONE for use in each.uses)
            row = (*row, found.stranded, look.at_once(each.uses), ", ".join(models))
        rows.append(row)
    more = (*_MORE, "MODELS") if wide and by != "model" else _MORE * wide
    width = 1 + len(COUNTED) + len(more)
    head = (by.rpartition("/")[2].upper(), *COUNTED, *more)
    return Table(head, tuple(row[:width] for row in rows))


def _grouping(by: str, kind: str = "") -> View:
    return View(
        by,
        kind,
        lambda look, wide, _: groups(look, by, wide=wide),
        lambda look: (
            each.name for each in grouped(look.fleet, by) if each.name != NONE
        ),
    )


def _devices(look: Look, wide: bool, _: datetime | None) -> Table:
    if not wide:
        return Table(
            ("NODE", "DEVICE", "MODEL", "STATE", "CLAIM OR REASON"),
            tuple(
                (
                    _place(each.nodes),
                    each.id.device,
                    each.model or NONE,
                    each.state.value,
                    _holders(each) or each.why,
                )
                for each in look.fleet
            ),
            ("MODEL", "CLAIM OR REASON", "DEVICE"),
        )
    head = ("NODE", "DEVICE", "MODEL", "CLASSES", "STATE", "CAPACITY", "CLAIMS", "WHY")
    return Table(
        head,
        tuple(
            (
                _place(each.nodes),
                str(each.id),
                each.model or NONE,
                ",".join(each.classes) or NONE,
                each.state.value,
                ",".join(f"{a.name}={a.left}/{a.total}" for a in each.amounts) or NONE,
                _holders(each) or NONE,
                each.why,
            )
            for each in look.fleet
        ),
    )


def _place(nodes: Sequence[str]) -> str:
    if not nodes:
        return NONE
    return nodes[0] if len(nodes) == 1 else f"<{len(nodes)} nodes>"


def _holders(use: DeviceUse) -> str:
    return ",".join(
        f"{each.namespace}/{each.claim.meta.name}{' (admin)' if each.is_admin else ''}"
        for each in use.holders
    )


def _claims(look: Look, wide: bool, now: datetime | None) -> Table:
    head = ("NAMESPACE", "NAME", "CLASS", "DEVICE", "NODE", "POD", "AGE")
    rows = tuple(_claim(each, now, wide=wide) for each in look.claims)
    return Table(
        (*head, "PHASE", "WHY") if wide else head,
        rows,
        ("CLASS", "DEVICE", "POD", "NAME"),
    )


def _claim(use: ClaimUse, now: datetime | None, *, wide: bool) -> tuple[Cell, ...]:
    meta = use.claim.meta
    created = moment(meta.creation_timestamp)
    listed = _all if wide else _first
    devices = [str(each) if wide else each.device for each in use.devices]
    pods = [each.reference.name for each in use.consumers]
    is_idle = use.phase is Phase.IDLE and not wide
    row: tuple[Cell, ...] = (
        meta.namespace,
        meta.name,
        listed(use.classes),
        listed(devices) if devices else f"<{use.phase.value}>",
        listed(use.nodes),
        "<idle>" if is_idle else listed(pods),
        age(None if now is None or created is None else now - created),
    )
    return (*row, use.phase.value, use.why_idle) if wide else row


def _all(items: Sequence[str]) -> str:
    return ",".join(items) or NONE


def _first(items: Sequence[str]) -> str:
    if len(items) > 1:
        return f"{items[0]}+{len(items) - 1}"
    return items[0] if items else NONE


def _namespaces(look: Look, wide: bool, _: datetime | None) -> Table:
    head = ("NAMESPACE", "DEVICES", "CLAIMS", "PENDING", "IDLE", "PODS", "QUOTAS")
    rows = tuple(_spaces(look, wide=wide))
    return Table((*head, "MODELS") if wide else head, rows)


def _spaces(look: Look, *, wide: bool) -> Iterator[tuple[Cell, ...]]:
    held = {each.name: each for each in grouped(look.fleet, "namespace")}
    claims: dict[str, list[ClaimUse]] = {}
    for each in look.claims:
        claims.setdefault(each.claim.meta.namespace, []).append(each)
    names = dict.fromkeys((*held, *claims, *(q.namespace for q in look.quotas)))
    for name in sorted(names.keys() - {NONE}):
        mine = claims.get(name, [])
        uses = held[name].uses if name in held else ()
        pods = {pod.reference.name for each in mine for pod in each.consumers}
        models = dict.fromkeys(use.model or NONE for use in uses)
        row: tuple[Cell, ...] = (
            name,
            len(uses),
            len(mine),
            sum(each.phase is Phase.PENDING for each in mine),
            sum(each.phase is Phase.IDLE for each in mine),
            len(pods),
            sum(q.namespace == name for q in look.quotas),
        )
        yield (*row, ", ".join(models) or NONE) if wide else row


def _partitions(look: Look, wide: bool, _: datetime | None) -> Table:
    head = ("NODE", "PARENT", "KIND", "PUBLISHED", "USED", "POSSIBLE")
    return Table(
        (*head, "IF-EMPTY", "COUNTERS LEFT") if wide else head,
        tuple(
            (
                each.node or NONE,
                str(each.parent),
                each.kind,
                each.published,
                each.allocated,
                each.possible,
                *(
                    (
                        each.whole,
                        ",".join(f"{c.name}={c.left}/{c.total}" for c in each.counters),
                    )
                    if wide
                    else ()
                ),
            )
            for each in look.kinds
        ),
        ("KIND", "PARENT"),
    )


def _quotas(look: Look, wide: bool, _: datetime | None) -> Table:
    head = ("NAMESPACE", "QUOTA", "RESOURCE", "HARD", "USED", "CLAIMED", "LEFT")
    return Table(
        (*head, "CLASS") if wide else head,
        tuple(
            (
                each.namespace,
                each.quota,
                each.resource,
                str(each.hard),
                "<unknown>" if each.used is None else str(each.used),
                each.claimed,
                str(each.left),
                *((each.device_class,) if wide else ()),
            )
            for each in look.quotas
        ),
        ("RESOURCE", "QUOTA"),
    )


def _claim_names(look: Look) -> Iterator[str]:
    for each in look.claims:
        yield each.claim.meta.name


def _space_names(look: Look) -> Iterator[str]:
    yield from (str(row[0]) for row in _spaces(look, wide=False))


def _partition_names(look: Look) -> Iterator[str]:
    for each in look.kinds:
        yield f"{each.parent.driver}/{each.parent.pool}/{each.parent} {each.kind}"


VIEWS: Final[Mapping[str, View]] = {
    "nodes": _grouping("node", "node/"),
    "classes": _grouping("class", "deviceclass.resource.k8s.io/"),
    "drivers": _grouping("driver"),
    "namespaces": View(
        "", "namespace/", _namespaces, _space_names, noun="devices, claims or quotas"
    ),
    "models": _grouping("model"),
    "pools": _grouping("pool"),
    "devices": View("", "", _devices, lambda look: (str(u.id) for u in look.fleet)),
    "claims": View(
        "",
        "resourceclaim.resource.k8s.io/",
        _claims,
        _claim_names,
        has_ages=True,
        noun=CLAIMS,
    ),
    "partitions": View("", "", _partitions, _partition_names, noun="partitions"),
    "quotas": View(
        "",
        "resourcequota/",
        _quotas,
        lambda look: (q.quota for q in look.quotas),
        noun="quotas of devices",
    ),
}
"""What can be asked for by name."""


def by_attribute(name: str) -> View:
    """Return the view of devices grouped by an attribute, an owner or the like."""
    return _grouping(name)

"""Tables and texts of a cluster as it would be, beside what it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dractl.capacity.look import Look
from dractl.capacity.planning_document import named
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, counted, indented
from dractl.cli.topping import as_table
from dractl.cli.topviews import COUNTED, Cell, Table, View, groups
from dractl.solver.placement import Placement

CHANGE: Final = "CHANGE"
_KEPT: Final = frozenset({"TOTAL", "FREE", "USED", CHANGE})
_OF_OVERVIEW: Final = ("class", "model", "node")
_MOST_ROWS: Final = 20
_MOST_TOLD: Final = 10


def compared(now: Table, before: Table, *, wide: bool) -> Table:
    """Return a table of groups with a column that tells what has changed.

    Groups that are gone are below, with zeros. Unless it is to be wide, columns make
    room for the new one.
    """
    old = {row[0]: row for row in before.rows}
    rows = [(*row, _change(now, row, old.get(row[0]))) for row in now.rows]
    known = {row[0] for row in now.rows}
    for row in before.rows:
        if row[0] not in known:
            gone = (row[0], *(0 if isinstance(each, int) else "" for each in row[1:]))
            rows.append((*gone, _change(now, gone, row)))
    head = (*now.head, CHANGE)
    places = [n for n, each in enumerate(head) if wide or not n or each in _KEPT]
    return Table(
        tuple(head[place] for place in places),
        tuple(tuple(row[place] for place in places) for row in rows),
        (head[0],),
    )


def _change(table: Table, now: Sequence[Cell], before: Sequence[Cell] | None) -> str:
    parts = []
    for place, name in enumerate(table.head):
        if name not in COUNTED:
            continue
        value, old = now[place], 0 if before is None else before[place]
        if isinstance(value, int) and isinstance(old, int) and value != old:
            parts.append(f"{value - old:+} {name.lower()}")
    return ", ".join(parts)


def with_changes(view: View, before: Look) -> View:
    """Return a view that compares its groups with what was; others stay as they are."""
    if not view.by:
        return view
    return replace(
        view,
        table=lambda look, wide, now: compared(
            view.table(look, wide, now), view.table(before, wide, now), wide=wide
        ),
    )


def overview(look: Look, before: Look, screen: Terminal) -> str:
    """Return the groups of a cluster as they would be."""
    blocks = []
    for by in _OF_OVERVIEW:
        tables = (groups(each, by, wide=False) for each in (look, before))
        table = compared(*tables, wide=False)
        # Of nodes, only those are of interest that are not as they were.
        rows = [row for row in table.rows if row[-1] or by != "node"]
        cut = replace(table, rows=tuple(rows[:_MOST_ROWS]))
        if rows:
            blocks.append(as_table(cut, screen, has_head=True))
        if len(rows) > _MOST_ROWS:
            blocks[-1] += f"and {len(rows) - _MOST_ROWS} more\n"
    return "\n".join(blocks)


def told(
    changes: Sequence[object],
    before: Look,
    after: Look,
    placements: Sequence[Placement],
    screen: Terminal,
) -> str:
    """Return what changes come to, and what becomes of what loses its place."""
    limit = screen.columns or NARROW
    title = "WHAT IF " + ", ".join(map(str, changes))
    lines = [screen.heading(each) for each in indented(title, limit, "", "  ")]
    lines += indented(_difference(before, after), limit, "  ", "    ")
    lines += [
        line
        for each in lost(placements)
        for line in indented(each, limit, "  ", "    ")
    ]
    return "".join(f"{line}\n" for line in lines)


def _difference(before: Look, after: Look) -> str:
    """Return how many devices can be had; of partitions that overlap, at once."""
    looks = (before, after)
    free = [each.counts.free + each.counts.partly for each in looks]
    once = [each.at_once(each.fleet) for each in looks]
    way = "can be had" if once == free else "can be had at once"
    return (
        f"{once[1]} of {after.counts.total} devices {way}, instead of "
        f"{once[0]} of {before.counts.total}"
    )


def lost(placements: Sequence[Placement]) -> Iterator[str]:
    """Yield what loses its node or devices, and whether it has a place elsewhere."""
    if not placements:
        return
    number = len(placements)
    if number == 1:
        [only] = placements
        fate = _why(only) if only.node is None else f"has a place on {only.node}"
        yield f"{_name(only)} loses {_lost(only)} and {fate}"
        return
    homeless = [each for each in placements if each.node is None]
    fate = _fate(number - len(homeless), len(homeless))
    yield f"{number} pods and claims lose their node or devices: {fate}"
    for each in homeless[:_MOST_TOLD]:
        yield f"{_name(each)} {_why(each)}"
    if len(homeless) > _MOST_TOLD:
        yield f"and {len(homeless) - _MOST_TOLD} more like these"


def _fate(placed: int, homeless: int) -> str:
    if not homeless:
        return "all have a place elsewhere"
    if not placed:
        return "none has a place elsewhere"
    has, have = ("has" if each == 1 else "have" for each in (placed, homeless))
    return f"{placed} {has} a place elsewhere, {homeless} {have} none"


def _lost(placement: Placement) -> str:
    """Return what a pod or a claim loses: pods without devices lose their node."""
    has_devices = placement.allocations or placement.subject.extended
    return "its devices" if has_devices else "its node"


def _name(placement: Placement) -> str:
    kind, namespace, name = named(placement.subject)
    return f"{'pod' if kind == 'Pod' else 'claim'} {namespace}/{name}"


def _why(placement: Placement) -> str:
    if placement.aborted is not None:
        return f"would stop the scheduler: {placement.aborted}"
    if placement.reasons:
        most = max(placement.reasons, key=lambda each: len(each.nodes))
        number = counted(len(most.nodes), "node")
        return f"has no place: {most.reason} ({number})"
    return f"has no place: {placement.reason}"

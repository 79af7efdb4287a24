"""How the answer of `dractl top` looks."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dractl.capacity.devices import COUNTERS, DeviceUse
from dractl.capacity.fragmentation import Spread
from dractl.capacity.groups import NONE, Counts
from dractl.capacity.look import Look, Only
from dractl.capacity.partitions import Partition
from dractl.capacity.shared import shared_capacity
from dractl.cli.emptiness import DEVICES, nothing
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible, width
from dractl.cli.topviews import Cell, Table, View, groups

OVERVIEW: Final = "overview"
_OF_OVERVIEW: Final = ("class", "model", "node")
_MOST_ROWS: Final = 20  # groups of each kind that the overview lists
_FIRST: Final = {"class": "TOTAL", "model": "TOTAL", "node": "FREE"}
_MOST_TOLD: Final = 5  # of each kind of what is wrong
_LEAST: Final = 10  # cells that a column is never cut below
_PARTITIONS: Final = "PARTITIONS THAT COULD STILL BE HAD, ONE KIND AT A TIME"
_SHARED: Final = "WHAT IS LEFT OF SHARED DEVICES"
_SPREAD: Final = "WHERE FREE DEVICES ARE"
_CUT: Final = "..."
_FORMULA: Final = tuple("=+-@\t\r")  # what a spreadsheet would run


def grouping(view: View | None) -> tuple[str, ...]:
    """Return what the answer groups devices by; None stands for the overview."""
    return _OF_OVERVIEW if view is None else (view.by,) * bool(view.by)


def as_names(look: Look, view: View) -> str:
    """Return the names of what a view lists, as `kubectl -o name` writes them."""
    return "".join(f"{visible(view.kind + each)}\n" for each in view.names(look))


def as_csv(table: Table, *, has_head: bool) -> str:
    """Return a table for spreadsheets, which are kept from running what is in it."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    if has_head:
        writer.writerow(table.head)
    for row in table.rows:
        writer.writerow([_inert(each) for each in row])
    return written.getvalue()


def _inert(cell: Cell) -> Cell:
    if isinstance(cell, int):
        return cell
    text = visible(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_table(
    table: Table, screen: Terminal, *, has_head: bool, is_cut: bool = True
) -> str:
    """Return a table as lines; what is too long for the screen is cut where it may."""
    rows = [tuple(visible(str(each)) for each in row) for row in table.rows]
    if is_cut:
        spare = [table.head.index(each) for each in table.spare if each in table.head]
        rows = _fitted(table.head, rows, spare, screen.columns or NARROW)
    lines = columns([table.head, *rows])
    head = [screen.heading(lines[0])] if has_head else []
    return "".join(f"{line}\n" for line in (*head, *lines[1:]))


def _fitted(
    head: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    spare: Sequence[int],
    limit: int,
) -> list[tuple[str, ...]]:
    """Cut the spare columns to one width, if that is enough, none below a few cells."""
    sizes = [max(map(width, column)) for column in zip(head, *rows, strict=True)]
    for place in spare:
        sizes[place] = min(sizes[place], limit)
    excess = sum(sizes) + 2 * (len(sizes) - 1) - limit
    least = {place: max(_LEAST, width(head[place])) for place in spare}
    while excess > 0:
        wide = [place for place in spare if sizes[place] > least[place]]
        if not wide:
            break
        sizes[max(wide, key=lambda place: sizes[place])] -= 1
        excess -= 1
    last = len(head) - 1
    return [
        tuple(
            _cut(cell, size, has_end=place != last)
            for place, (cell, size) in enumerate(zip(row, sizes, strict=True))
        )
        for row in rows
    ]


def _cut(cell: str, size: int, *, has_end: bool) -> str:
    """Leave out the middle of names, which is what tells them apart least."""
    if width(cell) <= size:
        return cell
    half = len(cell) // 2 if has_end else len(cell)
    start, end = cell[:half][:size], cell[half:][-size:]
    while width(start) + len(_CUT) + width(end) > size:
        if width(start) > width(end):
            start = start[:-1]
        else:
            end = end[1:]
    return start + _CUT + end


def overview(look: Look, only: Only, screen: Terminal) -> str:
    """Return the cluster at a glance: totals, groups, what is wrong, nodes."""
    limit = screen.columns or NARROW
    summary = _summary(look) or nothing(DEVICES, look, only, screen.program)
    blocks = [
        list(indented(summary, limit, "", "")),
        *([*_block(look, by, screen)] for by in ("class", "model")),
        [*_section(screen, _PARTITIONS, _possible(look.kinds, limit), "partitions")],
        [*_section(screen, _SHARED, _lines(_shared(look), limit), "devices -o wide")],
        [*_section(screen, _SPREAD, _lines(_spreads(look), limit), "models")],
    ]
    wrong = [line for lines in _lines(_wrong(look), limit) for line in lines]
    blocks.append([screen.heading("WHAT IS WRONG"), *(wrong or ["  nothing"])])
    quotas = _lines(_limits(look), limit)
    blocks.append([*_section(screen, "QUOTAS", quotas, "quotas")])
    blocks.append([*_block(look, "node", screen)])
    blocks = [each for each in blocks if each]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks)


def _lines(texts: Iterable[str], limit: int) -> list[list[str]]:
    return [[*indented(each, limit, "  ", "    ")] for each in texts]


def _section(
    screen: Terminal, title: str, entries: Sequence[Sequence[str]], view: str
) -> Iterator[str]:
    """Yield the lines of the first few entries, and which view lists the others."""
    if not entries:
        return
    yield screen.heading(title)
    for lines in entries[:_MOST_ROWS]:
        yield from lines
    if len(entries) > _MOST_ROWS:
        yield f"  {_others(screen, len(entries), view)}"


def _others(screen: Terminal, number: int, view: str) -> str:
    return f"and {number - _MOST_ROWS:,} more: {screen.program} top {view}"


def _summary(look: Look) -> str:
    found = look.counts
    if not found.total:
        return ""
    nodes = {name for each in look.fleet for name in each.nodes}
    if known := look.snapshot.node_by_name:  # slices may name nodes that are gone
        nodes &= known.keys()
    text = f"{counted(found.total, 'device')} for {counted(len(nodes), 'node')}: "
    text += ", ".join(_states(found))
    once, room = look.at_once(look.fleet), found.free + found.partly
    if once != room:
        text += f"; partitions overlap: of the {room} that are free or partly in use"
        text += f", {once} can be had at once"
    return text


def _states(found: Counts) -> Iterator[str]:
    if found.free:
        yield f"{found.free} free"
    if found.partly:
        yield f"{found.partly} partly in use"
    if found.allocated:
        yield f"{found.allocated} in use"
    if found.tainted:
        yield f"{found.tainted} tainted"
    if found.unusable:
        some = f" ({found.stranded} for want of counters)" * bool(found.stranded)
        is_all = found.stranded == found.unusable
        yield f"{found.unusable} unusable{' for want of counters' if is_all else some}"


def _block(look: Look, by: str, screen: Terminal) -> Iterator[str]:
    table = groups(look, by, wide=False)
    if not table.rows:
        return
    is_long = len(table.rows) > _MOST_ROWS
    if is_long:  # the first of many are chance; those that matter most are not
        table = table.sorted_by(_FIRST[by])
    cut = Table(table.head, table.rows[:_MOST_ROWS], (table.head[0],))
    yield from as_table(cut, screen, has_head=True).splitlines()
    if is_long:
        view = {"class": "classes", "model": "models", "node": "nodes"}[by]
        yield _others(screen, len(table.rows), view)


def _possible(kinds: Sequence[Partition], limit: int) -> list[list[str]]:
    """Return how many of each kind could be had, summed over what looks the same."""
    total: dict[str, list[Partition]] = {}
    for each in kinds:
        total.setdefault(each.kind, []).append(each)
    rows = [
        (
            f"  {visible(kind)}",
            f"{sum(each.possible for each in found)} more",
            f"{sum(each.allocated for each in found)} in use",
            f"of {counted(parents, 'parent')}" if parents else "",
        )
        for kind, found in total.items()
        for parents in [sum(bool(each.possible) for each in found)]
    ]
    head = ("", "", "", "")
    return [[each] for each in columns(_fitted(head, rows, (0,), limit))]


def _shared(look: Look) -> Iterator[str]:
    for each in shared_capacity(look.fleet):
        text = f"{each.model or NONE}: {each.left} of {each.total} {each.name}"
        if each.devices > 1:
            text += f" on {each.devices} devices"
            if each.device:
                text += f", at most {each.most} on one ({each.device})"
        yield text


def _spreads(look: Look) -> Iterator[str]:
    for each in look.spreads:
        if each.nodes > 1 or not each.is_parts:  # partitions of one node are told of
            yield _spread(each)


def _spread(spread: Spread) -> str:
    if spread.partly < spread.free:
        text = f"{spread.model}: {spread.free} free"
        text += f" ({spread.partly} of them partly in use)" * bool(spread.partly)
    else:
        text = f"{spread.model}: {spread.free} partly in use"
    if spread.nodes > 1:
        text += f" on {counted(spread.nodes, 'node')}, but"
        text += f" at most {spread.most} on one ({spread.node})"
    elif spread.node:
        text += f", all on {spread.node}" if spread.free > 1 else f", on {spread.node}"
    for each in spread.together:
        if each.number < spread.most:
            name = each.attribute.rpartition("/")[2]
            text += f", at most {each.number} with one {name}"
    if spread.elsewhere:
        text += f"; besides {spread.elsewhere} that several nodes can use"
    return text


def _wrong(look: Look) -> Iterator[str]:
    yield from _some([each.message for each in look.breaches])
    reasons: dict[str, dict[str, list[DeviceUse]]] = {}
    for use in look.fleet:
        for reason in use.reasons:
            if reason.code != COUNTERS:
                messages = reasons.setdefault(reason.code, {})
                messages.setdefault(reason.message, []).append(use)
    for messages in reasons.values():
        yield from _some(
            [
                f"{message}: {uses[0].id}"
                f"{f' and {len(uses) - 1} more' * (len(uses) > 1)}"
                for message, uses in messages.items()
            ]
        )
    yield from _some(
        [
            f"claim {'/'.join(each.claim.meta.key)} has "
            f"{counted(len(each.devices), 'device')} and no pod that runs: "
            f"{each.why_idle}"
            for each in look.idle
        ]
    )


def _some(messages: Sequence[str]) -> Iterator[str]:
    yield from messages[:_MOST_TOLD]
    if len(messages) > _MOST_TOLD:
        yield f"and {len(messages) - _MOST_TOLD:,} more like these"


def _limits(look: Look) -> Iterator[str]:
    """Yield the limits, those with least left first."""
    for each in sorted(look.quotas, key=lambda each: each.left.nanos):
        used = each.claimed if each.used is None else each.used
        yield (
            f"{each.namespace}: {used} of {each.hard} {each.resource} "
            f"(quota {each.quota})"
        )


def printed(
    table: Table,
    screen: Terminal,
    *,
    output_format: str,
    sort: str | None,
    has_head: bool,
) -> str:
    """Return a table as lines or as csv."""
    if sort is not None:
        table = table.sorted_by(sort)
    if output_format == "csv":
        return as_csv(table, has_head=has_head)
    is_cut = output_format == "table"
    return as_table(table, screen, has_head=has_head, is_cut=is_cut)

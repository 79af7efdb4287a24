"""How the answers to `top --fits`, `--headroom` and `--history` look."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.capacity.fits import Fits
from dractl.capacity.headroom import Loss
from dractl.capacity.history import Course, Moment
from dractl.cli.comparing import lost
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, counted, indented
from dractl.cli.topping import as_table
from dractl.cli.topviews import Cell, Table

_MOST_NODES: Final = 20
_MOST_REASONS: Final = 4
_MOST_MOMENTS: Final = 8


def fits_text(
    found: Sequence[Fits],
    before: Sequence[Fits],
    screen: Terminal,
    *,
    wide: bool,
    sort: str | None,
) -> str:
    """Return how many of each fit, where, and what stops the next one.

    `before` is the same without the changes that are thought of; empty: there are none.
    """
    limit = screen.columns or NARROW
    blocks = []
    for number, each in enumerate(found):
        old = before[number] if before else None
        lines = list(indented(_headline(each, old), limit, "", "  "))
        for text in _limits(each):
            lines += indented(text, limit, "  ", "    ")
        block = "".join(f"{line}\n" for line in lines)
        if each.by_node:
            table = _by_node(each, old)
            if sort is not None:
                table = table.sorted_by(sort)
            rows = table.rows if wide else table.rows[:_MOST_NODES]
            shown = Table(table.head, rows, ("NODE",))
            block += as_table(shown, screen, has_head=True, is_cut=not wide)
            if len(rows) < len(table.rows):
                block += f"and {len(table.rows) - len(rows)} more nodes: -o wide\n"
        blocks.append(block)
    return "\n".join(blocks)


def _headline(found: Fits, old: Fits | None) -> str:
    text = f"{found.asked}: {_number(found.number, found.most)} more fit"
    if found.by_node:
        text += f", on {counted(len(found.by_node), 'node')}"
    if old is not None:
        text += f" (without the changes: {_number(old.number, old.most)})"
    return text


def _number(number: int, most: int) -> str:
    """Return how many fit; of as many as were placed at most, there may be more."""
    return f"at least {number}" if number == most else str(number)


def _limits(found: Fits) -> Iterator[str]:
    for limit in found.quotas:
        yield f"{limit}: only {limit.number} can be made"
    for shared in found.claims:
        yield f"{shared}: only {shared.number} more can run"
    if found.is_cut:
        yield f"no more than {found.most} were placed: --most"
        return
    if found.unbound is not None and found.unbound > found.number:
        yield f"{_number(found.unbound, found.most)} would fit if it had no constraints"
    if found.next is not None and found.next.aborted is not None:
        yield found.why
        return
    reasons = found.reasons
    if not reasons:
        yield f"the next one: {found.why}"
    for each in reasons[:_MOST_REASONS]:
        yield f"the next one: {each.reason} ({counted(len(each.nodes), 'node')})"
    if len(reasons) > _MOST_REASONS:
        rest = sum(len(each.nodes) for each in reasons[_MOST_REASONS:])
        yield f"and other reasons on {counted(rest, 'node')}"


def _by_node(found: Fits, old: Fits | None) -> Table:
    if old is None:
        return Table(("NODE", "MORE"), tuple(found.by_node.items()))
    names = dict.fromkeys((*found.by_node, *old.by_node))
    rows = (
        (name, found.by_node.get(name, 0), old.by_node.get(name, 0)) for name in names
    )
    return Table(("NODE", "MORE", "BEFORE"), tuple(rows))


def fits_table(found: Sequence[Fits]) -> Table:
    """Return the same for a spreadsheet: one row for each node, or one with a zero."""
    return Table(
        ("KIND", "NAMESPACE", "NAME", "NODE", "MORE"),
        tuple(
            (each.asked.kind, each.asked.namespace, each.asked.name, node, number)
            for each in found
            for node, number in (each.by_node or {"": 0}).items()
        ),
    )


def losses_table(
    losses: Sequence[Loss], by: str, left: Sequence[Sequence[Fits]]
) -> Table:
    """Return what each loss leaves; `left` is what then still fits, loss by loss."""
    is_by_node = by == "node"
    head = (
        *(() if is_by_node else (by.rpartition("/")[2].upper(),)),
        *("NODE", "DEVICES", "FREE", "FREE-AFTER", "MOVED", "HOMELESS"),
    )
    more = [f"FIT:{each.asked.name}" for each in (left[0] if left else ())]
    rows: list[tuple[Cell, ...]] = []
    for number, each in enumerate(losses):
        fitting = [found.number for found in left[number]] if left else []
        row: tuple[Cell, ...] = (
            *(() if is_by_node else (each.name,)),
            *(each.node, each.devices, each.free_before, each.free_after),
            *(len(each.moved), len(each.homeless)),
            *fitting,
        )
        rows.append(row)
    return Table((*head, *more), tuple(rows), tuple(dict.fromkeys((head[0], "NODE"))))


def losses_text(
    losses: Sequence[Loss], by: str, left: Sequence[Sequence[Fits]], screen: Terminal
) -> str:
    """Return what the loss of the largest nodes would leave."""
    limit = screen.columns or NARROW
    text = as_table(losses_table(losses, by, left), screen, has_head=True)
    if losses and all(each.is_covered for each in losses):
        statement = (
            "any one of these nodes can be lost: what it has finds a place elsewhere"
        )
        text += (
            "".join(f"\n{each}" for each in indented(statement, limit, "", "  ")) + "\n"
        )
    told: dict[str, None] = {}
    for each in losses:
        if each.is_covered or each.node in told:
            continue
        told[each.node] = None
        lines = [f"node {each.node} gone:", *lost((*each.moved, *each.homeless))]
        text += "\n"
        for number, line in enumerate(lines):
            indent = "  " * bool(number)
            text += "".join(
                f"{part}\n" for part in indented(line, limit, indent, f"{indent}  ")
            )
    return text


def history_table(
    moments: Sequence[Moment], courses: Sequence[Course], *, wide: bool
) -> Table:
    """Return how many devices were in use: moment by moment, at most, and at last.

    With `wide`, each moment has a column of its own, else the last ones share one.
    """
    head = tuple(each.name for each in moments) if wide else ("USED",)
    return Table(
        ("GROUP", *head, "PEAK", "WHEN", "NOW"),
        tuple(
            (
                each.name,
                *(_levels(each) if wide else (_course(each),)),
                each.used[each.peak],
                moments[each.peak].name,
                _levels(each)[-1],
            )
            for each in courses
        ),
        ("GROUP",),
    )


def _levels(course: Course) -> list[str]:
    counts = zip(course.used, course.counts, strict=True)
    return [f"{used}/{each.total}" for used, each in counts]


def _course(course: Course) -> str:
    return " ".join(map(str, course.used[-_MOST_MOMENTS:]))


def history_rows(moments: Sequence[Moment], courses: Sequence[Course]) -> Table:
    """Return the same for a spreadsheet: one row for each group and moment."""
    return Table(
        ("GROUP", "TIME", "TOTAL", "FREE", "PARTLY", "USED", "TAINTED", "UNUSABLE"),
        tuple(
            (each.name, moments[place].name, *counts[:6])
            for each in courses
            for place, counts in enumerate(each.counts)
        ),
    )

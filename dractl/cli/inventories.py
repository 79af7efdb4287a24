"""How the devices of machines look: a block for each driver."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible, width
from dractl.discovery.inventory import Inventory
from dractl.vendors.base import Found

_HEAD: Final = ("DEVICE", "KIND", "MODEL", "NUMA", "PCI ADDRESS", "KERNEL")
_WIDE: Final = (
    *("DRIVER", "DEVICE", "KIND", "MODEL", "NUMA", "PCI ADDRESS", "PART OF"),
    *("PCIE ROOT", "KERNEL", "REGISTERED", "DETAILS", "NOT PUBLISHED", "WARNINGS"),
)
_MODEL: Final = "MODEL"  # the column that is cut where there is no room
_LESSER: Final = ("KERNEL", "NUMA", "PCI ADDRESS", "KIND")  # left out where that is all
_LEAST: Final = 12  # cells that it keeps
_MARK: Final = "~"  # where something was cut
_MOST_ALIKE: Final = 8  # parts of one device that are listed one by one
_SHOWN: Final = 2  # of more than these
_UNSERVED: Final = "no DRA driver is known for these"


def table(parts: Sequence[Inventory], screen: Terminal) -> str:
    """Return the devices by driver, with what is to be said of each below it."""
    blocks: list[str] = []
    for part in parts:
        title = [] if len(parts) == 1 else [screen.heading(_node(part))]
        blocks += ["\n".join([*title, *block]) for block in _blocks(part, screen)]
        if title and not part.found:
            blocks.append(f"{title[0]}\n  nothing")
    return "\n\n".join(blocks) + "\n" if blocks else ""


def wide(parts: Sequence[Inventory], screen: Terminal) -> str:
    """Return one line for each device, with all that is known of it."""
    rows = [(part.node, *_all(each, part)) for part in parts for each in part.found]
    if not rows:
        return ""
    head: tuple[str, ...] = ("NODE", *_WIDE)
    if len(parts) == 1:
        rows, head = [row[1:] for row in rows], head[1:]
    header, *lines = columns([head, *(tuple(map(_cell, row)) for row in rows)])
    return "".join(f"{line}\n" for line in (screen.heading(header), *lines))


def names(parts: Sequence[Inventory]) -> str:
    """Return driver, pool and name of what would be published."""
    return "".join(
        visible(f"{each.driver}/{part.node}/{each.device['name']}") + "\n"
        for part in parts
        for each in part.found
        if each.device is not None
    )


def problems(whole: Inventory) -> Iterator[str]:
    """Yield what could not be read of a machine; the same of many files once."""
    alike: dict[tuple[str, str], list[str]] = {}
    for each in whole.problems:
        alike.setdefault((each.what, each.hint), []).append(each.where)
    for (what, hint), places in alike.items():
        others = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield f"{places[0]}{others}: {what}" + (f" ({hint})" if hint else "")


def stale(whole: Inventory) -> Iterator[str]:
    """Yield which files of CDI name device nodes that are not there."""
    for each in whole.cdi:
        more = f" and {len(each.nodes) - 1} more" if len(each.nodes) > 1 else ""
        yield (
            f"{each.path} ({each.kind}) names device nodes that are not there: "
            f"{each.nodes[0]}{more}"
        )


def _node(part: Inventory) -> str:
    return visible(f"{part.node}  {part.machine}".strip())


def _blocks(part: Inventory, screen: Terminal) -> Iterator[list[str]]:
    by_driver: dict[str | None, list[Found]] = {}
    for each in part.found:
        by_driver.setdefault(each.driver, []).append(each)
    for driver, found in by_driver.items():
        yield list(_block(driver, found, _standing(driver, part), screen))


def _standing(driver: str | None, part: Inventory) -> str:
    """Return whether the kubelet knows a driver; "" where that is not known."""
    if driver is None or part.registered is None:
        return ""
    return "registered" if driver in part.registered else "not registered"


def _block(
    driver: str | None, found: Sequence[Found], standing: str, screen: Terminal
) -> Iterator[str]:
    title = _UNSERVED if driver is None else visible(driver)
    known = f", {standing} with the kubelet" if standing else ""
    yield screen.heading(f"{title}: {counted(len(found), 'device')}{known}")
    limit = screen.columns or NARROW
    groups = [list(group) for _, group in groupby(found, key=_likeness)]
    shown = [
        (group, group if len(group) <= _MOST_ALIKE else group[:_SHOWN])
        for group in groups
    ]
    models = {each.address: each.model for each in found if each.parent is None}
    rows = [_row(each, models) for _, some in shown for each in some]
    header, *lines = columns(_fitted([_HEAD, *rows], limit - 2))
    yield f"  {screen.heading(header)}"
    left = iter(lines)
    for group, some in shown:
        for _ in some:
            yield f"  {next(left)}"
        if rest := len(group) - len(some):
            yield f"  and {rest} more like these"
        yield from _remarks(group, limit)


def _likeness(found: Found) -> object:
    """Return what devices share of which some stand for all."""
    model = found.model if found.parent is None else ""
    return (found.kind, found.parent, model, found.why_not, found.warnings)


def _remarks(group: Sequence[Found], limit: int) -> Iterator[str]:
    first = group[0]
    whom = "" if len(group) == 1 else f"all {len(group)} of these: "
    if first.device is None and first.why_not:
        text = f"{whom}not published: {first.why_not}"
        yield from indented(text, limit, "    ", "      ")
    for each in first.warnings:
        yield from indented(f"! {whom}{each}", limit, "    ", "      ")


def _row(found: Found, models: Mapping[str | None, str]) -> tuple[str, ...]:
    """Return a line; what a part is says more than what it is a part of."""
    whole = models.get(found.parent, "")
    own = found.model.removeprefix(whole).strip()
    cells = (
        found.device["name"] if found.device is not None else "-",
        found.kind,
        own or found.model,
        "-" if found.numa_node is None else str(found.numa_node),
        found.address or "-",
        found.kernel_driver or "-",
    )
    return tuple(map(_cell, cells))


def _all(found: Found, part: Inventory) -> tuple[str, ...]:
    device, kind, model, numa, address, kernel = _row(found, {})
    details = " ".join(f"{name}={value}" for name, value in found.details.items())
    return (
        *(found.driver or "-", device, kind, model, numa, address),
        *(found.parent or "-", found.root or "-", kernel),
        *(_standing(found.driver, part) or "-", details or "-"),
        *(found.why_not or "-", "; ".join(found.warnings) or "-"),
    )


def _cell(text: str) -> str:
    return visible(str(text)) or "-"


def _fitted(rows: Sequence[tuple[str, ...]], limit: int) -> Sequence[tuple[str, ...]]:
    """Return the rows with models that are cut to fit, or with fewer columns."""
    head = rows[0]
    sizes = [max(map(width, column)) for column in zip(*rows, strict=True)]
    over = sum(sizes) + 2 * (len(sizes) - 1) - limit
    if over <= 0:
        return rows
    model = head.index(_MODEL)
    room = sizes[model] - over
    lesser = next((each for each in _LESSER if each in head), None)
    if room < _LEAST and lesser is not None:
        place = head.index(lesser)
        return _fitted([(*row[:place], *row[place + 1 :]) for row in rows], limit)
    room = max(room, _LEAST)
    return [(*row[:model], _cut(row[model], room), *row[model + 1 :]) for row in rows]


def _cut(text: str, room: int) -> str:
    if width(text) <= room:
        return text
    while width(text) >= room:
        text = text[:-1]
    return text + _MARK

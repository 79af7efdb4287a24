"""How much there is and is left, by model, class, driver and namespace."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from dractl.capacity.devices import DeviceUse
from dractl.capacity.groups import NONE, Group, grouped
from dractl.capacity.look import Look
from dractl.report.element import Child, Markup, element
from dractl.report.parts import NUMBER, Column, counted, section, table
from dractl.report.states import LOOKS
from dractl.report.states import counted as by_state
from dractl.report.subject import Report
from dractl.report.svg.histogram import histogram
from dractl.report.svg.strip import bar, sign

_VIEWS: Final = (
    ("model", "Devices by model"),
    ("class", "Devices by class; a device may be in several"),
    ("driver", "Devices by driver"),
)
_COLUMNS: Final = (
    Column("Shares"),
    *(
        Column(look.word.capitalize(), NUMBER, sign(state))
        for state, look in LOOKS.items()
    ),
    Column("Total", NUMBER),
)
_MOST: Final = 100  # rows of a table
_PLOTS: Final = 4
_LARGEST: Final = 20  # namespaces


def capacity(report: Report) -> Markup:
    """Return the section."""
    if not report.fleet:
        return section("capacity", "Capacity", lead="No device is published.")
    look = report.look
    tables = [_table(look.fleet, by, caption) for by, caption in _VIEWS]
    return section(
        "capacity",
        "Capacity",
        tables,
        _namespaces(look.fleet),
        _spread(look),
        lead=_overlap(look),
    )


def _overlap(look: Look) -> str | None:
    """Return how many of the free devices can be had at once, if that is not all."""
    room = look.counts.free + look.counts.partly
    once = look.at_once(look.fleet)
    if once == room:
        return None
    return (
        f"Partitions overlap: of the {room:,} devices that are free or partly in use, "
        f"{once:,} can be had at once."
    )


def _table(fleet: Sequence[DeviceUse], by: str, caption: str) -> Markup:
    groups = grouped(fleet, by)
    shown = sorted(groups, key=lambda each: (each.name == NONE, -each.counts.total))
    rows = [_row(each) for each in shown[:_MOST]]
    if len(shown) > _MOST:
        caption += f"; the {_MOST} largest of {len(shown):,}"
    return table(caption, (Column(by.capitalize()), *_COLUMNS), rows, "shares")


def _row(group: Group) -> list[Child]:
    counts = group.counts
    numbers = [*(number for _, number in by_state(counts)), counts.total]
    name = "none" if group.name == NONE else group.name
    return [name, bar(counts), *(f"{each:,}" for each in numbers)]


def _namespaces(fleet: Sequence[DeviceUse]) -> Child:
    held = [each for each in grouped(fleet, "namespace") if each.name != NONE]
    if not held:
        return None
    held.sort(key=lambda each: -each.counts.total)
    models = [Counter(use.model or use.id.driver for use in each.uses) for each in held]
    rows: list[list[Child]] = [
        [
            each.name,
            f"{each.counts.total:,}",
            ", ".join(f"{number:,} {model}" for model, number in used.most_common(4)),
        ]
        for each, used in zip(held[:_LARGEST], models, strict=False)
    ]
    caption = "Devices that namespaces have"
    if len(held) > _LARGEST:
        caption += f"; the {_LARGEST} with the most of {len(held):,}"
    columns = (Column("Namespace"), Column("Devices", NUMBER), Column("Of which"))
    return table(caption, columns, rows)


def _spread(look: Look) -> Child:
    """Return how free devices are spread: what a pod gets is all from one node."""
    models: dict[str, dict[str, list[DeviceUse]]] = {}
    for use in look.fleet:
        if use.node:
            nodes = models.setdefault(use.model or use.id.driver, {})
            nodes.setdefault(use.node, []).append(use)
    # What one node has is told by the map.
    spread = [
        (model, {node: look.at_once(uses) for node, uses in nodes.items()})
        for model, nodes in models.items()
        if len(nodes) > 1
    ]
    spread.sort(key=lambda each: -len(each[1]))
    plots = [_plot(*each) for each in spread[:_PLOTS]]
    if not plots:
        return None
    return element(
        "div",
        {"class": "spread"},
        element("h3", {}, "Free devices on a node"),
        element(
            "p",
            {"class": "lead"},
            "A pod has all its devices from one node. Each bar tells how many nodes "
            "have so many free devices: of partitions, as many as can be had at once.",
        ),
        element("div", {"class": "plots"}, plots),
    )


def _plot(model: str, free: Mapping[str, int]) -> Markup:
    """Return the plot of a model, given what is free on each node."""
    most = max(free.values())
    total = sum(free.values())
    said = f"{total:,} free on {counted(len(free), 'node')}, {most:,} at most on one"
    nodes = Counter(free.values())
    told = "; ".join(
        f"{counted(nodes[each], 'node')} with {each} free" for each in sorted(nodes)
    )
    return element(
        "figure",
        {},
        element(
            "figcaption",
            {},
            element("strong", {}, model),
            element("span", {"class": "quiet"}, said),
        ),
        histogram(nodes, f"{model}: {told}"),
    )

"""How devices are, as drivers, kubelets and taints say."""

from collections.abc import Sequence
from typing import Final

from dractl.health.answer import Health, Level
from dractl.health.groups import Group, grouped
from dractl.report.element import Child, Markup, element
from dractl.report.parts import (
    Column,
    counted,
    details,
    folded,
    listing,
    section,
    table,
)

_SHOWN: Final = 300
_SIGNS: Final = {
    Level.UNHEALTHY: "✕",
    Level.DEGRADED: "!",
    Level.UNKNOWN: "?",
    Level.HEALTHY: "✓",
}
_WORDS: Final = {
    Level.UNHEALTHY: "unhealthy",
    Level.DEGRADED: "degraded",
    Level.UNKNOWN: "of which nobody knows",
    Level.HEALTHY: "healthy",
}
_COLUMNS: Final = (
    Column("Device"),
    Column("Health"),
    Column("What says so"),
    Column("Pods"),
)


def healthiness(health: Health) -> Markup:
    """Return the section."""
    told = [each for each in health.states if each.level is not Level.HEALTHY]
    groups = grouped(told)
    counts = ", ".join(
        f"{number:,} {_WORDS[level]}"
        for level, number in health.counts.items()
        if number
    )
    caption = "Devices that are not healthy"
    if len(groups) > _SHOWN:
        caption += f"; {_SHOWN} of {len(groups):,} groups"
    rows = [_row(each) for each in groups[:_SHOWN]]
    return section(
        "health",
        "Health",
        table(caption, _COLUMNS, rows) if rows else None,
        _silent(health),
        count=len(told),
        lead=f"Devices: {counts}." if counts else "Nobody says how any device is.",
    )


def _row(group: Group) -> Sequence[Child]:
    level = group.level
    sign = element("span", {"class": "sign", "aria-hidden": "true"}, _SIGNS[level])
    names = [str(each.subject) for each in group.states]
    users = [f"{each.pod.meta.namespace}/{each.pod.meta.name}" for each in group.users]
    return [
        folded(names, "devices"),
        element("span", {"class": f"level {level}"}, sign, " ", level.value),
        listing((_said(each.message, each.since) for each in group.signs), "facts"),
        folded(users, "pods") if users else "none",
    ]


def _said(message: str, since: str | None) -> str:
    return f"{message} (since {since})" if since else message


def _silent(health: Health) -> Child:
    if not health.silent:
        return None
    items = [
        f"{each.driver}: {counted(len(each.devices), 'device')}"
        f"{' in use' if each.is_in_use else ''}: {each.why}"
        for each in health.silent
    ]
    return details("Devices of which nobody says how they are", listing(items))

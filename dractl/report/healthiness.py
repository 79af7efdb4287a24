"""How devices are, as drivers, kubelets and taints say."""

from collections.abc import Sequence
from typing import Final

from dractl.health.answer import Health, Level, State
from dractl.report.element import Child, Markup, element
from dractl.report.parts import Column, counted, cut, details, listing, section, table

_SHOWN: Final = 300
_USERS: Final = 20
_SIGNS: Final = {
    Level.UNHEALTHY: "✕",
    Level.DEGRADED: "!",
    Level.UNKNOWN: "?",
    Level.HEALTHY: "✓",
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
    counts = ", ".join(
        f"{number:,} {level}" for level, number in health.counts.items() if number
    )
    caption = "Devices that are not healthy"
    if len(told) > _SHOWN:
        caption += f"; {_SHOWN} of {len(told):,}"
    rows = [_row(each) for each in told[:_SHOWN]]
    return section(
        "health",
        "Health",
        table(caption, _COLUMNS, rows) if rows else None,
        _silent(health),
        count=len(told),
        lead=f"Of the devices of which something is said: {counts}."
        if counts
        else "Nobody says of any device how it is.",
    )


def _row(state: State) -> Sequence[Child]:
    sign = element(
        "span", {"class": "sign", "aria-hidden": "true"}, _SIGNS[state.level]
    )
    users = [f"{each.pod.meta.namespace}/{each.pod.meta.name}" for each in state.users]
    return [
        str(state.subject),
        element(
            "span", {"class": f"level {state.level}"}, sign, " ", state.level.value
        ),
        listing((_said(each.message, each.since) for each in state.signs), "facts"),
        listing(cut(users, _USERS, "pods"), "facts") if users else "none",
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

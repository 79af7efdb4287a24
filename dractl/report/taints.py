"""The taints of devices: from whom, since when, and whom they concern."""

from collections.abc import Sequence
from typing import Final

from dractl.api.spelling import written
from dractl.report.element import Child, Markup
from dractl.report.parts import (
    NUMBER,
    Column,
    code,
    folded,
    listing,
    section,
    table,
)
from dractl.report.subject import Report
from dractl.taints.listing import ListedTaint

_SHOWN: Final = 300
_COLUMNS: Final = (
    Column("Taint"),
    Column("From"),
    Column("Since"),
    Column("Devices", NUMBER),
    Column("Claims", NUMBER),
    Column("Pods", NUMBER),
    Column("Which, and what else is known"),
)


def taints(report: Report) -> Markup:
    """Return the section."""
    found = report.taints.taints
    rows = [_row(each) for each in found[:_SHOWN]]
    caption = "Taints of devices"
    if len(found) > _SHOWN:
        caption += f"; {_SHOWN} of {len(found):,}"
    notices = [each.message for each in report.taints.notices]
    return section(
        "taints",
        "Taints",
        table(caption, _COLUMNS, rows) if rows else None,
        listing(notices, "notices") if notices else None,
        count=len(found),
        lead=None if rows else "No device has a taint.",
    )


def _row(listed: ListedTaint) -> Sequence[Child]:
    rule = listed.rule
    by = f"DeviceTaintRule {rule.name}" if rule else f"driver {_driver(listed)}"
    numbers = (len(listed.devices), len(listed.claims), len(listed.pods))
    return [
        code(written(listed.taint)),
        by,
        listed.taint.time_added or "unknown",
        *(f"{each:,}" for each in numbers),
        [_which(listed), [*_known(listed)]],
    ]


def _driver(listed: ListedTaint) -> str:
    return listed.devices[0].driver if listed.devices else "unknown"


def _which(listed: ListedTaint) -> Child:
    names = [str(each) for each in listed.devices]
    return folded(names, "devices") if names else "no device"


def _known(listed: ListedTaint) -> Sequence[Child]:
    facts = []
    if not listed.is_in_force:
        facts.append("not in force: a feature gate is off")
    if listed.leaving:
        facts.append(f"evicts {len(listed.leaving):,} of these pods")
    said = listed.remarks
    facts += [f"until {said.until}{' (past)' if listed.is_expired else ''}"] * bool(
        said.until
    )
    facts += [f"owner: {said.owner}"] * bool(said.owner)
    facts += [f"reason: {said.reason}"] * bool(said.reason)
    facts += [each.message for each in listed.notices]
    return [listing(facts, "facts")] if facts else []

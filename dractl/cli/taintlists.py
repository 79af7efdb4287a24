"""How `dractl taint --list` looks: taint by taint, with what hangs on it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from dractl.api.spelling import written
from dractl.cli.clock import age
from dractl.cli.taintplans import remarked
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible
from dractl.taints.listing import ListedTaint, Taints
from dractl.taints.moments import moment

RESOURCE: Final = "devicetaintrule.resource.k8s.io"
_HEAD: Final = (
    *("DEVICES", "TAINT", "FROM", "AGE", "COUNT", "CLAIMS", "PODS", "EVICTION"),
    *("UNTIL", "OWNER", "REASON"),
)
_NONE: Final = "<none>"


def names(taints: Iterable[ListedTaint]) -> str:
    """Return the rules, as `kubectl -o name` writes them."""
    rules = [each.rule.name for each in taints if each.rule is not None]
    return "".join(f"{RESOURCE}/{visible(each)}\n" for each in rules)


def table(found: Taints, now: datetime, screen: Terminal) -> str:
    """Return a paragraph for each taint."""
    limit = screen.columns or NARROW
    return "".join(
        f"{line}\n"
        for each in found.taints
        for line in _paragraph(each, now, screen, limit)
    )


def wide(found: Taints, now: datetime, screen: Terminal) -> str:
    """Return one line for each taint."""
    if not found.taints:
        return ""
    rows = [tuple(map(visible, _row(each, now))) for each in found.taints]
    header, *lines = columns([_HEAD, *rows])
    return "".join(f"{line}\n" for line in (screen.heading(header), *lines))


def summary(found: Taints, release: object) -> str:
    """Return how much there is, in one line."""
    rules = sum(each.rule is not None for each in found.taints)
    devices = {device for each in found.taints for device in each.devices}
    over = sum(each.is_expired for each in found.taints)
    parts = [
        f"{counted(len(found.taints), 'taint')}, {rules} by rules",
        f"on {counted(len(devices), 'device')}",
    ]
    past = f"; {over} past their time: dractl taint --expired --remove" if over else ""
    return f"{' '.join(parts)} (judged as Kubernetes {release}){past}"


def _paragraph(
    listed: ListedTaint, now: datetime, screen: Terminal, limit: int
) -> Iterator[str]:
    head = f"{written(listed.taint)} on {_where(listed)}"
    yield from map(screen.heading, indented(head, limit, "", "  "))
    for fact in _facts(listed, now):
        yield from indented(fact, limit, "  ", "    ")


def _facts(listed: ListedTaint, now: datetime) -> Iterator[str]:
    who = " of dractl" if listed.is_ours else ""
    yield f"by {_from(listed)}{who} for {age(_length(listed, now))}"
    if said := remarked(listed.remarks):
        yield f"{said}{' (past)' if listed.is_expired else ''}"
    yield (
        f"{counted(len(listed.devices), 'device')}; in use by "
        f"{counted(len(listed.claims), 'claim')} and {counted(len(listed.pods), 'pod')}"
    )
    if not listed.is_in_force:
        yield "not in force: a feature gate is off"
    if said := _eviction(listed):
        yield f"eviction: {said}"
    for each in listed.notices:
        yield f"note: {each.message}{f'; {each.hint}' if each.hint else ''}"


def _row(listed: ListedTaint, now: datetime) -> tuple[str, ...]:
    said = listed.remarks
    return (
        _where(listed),
        written(listed.taint),
        _from(listed),
        age(_length(listed, now)),
        str(len(listed.devices)),
        str(len(listed.claims)),
        str(len(listed.pods)),
        _eviction(listed) or _NONE,
        f"{said.until} (past)" if listed.is_expired else said.until or _NONE,
        said.owner or _NONE,
        said.reason or _NONE,
    )


def _where(listed: ListedTaint) -> str:
    """Return what a rule selects, or what a driver taints, by the first device."""
    if listed.rule is not None:
        return "nothing" if listed.selector is None else str(listed.selector)
    more = len(listed.devices) - 1
    return f"{listed.devices[0]}{f' and {more} more' if more else ''}"


def _from(listed: ListedTaint) -> str:
    if listed.rule is not None:
        return f"DeviceTaintRule {listed.rule.name}"
    return f"driver {listed.devices[0].driver}"


def _length(listed: ListedTaint, now: datetime) -> timedelta | None:
    since = moment(listed.taint.time_added)
    return None if since is None else now - since


def _eviction(listed: ListedTaint) -> str:
    """Return how far an eviction is: by the controller, else by what is left to do."""
    left = f"{counted(len(listed.leaving), 'pod')} to go" if listed.leaving else ""
    said = listed.eviction
    if said is None:
        return left
    message = f": {said.message}" if said.message else ""
    return "; ".join(filter(None, (f"{said.reason}{message}", left)))

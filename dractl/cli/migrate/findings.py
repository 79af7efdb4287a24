"""How the findings of a plan look: the same at several places once, with examples."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from dractl.cli.migrate.views import View
from dractl.cli.text import counted, indented, visible
from dractl.migrate.answer import Finding, Plan
from dractl.migrate.labels import GONE, MOVED
from dractl.rules.registry import Severity

_RANKS: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_SHOWN: Final = frozenset({MOVED.code, GONE.code})


def found(plan: Plan, known: Collection[str], view: View) -> Iterator[str]:
    """Yield what is found, most severe first.

    What closes the other route stands there, and what becomes of labels above. `known`
    are places that say nothing to a reader.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    told = {None, plan.order.route}
    listed = dict.fromkeys(
        each
        for each in plan.all_findings
        if (each.route in told or each.severity is not Severity.ERROR)
        and each.code not in _SHOWN
    )
    for each in sorted(listed, key=lambda one: _RANKS[one.severity]):
        key = (each.severity, each.code, each.message, each.fix)
        groups.setdefault(key, []).append(each)
    for same in groups.values():
        first = same[0]
        places = _places(same, known)
        many = f" ({counted(len(places), 'place')})" if len(places) > view.few else ""
        text = f"{first.severity} {first.code}{many}: {first.message}"
        yield from indented(text, view.limit, "  ", "    ")
        if places:
            yield from indented(f"at {view.some(places)}", view.limit, "    ", "      ")
        yield from _fix(first.fix.rstrip(), view.limit)


def _places(same: Sequence[Finding], known: Collection[str]) -> list[str]:
    listed: dict[str, None] = {}
    for each in same:
        subject = "" if each.subject in each.message else each.subject.strip()
        where = "" if each.where in known else each.where
        if subject or where:
            listed[
                f"{subject} ({where})" if subject and where else subject or where
            ] = None
    return [*listed]


def _fix(fix: str, limit: int) -> Iterator[str]:
    """Yield what to do; text of several lines is for a file, and stays as it is."""
    if "\n" in fix:
        yield "    fix:"
        yield from (f"      {visible(each)}".rstrip() for each in fix.split("\n"))
    elif fix:
        yield from indented(f"fix: {fix}", limit, "    ", "      ")

"""What older clusters and articles contain: a rule for each construct of it."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dractl.legacy import Legacy, found
from dractl.legacy.construct import TABLE, Row
from dractl.rules.path import Path
from dractl.rules.registry import RULES, Rule, Severity, Violation

_PREFIX: Final = "legacy-"
_TYPE: Final = ("apiVersion", "kind")


def _manual(code: str, row: Row) -> str:
    """Return what `--explain` prints of a construct."""
    if row.removed is not None:
        when = f"Kubernetes has it no longer since {row.removed}"
    elif row.blocks:
        when = "Kubernetes never had it, though articles show it"
    else:
        when = "the API server accepts it"
    told = row.what[0].upper() + row.what[1:]
    return (
        f"{code.replace('-', ' ').capitalize()}: {when}.\n\n"
        f"{told}.\n\nInstead: {row.fix}. `dractl convert` does what can be done."
    )


RULES.update(
    {
        f"{_PREFIX}{code}": Rule(
            f"{_PREFIX}{code}", Severity.WARNING, _manual(code, row)
        )
        for code, row in TABLE.items()
    }
)


def with_legacy(
    document: Mapping[str, Any], others: Iterable[Violation]
) -> Iterator[Violation]:
    """Yield the others and what is legacy in the document, each place once.

    Where the API server refuses a place, its code and reason stay, and the history
    takes the place of the message. It is not told twice that something is to be moved.
    """
    listed = list(others)
    told = {place: each for each in found(document) for place in _places(each)}
    merged = set()
    for each in listed:
        old = told.get(str(each.path)) if each.reason is not None else None
        if old is None:
            yield each
        else:
            merged.add(old)
            yield dataclasses.replace(each, message=old.message, fix=old.fix)
    for old in dict.fromkeys(told.values()):
        inside = f"{old.path}."
        if old in merged or (
            old.steps and any(str(each.path).startswith(inside) for each in listed)
        ):
            continue
        path = _path(old)
        yield Violation(f"{_PREFIX}{old.code}", path, old.message, fix=old.fix)


def _places(old: Legacy) -> tuple[str, ...]:
    return (old.path,) if old.steps else _TYPE


def _path(old: Legacy) -> Path:
    path = Path()
    for step in old.steps or ("kind",):
        path = path.index(step) if isinstance(step, int) else path.field(step)
    return path

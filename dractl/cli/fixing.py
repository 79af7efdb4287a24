"""Fixes that are certain, made in the files themselves."""

import copy
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from dractl.cli.findings import UNREADABLE, Change, Finding, Report
from dractl.cli.terminal import Terminal
from dractl.errors import DractlError
from dractl.sources.manifests import Manifest, manifests
from dractl.sources.saving import save

_MOST_ROUNDS: Final = 8
"""One fix may show the next; a limit in case two of them undo each other."""


def fixed(look: Callable[[], Report], screen: Terminal) -> tuple[Report, bool]:
    """Fix what `look` finds until nothing certain is left.

    Return what it finds then, and whether a file could not be written.
    """
    report, given_up = look(), set[str]()
    for _ in range(_MOST_ROUNDS):
        is_changed = False
        for file, found in groupby(report.findings, key=lambda each: each.file):
            listed = [each for each in found if file not in given_up]
            try:
                is_changed |= bool(listed) and _fix(file, listed, screen)
            except DractlError as error:
                screen.fail(error)
                given_up.add(file)
        if not is_changed:
            break
        report = look()
    return report, bool(given_up)


def _fix(file: str, found: Iterable[Finding], screen: Terminal) -> bool:
    """Fix one file, tell what was done, and return whether that was anything."""
    certain = _certain(found)
    if not certain:
        return False
    manifest = next(manifests([file], recursive=False))
    if manifest.problems:
        return False  # reported as unreadable; which document is which is not sure
    documents = copy.deepcopy(manifest.documents)
    done = [
        each
        for each in certain
        if _is_made(manifest, documents, each.document, each.change)
    ]
    if not done:
        return False
    save(file, manifest.rewritten([[each] for each in documents]).text)
    for each in done:
        assert each.change is not None
        old, new = _shown(each.change.old), _shown(each.change.new)
        screen.note(f"{each.file}:{each.line}: {each.path}: {old} -> {new}")
    return True


def _certain(found: Iterable[Finding]) -> list[Finding]:
    """Return one fix for each place.

    Where something else is wrong at the same place, the fix may hide what was meant.
    """
    at: dict[tuple[int, str, tuple[int, ...]], list[Finding]] = {}
    doubtful = set()
    for each in found:
        if each.code == UNREADABLE:
            continue
        if each.change is None:
            doubtful.add((each.document, each.name, each.path))
            continue
        at.setdefault((each.document, each.path, each.change.items), []).append(each)
    return [
        first
        for first, *_ in at.values()
        if (first.document, first.name, first.path) not in doubtful
    ]


def _is_made(
    manifest: Manifest, documents: list[Any], number: int, change: Change | None
) -> bool:
    """Make one change, unless it would cost comments or the place is another one."""
    assert change is not None
    if number >= len(documents):
        return False
    trial = copy.deepcopy(documents[number])
    holder, name = _holder(trial, change)
    if holder is None or _value(holder, name) != change.old:
        return False
    holder[name] = change.new
    others = [[each] for each in manifest.documents]
    others[number] = [trial]
    # Merged keys and aliases have no text of their own that could be replaced.
    after = manifest.rewritten(others)
    if after.without_comments or after.spelled:
        return False
    documents[number] = trial
    return True


def _holder(document: Any, change: Change) -> tuple[Any, str | int]:
    """Return the mapping or list that has the value; None: there is none."""
    found = document
    for number in change.items:
        below = _value(found, "items") if isinstance(found, Mapping) else found
        found = _value(below, number)
    *above, last = change.steps
    for step in above:
        found = _value(found, step)
    return (found if isinstance(found, dict | list) else None), last


def _value(holder: Any, name: str | int) -> Any:
    if isinstance(holder, Mapping):
        return holder.get(name)
    if isinstance(holder, list) and isinstance(name, int) and name < len(holder):
        return holder[name]
    return None


def _shown(value: object) -> str:
    return str(value).strip()

"""Findings that are known and accepted, in a file beside the manifests."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dractl.cli.findings import UNREADABLE, Finding, Report
from dractl.errors import DractlError
from dractl.sources.files import load_text
from dractl.sources.saving import save

_VERSION: Final = "dractl/v1"
_KIND: Final = "ValidateBaseline"
# No line and no message: they change when something else in the file does.
_FIELDS: Final = ("file", "kind", "namespace", "name", "path", "code")
Known = frozenset[tuple[str, ...]]


def written(report: Report, path: str) -> int:
    """Write the findings of a report there; return how many lines that took."""
    # What cannot be read has no name to know it by, and hides other findings.
    keys = {_key(each) for each in report.findings if each.code != UNREADABLE}
    findings = [dict(zip(_FIELDS, each, strict=True)) for each in sorted(keys)]
    data = {"apiVersion": _VERSION, "kind": _KIND, "findings": findings}
    save(path, json.dumps(data, indent=2) + "\n", may_create=True)
    return len(findings)


def unreadable(report: Report) -> list[Finding]:
    """Return what could not be read, which no baseline lists."""
    return [each for each in report.findings if each.code == UNREADABLE]


def read(path: str) -> Known:
    """Return what a baseline lists; raise DractlError where it is none."""
    try:
        data = json.loads(load_text(path))
    except (ValueError, RecursionError) as error:
        raise _no_baseline(path) from error
    if not isinstance(data, Mapping) or data.get("kind") != _KIND:
        raise _no_baseline(path)
    findings = data.get("findings")
    if not isinstance(findings, list):
        raise _no_baseline(path)
    return frozenset(_listed(each, path) for each in findings)


def _listed(finding: object, path: str) -> tuple[str, ...]:
    if not isinstance(finding, Mapping):
        raise _no_baseline(path)
    values = tuple(finding.get(each) for each in _FIELDS)
    if not all(isinstance(each, str) for each in values):
        raise _no_baseline(path)
    return tuple(map(str, values))


def without(report: Report, known: Known) -> int:
    """Take out of a report what is known; return how many findings that were."""
    kept = [
        each
        for each in report.findings
        if each.code == UNREADABLE or _key(each) not in known
    ]
    removed = len(report.findings) - len(kept)
    report.findings = kept
    return removed


def _key(finding: Finding) -> tuple[str, ...]:
    file = Path(finding.file).as_posix()
    return file, *(str(getattr(finding, each)) for each in _FIELDS[1:])


def _no_baseline(path: str) -> DractlError:
    return DractlError(
        "bad-baseline",
        "is no baseline of dractl validate",
        where=path,
        hint="write one with --write-baseline",
    )

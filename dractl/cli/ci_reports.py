"""Findings in the formats of CI systems: GitHub annotations, SARIF and JUnit."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from dractl import __version__
from dractl.cli.findings import RANKS, UNREADABLE, Checked, Finding, Report
from dractl.cli.manuals import plain
from dractl.cli.text import visible
from dractl.rules.registry import RULES

_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def github(report: Report) -> str:
    """Return workflow commands, the worst first: GitHub shows only ten of a kind."""
    ordered = sorted(report.findings, key=lambda each: -RANKS[each.severity])
    return "".join(f"{_command(each)}\n" for each in ordered)


def _command(finding: Finding) -> str:
    properties = {
        "file": relative(finding.file),
        "line": str(finding.line),
        "col": str(finding.column),
        "title": finding.code,
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    fix = f"\nfix: {finding.fix}" if finding.fix else ""
    subject = f"{finding.path}: " if finding.path else ""
    message = _data(f"{subject}{finding.message}{fix}")
    return f"::{_COMMANDS[finding.severity]} {listed}::{message}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def relative(file: str) -> str:
    """Return the path from the working directory, where it is below that."""
    path = Path(file)
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except ValueError:
            return file
    return path.as_posix()


# -- SARIF


def sarif(report: Report) -> str:
    """Return a SARIF 2.1.0 log with one run."""
    codes = sorted({each.code for each in report.findings})
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "dractl",
                        "semanticVersion": __version__,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, codes) for each in report.findings],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(code: str) -> Mapping[str, object]:
    if code == UNREADABLE:
        title = manual = "The document cannot be read."
        level = "error"
    else:
        row = RULES[code]
        title, manual, level = row.title, plain(row.manual), _LEVELS[row.severity]
    return {
        "id": code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": manual},
        "defaultConfiguration": {"level": level},
    }


def _result(finding: Finding, codes: list[str]) -> Mapping[str, object]:
    fix = f"\nfix: {finding.fix}" if finding.fix else ""
    uri = quote(relative(finding.file), safe="/:")
    artifact: dict[str, str] = {"uri": uri}
    if not uri.startswith("/"):
        artifact["uriBaseId"] = "%SRCROOT%"
    named = "/".join(each for each in (finding.namespace, finding.name) if each)
    qualified = "/".join(each for each in (finding.kind, named, finding.path) if each)
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}{fix}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": {
                        "startLine": finding.line,
                        "startColumn": finding.column,
                    },
                },
                "logicalLocations": [{"fullyQualifiedName": qualified or "document"}],
            }
        ],
        "partialFingerprints": {"dractl/v1": _fingerprint(finding)},
    }


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same when lines are added above."""
    parts = (
        relative(finding.file),
        finding.kind,
        finding.namespace,
        finding.name,
        finding.path,
        finding.code,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


# -- JUnit


def junit(report: Report, fail_on: str) -> str:
    """Return one test case per object; what is below `fail_on` does not fail it."""
    cases = [
        case
        for checked, found in results(report)
        for case in _case(checked, found, fail_on)
    ]
    body = "\n".join(cases)
    failures = sum("<failure" in each for each in cases)
    skipped = sum("<skipped" in each for each in cases)
    head = (
        f'<testsuite name="dractl validate" tests="{_tests(cases)}" '
        f'failures="{failures}" errors="0" skipped="{skipped}">'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
        f"{head}\n{body}\n</testsuite>\n</testsuites>\n"
    )


def results(report: Report) -> Iterator[tuple[Checked, list[Finding]]]:
    """Yield each object with its findings, then what could not be read."""
    by_object: dict[tuple[str, int, str, str, str], list[Finding]] = {}
    for each in report.findings:
        by_object.setdefault(_key(each), []).append(each)
    for one in report.objects:
        yield one, by_object.pop(_key(one), [])
    for each in report.findings:
        if each.code == UNREADABLE:
            name = str(each.line)
            yield Checked(each.file, each.document, "document", "", name), [each]


def _tests(lines: Iterable[str]) -> int:
    return sum("<testcase" in each for each in lines)


def _key(each: Finding | Checked) -> tuple[str, int, str, str, str]:
    return each.file, each.document, each.kind, each.namespace, each.name


def _case(checked: Checked, found: list[Finding], fail_on: str) -> Iterator[str]:
    named = "/".join(each for each in (checked.namespace, checked.name) if each)
    name = quoteattr(visible(f"{checked.kind or 'document'} {named}".rstrip()))
    head = f"<testcase classname={quoteattr(visible(checked.file))} name={name}"
    failing = [each for each in found if _fails(each, fail_on)]
    others = [each for each in found if not _fails(each, fail_on)]
    parts = []
    if not checked.is_known and not found:
        parts.append('<skipped message="not a kind of DRA"/>')
    if failing:
        title = quoteattr(visible(f"{failing[0].code}: {failing[0].message}"))
        parts.append(f"<failure message={title}>{_texts(failing)}</failure>")
    if others:
        parts.append(f"<system-out>{_texts(others)}</system-out>")
    yield f"{head}>{''.join(parts)}</testcase>" if parts else f"{head}/>"


def _fails(finding: Finding, fail_on: str) -> bool:
    return RANKS[finding.severity] >= RANKS.get(fail_on, len(RANKS))


def _texts(found: Iterable[Finding]) -> str:
    return escape("\n".join(visible(_line(each)) for each in found))


def _line(finding: Finding) -> str:
    fix = f" (fix: {finding.fix})" if finding.fix else ""
    place = f"{finding.file}:{finding.line}:{finding.column}"
    return f"{place}: {finding.severity} {finding.code}: {finding.message}{fix}"

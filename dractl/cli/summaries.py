"""Findings object by object, for test harnesses (TAP) and for people (Markdown)."""

import json
import re
from collections.abc import Iterator
from typing import Final

from dractl.cli.ci_reports import relative, results
from dractl.cli.findings import RANKS, Checked, Finding, Report
from dractl.cli.text import visible

# What Markdown or HTML could take for markup.
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>|#~&!])")


def tap(report: Report, fail_on: str) -> str:
    """Return TAP version 14, one test per object; `fail_on` is as in JUnit."""
    listed = list(results(report))
    lines = ["TAP version 14", f"1..{len(listed)}"]
    for number, (checked, found) in enumerate(listed, 1):
        failing = any(RANKS[each.severity] >= _least(fail_on) for each in found)
        skip = "" if checked.is_known or found else " # SKIP not a kind of DRA"
        head = "not ok" if failing else "ok"
        lines.append(f"{head} {number} - {_described(checked)}{skip}")
        if found:
            lines += ["  ---", "  findings:", *map(_diagnosis, found), "  ..."]
    return "\n".join(lines) + "\n"


def _least(fail_on: str) -> int:
    return RANKS.get(fail_on, len(RANKS))


def _described(checked: Checked) -> str:
    # A number sign would begin a directive.
    text = f"{checked.file}: {_named(checked)}".replace("\\", "\\\\")
    return visible(text).replace("#", "\\#")


def _named(of: Checked | Finding) -> str:
    name = "/".join(each for each in (of.namespace, of.name) if each)
    return f"{of.kind or 'document'} {name}".rstrip()


def _diagnosis(finding: Finding) -> str:
    """Return one line of YAML that is JSON too, so that nothing needs quotes."""
    told = {
        "line": finding.line,
        "column": finding.column,
        "severity": finding.severity,
        "code": finding.code,
        "path": finding.path,
        "message": finding.message,
        "fix": finding.fix,
    }
    return f"    - {json.dumps(told)}"


def markdown(report: Report) -> str:
    """Return a table for a job's summary or a comment; one sentence if it is empty."""
    counts = {
        severity: sum(each.severity == severity for each in report.findings)
        for severity in sorted(RANKS, key=lambda each: -RANKS[each])
    }
    told = ", ".join(
        f"{number} {each}{'s' if number > 1 and each != 'info' else ''}"
        for each, number in counts.items()
        if number
    )
    head = f"**dractl validate**: {told or 'nothing found'}\n"
    if not report.findings:
        return head
    rows = "".join(f"{row}\n" for row in _rows(report))
    return f"{head}\n| where | object | finding |\n|---|---|---|\n{rows}"


def _rows(report: Report) -> Iterator[str]:
    for each in report.findings:
        place = f"{relative(each.file)}:{each.line}:{each.column}"
        path = f" {each.path}" if each.path else ""
        fix = f"<br>fix: {_safe(each.fix)}" if each.fix else ""
        yield (
            f"| {_safe(place)} | {_safe(_named(each) + path)} | "
            f"**{each.severity}** {each.code}: {_safe(each.message)}{fix} |"
        )


def _safe(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKUP.sub(r"\\\1", visible(text)).replace("\\<", "&lt;")

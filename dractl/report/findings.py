"""What the doctor says: check by check, with what to do."""

from collections.abc import Sequence
from typing import Final

from dractl.doctor.answer import Examination, Finding
from dractl.doctor.registry import CHECKS
from dractl.report.element import Child, Markup, element
from dractl.report.parts import (
    counted,
    details,
    listing,
    marked,
    paragraph,
    section,
    typed,
)
from dractl.rules.registry import Severity

_SHOWN: Final = 8  # findings of a check that are told
_MORE: Final = 200
_COMMANDS: Final = 4
_SIGNS: Final = {Severity.ERROR: "✕", Severity.WARNING: "!", Severity.INFO: "i"}


def findings(answer: Examination) -> Markup:
    """Return the section."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for each in answer.findings:
        groups.setdefault((each.severity, each.code), []).append(each)
    return section(
        "doctor",
        "Is it ready for DRA?",
        [_group(*key, found) for key, found in groups.items()],
        _skipped(answer),
        _passed(answer.passed),
        count=len(answer.findings),
        lead=_lead(answer),
    )


def _lead(answer: Examination) -> str:
    release = f"Kubernetes {answer.profile.version}"
    if answer.reaches(Severity.ERROR):
        return f"Not ready, judged as {release}."
    if answer.findings:
        return f"Ready, judged as {release}; there is something to know."
    return f"Ready, judged as {release}: nothing was found."


def _group(severity: Severity, code: str, found: Sequence[Finding]) -> Markup:
    fixes = dict.fromkeys(each.fix for each in found if each.fix)
    commands = dict.fromkeys(line for each in found for line in each.commands)
    return element(
        "article",
        {"class": f"finding {severity.value}"},
        element(
            "h3",
            {},
            element("span", {"class": "sign", "aria-hidden": "true"}, _SIGNS[severity]),
            element("span", {"class": "severity"}, severity.value),
            " ",
            marked(CHECKS[code].title) if code in CHECKS else code,
        ),
        paragraph(element("span", {"class": "code"}, code)),
        listing(map(_line, found[:_SHOWN]), "messages"),
        _more(found[_SHOWN:]),
        element(
            "div",
            {"class": "fix"},
            paragraph("What to do", kind="tag"),
            listing(map(marked, fixes)),
            typed([*commands][:_COMMANDS]),
            _others([*commands][_COMMANDS:]),
        )
        if fixes or commands
        else None,
    )


def _line(finding: Finding) -> Child:
    about = finding.subject
    where = f" ({finding.where})" if finding.where else ""
    return [
        element("strong", {}, about) if about else None,
        ": " if about else None,
        [*marked(finding.message)],
        where,
    ]


def _more(found: Sequence[Finding]) -> Child:
    if not found:
        return None
    lines: list[Child] = [_line(each) for each in found[:_MORE]]
    if len(found) > _MORE:
        lines.append(f"and {len(found) - _MORE:,} more: dractl doctor -o wide")
    return details(f"{len(found):,} more of these", listing(lines, "messages"))


def _others(commands: Sequence[str]) -> Child:
    if not commands:
        return None
    return details(f"{len(commands):,} more of these", typed(commands[:_MORE]))


def _skipped(answer: Examination) -> Child:
    if not answer.skipped:
        return None
    items: list[Child] = [
        [element("span", {"class": "code"}, each.code), " ", each.why]
        for each in answer.skipped
    ]
    kept = len({each.code for each in answer.skipped})
    said = f"{counted(kept, 'check')} could not look at everything"
    return details(said, listing(items))


def _passed(codes: Sequence[str]) -> Child:
    if not codes:
        return None
    items: list[Child] = [
        [element("span", {"class": "code"}, code), " ", _title(code)] for code in codes
    ]
    return details(f"{counted(len(codes), 'check')} found nothing", listing(items))


def _title(code: str) -> str:
    return CHECKS[code].title if code in CHECKS else ""

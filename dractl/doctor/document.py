"""The answer to `doctor` as plain data: what `-o json` and `-o yaml` print."""

from collections.abc import Callable

from dractl.doctor.answer import Answer, Examination, Finding
from dractl.doctor.registry import CHECKS
from dractl.rules.registry import Severity

Document = dict[str, object]


def document(answer: Examination) -> Document:
    """Return the answer; see schemas/output/doctor.v1.json."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "Examination",
        "kubernetes": str(answer.profile.version),
        "ready": not answer.reaches(Severity.ERROR),
        **said(answer, lambda code: CHECKS[code].title),
    }


def said(answer: Answer, title_of: Callable[[str], str]) -> Document:
    """Return what checks say, in the parts that all such answers have."""
    return {
        "summary": {each.value: answer.count(each) for each in Severity},
        "findings": [_finding(each) for each in answer.findings],
        "skipped": [
            {"code": each.code, "title": title_of(each.code), "why": each.why}
            for each in answer.skipped
        ],
        "passed": [{"code": code, "title": title_of(code)} for code in answer.passed],
        "unread": list(answer.unread),
        "problems": [each.as_data() for each in answer.problems],
    }


def _finding(finding: Finding) -> Document:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "subject": finding.subject or None,
        "where": finding.where or None,
        "message": finding.message,
        "fix": finding.fix or None,
        "commands": list(finding.commands),
        "evidence": dict(finding.evidence),
    }

"""The answer to `doctor` as plain data: what `-o json` and `-o yaml` print."""

from dractl.doctor.answer import Examination, Finding
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
        "summary": {each.value: answer.count(each) for each in Severity},
        "findings": [finding_document(each) for each in answer.findings],
        "skipped": [
            {"code": each.code, "title": CHECKS[each.code].title, "why": each.why}
            for each in answer.skipped
        ],
        "passed": [
            {"code": code, "title": CHECKS[code].title} for code in answer.passed
        ],
        "unread": list(answer.unread),
        "problems": [each.as_data() for each in answer.problems],
    }


def finding_document(finding: Finding) -> Document:
    """Return a finding; see schemas/output/doctor.v1.json."""
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

"""The answer to `doctor upgrade` as plain data: what `-o json` and `-o yaml` print."""

from dractl.doctor.document import finding_document
from dractl.doctor.upgrade.answer import Upgrade
from dractl.doctor.upgrade.run import title_of
from dractl.rules.registry import Severity

Document = dict[str, object]


def document(answer: Upgrade) -> Document:
    """Return the answer; see schemas/output/upgrade.v1.json."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "Upgrade",
        "subject": answer.subject,
        "current": answer.current or None,
        "target": answer.target or None,
        "verdict": answer.verdict.value,
        "summary": {each.value: answer.count(each) for each in Severity},
        "findings": [finding_document(each) for each in answer.findings],
        "steps": [
            {
                "text": each.text,
                "commands": list(each.commands),
                "code": each.code or None,
            }
            for each in answer.steps
        ],
        "interruptions": list(answer.interruptions),
        "skipped": [
            {"code": each.code, "title": title_of(each.code), "why": each.why}
            for each in answer.skipped
        ],
        "passed": [{"code": code, "title": title_of(code)} for code in answer.passed],
        "unread": list(answer.unread),
        "problems": [each.as_data() for each in answer.problems],
    }

"""The answer to `doctor upgrade` as plain data: what `-o json` and `-o yaml` print."""

from dractl.doctor.document import said
from dractl.doctor.upgrade.answer import Upgrade
from dractl.doctor.upgrade.run import title_of

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
        "steps": [
            {
                "text": each.text,
                "commands": list(each.commands),
                "code": each.code or None,
            }
            for each in answer.steps
        ],
        "interruptions": list(answer.interruptions),
        **said(answer, title_of),
    }

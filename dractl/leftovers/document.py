"""The answer to `cleanup` as plain data: what `-o json` and `-o yaml` print."""

from collections.abc import Sequence

from dractl.leftovers.answer import Deletion, Finding, Leftovers

Document = dict[str, object]


def document(answer: Leftovers, deletions: Sequence[Deletion] = ()) -> Document:
    """Return the answer; see schemas/output/cleanup.v1.json."""
    outcomes = {each.finding.key: _outcome(each) for each in deletions}
    return {
        "apiVersion": "dractl/v1",
        "kind": "CleanupResult",
        "findings": [
            {**_finding(each), "outcome": outcomes.get(each.key)}
            for each in answer.findings
        ],
        "younger": answer.younger,
        "problems": [each.as_data() for each in answer.problems],
    }


def _finding(finding: Finding) -> Document:
    meta, age = finding.meta, finding.age
    return {
        "code": finding.code,
        "object": {
            "kind": finding.kind,
            "namespace": meta.namespace or None,
            "name": meta.name,
            "uid": meta.uid or None,
            "resourceVersion": meta.resource_version or None,
            "creationTimestamp": meta.creation_timestamp,
        },
        "ageSeconds": None if age is None else int(age.total_seconds()),
        "verdict": finding.verdict.value,
        "delete": finding.verdict.proposes,
        "why": finding.why,
        "affects": list(finding.affects),
        "managedBy": finding.managed_by or None,
    }


def _outcome(deletion: Deletion) -> Document:
    return {"status": deletion.outcome.value, "message": deletion.message or None}

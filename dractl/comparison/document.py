"""The difference as plain data: what `-o json` and `-o yaml` print."""

from collections import Counter

from dractl.api.problems import Problem
from dractl.comparison.answer import Comparison

Document = dict[str, object]


def document(found: Comparison, problems: tuple[Problem, ...]) -> Document:
    """Return the answer; see schemas/output/diff.v1.json."""
    counts = Counter(each.code for each in found.changes)
    return {
        "apiVersion": "dractl/v1",
        "kind": "DiffResult",
        "summary": dict(sorted(counts.items())),
        "changes": [
            {
                "code": each.code,
                "kind": each.kind,
                "home": each.home,
                "name": each.name,
                "details": [
                    {"what": one.what, "before": one.before, "after": one.after}
                    for one in each.details
                ],
            }
            for each in found.changes
        ],
        "notCompared": [{"kind": each.kind, "why": each.why} for each in found.unseen],
        "problems": [each.as_data() for each in problems],
    }

"""Templates of claims that nothing refers to."""

from collections.abc import Iterator

from dractl.leftovers.answer import Finding, Verdict
from dractl.leftovers.inspection import Inspection, Suspect, named
from dractl.model.claims import ResourceClaimTemplate

_KIND = "ResourceClaimTemplate"


def unused_templates(cluster: Inspection) -> Iterator[Finding]:
    """Yield the templates that no pod and nothing that makes pods refers to.

    One whose owner lives belongs to it, whoever names it.
    """
    for template in cluster.snapshot.templates:
        meta = template.meta
        is_needed = meta.key in cluster.uses.templates or meta.deletion_timestamp
        if not is_needed and not cluster.ownership.living(meta):
            yield _finding(cluster, template)


def _finding(cluster: Inspection, template: ResourceClaimTemplate) -> Finding:
    meta, known = template.meta, cluster.known
    doubt = (
        cluster.ownership.doubt(meta)
        or known.lack_of("Pod", meta.namespace)
        or known.lack_of_makers(meta.namespace)
    )
    code = "template-unused"
    if doubt:
        why = f"cannot be told, since {doubt}; nothing that was read refers to it"
        return cluster.finding(Suspect(code, _KIND, meta), Verdict.UNKNOWN, why)
    if meta.owners:
        why = f"its owner {named(meta.owners)} is gone, and nothing refers to it"
        return cluster.finding(Suspect(code, _KIND, meta), Verdict.SAFE, why)
    why = "no pod refers to it, and nothing that makes pods"
    affects = ["a manifest outside of the cluster that names it would wait for it"]
    return cluster.finding(Suspect(code, _KIND, meta), Verdict.REVIEW, why, affects)

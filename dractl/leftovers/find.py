"""`cleanup`: all that is left over in a cluster."""

from datetime import datetime, timedelta

from dractl.api.snapshot import Snapshot
from dractl.leftovers.answer import Finding, Leftovers
from dractl.leftovers.claims import unused_claims
from dractl.leftovers.classes import unused_classes
from dractl.leftovers.inspection import Inspection
from dractl.leftovers.slices import stale_slices
from dractl.leftovers.taintrules import stale_rules
from dractl.leftovers.templates import unused_templates

_FINDERS = (unused_templates, unused_claims, stale_rules, stale_slices, unused_classes)


def leftovers(
    snapshot: Snapshot, now: datetime, *, older_than: timedelta | None = None
) -> Leftovers:
    """Return what is left over at that moment, by kind and in the source's order.

    `older_than` leaves out what was made later, and what does not tell when it was. An
    object that is not there for want of permission is no reason to delete another one:
    such findings are unknown (known.py says what has to be read).
    """
    cluster = Inspection(snapshot, now)
    found = [each for finder in _FINDERS for each in finder(cluster)]
    kept = [each for each in found if _is_older(each, older_than)]
    return Leftovers(tuple(kept), len(found) - len(kept), snapshot.problems)


def _is_older(finding: Finding, limit: timedelta | None) -> bool:
    return limit is None or (finding.age is not None and finding.age >= limit)

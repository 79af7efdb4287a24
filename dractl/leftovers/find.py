"""`cleanup`: all that is left over in a cluster."""

from datetime import datetime

from dractl.api.snapshot import Snapshot
from dractl.leftovers.answer import ALL, Leftovers, Limits
from dractl.leftovers.claims import unused_claims
from dractl.leftovers.classes import unused_classes
from dractl.leftovers.inspection import Inspection
from dractl.leftovers.slices import stale_slices
from dractl.leftovers.taintrules import stale_rules
from dractl.leftovers.templates import unused_templates

_FINDERS = (unused_templates, unused_claims, stale_rules, stale_slices, unused_classes)


def leftovers(snapshot: Snapshot, now: datetime, limits: Limits = ALL) -> Leftovers:
    """Return what is left over at that moment, by kind and in the source's order.

    An object that is not there for want of permission is no reason to delete another
    one: such findings are unknown (known.py says what has to be read).
    """
    cluster = Inspection(snapshot, now)
    all_found = (each for finder in _FINDERS for each in finder(cluster))
    found = [each for each in all_found if limits.concern(each)]
    kept = [each for each in found if limits.allow(each.age)]
    return Leftovers(tuple(kept), len(found) - len(kept), snapshot.problems)

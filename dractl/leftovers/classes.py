"""Classes that no claim names: to be told, since classes are made in advance."""

from collections.abc import Iterator

from dractl.leftovers.answer import Finding, Verdict
from dractl.leftovers.inspection import Inspection, Suspect
from dractl.leftovers.uses import classes_used
from dractl.model.claims import ObjectMeta

_WHY = "no claim, template or pod that was read asks for it"


def unused_classes(cluster: Inspection) -> Iterator[Finding]:
    """Yield classes that nothing in the cluster asks for now."""
    used = classes_used(cluster.snapshot)
    for each in cluster.snapshot.classes:
        if each.name not in used:
            meta = ObjectMeta(each.name, creation_timestamp=each.creation_timestamp)
            suspect = Suspect("class-unused", "DeviceClass", meta)
            yield cluster.finding(suspect, Verdict.TELL, _WHY)

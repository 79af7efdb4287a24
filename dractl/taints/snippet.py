"""What a request has to say to put up with a taint."""

from dractl.api.encode import toleration_to_wire
from dractl.api.spelling import tolerating
from dractl.model.devices import Taint
from dractl.taints.eviction import EVICTING


def toleration_snippet(taint: Taint, seconds: int | None = None) -> dict[str, object]:
    """Return `tolerations` as they stand in a request, beside its deviceClassName.

    Seconds matter for NoExecute only: for so long a pod keeps the device, and without
    them for good.
    """
    wanted = tolerating(taint, seconds if taint.effect == EVICTING else None)
    return {"tolerations": [toleration_to_wire(wanted)]}

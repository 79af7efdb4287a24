"""Nodes of which nothing follows: they have just joined, or are not ready."""

from datetime import datetime, timedelta
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ObjectMeta
from dractl.model.workloads import Node
from dractl.taints.moments import moment

_SOON: Final = timedelta(minutes=10)
"""How long a node takes to load its kernel's driver, and a pod to start."""


def is_new(meta: ObjectMeta, now: datetime) -> bool:
    """Tell whether an object has been made in the last ten minutes."""
    made = moment(meta.creation_timestamp)
    return made is not None and now - made < _SOON


def why_lost(node: Node) -> str:
    """Return why nothing runs there; "": it is well, or says nothing of it."""
    ready = next((each for each in node.conditions if each.type == "Ready"), None)
    if ready is None or ready.status == "True":
        return ""
    since = f" since {ready.last_transition_time}" if ready.last_transition_time else ""
    return f"it is not ready{since} ({ready.reason or ready.status})"


def unsettled(snapshot: Snapshot, now: datetime) -> frozenset[str]:
    """Return the nodes where a driver may not have come yet, or cannot run."""
    return frozenset(
        node.name for node in snapshot.nodes if is_new(node.meta, now) or why_lost(node)
    )

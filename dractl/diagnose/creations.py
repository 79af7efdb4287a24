"""Pods that could not be created: the latest word of controllers on their own pods.

It is in events about the owner of the pods, and no status has it for all kinds
(kube-controller-manager 1.36: FailedCreate, SuccessfulCreate).
"""

from typing import TYPE_CHECKING, Final

from dractl.model.workloads import Event

if TYPE_CHECKING:
    from dractl.diagnose.world import World

Owner = tuple[str, str, str]
"""Kind, namespace and name."""

_FAILED, _CREATED = "FailedCreate", "SuccessfulCreate"
# The kinds whose controllers make pods themselves.
_MAKERS: Final = frozenset({
    "DaemonSet", "Job", "ReplicaSet", "ReplicationController", "StatefulSet",
})  # fmt: skip


def refused(world: "World") -> dict[Owner, Event]:
    """Return the latest refusal of each owner that has made no pod since."""
    return world.once("refused pods", lambda: _refused(world))


def _refused(world: "World") -> dict[Owner, Event]:
    owners = dict.fromkeys(
        (each.involved_kind, each.involved_namespace, each.involved_name)
        for each in world.snapshot.events
        if each.reason == _FAILED and each.involved_kind in _MAKERS
    )
    latest = {
        owner: world.events_of(owner[0], owner[1:], _FAILED, _CREATED)[0]
        for owner in owners
    }
    return {owner: last for owner, last in latest.items() if last.reason == _FAILED}


def refusal(event: Event) -> str:
    """Return why pods of an owner are not created, in one clause."""
    name = f"{event.involved_kind} {event.involved_namespace}/{event.involved_name}"
    return f"pods of {name} cannot be created: {event.message}"

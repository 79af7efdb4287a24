"""Whether autoscalers would add a node for a pod that waits, as far as objects tell.

Follows Cluster Autoscaler 1.30 to 1.36 (docs/dra_support.md, its status and events) and
Karpenter 1.7 to 1.14 (designs/dra-scheduling.md, its events and conditions). Which
release of them runs, and with which flags, no object says.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.diagnose.answer import Cause, View
from dractl.diagnose.words import listed, said_in
from dractl.model.autoscaling import NodeClaim, NodeGroup, NodePool
from dractl.model.claims import Condition, Option
from dractl.model.cluster import KubernetesVersion
from dractl.model.devices import Device, ResourceSlice
from dractl.model.workloads import Event

if TYPE_CHECKING:
    from dractl.diagnose.case import Case

_SCALER, _KARPENTER = "Cluster Autoscaler", "Karpenter"
_HELPED: Final = frozenset({
    "devices-in-use", "devices-tainted", "counters-exhausted", "capacity-insufficient",
    "pool-incomplete", "no-devices-published", "node-mismatch", "claims-conflict",
    "constraint-unsatisfiable", "not-enough-devices", "selector-no-match", "unknown",
})  # fmt: skip
"""The causes that a further node could end."""

_REASONS: Final = {
    "NotTriggerScaleUp": "adds no node for it",
    "TriggeredScaleUp": "is adding nodes for it",
    "FailedScaleUp": "could not add a node for it",
}
_READY: Final = KubernetesVersion(1, 35)
_OFF: Final = (
    "before 1.35 heeds claims only with --enable-dynamic-resource-allocation, which is "
    "off by default; here it is judged by the cluster's release"
)
_EMPTY_GROUPS: Final = (
    "knows the devices of a node group without nodes only where its cloud provider's "
    "code predicts them (kubernetes/autoscaler#10199); keep one node in the group"
)
_IGNORES: Final = (
    "adds no node for claims unless it runs with --ignore-dra-requests=false, which is "
    "not the default (kubernetes-sigs/karpenter#3228)"
)
_REFUSES: Final = "Dynamic Resource Allocation"  # in the words of its event
_MOST_SHOWN: Final = 200
_STEPS: Final = ("Launched", "Registered", "Initialized")


class Gap(NamedTuple):
    """What the Cluster Autoscaler takes into account only from a release on."""

    since: KubernetesVersion
    what: str


_ADMIN: Final = Gap(KubernetesVersion(1, 35), "claims with adminAccess")
_COUNTERS: Final = Gap(KubernetesVersion(1, 36), "devices that draw on counters")


def of_autoscalers(case: "Case", causes: Sequence[Cause]) -> Iterator[View]:
    """Yield what autoscalers that can be seen would do for a pod that waits."""
    pod = case.pod
    if pod is None or pod.node_name or not _HELPED & {each.code for each in causes}:
        return
    yield from _of_cluster_autoscaler(case, causes)
    yield from _of_karpenter(case)


def _last(case: "Case", source: str, *reasons: str) -> Event | None:
    assert case.pod is not None, "only pods have such events"
    found = case.world.events_of("Pod", case.pod.meta.key, *reasons)
    return next((each for each in found if each.source.startswith(source)), None)


def _event(by: str, lead: str, event: Event) -> View:
    return View(
        by,
        f"{lead}: {event.message}",
        {
            "reason": event.reason,
            "event": event.message,
            "count": event.count,
            "lastSeen": event.last_seen,
        },
    )


# -- Cluster Autoscaler


def _of_cluster_autoscaler(case: "Case", causes: Sequence[Cause]) -> Iterator[View]:
    snapshot = case.world.snapshot
    event = _last(case, "cluster-autoscaler", *_REASONS)
    if event is not None:
        yield _event(_SCALER, _REASONS[event.reason], event)
    elif not snapshot.autoscalers:
        return
    if snapshot.profile.version < _READY:
        yield View(_SCALER, _OFF)
    for gap in _gaps(case):
        yield View(_SCALER, f"takes {gap.what} into account only from {gap.since} on")
    if any(each.code == "no-devices-published" for each in causes):
        yield View(_SCALER, _EMPTY_GROUPS)
    if shared := _drivers_of_shared_devices(case):
        yield View(
            _SCALER,
            "expects of a further node only devices of its own, and driver "
            f"{listed(shared)} has devices for several nodes",
        )
    for status in snapshot.autoscalers:
        yield from _of_groups(status.groups)
        if status.health not in {"", "Healthy"}:
            yield View(_SCALER, f"says that the cluster is {status.health}")
        if not status.health:
            said = status.text[:_MOST_SHOWN]
            yield View(_SCALER, f"gives no status that is understood: {said}")


def _options(case: "Case") -> list[Option]:
    return [
        option
        for claim in case.subject.claims
        for request in claim.spec.requests
        for option in request.options
    ]


def _gaps(case: "Case") -> Iterator[Gap]:
    world = case.world
    release = world.snapshot.profile.version
    if release < _ADMIN.since and any(each.admin_access for each in _options(case)):
        yield _ADMIN
    if release < _COUNTERS.since and world.once(
        "counters are drawn on", lambda: any(each.consumes for each in world.devices)
    ):
        yield _COUNTERS


def _drivers_of_shared_devices(case: "Case") -> list[str]:
    """Return the drivers that are asked, and that have devices for several nodes."""
    world = case.world
    asked = [world.drivers_of(each.device_class) for each in _options(case)]
    shared = world.once(
        "drivers of shared devices",
        lambda: {
            each.driver
            for each in world.snapshot.slices
            if any(_is_shared(each, device) for device in each.devices)
        },
    )
    return sorted(
        driver
        for driver in shared
        if any(known is None or driver in known for known in asked)
    )


def _is_shared(published: ResourceSlice, device: Device) -> bool:
    scope = device.scope if published.per_device_scope else published.scope
    return scope is not None and not scope.node_name


def _of_groups(groups: Sequence[NodeGroup]) -> Iterator[View]:
    spent = [text for each in groups if (text := _spent(each))]
    if spent:
        yield View(
            _SCALER,
            f"can add nothing to node groups {listed(spent)}",
            {
                "nodeGroups": [
                    {
                        "name": each.name,
                        "scaleUp": each.scale_up or None,
                        "said": each.said or None,
                        "target": each.target,
                        "maxSize": each.most,
                    }
                    for each in groups
                    if _spent(each)
                ]
            },
        )


def _spent(group: NodeGroup) -> str:
    if group.scale_up == "Backoff":
        said = f": {group.said}" if group.said else ""
        return f"{group.name} (in backoff{said})"
    if group.target is None or group.most is None or group.target < group.most:
        return ""
    return f"{group.name} ({group.target} of {group.most} nodes)"


# -- Karpenter


def _of_karpenter(case: "Case") -> Iterator[View]:
    snapshot = case.world.snapshot
    event = _last(case, "karpenter", "FailedScheduling", "Nominated")
    if event is None and not snapshot.node_pools:
        return
    if event is not None:
        nominated = event.reason == "Nominated"
        lead = "has a node for it" if nominated else "adds no node for it"
        yield _event(_KARPENTER, lead, event)
    has_claims = case.pod is not None and bool(case.pod.claims)
    if has_claims and (event is None or _REFUSES in event.message):
        yield View(_KARPENTER, _IGNORES)
    for pool in snapshot.node_pools:
        yield from _of_pool(pool)
    for claim in snapshot.node_claims:
        yield from _of_node_claim(claim)


def _of_pool(pool: NodePool) -> Iterator[View]:
    full = [
        f"{pool.resources[name]} of {limit} {name}"
        for name, limit in pool.limits.items()
        if name in pool.resources and pool.resources[name] >= limit
    ]
    if full:
        yield View(
            _KARPENTER,
            f"can add nothing to NodePool {pool.meta.name}, which is at its limits: "
            f"{listed(full)}",
            {"nodePool": pool.meta.name, "limits": full},
        )
    for each in pool.conditions:
        if each.type == "Ready" and each.status == "False":
            yield View(
                _KARPENTER,
                f"does not use NodePool {pool.meta.name}, which is not ready"
                f"{_in_brackets(each)}",
                {"nodePool": pool.meta.name},
            )


def _of_node_claim(claim: NodeClaim) -> Iterator[View]:
    """Yield the step that a node which is on its way has not done yet."""
    by_type = {each.type: each for each in claim.conditions}
    for step in _STEPS:
        condition = by_type.get(step)
        if condition is not None and condition.status != "True":
            yield View(
                _KARPENTER,
                f"waits for NodeClaim {claim.meta.name} to be {step}"
                f"{_in_brackets(condition)}",
                {"nodeClaim": claim.meta.name, "node": claim.node or None},
            )
            return


def _in_brackets(condition: Condition) -> str:
    said = said_in(condition)
    return f" ({said})" if said else ""

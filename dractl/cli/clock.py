"""The moment that an answer is for, and how long ago something was."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from dractl.api.snapshot import Snapshot
from dractl.cli.reading import Cluster
from dractl.cli.terminal import Terminal
from dractl.model.claims import Condition, ObjectMeta
from dractl.taints.moments import moment, written_moment

NEVER: Final = datetime.min.replace(tzinfo=UTC)
"""The moment of a snapshot that mentions no time."""
_UNITS: Final = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


class _Object(Protocol):
    @property
    def meta(self) -> ObjectMeta: ...


class _Reported(Protocol):
    @property
    def conditions(self) -> Sequence[Condition]: ...


def moment_for(cluster: Cluster, screen: Terminal) -> datetime:
    """Return now for a live cluster; for a snapshot, the newest time that it mentions.

    So a snapshot gives the same answer tomorrow. One that mentions no time is older
    than all that anybody may have planned.
    """
    if cluster.live is not None:
        return datetime.now(UTC)
    found = moment_of(cluster.snapshot)
    if found is None:
        screen.note("the snapshot mentions no time, so nothing in it has an age")
        return NEVER
    screen.note(f"as of {written_moment(found)}, the newest time in the snapshot")
    return found


def moment_of(snapshot: Snapshot) -> datetime | None:
    """Return the newest time at which something happened; None: no time is mentioned.

    What is announced for later does not count, such as when a deletion is due.
    """
    return max(filter(None, map(moment, _times(snapshot))), default=None)


def age(length: timedelta | None) -> str:
    """Return a length of time in its largest whole unit, as `kubectl get` has it."""
    if length is None:
        return "<unknown>"
    seconds = max(int(length.total_seconds()), 0)
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _times(snapshot: Snapshot) -> Iterator[str | None]:
    for meta in _metas(snapshot):
        yield meta.creation_timestamp
    for each in snapshot.classes:
        yield each.creation_timestamp
    for event in snapshot.events:
        yield event.last_seen
    for claim in snapshot.claims:
        yield claim.allocation.timestamp if claim.allocation else None
    for condition in _conditions(snapshot):
        yield condition.last_transition_time
    for rule in snapshot.taint_rules:
        yield rule.taint.time_added
    for slice_ in snapshot.slices:
        for device in slice_.devices:
            for taint in device.taints:
                yield taint.time_added


def _metas(snapshot: Snapshot) -> Iterator[ObjectMeta]:
    kinds: Sequence[Sequence[_Object]] = (
        *(snapshot.claims, snapshot.templates, snapshot.taint_rules, snapshot.pods),
        *(snapshot.pod_groups, snapshot.nodes, snapshot.namespaces, snapshot.events),
        *(snapshot.quotas, snapshot.budgets, snapshot.workload_resources),
        *(snapshot.workloads, snapshot.local_queues, snapshot.cluster_queues),
        *(snapshot.node_pools, snapshot.node_claims, snapshot.autoscalers),
    )
    for objects in kinds:
        yield from (each.meta for each in objects)
    yield from (each.meta for each in snapshot.slices if each.meta is not None)


def _conditions(snapshot: Snapshot) -> Iterator[Condition]:
    kinds: Sequence[Sequence[_Reported]] = (
        *(snapshot.nodes, snapshot.pods, snapshot.taint_rules, snapshot.workloads),
        *(snapshot.local_queues, snapshot.cluster_queues),
        *(snapshot.node_pools, snapshot.node_claims),
        *(claim.devices for claim in snapshot.claims),
    )
    for objects in kinds:
        for each in objects:
            yield from each.conditions

"""Compares two snapshots, kind by kind, object by object."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.comparison import facts
from dractl.comparison.answer import Change, Comparison, Detail, Unseen
from dractl.model.claims import ResourceClaim
from dractl.model.cluster_info import Cause
from dractl.model.devices import Device, DeviceId, ResourceSlice
from dractl.model.workloads import Pod

_PENDING: Final = frozenset({"", "Pending"})


class _Name(NamedTuple):
    home: str
    name: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """How objects of a kind are found and compared.

    `read` is the kind of Kubernetes that they come from, `group` its API group.
    `verb` says what became of an object of which something is different; None before
    or after: it is not there. An empty verb: nothing worth telling.
    """

    kind: str
    code: str
    read: str
    group: str
    found: Callable[[Snapshot], Mapping[_Name, Any]]
    facts: Callable[[Any], facts.Facts]
    verb: Callable[[Any, Any], str]
    namespaced: bool = False


def compared(
    before: Snapshot, after: Snapshot, namespace: str | None = None
) -> Comparison:
    """Return what is different; of namespaced kinds in that namespace, None: in all.

    A kind that one of the two may not have, because it was not or could not be read,
    is not compared, but told.
    """
    changes: list[Change] = list(_of_cluster(before, after))
    unseen = []
    for kind in _KINDS:
        why = _unseen(kind, before, "before", namespace) or _unseen(
            kind, after, "after", namespace
        )
        if why:
            unseen.append(Unseen(kind.kind, why))
        else:
            changes += _of_kind(kind, before, after, namespace)
    return Comparison(tuple(changes), tuple(unseen))


def _of_cluster(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    old, new = dict(facts.of_cluster(before)), dict(facts.of_cluster(after))
    both = old.keys() & new.keys()  # what only one of them says, is not different
    details = tuple(
        Detail(what, old[what], new[what])
        for what in new
        if what in both and old[what] != new[what]
    )
    if details:
        yield Change("cluster-changed", "Cluster", "cluster", details=details)


def _of_kind(
    kind: _Kind, before: Snapshot, after: Snapshot, namespace: str | None
) -> Iterator[Change]:
    old, new = kind.found(before), kind.found(after)
    for name in sorted(old.keys() | new.keys()):
        if kind.namespaced and namespace not in {None, name.home}:
            continue
        was, is_now = old.get(name), new.get(name)
        if was is None or is_now is None:
            details = _told(kind, was, is_now)
        else:
            details = _details(dict(kind.facts(was)), dict(kind.facts(is_now)))
            if not details and not _is_another(was, is_now):
                continue
        if verb := kind.verb(was, is_now):
            if verb == "changed" and _is_another(was, is_now):
                verb = "replaced"
            code = f"{kind.code}-{verb}"
            yield Change(code, kind.kind, name.name, name.home, details)


def _details(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Detail, ...]:
    return tuple(
        Detail(what, old.get(what), new.get(what))
        for what in dict.fromkeys((*old, *new))
        if old.get(what) != new.get(what)
    )


def _told(kind: _Kind, was: Any, is_now: Any) -> tuple[Detail, ...]:
    """Return what is told of an object that came or went: where it is."""
    if kind.kind == "ResourceClaim":
        old = "" if was is None else facts.devices_of(was)
        new = "" if is_now is None else facts.devices_of(is_now)
        return (Detail("devices", old or None, new or None),) if old or new else ()
    if kind.kind == "Pod" and is_now is not None and is_now.node_name:
        return (Detail("node", None, is_now.node_name),)
    return ()


def _is_another(was: Any, is_now: Any) -> bool:
    """Tell whether an object was deleted and made again."""
    old, new = getattr(was, "meta", None), getattr(is_now, "meta", None)
    return bool(old and new and old.uid and new.uid and old.uid != new.uid)


def _unseen(kind: _Kind, snapshot: Snapshot, which: str, namespace: str | None) -> str:
    """Return why a snapshot may lack objects of a kind; "": it has all."""
    gap = snapshot.info.gap(kind.read)
    if gap is not None and gap.cause is Cause.NOT_SERVED:
        return ""  # where there is no such kind, there is no such object
    if gap is not None and (namespace is None or gap.only != namespace):
        return f"{which}: {gap}"
    has_some = bool(kind.found(snapshot))
    if has_some or snapshot.info.has_read(kind.read, kind.group):
        return ""
    if snapshot.info.read:
        return f"{which}: {kind.read} was not read"
    return ""


def _plain(was: object, is_now: object) -> str:
    if was is None:
        return "added"
    return "removed" if is_now is None else "changed"


def _claim(was: ResourceClaim | None, is_now: ResourceClaim | None) -> str:
    old = "" if was is None else facts.devices_of(was)
    new = "" if is_now is None else facts.devices_of(is_now)
    if was is None:
        return "allocated" if new else "added"
    if is_now is None:
        return "removed"
    if _is_another(was, is_now):
        return "replaced"
    if old != new:
        return "moved" if old and new else "allocated" if new else "freed"
    return "changed"


def _pod(was: Pod | None, is_now: Pod | None) -> str:
    if is_now is None:
        return "removed"
    if _waits(is_now):
        return "changed" if was is not None and _waits(was) else "waiting"
    if is_now.phase == "Failed" and (was is None or was.phase != "Failed"):
        return "failed"
    if was is None:
        return "added"
    return "placed" if _waits(was) else "changed"


def _waits(pod: Pod) -> bool:
    return pod.phase in _PENDING and not pod.node_name


def _pools(snapshot: Snapshot) -> Mapping[_Name, list[ResourceSlice]]:
    """Return the slices of every pool that are of its newest generation."""
    found: dict[_Name, list[ResourceSlice]] = {}
    for each in snapshot.slices:
        pool = found.setdefault(_Name(each.driver, each.pool), [])
        if pool and pool[0].generation < each.generation:
            pool.clear()
        if not pool or pool[0].generation == each.generation:
            pool.append(each)
    return found


def _devices(snapshot: Snapshot) -> Mapping[_Name, Device]:
    found: dict[_Name, Device] = {}
    for pool in _pools(snapshot).values():
        for each in pool:
            for device in each.devices:
                found[_home(device.id)] = device
    return found


def _home(device: DeviceId) -> _Name:
    return _Name(f"{device.driver}/{device.pool}", device.device)


def _pods(snapshot: Snapshot) -> Mapping[_Name, Pod]:
    """Return the pods that have to do with devices."""
    return {
        _Name(*each.meta.key): each
        for each in snapshot.pods
        if each.claims or each.extended_claim
    }


def _named(field: str) -> Callable[[Snapshot], Mapping[_Name, Any]]:
    return lambda snapshot: {
        _Name("", each.name): each for each in getattr(snapshot, field)
    }


def _keyed(field: str) -> Callable[[Snapshot], Mapping[_Name, Any]]:
    return lambda snapshot: {
        _Name(*each.meta.key): each for each in getattr(snapshot, field)
    }


_KINDS: Final = (
    _Kind("Node", "node", "Node", "", _named("nodes"), facts.of_node, _plain),
    _Kind("Pool", "pool", "ResourceSlice", GROUP, _pools, facts.of_pool, _plain),
    _Kind(
        "Device", "device", "ResourceSlice", GROUP, _devices, facts.of_device, _plain
    ),
    _Kind(
        "DeviceTaintRule",
        "taint-rule",
        "DeviceTaintRule",
        GROUP,
        _named("taint_rules"),
        facts.of_rule,
        _plain,
    ),
    _Kind(
        "DeviceClass",
        "class",
        "DeviceClass",
        GROUP,
        _named("classes"),
        facts.of_class,
        _plain,
    ),
    _Kind(
        "ResourceClaimTemplate",
        "template",
        "ResourceClaimTemplate",
        GROUP,
        _keyed("templates"),
        facts.of_template,
        _plain,
        namespaced=True,
    ),
    _Kind(
        "ResourceQuota",
        "quota",
        "ResourceQuota",
        "",
        _keyed("quotas"),
        facts.of_quota,
        _plain,
        namespaced=True,
    ),
    _Kind(
        "ResourceClaim",
        "claim",
        "ResourceClaim",
        GROUP,
        _keyed("claims"),
        facts.of_claim,
        _claim,
        namespaced=True,
    ),
    _Kind("Pod", "pod", "Pod", "", _pods, facts.of_pod, _pod, namespaced=True),
)

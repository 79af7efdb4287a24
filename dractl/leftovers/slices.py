"""Slices that no driver keeps: of nodes and drivers that are gone, old, or by hand."""

from collections.abc import Iterator, Sequence

from dractl.diagnose.plugins import serves
from dractl.leftovers.answer import Finding, Verdict
from dractl.leftovers.inspection import Inspection, Suspect
from dractl.model.claims import ObjectMeta
from dractl.model.devices import ResourceSlice
from dractl.solver.inventory import PoolKey

_KIND = "ResourceSlice"
_BY_HAND = ("kubectl", "dractl", "helm")


def stale_slices(cluster: Inspection) -> Iterator[Finding]:
    """Yield slices that are left over, each for the first reason that holds.

    That a driver seems to run nowhere is said once, of its first slice.
    """
    pools: dict[PoolKey, list[ResourceSlice]] = {}
    for each in cluster.snapshot.slices:
        pools.setdefault((each.driver, each.pool), []).append(each)
    missing = _missing_drivers(cluster)
    for each in cluster.snapshot.slices:
        meta = each.meta
        if meta is None or meta.deletion_timestamp is not None:
            continue
        found = _without_node(cluster, each, meta)
        found = found or _old(cluster, each, meta, pools[each.driver, each.pool])
        found = found or _by_hand(cluster, each, meta)
        if found is None and each.driver in missing:
            missing.remove(each.driver)
            found = _without_driver(cluster, each, meta)
        if found is not None:
            yield found


def _without_node(
    cluster: Inspection, slice_: ResourceSlice, meta: ObjectMeta
) -> Finding | None:
    node = slice_.scope.node_name
    if not node or node in cluster.snapshot.node_by_name:
        return None
    code = "slice-node-gone"
    if doubt := cluster.known.lack_of("Node"):
        why = f"cannot be told, since {doubt}; it is for node {node}"
        return cluster.finding(Suspect(code, _KIND, meta), Verdict.UNKNOWN, why)
    held = _holders(cluster, slice_)
    is_owned = any(owner.kind == "Node" for owner in meta.owners)
    verdict = Verdict.SAFE if is_owned and not held else Verdict.REVIEW
    why = f"its node {node} is gone"
    return cluster.finding(Suspect(code, _KIND, meta), verdict, why, held)


def _old(
    cluster: Inspection,
    slice_: ResourceSlice,
    meta: ObjectMeta,
    pool: Sequence[ResourceSlice],
) -> Finding | None:
    newest = max(each.generation for each in pool)
    if slice_.generation == newest:
        return None
    latest = [each for each in pool if each.generation == newest]
    is_complete = len(latest) == latest[0].slice_count
    why = (
        f"it is of generation {slice_.generation} of pool {slice_.pool}, which has "
        f"generation {newest}" + ("" if is_complete else ", though not yet all of it")
    )
    verdict = Verdict.SAFE if is_complete else Verdict.REVIEW
    return cluster.finding(Suspect("slice-old-generation", _KIND, meta), verdict, why)


def _by_hand(
    cluster: Inspection, slice_: ResourceSlice, meta: ObjectMeta
) -> Finding | None:
    writers = [each for each in slice_.writers if each.startswith(_BY_HAND)]
    has_node_owner = any(owner.kind == "Node" for owner in meta.owners)
    if writers:
        why = f"{', '.join(writers)} has written it, which is for drivers to do"
    elif slice_.scope.node_name and not has_node_owner:
        # A kubelet plugin makes its node the owner (resourceslicecontroller.go).
        why = f"it is for node {slice_.scope.node_name}, which does not own it"
    else:
        return None
    affects = _holders(cluster, slice_)
    code = "slice-by-hand"
    return cluster.finding(Suspect(code, _KIND, meta), Verdict.REVIEW, why, affects)


def _missing_drivers(cluster: Inspection) -> set[str]:
    """Return the drivers that no pod or workload looks like; none if that is unknown.

    Names are all there is to go by.
    """
    known, snapshot = cluster.known, cluster.snapshot
    if known.lack_of("Pod") or known.lack_of_makers(""):
        return set()
    keys = [pod.meta.key for pod in snapshot.pods]
    keys += [maker.meta.key for maker in snapshot.workload_resources]
    drivers = {each.driver for each in snapshot.slices}
    return {each for each in drivers if not any(serves(key, each) for key in keys)}


def _without_driver(
    cluster: Inspection, slice_: ResourceSlice, meta: ObjectMeta
) -> Finding:
    driver = slice_.driver
    count = sum(each.driver == driver for each in cluster.snapshot.slices)
    slices = "this slice" if count == 1 else f"this and {count - 1} more slices"
    why = f"no pod or workload has a name like driver {driver}, which has {slices}"
    suspect = Suspect("slice-driver-gone", _KIND, meta)
    affects = _holders(cluster, slice_)
    return cluster.finding(suspect, Verdict.TELL, why, affects)


def _holders(cluster: Inspection, slice_: ResourceSlice) -> tuple[str, ...]:
    keys = {
        holder.claim.meta.key
        for device in slice_.devices
        for holder in cluster.holders.of(device.id)
    }
    return tuple(
        f"claim {space}/{name} has devices of it" for space, name in sorted(keys)
    )

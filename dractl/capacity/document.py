"""The answer to `top` as plain data: what `-o json` and `-o yaml` print."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from dractl.capacity.claims import ClaimUse
from dractl.capacity.devices import DeviceUse
from dractl.capacity.fragmentation import Spread
from dractl.capacity.groups import Counts, Group, grouped
from dractl.capacity.look import Look
from dractl.capacity.partitions import Partition
from dractl.capacity.quotas import QuotaUse
from dractl.capacity.shared import SharedCapacity, shared_capacity

Document = dict[str, object]

_MOST_NODES: Final = 32  # names of the nodes that can use a device


def document(look: Look, view: str, by: tuple[str, ...]) -> Document:
    """Return what a view shows; see schemas/output/top.v1.json.

    `by` is what devices are grouped by; it is empty where a view lists something else.
    """
    return {
        "apiVersion": "dractl/v1",
        "kind": "TopResult",
        "view": view,
        "summary": counts(look.counts, look.at_once(look.fleet)),
        "groups": [
            group(each, name, look) for name in by for each in grouped(look.fleet, name)
        ],
        **{name: make(look) for name, make in _PARTS.get(view, {}).items()},
        "problems": [each.as_data() for each in look.snapshot.problems],
    }


def counts(found: Counts, once: int) -> Document:
    """Return how many devices are in which state."""
    return {
        "total": found.total,
        "free": found.free,
        "partly": found.partly,
        "allocated": found.allocated,
        "tainted": found.tainted,
        "unusable": found.unusable,
        "stranded": found.stranded,
        "atOnce": once,
    }


def group(each: Group, by: str, look: Look) -> Document:
    """Return a group of devices."""
    return {
        "by": by,
        "name": each.name,
        **counts(each.counts, look.at_once(each.uses)),
    }


def device(use: DeviceUse) -> Document:
    """Return a device with its use."""
    return {
        "driver": use.id.driver,
        "pool": use.id.pool,
        "device": use.id.device,
        "model": use.model or None,
        "classes": list(use.classes),
        "nodes": {"count": len(use.nodes), "names": list(use.nodes[:_MOST_NODES])},
        "state": use.state.value,
        "shared": use.is_shared,
        "reasons": [{"code": r.code, "message": r.message} for r in use.reasons],
        "taints": [
            {
                "key": each.key,
                "value": each.value,
                "effect": each.effect,
                "rule": each.rule,
            }
            for each in use.device.taints
        ],
        "holders": [
            {
                "namespace": held.namespace,
                "claim": held.claim.meta.name,
                "request": held.result.request,
                "adminAccess": held.is_admin,
                "pods": list(held.pods),
                "idle": held.is_idle,
            }
            for held in use.holders
        ],
        "capacity": [
            {
                "name": each.name,
                "total": str(each.total),
                "used": str(each.used),
                "left": str(each.left),
            }
            for each in use.amounts
        ],
    }


def claim(use: ClaimUse) -> Document:
    """Return a claim with its devices."""
    meta = use.claim.meta
    return {
        "namespace": meta.namespace,
        "name": meta.name,
        "phase": use.phase.value,
        "classes": list(use.classes),
        "devices": [str(each) for each in use.devices],
        "nodes": list(use.nodes),
        "consumers": [str(each) for each in use.consumers],
        "idle": use.why_idle or None,
        "creationTimestamp": meta.creation_timestamp,
    }


def partition(kind: Partition) -> Document:
    """Return a kind of partition of one parent."""
    return {
        "node": kind.node or None,
        "driver": kind.parent.driver,
        "pool": kind.parent.pool,
        "counterSets": list(kind.parent.sets),
        "kind": kind.kind,
        "published": kind.published,
        "allocated": kind.allocated,
        "possible": kind.possible,
        "whole": kind.whole,
        "counters": [
            {"name": each.name, "total": str(each.total), "left": str(each.left)}
            for each in kind.counters
        ],
    }


def spread(found: Spread) -> Document:
    """Return how the free devices of a model are spread."""
    return {
        "model": found.model,
        "free": found.free,
        "partly": found.partly,
        "ofSeveralNodes": found.elsewhere,
        "nodes": found.nodes,
        "mostOnOneNode": found.most,
        "node": found.node or None,
        "whole": found.whole,
        "split": found.is_split,
        "together": [
            {
                "attribute": each.attribute,
                "value": each.value,
                "node": each.node,
                "free": each.number,
            }
            for each in found.together
        ],
    }


def shared(found: SharedCapacity) -> Document:
    """Return a capacity of the shared devices of a model."""
    return {
        "model": found.model or None,
        "capacity": found.name,
        "devices": found.devices,
        "total": str(found.total),
        "left": str(found.left),
        "mostOnOneDevice": str(found.most),
        "device": found.device or None,
    }


def quota(use: QuotaUse) -> Document:
    """Return a limit and its use."""
    return {
        "namespace": use.namespace,
        "quota": use.quota,
        "resource": use.resource,
        "class": use.device_class,
        "hard": str(use.hard),
        "used": None if use.used is None else str(use.used),
        "claimed": use.claimed,
        "left": str(use.left),
    }


def _breaches(look: Look) -> list[Document]:
    return [each._asdict() for each in look.breaches]


def _each(
    make: Callable[..., Document], of: Callable[[Look], Iterable[object]]
) -> Callable[[Look], list[Document]]:
    return lambda look: [make(each) for each in of(look)]


_CLAIMS: Final = _each(claim, lambda look: look.claims)
_QUOTAS: Final = _each(quota, lambda look: look.quotas)
_PARTITIONS: Final = _each(partition, lambda look: look.kinds)
_PARTS: Final[Mapping[str, Mapping[str, Callable[[Look], object]]]] = {
    "overview": {
        "spreads": _each(spread, lambda look: look.spreads),
        "partitions": _PARTITIONS,
        "shared": _each(shared, lambda look: shared_capacity(look.fleet)),
        "quotas": _QUOTAS,
        "idle": _each(claim, lambda look: look.idle),
        "breaches": _breaches,
    },
    "devices": {"devices": _each(device, lambda look: look.fleet)},
    "claims": {"claims": _CLAIMS},
    "namespaces": {"quotas": _QUOTAS},
    "partitions": {"partitions": _PARTITIONS},
    "quotas": {"quotas": _QUOTAS},
}

"""Answers about what would be, as plain data: fits, headroom, history."""

from collections.abc import Iterable, Sequence
from typing import Final

from dractl.capacity.fits import Fits
from dractl.capacity.groups import Counts
from dractl.capacity.headroom import Loss
from dractl.capacity.history import Course, Moment
from dractl.solver.placement import Placement
from dractl.solver.subjects import Subject

Document = dict[str, object]

_MOST_NODES: Final = 32  # names of nodes that refuse for one reason


def fits_document(found: Fits) -> Document:
    """Return how many copies of something fit."""
    return {
        "kind": found.asked.kind,
        "namespace": found.asked.namespace,
        "name": found.asked.name,
        "part": found.asked.part or None,
        "number": found.number,
        "allowed": found.allowed,
        "most": found.most,
        "complete": not found.is_cut,
        "withoutConstraints": found.unbound,
        "nodes": [
            {"name": name, "number": number} for name, number in found.by_node.items()
        ],
        "reason": found.why or None,
        "aborted": None if found.next is None else found.next.aborted,
        "refusals": [
            {
                "reason": each.reason,
                "count": len(each.nodes),
                "nodes": list(each.nodes[:_MOST_NODES]),
            }
            for each in found.reasons
        ],
        "quotas": [
            {
                "quota": each.quota,
                "resource": each.resource,
                "left": str(each.left),
                "number": each.number,
            }
            for each in found.quotas
        ],
        "claims": [
            {"claim": each.claim, "most": each.most, "number": each.number}
            for each in found.claims
        ],
    }


def loss_document(loss: Loss) -> Document:
    """Return what the loss of a node would mean."""
    return {
        "name": loss.name,
        "node": loss.node,
        "devices": loss.devices,
        "freeOnNode": loss.free,
        "freeBefore": loss.free_before,
        "freeAfter": loss.free_after,
        "covered": loss.is_covered,
        "moved": [moved(each) for each in loss.moved],
        "homeless": [moved(each) for each in loss.homeless],
    }


def moved(placement: Placement) -> Document:
    """Return what lost its node or its devices, and where it would go."""
    kind, namespace, name = named(placement.subject)
    return {
        "kind": kind,
        "namespace": namespace,
        "name": name,
        "node": placement.node,
        "reason": placement.aborted or placement.reason,
    }


def named(subject: Subject) -> tuple[str, str, str]:
    """Return kind, namespace and name of what a subject stands for."""
    if subject.pod is not None:
        return "Pod", *subject.pod.meta.key
    return "ResourceClaim", *subject.claims[0].meta.key


def history_document(moments: Sequence[Moment], courses: Iterable[Course]) -> Document:
    """Return how the use of devices went."""
    return {
        "moments": [each.name for each in moments],
        "courses": [
            {
                "name": each.name,
                "peak": moments[each.peak].name,
                "counts": [_counts(found) for found in each.counts],
            }
            for each in courses
        ],
    }


def _counts(found: Counts) -> Document:
    return {
        "total": found.total,
        "free": found.free,
        "partly": found.partly,
        "allocated": found.allocated,
        "tainted": found.tainted,
        "unusable": found.unusable,
    }

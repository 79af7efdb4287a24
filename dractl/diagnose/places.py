"""Causes in nodes: the pod may not go where its devices are."""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from dractl.diagnose.blaming import MOST_SHOWN, about, held_by
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, unallocated, with_pod
from dractl.diagnose.survey import Found
from dractl.diagnose.table import told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed, on_nodes
from dractl.model.claims import ResourceClaim, Toleration
from dractl.model.nodeselection import NodeSelector, NodeSelectorError
from dractl.model.quantity import Quantity
from dractl.model.workloads import Node, NodeTaint, Pod
from dractl.solver.nodefit import needs_of

_CORDONED: Final = "node.kubernetes.io/unschedulable"
_STATE_OF_NODE: Final = "node.kubernetes.io/"
"""How taints begin that say how a node is; to tolerate them is no way out."""


@told_of_nodes("node-mismatch")
def mismatch(case: Case, found: Found) -> Told:
    """The devices are on nodes that the pod cannot use."""
    why = _refusals(case, found.nodes)
    parts = [f"{reason} ({listed(names, 3)})" for reason, names in why.items()]
    listed_parts = listed(parts, 3)
    if len(found.nodes) == len(case.world.nodes):
        message = f"no node suits the pod: {listed_parts}"
    else:
        message = f"the pod cannot use {listed(found.names, 3)}: {listed_parts}"
        if _has_all(case, found):
            message = (
                f"devices are free only {on_nodes(found.names)}, which the pod cannot "
                f"use: {listed_parts}"
            )
    cause = about(
        case,
        found,
        message,
        refusals=[
            {"reason": reason, "count": len(names), "nodes": names[:MOST_SHOWN]}
            for reason, names in why.items()
        ],
        nodeSelector=dict(case.pod.node_selector) if case.pod else None,
    )
    changes = () if case.pod is None else tuple(opening(case, case.pod, found.nodes))
    return Told(cause, changes)


def _has_all(case: Case, found: Found) -> bool:
    """Tell whether nothing but the pod itself keeps claims from these nodes."""
    if not case.attempt.outline(found.nodes[0])[1]:
        return False  # a device plugin serves the pod there
    place = next(
        number for number, each in enumerate(case.found) if each.blame == found.blame
    )
    return (place,) in case.ways


def _refusals(case: Case, nodes: Sequence[Node]) -> dict[str, list[str]]:
    why: dict[str, list[str]] = {}
    for node in nodes:
        reason = case.refusal(node)
        if reason is not None:
            why.setdefault(reason, []).append(node.name)
    return why


def opening(case: Case, pod: Pod, nodes: Sequence[Node]) -> Iterator[Change]:
    """Yield what would let the pod onto one of the nodes."""
    taints = {
        (each.key, each.value, each.effect): each
        for node in nodes
        for each in node.taints
    }
    down = [node for node in nodes if any(map(_is_down, node.taints))]
    if down:
        keys = {each.key for node in down for each in node.taints if _is_down(each)}
        names = listed(node.name for node in down)
        yield Change(f"bring {names} back ({listed(sorted(keys))})")
    for taint in taints.values():
        if taint.key.startswith(_STATE_OF_NODE):
            continue
        written = f"{taint.key}={taint.value}" if taint.value else taint.key
        yield Change(
            f"let the pod tolerate the node taint {written}:{taint.effect}",
            with_pod(
                partial(
                    _tolerating,
                    toleration=Toleration(
                        taint.key,
                        "Equal" if taint.value else "Exists",
                        taint.value,
                        taint.effect,
                    ),
                )
            ),
        )
    for key, value in pod.node_selector.items():
        if any(node.meta.labels.get(key) != value for node in nodes):
            yield Change(
                f"drop {key}={value} from the pod's node selector",
                with_pod(partial(_without_label, key=key)),
            )
    if len(pod.node_selector) > 1:
        yield Change(
            "drop the pod's node selector",
            with_pod(lambda each: dataclasses.replace(each, node_selector={})),
        )
    if pod.affinity is not None:
        yield Change(
            "drop the pod's required node affinity",
            with_pod(lambda each: dataclasses.replace(each, affinity=None)),
        )
    yield from _asking_less(case, pod, nodes)
    if any(node.unschedulable for node in nodes):
        cordoned = listed(node.name for node in nodes if node.unschedulable)
        yield Change(f"uncordon {cordoned}")


def _is_down(taint: NodeTaint) -> bool:
    return taint.key.startswith(_STATE_OF_NODE) and taint.key != _CORDONED


def _tolerating(pod: Pod, toleration: Toleration) -> Pod:
    return dataclasses.replace(pod, tolerations=(*pod.tolerations, toleration))


def _without_label(pod: Pod, key: str) -> Pod:
    rest = {name: value for name, value in pod.node_selector.items() if name != key}
    return dataclasses.replace(pod, node_selector=rest)


def _asking_less(case: Case, pod: Pod, nodes: Sequence[Node]) -> Iterator[Change]:
    """Yield asking for no more of a resource than one of the nodes has left."""
    needs = needs_of(pod).resources
    load = case.world.placer.load
    for name, wanted in sorted(needs.items()):
        left = [
            node.allocatable[name].nanos - load.used(node.name).get(name, 0)
            for node in nodes
            if name in node.allocatable
        ]
        most = max(left, default=wanted)
        if 0 < most < wanted and name != "pods":
            stated = next(n.allocatable[name] for n in nodes if name in n.allocatable)
            amount = dataclasses.replace(stated, nanos=most)
            now = dataclasses.replace(stated, nanos=wanted)
            yield Change(
                f"ask for at most {amount} of {name} instead of {now}",
                with_pod(partial(_needing, name=name, amount=amount)),
            )


def _needing(pod: Pod, name: str, amount: Quantity) -> Pod:
    """Return the pod with so much of a resource in all."""
    return dataclasses.replace(
        pod, pod_requests={**pod.pod_requests, name: amount}, overhead={}
    )


# -- claims that have their place already


@told_of_nodes("claim-pinned-elsewhere")
def pinned(case: Case, found: Found) -> Told:
    """The claim is allocated, on nodes that the pod cannot use or that are gone."""
    claim = case.claim(found)
    assert claim is not None, "the survey blames one claim for this"
    there = _nodes_of(case, claim)
    where = on_nodes([node.name for node in there])
    holders = [
        each
        for result in (claim.allocation.results if claim.allocation else ())
        for each in case.world.holders.of(result.device)
        if each.claim.meta.key == claim.meta.key
    ]
    why = _refusals(case, there)
    parts = [f"{reason} ({listed(names, 3)})" for reason, names in why.items()]
    if not there:
        message = f"claim {claim.meta.name} is allocated on a node that is gone"
    elif parts:
        message = (
            f"claim {claim.meta.name} is allocated {where}, which "
            f"the pod cannot use: {listed(parts, 2)}"
        )
    else:
        message = (
            f"claim {claim.meta.name} is allocated {where}, where the "
            "pod's other claims cannot be used"
        )
    cause = about(
        case,
        found,
        message,
        allocatedOn=[node.name for node in there[:MOST_SHOWN]],
        refusals=[
            {"reason": reason, "count": len(names), "nodes": names[:MOST_SHOWN]}
            for reason, names in why.items()
        ],
        **held_by(case, holders[:1]),
    )
    return Told(cause, tuple(_unpinning(case, claim, there)))


def _nodes_of(case: Case, claim: ResourceClaim) -> list[Node]:
    selector = claim.allocation.node_selector if claim.allocation else None
    return [
        node
        for node in case.world.nodes
        if selector is None or _selects(selector, node)
    ]


def _selects(selector: NodeSelector, node: Node) -> bool:
    try:
        return selector.matches(node.name, node.meta.labels)
    except NodeSelectorError:
        return False


def _unpinning(
    case: Case, claim: ResourceClaim, there: Sequence[Node]
) -> Iterator[Change]:
    if case.pod is not None:
        yield from opening(case, case.pod, there)
    users = [str(each) for each in case.world.holders.consumers(claim)]
    names = f", once {listed(users, 3)} no longer need it" if users else ""
    yield Change(
        f"free claim {claim.meta.name}{names}, so that it is allocated anew",
        unallocated(claim),
        frees=(claim.meta.key,),
    )
    yield Change(
        f"give the pod a claim of its own instead of {claim.meta.name}: name a "
        "template",
        unallocated(claim),
    )

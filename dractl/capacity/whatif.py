"""A cluster as it would be: nodes more or less, devices tainted, a driver gone.

Pods that lose their node or their devices wait again, as do their claims.
"""

import dataclasses
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import count, islice
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.capacity.copying import copied_nodes
from dractl.capacity.leaving import claims_with, without_node, without_pods
from dractl.catalogue.nearest import choice
from dractl.diagnose.standins import with_stand_ins
from dractl.errors import DractlError, unclear
from dractl.model.claims import DeviceResult
from dractl.model.devices import Device, ResourceSlice, Taint
from dractl.model.taintrules import DeviceSelector
from dractl.model.workloads import Node
from dractl.solver.rules import rules_of
from dractl.solver.view import tolerates
from dractl.taints.fleet import Fleet
from dractl.taints.targets import Targets, resolved

TAINT: Final = "what-if"
"""The key of a taint that is only thought of, and the rule that is named for it."""


@dataclass(frozen=True, slots=True)
class AddNodes:
    """So many nodes more, each like one that there is, with its DaemonSets alone."""

    number: int
    like: str

    def __str__(self) -> str:
        nodes = "node" if self.number == 1 else "nodes"
        return f"{self.number} more {nodes} like {self.like}"

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """Return the cluster with them; raise DractlError without such a node."""
        like = _node(snapshot, self.like)
        known = snapshot.node_by_name
        names = (f"{like.name}-new-{number}" for number in count(1))
        new = islice((each for each in names if each not in known), self.number)
        copies = list(copied_nodes(snapshot, like, new))
        daemons = [one for each in copies for one in each.daemons]
        return dataclasses.replace(
            snapshot,
            nodes=(*snapshot.nodes, *(each.node for each in copies)),
            slices=(*snapshot.slices, *(one for each in copies for one in each.slices)),
            pods=(*snapshot.pods, *(each.pod for each in daemons)),
            claims=(
                *snapshot.claims,
                *(claim for each in daemons for claim in each.claims),
            ),
        )


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """A node is gone, with its devices."""

    node: str

    def __str__(self) -> str:
        return f"without node {self.node}"

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """Return the cluster without it; raise DractlError if there is none."""
        node = _node(snapshot, self.node)
        nodes = tuple(each for each in snapshot.nodes if each is not node)
        return dataclasses.replace(without_node(snapshot, node), nodes=nodes)


@dataclass(frozen=True, slots=True)
class DrainNode:
    """A node is cordoned and its pods are evicted; its devices are still published."""

    node: str

    def __str__(self) -> str:
        return f"node {self.node} drained"

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """Return the cluster after it; raise DractlError without such a node."""
        node = _node(snapshot, self.node)
        nodes = tuple(
            dataclasses.replace(each, unschedulable=True) if each is node else each
            for each in snapshot.nodes
        )
        gone = [pod for pod in snapshot.pods if pod.node_name == node.name]
        after = dataclasses.replace(snapshot, nodes=nodes)
        return without_pods(after, gone, (), keeps_daemons=True)


@dataclass(frozen=True, slots=True)
class TaintDevices:
    """Devices are tainted; `word` is DRIVER, DRIVER/POOL or DRIVER/POOL/DEVICE.

    NoExecute also takes them from pods that do not tolerate it.
    """

    word: str
    effect: str = "NoSchedule"

    def __str__(self) -> str:
        return f"{self.word} tainted {self.effect}"

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """Return the cluster with it; raise DractlError where it has no effect."""
        rules = rules_of(snapshot.profile)
        if not rules.taints:
            raise unclear(
                "the feature gate DRADeviceTaints is off: taints of devices keep "
                "nobody away",
                hint="--feature-gates DRADeviceTaints=true",
            )
        found = resolved(Fleet(snapshot), Targets(words=(self.word,)))
        if found.notices:
            told = found.notices[0]
            raise unclear(told.message.partition(";")[0], hint=told.hint)
        taint = Taint(TAINT, "", self.effect, rule=TAINT)
        after = dataclasses.replace(
            snapshot,
            slices=tuple(
                _tainted(each, found.selectors, taint) for each in snapshot.slices
            ),
        )
        if self.effect != "NoExecute":
            return after

        def is_lost(each: DeviceResult) -> bool:
            return (
                any(selector.selects(each.device) for selector in found.selectors)
                and not each.admin_access
                and not any(tolerates(one, taint) for one in each.tolerations)
            )

        return without_pods(
            after, (), claims_with(snapshot, is_lost), keeps_daemons=True
        )


@dataclass(frozen=True, slots=True)
class WithoutDriver:
    """A driver publishes nothing any more."""

    driver: str

    def __str__(self) -> str:
        return f"without driver {self.driver}"

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """Return the cluster without it; raise DractlError if there is none."""
        known = dict.fromkeys(each.driver for each in snapshot.slices)
        if self.driver not in known:
            raise _unknown("driver", self.driver, known)
        slices = tuple(each for each in snapshot.slices if each.driver != self.driver)
        freed = claims_with(snapshot, lambda each: each.device.driver == self.driver)
        after = dataclasses.replace(snapshot, slices=slices)
        return without_pods(after, (), freed, keeps_daemons=True)


@dataclass(frozen=True, slots=True)
class FreeClaim:
    """A claim is gone, with the pods that it is reserved for."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"without claim {self.namespace}/{self.name}"

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """Return the cluster without it; raise DractlError if there is none."""
        key = (self.namespace, self.name)
        claim = snapshot.claim_by_key.get(key)
        if claim is None:
            known = ["/".join(each) for each in snapshot.claim_by_key]
            raise _unknown("claim", "/".join(key), known)
        users = {(self.namespace, each.name) for each in claim.reserved_for}
        return dataclasses.replace(
            snapshot,
            claims=tuple(each for each in snapshot.claims if each.meta.key != key),
            pods=tuple(each for each in snapshot.pods if each.meta.key not in users),
        )


Change = AddNodes | RemoveNode | DrainNode | TaintDevices | WithoutDriver | FreeClaim


def changed(snapshot: Snapshot, *changes: Change) -> Snapshot:
    """Return the cluster after the changes, in their order.

    Where the snapshot has no nodes, those stand in that slices speak of. Raises
    DractlError for what does not exist, or has no effect in that release.
    """
    after = with_stand_ins(snapshot) if changes else snapshot
    for each in changes:
        after = each.apply(after)
    return after


def _node(snapshot: Snapshot, name: str) -> Node:
    node = snapshot.node_by_name.get(name)
    if node is None:
        raise _unknown("node", name, snapshot.node_by_name)
    return node


def _unknown(what: str, name: str, known: Iterable[str]) -> DractlError:
    message = f"there is no {what} {name[:120]!r}"
    return unclear(message, choice(name, known), f"unknown-{what}")


def _tainted(
    each: ResourceSlice, selectors: Collection[DeviceSelector], taint: Taint
) -> ResourceSlice:
    whole = DeviceSelector(each.driver, each.pool)
    if not any(selector.meets(whole) for selector in selectors):
        return each

    def with_taint(device: Device) -> Device:
        if not any(selector.selects(device.id) for selector in selectors):
            return device
        return dataclasses.replace(device, taints=(*device.taints, taint))

    return dataclasses.replace(each, devices=tuple(map(with_taint, each.devices)))

"""The devices of one node, by the fewest rules that mean exactly these."""

from collections.abc import Mapping
from functools import cached_property

from dractl.catalogue.nearest import guess
from dractl.errors import DractlError, unclear
from dractl.model.devices import NodeScope
from dractl.model.nodeselection import NodeSelector, NodeSelectorError
from dractl.model.taintrules import DeviceSelector
from dractl.taints.fleet import Fleet
from dractl.taints.notices import Notice


def of_node(fleet: Fleet, name: str) -> tuple[list[DeviceSelector], list[Notice]]:
    """Return selectors of the devices that only this node can use.

    A pool of slices that all name the node is selected as a whole, so that devices
    which come later are meant as well. Raises DractlError for a node without any.
    """
    reach = _Reach(fleet, name)
    selectors: list[DeviceSelector] = []
    shared = 0
    for (driver, pool), entries in fleet.pools.items():
        if all(entry.slice.scope.node_name == name for entry in entries):
            selectors.append(DeviceSelector(driver, pool))
            continue
        own = [entry for entry in entries if reach.is_alone(entry.scope)]
        selectors += [DeviceSelector(*entry.device.id) for entry in own]
        shared += sum(reach.includes(e.scope) for e in entries) - len(own)
    if not selectors:
        raise _without_devices(fleet, name, shared)
    return selectors, [_left_out(name, shared)] if shared else []


def _left_out(name: str, shared: int) -> Notice:
    return Notice(
        "shared-with-others",
        f"left out what other nodes can use as well as {name}: {shared} of the devices",
        "name them as DRIVER/POOL/DEVICE if they are meant",
    )


def _without_devices(fleet: Fleet, name: str, shared: int) -> DractlError:
    known = {
        *fleet.snapshot.node_by_name,
        *(each.scope.node_name for each in fleet.snapshot.slices),
    } - {None}
    if name in known:
        hint = _left_out(name, shared).hint if shared else "kubectl get resourceslices"
        return unclear(
            f"no device is for node {name!r} alone", hint, code="no-devices-of-node"
        )
    hint = guess(name, sorted(each for each in known if each), "kubectl get nodes")
    return unclear(f"there is no node {name!r}", hint, code="unknown-node")


class _Reach:
    """Which scopes include a node, and which of them no other node."""

    def __init__(self, fleet: Fleet, name: str) -> None:
        self._nodes = fleet.snapshot.nodes
        self._node = fleet.snapshot.node_by_name.get(name)
        self._name = name
        self._counts: dict[NodeSelector, int] = {}

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {} if self._node is None else self._node.meta.labels

    def includes(self, scope: NodeScope) -> bool:
        """Tell whether the node can use what has the scope."""
        try:
            return scope.includes(self._name, self._labels)
        except NodeSelectorError:
            return False  # the scheduler finds such a device on no node, either

    def is_alone(self, scope: NodeScope) -> bool:
        """Tell whether the node is the only one that can use it."""
        if scope.node_name:
            return scope.node_name == self._name
        if scope.all_nodes or scope.selector is None or not self.includes(scope):
            return False
        return self._count(scope.selector) == 1

    def _count(self, selector: NodeSelector) -> int:
        known = self._counts.get(selector)
        if known is None:
            known = sum(
                selector.matches(each.name, each.meta.labels) for each in self._nodes
            )
            self._counts[selector] = known
        return known

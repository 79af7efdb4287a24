"""What nodes and drivers that are not well, or gone, mean for their devices."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.diagnose.plugins import pods_of, state_of
from dractl.health.answer import Level, Sign
from dractl.model.devices import DeviceId
from dractl.model.workloads import Node, Pod
from dractl.solver.nodefit import is_ready
from dractl.taints.fleet import Fleet

_ABSENT: Final = Sign(
    "driver-absent",
    Level.UNKNOWN,
    "its node has no pod that looks like its driver's, as other nodes have",
)


class Places:
    """Nodes and drivers, as far as they tell of devices."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._snapshot: Snapshot = fleet.snapshot
        self._known: dict[tuple[str, str, bool], tuple[Sign, ...]] = {}

    def signs(self, driver: str, node: str, *, is_held: bool) -> Iterator[Sign]:
        """Yield what a node and a driver's pod there say of the devices on it.

        Held devices have pods, or are kept for pods, that need the node.
        """
        key = (driver, node, is_held)
        if key not in self._known:
            of_node = self._of_node(node, is_held=is_held)
            self._known[key] = (*of_node, *self._of_driver(driver, node))
        yield from self._known[key]

    def of_gone(self, device: DeviceId, *, is_used: bool) -> Sign:
        """Return what is said of a device that claims hold and nobody publishes.

        What no pod uses any more does not hurt yet.
        """
        driver, pool, _ = device
        if driver not in self._fleet.pools_of:
            code, told = "driver-gone", f"driver {driver} publishes nothing any more"
        elif (driver, pool) not in self._fleet.pools:
            code, told = "pool-gone", f"pool {pool} is not published any more"
        else:
            code, told = "device-gone", "its pool is published without it"
        level = Level.UNHEALTHY if is_used else Level.DEGRADED
        return Sign(code, level, f"{told}, though a claim holds the device")

    def _of_node(self, name: str, *, is_held: bool) -> Iterator[Sign]:
        level = Level.UNHEALTHY if is_held else Level.UNKNOWN
        node = self._snapshot.node_by_name.get(name)
        if node is None:
            if self._knows_nodes:
                yield Sign("node-gone", level, "its node is gone")
        elif not is_ready(node):
            yield _unready(node, level)

    @property
    def _knows_nodes(self) -> bool:
        info = self._snapshot.info
        return bool(self._snapshot.nodes) and info.gap("Node") is None

    def _of_driver(self, driver: str, node: str) -> Iterator[Sign]:
        """Yield what is wrong with the pod that looks like a driver's on a node."""
        pods = self._serving.get(driver)
        if not pods:
            return  # nothing tells which pods are its
        if node not in pods:
            yield _ABSENT
        for pod in pods.get(node, ()):
            state = state_of(pod)
            if state:
                told = (
                    f"the pod there that looks like its driver's is {state}: no new "
                    "pod can have it prepared"
                )
                name = "/".join(pod.meta.key)
                yield Sign("driver-ill", Level.DEGRADED, told, evidence={"pod": name})

    @cached_property
    def _serving(self) -> Mapping[str, Mapping[str, Sequence[Pod]]]:
        """The pods that look like those of each driver, by node."""
        found: dict[str, dict[str, list[Pod]]] = {}
        if self._snapshot.info.gap("Pod") is not None:
            return found
        for driver in self._fleet.pools_of:
            for pod in pods_of(self._snapshot, driver):
                # One that was evicted stays for a while beside the one in its place.
                if pod.node_name and not pod.has_ended:
                    nodes = found.setdefault(driver, {})
                    nodes.setdefault(pod.node_name, []).append(pod)
        return found


def _unready(node: Node, level: Level) -> Sign:
    ready = next(each for each in node.conditions if each.type == "Ready")
    why = ready.message or ready.reason
    # The controller writes Unknown for a kubelet that does not answer any more.
    state = "is unreachable" if ready.status == "Unknown" else "is not ready"
    return Sign(
        "node-not-ready",
        level,
        f"its node {state}{f': {why}' if why else ''}",
        ready.last_transition_time,
        evidence={"node": node.name, "status": ready.status},
    )

"""Hazards on nodes: who manages a device, and whether it is shared with a plugin."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from dractl.migrate.hazards.registry import Case, Said, of_all
from dractl.migrate.targets import plugins
from dractl.model.names import is_extended_resource
from dractl.rules.registry import Severity

_BESIDE: Final = frozenset({"compute-domain.nvidia.com"})
"""Drivers whose devices no plugin manages."""
_OPERATOR: Final = "nvidia.com"
_NEW: Final = "GPUCluster"
_STACKS: Final = frozenset({"ClusterPolicy", _NEW})


@of_all("dual-managed", Severity.ERROR)
def dual_managed(case: Case) -> Iterator[Said]:
    """A device plugin and a DRA driver manage the same devices of a node.

    The node offers the resource, and the driver has published devices there. Neither
    knows what the other has given away, so that two pods can get the same device.
    Remove one of the two from the node, and wait until its resource is 0, or its slices
    are gone. Slices of ComputeDomains do not count.
    """
    drivers = _drivers_on(case)
    offered = {name for node in case.snapshot.nodes for name in node.allocatable}
    managing = {
        name: _drivers_of(name, case) for name in offered if is_extended_resource(name)
    }
    for node in case.snapshot.nodes:
        published = drivers.get(node.name, {}).keys() - _BESIDE
        for resource, amount in node.allocatable.items():
            both = sorted(published & managing.get(resource, frozenset()))
            if both and amount.nanos > 0:
                yield Said(
                    f"a device plugin offers {amount} of {resource}, and {both[0]} "
                    f"has published {_counted(drivers[node.name][both[0]])} there: two "
                    "pods can get the same device",
                    f"take the plugin of {resource} off the node, and wait until it "
                    "offers 0",
                    "",
                    None,
                    f"Node {node.name}",
                )


@of_all("two-gpu-operators", Severity.ERROR)
def two_gpu_operators(case: Case) -> Iterator[Said]:
    """The GPU operator is told to run both of its stacks.

    A ClusterPolicy stands for the device plugin and what belongs to it, a GPUCluster
    for the DRA driver (26.7, a technology preview for new clusters). With both the
    operator refuses to work. In a cluster that has a ClusterPolicy, install the DRA
    driver by its own chart, and take the plugin off the nodes that have moved by the
    label nvidia.com/gpu.deploy.device-plugin=false.
    """
    found = {each.kind: each for each in case.inputs if each.group == _OPERATOR}
    if found.keys() >= _STACKS:
        given = found[_NEW]
        yield Said(
            "a ClusterPolicy is there too, and the GPU operator works with one of them",
            "leave the GPUCluster out, and install the driver by its own chart",
            given.place(),
            None,
            given.title.strip(),
        )


def _drivers_on(case: Case) -> Mapping[str, Mapping[str, Collection[str]]]:
    """Return what drivers have published, by node and driver."""
    found: dict[str, dict[str, set[str]]] = {}
    for each in case.snapshot.slices:
        if each.scope.node_name and each.devices:
            own = found.setdefault(each.scope.node_name, {})
            # Former generations of a pool have the same devices.
            own.setdefault(each.driver, set()).update(x.name for x in each.devices)
    return found


def _counted(devices: Collection[str]) -> str:
    return f"{len(devices)} device{'s' if len(devices) > 1 else ''}"


def _drivers_of(resource: str, case: Case) -> frozenset[str]:
    """Return the drivers that could manage what a resource stands for."""
    known = {
        row.driver
        for plugin in plugins(case.order)
        for row in plugin.extended
        if row.part(resource) is not None
    }
    return case.served.get(resource, frozenset()) | known

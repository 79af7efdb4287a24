"""Hazards on nodes: who manages a device, and whether it is shared with a plugin."""

from collections.abc import Iterator
from typing import Final

from dractl.diagnose.doubled import doubled, drivers_of
from dractl.migrate.hazards.registry import Case, Said, of_all
from dractl.migrate.targets import plugins
from dractl.rules.registry import Severity

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
    for each in doubled(case.snapshot, lambda resource: _drivers_of(resource, case)):
        yield Said(
            str(each),
            f"take the plugin of {each.resource} off the node, and wait until it "
            "offers 0",
            "",
            None,
            f"Node {each.node}",
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


def _drivers_of(resource: str, case: Case) -> frozenset[str]:
    """Return the drivers that could manage what a resource stands for."""
    known = drivers_of(resource, plugins(case.order))
    return case.served.get(resource, frozenset()) | known

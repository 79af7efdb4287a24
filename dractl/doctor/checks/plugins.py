"""Who manages devices: device plugins beside drivers, and two who cut GPUs."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from dractl.diagnose.doubled import doubled, drivers_of
from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.migrate.evidence.mig import OFF
from dractl.migrate.evidence.node_labels import LAYOUT
from dractl.rules.registry import Severity
from dractl.vendors import VENDORS

_PLUGINS: Final = tuple(plugin for vendor in VENDORS for plugin in vendor.plugins)
_STACKS: Final = frozenset({"ClusterPolicy", "GPUCluster"})
_MIG_DRIVER: Final = "gpu.nvidia.com"


@check("dual-managed", Severity.ERROR, needs=("Node", "ResourceSlice"))
def dual_managed(case: Case) -> Iterator[Finding | Skipped]:
    """A device plugin and a DRA driver manage the same devices of a node.

    The node offers the extended resource, and the driver has published devices there.
    Neither knows what the other has given away, so that two pods can get the same
    device. Keep one of the two on the node: plugins usually go by a label of the node.
    Wait until the node offers 0, or the slices are gone. Slices of ComputeDomains do
    not count. `dractl migrate` moves workloads from a plugin to DRA.
    """
    for each in doubled(case.snapshot, partial(drivers_of, plugins=_PLUGINS)):
        yield Finding(
            "dual-managed",
            Severity.ERROR,
            str(each),
            f"Node/{each.node}",
            each.node,
            f"take the plugin of {each.resource}, or driver {each.driver}, off the "
            "node",
            evidence={
                "resource": each.resource,
                "offered": str(each.amount),
                "driver": each.driver,
                "devices": each.devices,
            },
        )


@check("mig-manager-with-dynamic-mig", Severity.WARNING)
def mig_manager_with_dynamic_mig(case: Case) -> Iterator[Finding | Skipped]:
    """The MIG manager and the DRA driver both cut the GPUs of a node.

    With its gate DynamicMIG the driver makes MIG devices when claims ask for them, and
    removes those that it does not know. The MIG manager makes what the label
    nvidia.com/mig.config of the node says. Use one of them on a node.
    """
    cutting = {
        each.scope.node_name or each.pool
        for each in case.snapshot.slices
        if each.driver == _MIG_DRIVER and each.shared_counters
    }
    found = [
        node.name
        for node in case.snapshot.nodes
        if node.name in cutting and node.meta.labels.get(LAYOUT, OFF) not in {"", OFF}
    ]
    if found:
        yield Finding(
            "mig-manager-with-dynamic-mig",
            Severity.WARNING,
            f"{listed(found)}: the label {LAYOUT} asks the MIG manager for a layout, "
            "and the slices have counters, as DynamicMIG makes",
            f"Node/{found[0]}",
            fix="take the label off, or turn the driver's gate DynamicMIG off",
            evidence={"nodes": found},
        )


@check("two-gpu-operators", Severity.ERROR)
def two_gpu_operators(case: Case) -> Iterator[Finding | Skipped]:
    """The GPU operator is told to run both of its stacks.

    A ClusterPolicy stands for the device plugin and what belongs to it, a GPUCluster
    for the DRA driver (26.7). With both the operator refuses to work. Beside a
    ClusterPolicy, install the DRA driver by its own chart.
    """
    found = {each.kind: each.meta.name for each in case.snapshot.operator_stacks}
    if found.keys() >= _STACKS:
        named = " and ".join(f"{kind} {found[kind]}" for kind in sorted(_STACKS))
        yield Finding(
            "two-gpu-operators",
            Severity.ERROR,
            f"{named} are both there, and the GPU operator works with one of them",
            f"GPUCluster/{found['GPUCluster']}",
            fix="delete one of them",
            evidence=found,
        )

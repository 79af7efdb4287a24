"""IMEX channels, by which GPUs of several machines share memory over NVLink."""

from collections.abc import Iterator
from typing import Final

from dractl.model.hosts import HostFacts, NvmlState
from dractl.vendors import wire
from dractl.vendors.base import Class, Driver, Found

_NODES: Final = "/dev/nvidia-caps-imex-channels/"
_FABRIC: Final = "fabric"

COMPUTE_DOMAIN: Final = Driver(
    "nvidia-compute-domain",
    "compute-domain.nvidia.com",
    (
        Class(
            "compute-domain-default-channel.nvidia.com",
            "channel",
            selector='device.attributes["compute-domain.nvidia.com"].id == 0',
        ),
        Class("compute-domain-daemon.nvidia.com", "daemon"),
    ),
    {"type": "string", "id": "int"},
)


def channels(facts: HostFacts) -> Iterator[Found]:
    """Yield what the driver publishes: of all channels, only the first one.

    It does so on every node where it runs. Here these are the machines in a fabric, or
    with nodes of channels: elsewhere nobody needs it.
    """
    gpus = facts.nvml.gpus
    is_attached = any(gpu.fabric_cluster for gpu in gpus)
    has_nodes = any(node.path.startswith(_NODES) for node in facts.nodes)
    if facts.nvml.state is not NvmlState.READ or not (is_attached or has_nodes):
        return
    reason = _refusal(facts)
    for kind in ("channel", "daemon"):
        known = {"type": wire.text(kind), "id": wire.number(0)}
        yield Found(
            "nvidia",
            "imex",
            f"IMEX {kind} 0",
            driver=COMPUTE_DOMAIN.name,
            device=None if reason else wire.device(f"{kind}-0", known, {}),
            why_not=reason,
        )


def _refusal(facts: HostFacts) -> str:
    """Return why the driver would not start (gate CrashOnNVLinkFabricErrors)."""
    failed = [
        f"GPU {gpu.index}: {gpu.failures[_FABRIC]}"
        for gpu in facts.nvml.gpus
        if _FABRIC in gpu.failures
    ]
    if failed:
        return f"the NVLink fabric is not well ({'; '.join(failed)})"
    cliques = {
        (gpu.fabric_cluster, gpu.fabric_clique)
        for gpu in facts.nvml.gpus
        if gpu.fabric_cluster
    }
    return "its GPUs are in different NVLink cliques" if len(cliques) > 1 else ""

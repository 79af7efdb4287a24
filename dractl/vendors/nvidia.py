"""NVIDIA's GPUs and MIG partitions, as gpu.nvidia.com publishes them, and IMEX.

Schemas 0.3 (chart 25.12), 0.4 and 0.5 (main) are with the driver's gates as they are
unless set, but for NVMLDeviceHealthCheck: a lost GPU has its taint. Those in -vfio have
PassthroughSupport, which is off, and excludes these taints, as partitions do.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts, MigDevice
from dractl.vendors import nvidia_gpus, nvidia_health
from dractl.vendors.base import Class, Driver, Found, Health, Vendor, Wire, Wishes
from dractl.vendors.nvidia_cards import Card, cards, has_hidden_partitions
from dractl.vendors.nvidia_gpus import View
from dractl.vendors.nvidia_imex import COMPUTE_DOMAIN, channels
from dractl.vendors.nvidia_plugin import PLUGIN

_NAME: Final = "nvidia"
_VFIO: Final = "-vfio"
_STRINGS: Final = (
    "type", "uuid", "productName", "brand", "architecture", "addressingMode",
    "parentUUID", "profile", "deviceID", "vendorID",
)  # fmt: skip
_VERSIONS: Final = ("cudaComputeCapability", "driverVersion", "cudaDriverVersion")

DRIVER: Final = Driver(
    _NAME,
    "gpu.nvidia.com",
    (
        Class("gpu.nvidia.com", "gpu", "nvidia.com/gpu"),
        Class("mig.nvidia.com", "mig"),
        Class("vfio.gpu.nvidia.com", "vfio"),
    ),
    {
        **dict.fromkeys(_STRINGS, "string"),
        **dict.fromkeys(_VERSIONS, "version"),
        "iommuFDEnabled": "bool",
        "numa": "int",
    },
    frozenset({
        "memory", "multiprocessors", "copyEngines", "decoders", "encoders",
        "jpegEngines", "ofaEngines", "shares", "addressableMemory",
        *(f"memorySlice{number}" for number in range(8)),
    }),
    {"model": "productName"},
    schemas=("0.3", "0.3-vfio", "0.4", "0.4-vfio", "0.5-vfio", "0.5"),
    conditional={
        **dict.fromkeys(
            ("gpuModuleID", "partition1", "partition2", "partition4", "partition8"),
            "its gate FabricManagerPartitioning",
        ),
        **dict.fromkeys(
            ("shares", "allowMultipleAllocations"), "its gate ConsumableShares"
        ),
        "taint gpu.nvidia.com/*": "its gate NVMLDeviceHealthCheck",
    },
    stand_ins={
        "allowMultipleAllocations": "false",
        "taint gpu.nvidia.com/gpu-lost": ":NoSchedule",
    },
    of_nvml=(
        "memory", "uuid", "productName", "brand", "architecture", "addressingMode",
        *_VERSIONS,
    ),
    health=Health(
        ills={
            "gpu.nvidia.com/xid": "the kernel driver reported an error (XID)",
            "gpu.nvidia.com/gpu-lost": "the GPU has fallen off the bus",
        },
        others={"gpu.nvidia.com/unmonitored": "nobody watches how it is"},
        switch="its gate NVMLDeviceHealthCheck",
    ),
)  # fmt: skip


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    view = View(facts, wishes.schema(DRIVER), wishes.partitionable)
    for card in cards(facts):
        yield from _of(card, view)
    yield from channels(facts)


def _of(card: Card, view: View) -> Iterator[Found]:
    """Yield a GPU and its partitions."""
    found = _found(card, view)
    reason = nvidia_health.why_not(card, view)
    passed = _passed(card, view)
    if passed is not None:
        yield replace(found, device=passed)
        if reason:
            return
        found = replace(found, warnings=())
    if reason:
        yield replace(found, why_not=reason)
    elif card.minor is None:
        reason = "its minor number is not known, by which the driver names it"
        yield replace(found, why_not=reason)
    elif card.gpu is None:
        yield replace(found, device=_tainted(card, view, nvidia_gpus.whole(card, view)))
    else:
        yield from _told(card, view, found)


def _passed(card: Card, view: View) -> Wire | None:
    """Return what is offered to virtual machines: nothing of a GPU with partitions."""
    if not view.schema.endswith(_VFIO) or has_hidden_partitions(card, view.facts):
        return None
    has_partitions = card.gpu is not None and card.gpu.migs
    return None if has_partitions else nvidia_gpus.passed_through(card, view)


def _told(card: Card, view: View, found: Found) -> Iterator[Found]:
    gpu = card.gpu
    assert gpu is not None
    is_divisible = view.partitionable and nvidia_gpus.is_partitionable(gpu, view)
    sets = nvidia_gpus.counter_sets(card) if is_divisible else ()
    if nvidia_gpus.is_whole_published(gpu, view):
        device = _tainted(card, view, nvidia_gpus.whole(card, view))
        yield replace(found, device=device, counters=sets)
    else:
        yield replace(found, why_not=_divided(card, is_divisible=is_divisible))
    part = replace(
        found, kind="partition", parent=found.address, details={}, warnings=()
    )
    if is_divisible:
        possible = sorted(
            nvidia_gpus.possible(card, view), key=lambda each: str(each[1]["name"])
        )
        for name, device in possible:
            model = f"{found.model} {name}"
            device = _tainted(card, view, device)  # noqa: PLW2901 - the same device
            yield replace(part, model=model, device=device, counters=sets)
        return
    for mig in gpu.migs:
        yield _existing(card, view, mig, part)


def _divided(card: Card, *, is_divisible: bool) -> str:
    if is_divisible:
        return "MIG mode is on and cannot be switched off without a reset"
    if card.gpu is not None and card.gpu.migs:
        return "its MIG partitions are the devices"
    return (
        "MIG mode is on, but there are no partitions: make some (nvidia-smi mig -cgi) "
        "or switch it off (nvidia-smi -mig 0)"
    )


def _existing(card: Card, view: View, mig: MigDevice, part: Found) -> Found:
    details = {"uuid": mig.uuid, "gpuInstance": str(mig.gpu_instance)}
    part = replace(part, details=details)
    profiles = card.gpu.profiles if card.gpu is not None else ()
    profile = next((each for each in profiles if each.number == mig.profile), None)
    if mig.profile is None:
        reason = (
            "its profile and place may not be read by this user: run it as root, "
            "or let it open /dev/nvidia-caps/*"
        )
        return replace(part, model=f"{part.model} MIG", why_not=reason)
    device = None
    if profile is not None:
        device = nvidia_gpus.existing(card, view, mig, profile)
    if profile is None or device is None:
        reason = f"the driver does not know its profile ({mig.profile})"
        return replace(part, model=f"{part.model} MIG", why_not=reason)
    model = f"{part.model} {device['attributes']['profile']['string']}"
    if mig.compute_slices is not None and mig.compute_slices != profile.slices:
        reason = (
            f"its compute instance has {mig.compute_slices} of {profile.slices} "
            "slices: the driver stops at such a partition and publishes nothing at all"
        )
        return replace(part, model=model, why_not=reason)
    return replace(part, model=model, device=_tainted(card, view, device))


def _tainted(card: Card, view: View, device: Wire) -> Wire:
    taints = nvidia_health.taints(card, view)
    return {**device, "taints": taints} if taints else device


def _found(card: Card, view: View) -> Found:
    pci = card.pci
    return Found(
        _NAME,
        "vf" if card.is_virtual_function else "gpu",
        card.model,
        card.address,
        pci.sriov.parent if pci is not None and pci.sriov is not None else None,
        pci.numa_node if pci is not None else None,
        pci.root if pci is not None else None,
        pci.driver if pci is not None else None,
        DRIVER.name,
        warnings=tuple(nvidia_health.warnings(card, view)),
        details=nvidia_health.details(card),
    )


NVIDIA: Final = Vendor(_NAME, "NVIDIA GPUs", (DRIVER, COMPUTE_DOMAIN), _find, (PLUGIN,))

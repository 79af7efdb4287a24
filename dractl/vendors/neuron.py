"""AWS Inferentia and Trainium, whose driver is closed: as its documents tell."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import Known, attributes, bound, located, numbered
from dractl.vendors.base import Class, Driver, Found, Vendor, Wire, Wishes
from dractl.vendors.clouds import AMAZON, cloud
from dractl.vendors.other_plugins import NEURON_PLUGIN
from dractl.vendors.wire import device

_VENDOR: Final = 0x1D0F
_MODELS: Final = {
    0x7064: "Inferentia",
    0x7164: "Trainium",
    0x7264: "Inferentia2",
    0x7364: "Trainium2",
    0x7564: "Trainium3",
    0x7565: "Trainium3",
}
_METADATA: Final = "the instance's metadata service"
_DRIVER: Final = Driver(
    "neuron",
    "neuron.aws.com",
    (Class("neuron.aws.com"),),
    {
        **dict.fromkeys(
            (
                "instanceType", "neuronDriverVersion", "resourceType",
                "networkNodeLayer1", "networkNodeLayer2", "networkNodeLayer3",
                "topology_x", "topology_y", "topology4_id", "topology8_id",
                "capacityBlockId",
            ),
            "string",
        ),
        "deviceId": "int",
        "draDriverVersion": "version",
    },
    elsewhere={
        "draDriverVersion": "the driver itself",
        **dict.fromkeys(
            (
                "networkNodeLayer1", "networkNodeLayer2", "networkNodeLayer3",
                "topology_x", "topology_y", "topology4_id", "topology8_id",
                "capacityBlockId", "resource.aws.com/devicegroup1_id",
                "resource.aws.com/devicegroup4_id", "resource.aws.com/devicegroup8_id",
                "resource.aws.com/devicegroup16_id",
            ),
            _METADATA,
        ),
    },
)  # fmt: skip
_KERNEL_DRIVER: Final = "neuron"
_SYSFS: Final = "sys/devices/virtual/neuron_device"


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    del wishes
    # Only the driver's ioctl tells which number is whose; neuron-ls asks it.
    return numbered(
        facts,
        "/dev/neuron",
        _listed(facts),
        partial(_device, facts),
        partial(_told, facts),
    )


def _listed(facts: HostFacts) -> Iterator[tuple[PciDevice, Found]]:
    for function in facts.pci:
        if function.vendor != _VENDOR or function.device not in _MODELS:
            continue
        found = located("neuron", "npu", _MODELS[function.device], function)
        why_not = bound(function, _KERNEL_DRIVER)
        yield function, replace(found, driver=_DRIVER.name, why_not=why_not)


NEURON: Final = Vendor("neuron", "AWS Neuron", (_DRIVER,), _find, (NEURON_PLUGIN,))


def _device(facts: HostFacts, function: PciDevice, number: int) -> Wire:
    del function
    values: dict[str, Known] = {
        "deviceId": number,
        "resourceType": "neuron_device",
        "neuronDriverVersion": facts.modules.get(_KERNEL_DRIVER) or None,
        # Machines of EC2 have the type of the instance for the name of the product.
        "instanceType": (
            facts.dmi.get("product_name") if cloud(facts.dmi) == AMAZON else None
        ),
    }
    return device(f"neuron-device-{number}", attributes(values), {})


def _told(facts: HostFacts, number: int) -> dict[str, str]:
    """Return what the kernel driver tells of a device."""
    files = {"cores": "core_count", "connected devices": "connected_devices"}
    texts = {
        word: facts.texts.get(f"{_SYSFS}/neuron{number}/{name}", "").strip()
        for word, name in files.items()
    }
    return {word: text for word, text in texts.items() if text}

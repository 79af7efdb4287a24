"""AWS Inferentia and Trainium."""

from typing import Any

from dractl.model.hosts import PciDevice
from dractl.vendors.neuron import NEURON
from tests.hosts.reading import host_facts
from tests.vendors.builders import attribute, found, host, nodes, only, pci, published


def _chip(address: str, **fields: Any) -> PciDevice:
    usual = {"class_code": 0x088000, "driver": "neuron"}
    return pci(address, 0x1D0F, 0x7364, **{**usual, **fields})


def test_devices_are_numbered_in_the_order_of_their_addresses() -> None:
    devices = found(NEURON, host_facts("trn1"))
    assert [attribute(each, "deviceId") for each in devices] == list(range(16))
    assert devices[5].address == "0000:20:1d.0"
    assert devices[5].details == {
        "number": "5, taken from the order of addresses",
        "cores": "2",
    }
    assert published(devices)["neuron-device-5"] == {
        "deviceId": 5,
        "instanceType": "trn1.32xlarge",
        "neuronDriverVersion": "2.21.37.0",
        "resourceType": "neuron_device",
    }


def test_the_type_of_the_instance_is_known_on_ec2_alone() -> None:
    dmi = {"sys_vendor": "QEMU", "product_name": "Standard PC"}
    facts = host(_chip("0000:00:1e.0"), dmi=dmi, nodes=nodes("/dev/neuron0"))
    assert published(found(NEURON, facts)) == {
        "neuron-device-0": {"deviceId": 0, "resourceType": "neuron_device"}
    }


def test_what_the_kernel_driver_does_not_serve_has_no_number() -> None:
    facts = host(
        _chip("0000:00:1d.0", driver=None),
        _chip("0000:00:1e.0", driver="vfio-pci"),
        _chip("0000:00:1f.0"),
        nodes=nodes("/dev/neuron0"),
    )
    devices = found(NEURON, facts)
    assert [each.why_not for each in devices] == [
        "no kernel driver is bound; it needs neuron",
        "vfio-pci is bound, not neuron",
        "",
    ]
    assert list(published(devices)) == ["neuron-device-0"]


def test_a_missing_device_node_is_warned_of() -> None:
    one = only(NEURON, host(_chip("0000:00:1f.0"), nodes=nodes("/dev/neuron7")))
    assert (one.model, one.warnings) == (
        "Trainium2",
        ("/dev/neuron0 is not there, and jobs need it",),
    )


def test_where_dev_is_not_seen_no_device_node_is_missed() -> None:
    assert only(NEURON, host(_chip("0000:00:1f.0"))).warnings == ()


def test_other_devices_of_amazon_are_not_meant() -> None:
    assert found(NEURON, host(pci("0000:00:05.0", 0x1D0F, 0xEC20))) == []

"""Virtual functions of network cards as the SR-IOV driver publishes them."""

from collections.abc import Iterator
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import Known, attributes, ids
from dractl.vendors.base import Class, Driver, Found, Vendor, Wishes
from dractl.vendors.nic_plugins import SRIOV_PLUGIN
from dractl.vendors.nics import belonging, is_network, model, rdma_of
from dractl.vendors.wire import PCI_BUS_ID, PCIE_ROOT, device, label

NEEDS_POLICY: Final = "its driver publishes it once a SriovResourcePolicy selects it"
_ALL: Final = "all"
_DRIVER: Final = Driver(
    "sriov",
    "sriovnetwork.k8snetworkplumbingwg.io",
    (Class("sriovnetwork.k8snetworkplumbingwg.io"),),
    {
        **dict.fromkeys(
            (
                "pciAddress", "PFName", "EswitchMode", "vendor", "deviceID",
                "pfDeviceID", "resourceName", "linkType", "pfPciAddress",
            ),
            "string",
        ),
        "vfID": "int",
        "rdmaCapable": "bool",
    },
    schemas=(_ALL, "none"),
    elsewhere={"resourceName": "the policy that selects it"},
    is_selective=True,
)  # fmt: skip
_DOMAIN: Final = _DRIVER.name
_LINK_TYPES: Final = {1: "ethernet", 32: "infiniband"}


def wished(facts: HostFacts, wishes: Wishes) -> frozenset[str]:
    """Return the addresses of functions that are to be told as this driver has them."""
    if wishes.schema(_DRIVER) != _ALL:
        return frozenset()
    return frozenset(function.address for function, _ in _virtual(facts))


def _virtual(facts: HostFacts) -> Iterator[tuple[PciDevice, PciDevice]]:
    """Yield virtual functions with their physical ones, by their addresses."""
    for function in facts.pci:
        parent = facts.function(function.sriov.parent if function.sriov else None)
        # The driver passes over physical functions that have no interface.
        if parent is not None and is_network(parent) and belonging(facts, parent):
            yield function, parent


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    """Yield nothing, unless all virtual functions are wished for.

    Until a policy selects some the driver publishes none; dranet has them too.
    """
    if wishes.schema(_DRIVER) == _ALL:
        for function, parent in _virtual(facts):
            yield _found(facts, function, parent)


SRIOV: Final = Vendor(
    "sriov", "SR-IOV virtual functions", (_DRIVER,), _find, (SRIOV_PLUGIN,)
)


def _found(facts: HostFacts, function: PciDevice, parent: PciDevice) -> Found:
    values = _values(facts, function, parent)
    return Found(
        "sriov",
        "vf",
        model(function) or ids(function),
        function.address,
        parent.address,
        function.numa_node,
        function.root,
        function.driver,
        _DRIVER.name,
        device(label(function.address), attributes(values), {}),
        details={"policy": NEEDS_POLICY},
    )


def _values(
    facts: HostFacts, function: PciDevice, parent: PciDevice
) -> dict[str, Known]:
    net = belonging(facts, parent)[0]
    own = {
        "vendor": f"{parent.vendor:04x}",
        "deviceID": f"{function.device:04x}",
        "pfDeviceID": f"{parent.device:04x}",
        "pciAddress": function.address,
        "PFName": net.name,
        # Only a port whose switch is in the kernel's hands has an id of that switch;
        # the driver takes what it cannot find out for legacy.
        "EswitchMode": "switchdev" if net.switch_id else "legacy",
        "vfID": function.sriov.index if function.sriov else None,
        "pfPciAddress": parent.address,
        "linkType": _LINK_TYPES.get(net.kind or 0, "unknown"),
        "rdmaCapable": bool(rdma_of(facts, function, None)),
    }
    return {
        **{f"{_DOMAIN}/{name}": value for name, value in own.items()},
        "k8s.cni.cncf.io/deviceID": function.address,
        PCI_BUS_ID: function.address,
        PCIE_ROOT: parent.root or "",
        "dra.net/numaNode": -1 if parent.numa_node is None else parent.numa_node,
    }

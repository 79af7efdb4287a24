"""Network devices as dranet publishes them."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dractl.model.hosts import HostFacts, NetInterface, PciDevice
from dractl.model.names import dns_label
from dractl.vendors import sriov
from dractl.vendors.attributes import NUMA_NODE, Known, attributes, ids, is_too_long
from dractl.vendors.base import Class, Driver, Found, Vendor, Wishes
from dractl.vendors.clouds import AMAZON, cloud
from dractl.vendors.nic_plugins import EFA_PLUGIN, RDMA_PLUGIN
from dractl.vendors.nics import USERSPACE, belonging, is_network, maker, model, rdma_of
from dractl.vendors.wire import PCIE_ROOT, device, label

_STABLE: Final = "1.0"
_DRIVER: Final = Driver(
    "dranet",
    "dra.net",
    (
        Class("dra.net", is_shipped=False),
        Class(
            "efa.networking.k8s.aws",
            selector='device.attributes["dra.net"].pciDevice == '
            '"Elastic Fabric Adapter (EFA)"',
            cloud=AMAZON,
        ),
    ),
    {
        **dict.fromkeys(
            (
                "ifName", "mac", "encapsulation", "alias", "state", "type", "ipv4",
                "ipv6", "pciAddress", "pciVendor", "pciDevice", "pciSubsystem",
                "rdmaDevice", "tcFilterNames", "tcxProgramNames",
            ),
            "string",
        ),
        **dict.fromkeys(("mtu", "numaNode", "sriovVfs"), "int"),
        **dict.fromkeys(("rdma", "sriov", "virtual", "ebpf", "isSriovVf"), "bool"),
    },
    schemas=(_STABLE, "1.4"),
    elsewhere={
        **dict.fromkeys(("ipv4", "ipv6"), "netlink"),
        **dict.fromkeys(("ebpf", "tcFilterNames", "tcxProgramNames"), "tc and eBPF"),
    },
    conditional=dict.fromkeys(
        (
            "gce.dra.net/*", "azure.dra.net/*", "oke.dra.net/*", "alibaba.dra.net/*",
            "resource.aws.com/*",
        ),
        "the cloud's metadata service",
    ),
)  # fmt: skip
_DOMAIN: Final = _DRIVER.name
_IGNORED: Final = frozenset({"cilium_net", "cilium_host", "docker0"})
_LOOPBACK: Final = 772
_ENCAPSULATIONS: Final[Mapping[int | None, str]] = {
    1: "ether",
    32: "infiniband",
    65534: "none",
}
_STATES: Final = {"lowerlayerdown": "lower-layer-down", "notpresent": "not-present"}
_GIGABIT: Final = 1000


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    """Yield functions by their addresses, then interfaces without one by their names.

    Virtual functions that are wished for as the SR-IOV driver has them are left to it.
    """
    taken = sriov.wished(facts, wishes)
    with_rdma = {each.pci for each in facts.rdma}
    uplinks = _uplinks(facts)
    for function in facts.pci:
        is_ours = is_network(function) or function.address in with_rdma
        if is_ours and function.address not in taken:
            yield _function(facts, wishes, function, uplinks)
    for net in facts.nets:
        if net.pci is None and net.kind != _LOOPBACK:
            yield _interface(net, uplinks)


DRANET: Final = Vendor(
    "dranet", "network devices", (_DRIVER,), _find, (RDMA_PLUGIN, EFA_PLUGIN)
)


def _uplinks(facts: HostFacts) -> frozenset[str]:
    """Return the interfaces of default routes, and all that these are made of."""
    uplinks = {each.name for each in facts.nets if each.is_uplink}
    while more := {
        each.name
        for each in facts.nets
        if each.master in uplinks and each.name not in uplinks
    }:
        uplinks |= more
    return frozenset(uplinks)


# -- PCI functions


def _function(
    facts: HostFacts, wishes: Wishes, function: PciDevice, uplinks: frozenset[str]
) -> Found:
    nets = belonging(facts, function)
    net = nets[0] if nets else None
    is_stable = wishes.schema(_DRIVER) == _STABLE
    unfit = _unfit(function)
    why_not = _needed(nets, uplinks) or ("" if is_stable else unfit)
    warnings = [*_warnings(facts, function, nets, uplinks)]
    if unfit and not why_not:
        warnings.append(f"{unfit}; this release publishes it all the same")
    parent = function.sriov.parent if function.sriov else None
    published = None
    if not why_not:
        values = _values(facts, function, net, is_stable=is_stable)
        published = device(f"pci-{label(function.address)}", attributes(values), {})
    return Found(
        "dranet",
        "nic" if parent is None else "vf",
        model(function) or ids(function),
        function.address,
        parent,
        function.numa_node,
        function.root,
        function.driver,
        _DRIVER.name,
        published,
        why_not=why_not,
        warnings=tuple(warnings),
        details=_details(facts, function, net),
    )


def _needed(nets: Sequence[NetInterface], uplinks: frozenset[str]) -> str:
    """Return why the node itself needs a function."""
    for net in nets:
        if net.name in uplinks:
            return f"the node needs {net.name}: the default route goes through it"
    return ""


def _unfit(function: PciDevice) -> str:
    """Return why no pod could get a function; the first releases ask no such thing."""
    if function.driver is None:
        return "no kernel driver is bound, so that there is no interface to give"
    if function.driver in USERSPACE:
        return f"{function.driver} is bound, which makes no network interface"
    return ""


def _values(
    facts: HostFacts,
    function: PciDevice,
    net: NetInterface | None,
    *,
    is_stable: bool,
) -> dict[str, Known]:
    rdma = rdma_of(facts, function, net)
    # ghw, which the driver reads PCI with, knows no NUMA where there is but one node.
    numa_node = None if len(facts.numa) == 1 else function.numa_node
    subsystem = function.subsystem_device
    values: dict[str, Known] = {
        "pciAddress": function.address,
        "pciVendor": maker(function),
        "pciDevice": model(function),
        "pciSubsystem": None if subsystem is None else f"{subsystem:04x}",
        "numaNode": numa_node,
        "rdma": bool(rdma),
        "rdmaDevice": rdma[0] if rdma and not is_stable else None,
    }
    if net is not None:
        values |= _link(net)
        values |= _virtual_functions(function, is_stable=is_stable)
    qualified = {f"{_DOMAIN}/{name}": value for name, value in values.items()}
    qualified[PCIE_ROOT] = function.root
    qualified[NUMA_NODE] = None if is_stable else function.numa_node
    return qualified


def _virtual_functions(function: PciDevice, *, is_stable: bool) -> dict[str, Known]:
    sriov = function.sriov
    has_them = sriov is not None and sriov.total > 0
    is_one = sriov is not None and sriov.parent is not None
    return {
        "sriov": has_them,
        "sriovVfs": sriov.enabled if sriov is not None and has_them else None,
        "isSriovVf": True if is_one and not is_stable else None,
    }


def _link(net: NetInterface) -> dict[str, Known]:
    return {
        "ifName": net.name,
        "mac": net.mac,
        "mtu": net.mtu,
        "encapsulation": _ENCAPSULATIONS.get(net.kind),
        "alias": net.alias,
        "state": _STATES.get(net.state, net.state) or None,
        "type": _link_type(net),
        "virtual": net.is_virtual,
    }


def _link_type(net: NetInterface) -> str | None:
    # Physical Ethernet has no type of its own, which the netlink library calls device.
    if net.pci is not None and net.kind == 1:
        return net.link_type or "device"
    return net.link_type or None


def _warnings(
    facts: HostFacts,
    function: PciDevice,
    nets: Sequence[NetInterface],
    uplinks: frozenset[str],
) -> Iterator[str]:
    parent = function.sriov.parent if function.sriov else None
    shared = [n.name for n in facts.nets if n.pci == parent and n.name in uplinks]
    if parent is not None and shared:
        yield (
            f"it is part of {shared[0]}, which the node needs: pods that get it share "
            "the port"
        )
    if any(is_too_long(net.alias) for net in nets):
        yield "its alias is too long: the API server refuses the driver's slices"
    if len(nets) > 1:
        yield (
            f"{len(nets)} interfaces belong to it, of which the driver tells but one: "
            + ", ".join(net.name for net in nets)
        )
    is_bound = function.driver is not None and function.driver not in USERSPACE
    if is_bound and not nets and not rdma_of(facts, function, None):
        yield "it has no interface here: a pod may have it"


def _details(
    facts: HostFacts, function: PciDevice, net: NetInterface | None
) -> dict[str, str]:
    details: dict[str, str] = {}
    if net is not None:
        details["interface"] = net.name
        details["state"] = net.state
        if net.speed is not None and net.speed > 0:
            details["speed"] = f"{net.speed / _GIGABIT:g} Gbit/s"
    for name in rdma_of(facts, function, net):
        details["rdma"] = _rdma_words(facts, name)
    part = function.sriov
    if part is not None and part.parent is not None:
        details["virtual function"] = f"{part.index} of {part.parent}"
        details["SR-IOV"] = sriov.NEEDS_POLICY
    elif part is not None and part.total:
        details["virtual functions"] = f"{part.enabled} of {part.total}"
    if (place := cloud(facts.dmi)) is not None:
        details["cloud"] = place
    return details


def _rdma_words(facts: HostFacts, name: str) -> str:
    """Return an RDMA device with its ports: `mlx5_0 (RoCE, 100 Gb/sec, ACTIVE)`."""
    ports = [port for each in facts.rdma if each.name == name for port in each.ports]
    layers = {"Ethernet": "RoCE"}
    texts = [
        ", ".join(
            filter(
                None,
                (
                    layers.get(port.link_layer, port.link_layer),
                    port.rate.partition(" (")[0],
                    port.state.partition(": ")[2],
                ),
            )
        )
        for port in ports
    ]
    return f"{name} ({'; '.join(texts)})" if texts else name


# -- interfaces without a function


def _interface(net: NetInterface, uplinks: frozenset[str]) -> Found:
    why_not = ""
    if net.name in uplinks:
        why_not = "the node needs it: the default route goes through it"
    elif net.name in _IGNORED:
        why_not = "the driver leaves interfaces of this name out"
    elif net.link_type == "veth":
        why_not = "the driver leaves the ends of pods' interfaces out, unless told"
    elif dns_label(name_of(net.name)):
        why_not = "its name is longer than that of a device may be"
    values = {f"{_DOMAIN}/{name}": value for name, value in _link(net).items()}
    values |= {f"{_DOMAIN}/sriov": False, f"{_DOMAIN}/rdma": bool(net.rdma)}
    published = device(name_of(net.name), attributes(values), {})
    return Found(
        "dranet",
        "interface" if net.is_virtual else "nic",
        net.link_type or ("virtual" if net.is_virtual else "network interface"),
        driver=_DRIVER.name,
        device=None if why_not else published,
        why_not=why_not,
        details={"interface": net.name, "state": net.state},
    )


def name_of(interface: str) -> str:
    """Return the name of the device that is an interface."""
    if not dns_label(interface):
        return interface
    encoded = base64.b32encode(interface.encode()).decode().rstrip("=").lower()
    return f"net-{encoded}"

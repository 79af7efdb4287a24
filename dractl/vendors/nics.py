"""Network functions: their names, interfaces and RDMA devices.

Names are those of the public list of PCI ids, as of August 2026.
"""

import re
from collections.abc import Sequence
from typing import Final

from dractl.model.hosts import HostFacts, NetInterface, PciDevice

USERSPACE: Final = frozenset({"vfio-pci", "uio_pci_generic", "igb_uio", "pci-stub"})
"""Kernel drivers that hand a function on as it is, without an interface."""

_NETWORK: Final = 0x02
_REPRESENTOR: Final = re.compile(r"(?:c\d+)?pf\d+(?:vf|sf)\d+")

_MAKERS: Final = {
    0x15B3: "Mellanox Technologies",
    0x14E4: "Broadcom Inc. and subsidiaries",
    0x8086: "Intel Corporation",
    0x1D0F: "Amazon.com, Inc.",
    0x1AE0: "Google, Inc.",
    0x1414: "Microsoft Corporation",
    0x1AF4: "Red Hat, Inc.",
    0x15AD: "VMware",
    0x1DED: "Alibaba (China) Co., Ltd.",
    0x1DD8: "AMD Pensando Systems",
    0x10EC: "Realtek Semiconductor Co., Ltd.",
    0x1425: "Chelsio Communications Inc",
    0x1077: "QLogic Corp.",
    0x19E5: "Huawei Technologies Co., Ltd.",
}
_MODELS: Final = {
    (0x15B3, 0x1013): "MT27700 Family [ConnectX-4]",
    (0x15B3, 0x1014): "MT27700 Family [ConnectX-4 Virtual Function]",
    (0x15B3, 0x1015): "MT27710 Family [ConnectX-4 Lx]",
    (0x15B3, 0x1016): "MT27710 Family [ConnectX-4 Lx Virtual Function]",
    (0x15B3, 0x1017): "MT27800 Family [ConnectX-5]",
    (0x15B3, 0x1018): "MT27800 Family [ConnectX-5 Virtual Function]",
    (0x15B3, 0x1019): "MT28800 Family [ConnectX-5 Ex]",
    (0x15B3, 0x101A): "MT28800 Family [ConnectX-5 Ex Virtual Function]",
    (0x15B3, 0x101B): "MT28908 Family [ConnectX-6]",
    (0x15B3, 0x101C): "MT28908 Family [ConnectX-6 Virtual Function]",
    (0x15B3, 0x101D): "MT2892 Family [ConnectX-6 Dx]",
    (0x15B3, 0x101E): "ConnectX Family mlx5Gen Virtual Function",
    (0x15B3, 0x101F): "MT2894 Family [ConnectX-6 Lx]",
    (0x15B3, 0x1021): "MT2910 Family [ConnectX-7]",
    (0x15B3, 0x1023): "CX8 Family [ConnectX-8]",
    (0x15B3, 0x1025): "CX9 Family [ConnectX-9]",
    (0x15B3, 0xA2D2): "MT416842 BlueField integrated ConnectX-5 network controller",
    (0x15B3, 0xA2D6): "MT42822 BlueField-2 integrated ConnectX-6 Dx network controller",
    (0x15B3, 0xA2DC): "MT43244 BlueField-3 integrated ConnectX-7 network controller",
    (0x14E4, 0x1614): "BCM57454 NetXtreme-E 10Gb/25Gb/40Gb/50Gb/100Gb Ethernet",
    (0x14E4, 0x1657): "NetXtreme BCM5719 Gigabit Ethernet PCIe",
    (0x14E4, 0x165F): "NetXtreme BCM5720 Gigabit Ethernet PCIe",
    (0x14E4, 0x16D6): "BCM57412 NetXtreme-E 10Gb RDMA Ethernet Controller",
    (0x14E4, 0x16D7): "BCM57414 NetXtreme-E 10Gb/25Gb RDMA Ethernet Controller",
    (0x14E4, 0x16D8): "BCM57416 NetXtreme-E Dual-Media 10G RDMA Ethernet Controller",
    (0x14E4, 0x16DC): "NetXtreme-E Ethernet Virtual Function",
    (0x14E4, 0x1750): "BCM57508 NetXtreme-E 10Gb/25Gb/40Gb/50Gb/100Gb/200Gb Ethernet",
    (0x14E4, 0x1751): "BCM57504 NetXtreme-E 10Gb/25Gb/40Gb/50Gb/100Gb Ethernet",
    (0x14E4, 0x1752): "BCM57502 NetXtreme-E 10Gb/25Gb/40Gb/50Gb Ethernet",
    (0x14E4, 0x1760): "BCM57608 25Gb/50Gb/100Gb/200Gb/400Gb Ethernet",
    (0x14E4, 0x1806): "BCM5750X NetXtreme-E Ethernet Virtual Function",
    (0x14E4, 0x1807): "BCM5750X NetXtreme-E RDMA Virtual Function",
    (0x14E4, 0x1809): "BCM5750X NetXtreme-E RDMA Virtual Function",
    (0x8086, 0x100E): "82540EM Gigabit Ethernet Controller",
    (0x8086, 0x10D3): "82574L Gigabit Network Connection",
    (0x8086, 0x10ED): "82599 Ethernet Controller Virtual Function",
    (0x8086, 0x10FB): "82599ES 10-Gigabit SFI/SFP+ Network Connection",
    (0x8086, 0x125C): "Ethernet Controller I226-V",
    (0x8086, 0x12D2): "Ethernet Controller E830-CC for QSFP",
    (0x8086, 0x1521): "I350 Gigabit Network Connection",
    (0x8086, 0x1533): "I210 Gigabit Network Connection",
    (0x8086, 0x1539): "I211 Gigabit Network Connection",
    (0x8086, 0x154C): "Ethernet Virtual Function 700 Series",
    (0x8086, 0x1563): "Ethernet Controller X550",
    (0x8086, 0x1572): "Ethernet Controller X710 for 10GbE SFP+",
    (0x8086, 0x1583): "Ethernet Controller XL710 for 40GbE QSFP+",
    (0x8086, 0x158B): "Ethernet Controller XXV710 for 25GbE SFP28",
    (0x8086, 0x1592): "Ethernet Controller E810-C for QSFP",
    (0x8086, 0x1593): "Ethernet Controller E810-C for SFP",
    (0x8086, 0x159B): "Ethernet Controller E810-XXV for SFP",
    (0x8086, 0x15F3): "Ethernet Controller I225-V",
    (0x8086, 0x1889): "Ethernet Adaptive Virtual Function",
    (0x8086, 0x37D0): "Ethernet Connection X722 for 10GbE SFP+",
    (0x8086, 0x37D2): "Ethernet Connection X722 for 10GBASE-T",
    (0x8086, 0x579C): "Ethernet Connection E825-C for backplane",
    (0x1D0F, 0xEC20): "Elastic Network Adapter (ENA)",
    (0x1D0F, 0xEFA0): "Elastic Fabric Adapter (EFA)",
    (0x1D0F, 0xEFA1): "Elastic Fabric Adapter (EFA)",
    (0x1D0F, 0xEFA2): "Elastic Fabric Adapter (EFA)",
    (0x1D0F, 0xEFA3): "Elastic Fabric Adapter (EFA)",
    (0x1D0F, 0xEFA4): "Elastic Fabric Adapter (EFA)",
    (0x1AE0, 0x0042): "Compute Engine Virtual Ethernet [gVNIC]",
    (0x1AF4, 0x1000): "Virtio network device",
    (0x1AF4, 0x1041): "Virtio 1.0 network device",
    (0x15AD, 0x07B0): "VMXNET3 Ethernet Controller",
    (0x1DED, 0x107F): "Elastic RDMA Adapter",
    (0x1DD8, 0x1002): "DSC Ethernet Controller",
    (0x1DD8, 0x1003): "DSC Ethernet Controller VF",
    (0x10EC, 0x8125): "RTL8125 2.5GbE Controller",
    (0x10EC, 0x8168): "RTL8111/8168/8211/8411 PCI Express Gigabit Ethernet Controller",
}


def maker(function: PciDevice) -> str | None:
    """Return the name of a vendor, None for one that is not in the table."""
    return maker_of(function.vendor)


def maker_of(vendor: int) -> str | None:
    """Return the name of a vendor by its id, None for one that is not in the table."""
    return _MAKERS.get(vendor)


def models_of(device: int, vendors: Sequence[int]) -> tuple[str, ...]:
    """Return what devices with such an id are called, of all vendors if none is named.

    Nothing for one that is not in the table.
    """
    return tuple(
        name
        for (vendor, each), name in _MODELS.items()
        if each == device and (not vendors or vendor in vendors)
    )


def model(function: PciDevice) -> str | None:
    """Return the name of a device, None for one that is not in the table."""
    return _MODELS.get((function.vendor, function.device))


def is_network(function: PciDevice) -> bool:
    """Tell whether it is a network controller of any kind."""
    return function.kind >> 8 == _NETWORK


def belonging(facts: HostFacts, function: PciDevice) -> tuple[NetInterface, ...]:
    """Return the interfaces of a function, without those that stand for its parts."""
    own = (each for each in facts.nets if each.pci == function.address)
    real = (each for each in own if not _REPRESENTOR.fullmatch(each.port_name))
    return tuple(sorted(real, key=lambda each: each.name))


def rdma_of(
    facts: HostFacts, function: PciDevice, net: NetInterface | None
) -> tuple[str, ...]:
    """Return the RDMA devices of an interface, or of a function that has none."""
    if net is not None and net.rdma:
        return net.rdma
    own = (each.name for each in facts.rdma if each.pci == function.address)
    return tuple(sorted(own))

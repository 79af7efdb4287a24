"""The RDMA devices of a host, from /sys/class/infiniband."""

from typing import Final

from dractl.hardware.addresses import last_address
from dractl.hardware.host import Folder, Host
from dractl.model.hosts import RdmaDevice, RdmaPort

_CLASS: Final = "sys/class/infiniband"


def rdma_devices(host: Host) -> tuple[RdmaDevice, ...]:
    """Return the devices in the order of their names."""
    devices = host.folder(_CLASS)
    if devices is None:
        return ()
    folders = ((name, devices.folder(name)) for name in devices.names)
    return tuple(
        _device(name, folder)
        for name, folder in folders
        if folder and "node_type" in folder.names
    )


def _device(name: str, folder: Folder) -> RdmaDevice:
    return RdmaDevice(
        name=name,
        pci=last_address(folder.path),
        node_type=folder.text("node_type") or "",
        node_guid=folder.text("node_guid") or "",
        firmware=folder.text("fw_ver") or "",
        hca_type=folder.text("hca_type") or "",
        ports=_ports(folder.folder("ports")),
    )


def _ports(folder: Folder | None) -> tuple[RdmaPort, ...]:
    if folder is None:
        return ()
    return tuple(
        RdmaPort(
            number=number,
            state=folder.text(f"{number}/state") or "",
            rate=folder.text(f"{number}/rate") or "",
            link_layer=folder.text(f"{number}/link_layer") or "",
        )
        for number in folder.numbered()
    )

"""A machine that is put together: what its kernel shows below /sys and /dev.

    machine = Machine("cloud-t4", "A cloud VM with one T4")
    machine.root("pci0000:00")
    machine.function("0000:00:04.0", under="pci0000:00", vendor=0x10DE, device=0x1EB8,
                     class_=0x030200, driver="nvidia", numa=0)

The links are as the kernel has them. Further parts are in parts.py.
"""

import posixpath
from collections.abc import Mapping
from typing import Final

from tests.hosts.trees import Link, Mark, Tree

_PCI: Final = "sys/bus/pci"


class Machine:
    """A tree under a name, and the places of the PCI functions in it."""

    def __init__(self, name: str, title: str) -> None:
        self.name = name
        self.tree = Tree(title)
        self._places: dict[str, str] = {}

    def text(self, path: str, text: object) -> None:
        """Add a file; its text is without the last line end."""
        line = str(text)
        self.tree.entries[path] = f"{line}\n".encode() if line else b""

    def texts(self, folder: str, texts: Mapping[str, object]) -> None:
        """Add files of one folder."""
        for name, text in texts.items():
            self.text(f"{folder}/{name}", text)

    def junk(self, path: str, junk: bytes) -> None:
        """Add a file of bytes; it gets a line end."""
        self.tree.entries[path] = junk + b"\n"

    def link(self, path: str, to: str) -> None:
        """Add a link to another path of the tree, written as the kernel writes it."""
        target = posixpath.relpath(to, posixpath.dirname(path))
        self.tree.entries[path] = Link(target)

    def raw_link(self, path: str, target: str) -> None:
        """Add a link with this very target."""
        self.tree.entries[path] = Link(target)

    def mark(self, path: str, mark: Mark) -> None:
        """Add what is neither a text nor a link."""
        self.tree.entries[path] = mark

    def drop(self, path: str) -> None:
        """Take an entry away, and what is below it."""
        gone = [
            each
            for each in self.tree.entries
            if each == path or each.startswith(f"{path}/")
        ]
        for each in gone:
            del self.tree.entries[each]

    def place(self, address: str) -> str:
        """Return the folder of a function or a root."""
        return self._places[address]

    def root(self, name: str, below: str = "sys/devices") -> str:
        """Add a host bridge such as `pci0000:64`."""
        self._places[name] = f"{below}/{name}"
        return name

    def bridge(
        self, address: str, *, under: str, vendor: int = 0x8086, device: int = 0x347A
    ) -> str:
        """Add a PCIe port or a switch; its address is returned."""
        return self.function(
            address,
            under=under,
            vendor=vendor,
            device=device,
            class_=0x060400,
            driver="pcieport",
        )

    def function(  # noqa: PLR0913 - as many as the kernel has files
        self,
        address: str,
        *,
        under: str,
        vendor: int,
        device: int,
        class_: int,
        subsystem: tuple[int, int] = (0, 0),
        revision: int = 0,
        driver: str | None = None,
        numa: int = -1,
        cpus: str = "",
        drm: tuple[int | None, int | None] = (None, None),
        accel: str | None = None,
        sriov: tuple[int, int] | None = None,
        vf_of: tuple[str, int] | None = None,
        iommu: int | None = None,
        vfio: str | None = None,
        link: tuple[float, int] | None = None,
        most: tuple[float, int] | None = None,
        texts: Mapping[str, object] | None = None,
    ) -> str:
        """Add a PCI function; its address is returned.

        `drm` are the numbers of its card and its render node. `sriov` are the virtual
        functions that it may have and has, `vf_of` is a physical function and a number.
        `link` and `most` are speeds and widths. `texts` are further files.
        """
        place = f"{self.place(under)}/{address}"
        self._places[address] = place
        self.texts(place, _ids(vendor, device, class_, subsystem, revision))
        self.texts(place, {"numa_node": numa, "local_cpulist": cpus})
        self.texts(place, _speeds("current", link) | _speeds("max", most or link))
        self.texts(place, texts or {})
        self.link(f"{_PCI}/devices/{address}", place)
        self._bind(address, driver)
        self._open_nodes(address, drm, accel, vfio)
        self._virtualise(address, sriov, vf_of)
        if iommu is not None:
            group = f"sys/kernel/iommu_groups/{iommu}"
            self.link(f"{group}/devices/{address}", place)
            self.link(f"{place}/iommu_group", group)
        return address

    def _bind(self, address: str, driver: str | None) -> None:
        if driver is not None:
            place = f"{_PCI}/drivers/{driver}"
            self.link(f"{self.place(address)}/driver", place)
            self.link(f"{place}/{address}", self.place(address))

    def _open_nodes(
        self,
        address: str,
        drm: tuple[int | None, int | None],
        accel: str | None,
        vfio: str | None,
    ) -> None:
        for word, number in zip(("card", "renderD"), drm, strict=True):
            if number is not None:
                self.class_device(
                    "drm", f"{word}{number}", {"dev": f"226:{number}"}, address
                )
                self.text(f"dev/dri/{word}{number}", "")
        if accel is not None:
            dev = f"261:{accel.removeprefix('accel')}"
            self.class_device("accel", accel, {"dev": dev}, address)
            self.text(f"dev/accel/{accel}", "")
        if vfio is not None:
            self.text(f"{self.place(address)}/vfio-dev/{vfio}/dev", "511:0")
            self.text(f"dev/vfio/devices/{vfio}", "")

    def _virtualise(
        self,
        address: str,
        sriov: tuple[int, int] | None,
        vf_of: tuple[str, int] | None,
    ) -> None:
        place = self.place(address)
        if sriov is not None:
            self.text(f"{place}/sriov_totalvfs", sriov[0])
            self.text(f"{place}/sriov_numvfs", sriov[1])
        if vf_of is not None:
            physical = self.place(vf_of[0])
            self.link(f"{place}/physfn", physical)
            self.link(f"{physical}/virtfn{vf_of[1]}", place)

    def class_device(
        self, kind: str, name: str, texts: Mapping[str, object], address: str
    ) -> str:
        """Add what a function is in /sys/class/KIND; its folder is returned."""
        place = f"{self.place(address)}/{kind}/{name}"
        self.texts(place, texts)
        self.link(f"{place}/device", self.place(address))
        self.link(f"sys/class/{kind}/{name}", place)
        return place


def _ids(
    vendor: int, device: int, class_: int, subsystem: tuple[int, int], revision: int
) -> dict[str, str]:
    return {
        "vendor": f"{vendor:#06x}",
        "device": f"{device:#06x}",
        "class": f"{class_:#08x}",
        "subsystem_vendor": f"{subsystem[0]:#06x}",
        "subsystem_device": f"{subsystem[1]:#06x}",
        "revision": f"{revision:#04x}",
    }


def _speeds(which: str, link: tuple[float, int] | None) -> dict[str, object]:
    if link is None:
        return {}
    return {
        f"{which}_link_speed": f"{link[0]:.1f} GT/s PCIe",
        f"{which}_link_width": link[1],
    }

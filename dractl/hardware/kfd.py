"""AMD's compute topology, from /sys/class/kfd."""

from collections.abc import Mapping
from typing import Final

from dractl.hardware.host import Folder, Host, number
from dractl.model.hosts import KfdNode

_NODES: Final = "sys/class/kfd/kfd/topology/nodes"


def kfd_nodes(host: Host) -> tuple[KfdNode, ...]:
    """Return the nodes in the order of their numbers; CPUs are among them."""
    nodes = host.folder(_NODES)
    if nodes is None:
        return ()
    folders = ((each, nodes.folder(str(each))) for each in nodes.numbered())
    return tuple(_node(each, folder) for each, folder in folders if folder)


def _node(each: int, folder: Folder) -> KfdNode:
    return KfdNode(
        number=each,
        gpu_id=folder.number("gpu_id") or 0,
        properties=_properties(folder.text("properties")),
        banks=_parts(folder.folder("mem_banks")),
        links=_parts(folder.folder("io_links")),
    )


def _parts(folder: Folder | None) -> tuple[Mapping[str, int], ...]:
    if folder is None:
        return ()
    texts = (folder.text(f"{each}/properties") for each in folder.numbered())
    return tuple(map(_properties, texts))


def _properties(text: str | None) -> dict[str, int]:
    """Return the lines of a word and a number each; others are passed over."""
    pairs = (line.partition(" ") for line in (text or "").splitlines())
    return {
        name: value for name, _, told in pairs if (value := number(told)) is not None
    }

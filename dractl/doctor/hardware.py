"""What labels and allocatable resources of nodes tell of their hardware."""

from fnmatch import fnmatchcase
from typing import Final

from dractl.model.workloads import Node
from dractl.vendors.labels_nfd import NFD

_NETWORK: Final = frozenset({"dra.net", "sriovnetwork.k8snetworkplumbingwg.io"})


def hardware_of(node: Node) -> set[str]:
    """Return the drivers whose hardware the labels of a node tell of."""
    labels = [key for key, value in node.meta.labels.items() if value == "true"]
    found = {
        row.driver
        for row in NFD
        if row.driver
        and row.driver not in _NETWORK
        and any(fnmatchcase(key, row.pattern) for key in labels)
    }
    if "nvidia.com/gpu.present" in labels:
        found.add("gpu.nvidia.com")
    return found


def has_plugin(node: Node, driver: str) -> bool:
    """Tell whether a device plugin of the driver's vendor has devices there."""
    domains = {
        resource.partition("/")[0]
        for resource, amount in node.allocatable.items()
        if amount.nanos > 0
    }
    return any(driver.endswith(domain) for domain in domains if "." in domain)

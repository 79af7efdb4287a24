"""The few ConfigMaps that are written, and what of each; others may hold secrets."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.api.decode_autoscaling import STATUS
from dractl.api.decode_kubelets import CONFIGURATION as KUBELETS
from dractl.api.decode_queues import CONFIGURATION
from dractl.capture.cuts import Cut, fields, whole
from dractl.capture.metadata import metadata

_HEADS: Final = ("version:", "flags:", "sharing:", "resources:", "mig-configs:")
_OF_PLUGIN: Final = re.compile(
    r"^(?:sharing:|mig-configs:|flags:(?=.*migStrategy))", re.MULTILINE | re.DOTALL
)
_LISTS: Final = ("resourceList", "configList")


def config_map(document: Any) -> Any:
    """Keep what configures device plugins, the cluster autoscaler's report, and queues.

    Of Kueue's configuration that is its mapping of classes, of that of kubelets their
    feature gates.
    """
    given = document.get("metadata")
    name = given.get("name") if isinstance(given, Mapping) else None
    data = WRITTEN.get(name, _plugins) if isinstance(name, str) else _plugins
    cut = fields(apiVersion=whole, kind=whole, metadata=metadata, data=data)
    found = cut(document)
    return found if found.get("data") else None


def _plugins(data: Any) -> Any:
    """Keep the values that configure device plugins, and of them what is known."""
    if not isinstance(data, Mapping):
        return None
    found = ((key, _plugin(text)) for key, text in data.items())
    return {key: text for key, text in found if text} or None


def _plugin(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    if text.lstrip().startswith("{"):
        return _network_plugin(text)
    if _OF_PLUGIN.search(text) is None:
        return ""
    return "".join("".join(_block(text, head)) for head in _HEADS)


def _network_plugin(text: str) -> str:
    """Keep the resources of the plugins for SR-IOV and RDMA."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    kept = {key: found[key] for key in _LISTS if key in found}
    return json.dumps(kept) if kept else ""


def _resources(text: Any) -> Any:
    """Keep the block `resources` of a configuration, which names no hosts or files."""
    return "".join(_block(text, "resources:")) if isinstance(text, str) else None


def _gates(text: Any) -> Any:
    """Keep the block `featureGates` of a configuration."""
    return "".join(_block(text, "featureGates:")) if isinstance(text, str) else None


def _block(text: str, head: str) -> Iterator[str]:
    is_inside = False
    for line in text.splitlines(keepends=True):
        if line[:1] not in {" ", "-", "#", "\n", "\r"}:
            is_inside = line.rstrip() == head or line.startswith(f"{head} ")
        if is_inside:
            yield line


WRITTEN: Final[Mapping[str, Cut]] = {
    STATUS: fields(status=whole),
    KUBELETS: fields(kubelet=_gates),
    CONFIGURATION: fields(**{"controller_manager_config.yaml": _resources}),
}
"""What stays of the data, by the name of the ConfigMap."""

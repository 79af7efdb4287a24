"""The few ConfigMaps that are written, and what of each; others may hold secrets."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.api.decode_autoscaling import STATUS
from dractl.api.decode_queues import CONFIGURATION
from dractl.capture.cuts import Cut, fields, whole
from dractl.capture.metadata import metadata


def config_map(document: Any) -> Any:
    """Keep the report of the cluster autoscaler, and Kueue's mapping of classes."""
    given = document.get("metadata")
    name = given.get("name") if isinstance(given, Mapping) else None
    data = WRITTEN.get(name) if isinstance(name, str) else None
    if data is None:
        return None
    cut = fields(apiVersion=whole, kind=whole, metadata=metadata, data=data)
    return cut(document)


def _resources(text: Any) -> Any:
    """Keep the block `resources` of a configuration, which names no hosts or files."""
    return "".join(_block(text, "resources:")) if isinstance(text, str) else None


def _block(text: str, head: str) -> Iterator[str]:
    is_inside = False
    for line in text.splitlines(keepends=True):
        if line[:1] not in {" ", "-", "#", "\n", "\r"}:
            is_inside = line.rstrip() == head
        if is_inside:
            yield line


WRITTEN: Final[Mapping[str, Cut]] = {
    STATUS: fields(status=whole),
    CONFIGURATION: fields(**{"controller_manager_config.yaml": _resources}),
}
"""What stays of the data, by the name of the ConfigMap."""

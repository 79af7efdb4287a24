"""ConfigMaps of device plugins, which are read one by one: others may hold secrets."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from dractl.api.lists import flattened
from dractl.cli.reading import Documents, Live
from dractl.cli.terminal import Terminal
from dractl.live.errors import ClusterError
from dractl.live.kinds import CONFIG_MAP
from dractl.migrate.configurations import REFERRING, referred
from dractl.vendors import VENDORS
from dractl.vendors.plugins import Plugin


def with_configurations(
    found: Documents, plugins: Sequence[Plugin], screen: Terminal
) -> Iterator[tuple[object, str]]:
    """Yield the documents of a cluster, once, and behind those of a live one, more.

    These are the ConfigMaps that device plugins are configured by. `plugins` are those
    that are known beside the vendors'. What may not be read is told.
    """
    referring = []
    for document, where in flattened(found.documents):
        if isinstance(document, Mapping) and str(document.get("kind")) in REFERRING:
            referring.append(document)
        yield document, where
    if found.live is None:
        return
    known = (*plugins, *(each for vendor in VENDORS for each in vendor.plugins))
    for namespace, name in referred(referring, known):
        read = _configuration(found.live, namespace, name, screen)
        if read is not None:
            yield read, found.live.connection.server


def _configuration(
    live: Live, namespace: str, name: str, screen: Terminal
) -> dict[str, Any] | None:
    place = CONFIG_MAP.place("v1", namespace).of(name)
    try:
        return live.connection.read(place)
    except ClusterError as error:
        if error.http != HTTPStatus.NOT_FOUND:
            screen.warn(
                f"ConfigMap {namespace}/{name} of a device plugin is not read: {error}"
            )
        return None

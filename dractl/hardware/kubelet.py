"""The sockets of kubelet plugins, from the kubelet's folders."""

import stat
from collections.abc import Iterator
from typing import Final

from dractl.hardware.host import Host
from dractl.model.hosts import PluginSocket

_PLUGINS: Final = "var/lib/kubelet/plugins"
_REGISTRATIONS: Final = "var/lib/kubelet/plugins_registry"
_DEEPEST: Final = 3  # kubernetes.io/csi/DRIVER is the deepest that is in use


def has_registry(host: Host) -> bool:
    """Tell whether the folder can be listed in which plugins register.

    The kubelet makes it; where it is not seen, the kubelet or its folder is elsewhere.
    """
    return host.folder(_REGISTRATIONS) is not None


def plugin_sockets(host: Host) -> tuple[PluginSocket, ...]:
    """Return the sockets in the order of their paths."""
    registrations = dict.fromkeys(_sockets(host, _REGISTRATIONS), True)
    found = dict.fromkeys(_sockets(host, _PLUGINS), False) | registrations
    return tuple(PluginSocket(f"/{path}", found[path]) for path in sorted(found))


def _sockets(host: Host, top: str) -> Iterator[str]:
    for path in host.below(top, _DEEPEST):
        if host.kind(path) == stat.S_IFSOCK:
            yield path

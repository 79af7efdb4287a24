"""Which drivers the kubelet of a machine knows, as the names of sockets tell."""

import re
from typing import Final

from dractl.model.hosts import HostFacts

# As the helper of Kubernetes names it, with the pod's uid where updates are rolling
# (dynamic-resource-allocation/kubeletplugin/draplugin.go).
_SOCKET: Final = re.compile(
    r"(?P<driver>[^/]+?)(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?-reg\.sock",
    re.ASCII,
)


def registered_drivers(facts: HostFacts) -> tuple[str, ...] | None:
    """Return the names of plugins that are registered; None: that cannot be seen.

    Sockets of storage plugins are among them: their names do not tell.
    """
    if not facts.has_registry:
        return None
    names = (
        each.path.rpartition("/")[2] for each in facts.sockets if each.is_registration
    )
    found = (_SOCKET.fullmatch(name) for name in names)
    return tuple(sorted({each["driver"] for each in found if each is not None}))

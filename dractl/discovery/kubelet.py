"""Which drivers the kubelet of a machine knows, as the names of sockets tell."""

from dractl.model.hosts import HostFacts
from dractl.model.sockets import REGISTRATION


def registered_drivers(facts: HostFacts) -> tuple[str, ...] | None:
    """Return the names of plugins that are registered; None: that cannot be seen.

    Sockets of storage plugins are among them: their names do not tell.
    """
    if not facts.has_registry:
        return None
    names = (
        each.path.rpartition("/")[2] for each in facts.sockets if each.is_registration
    )
    found = (REGISTRATION.fullmatch(name) for name in names)
    return tuple(sorted({each["driver"] for each in found if each is not None}))

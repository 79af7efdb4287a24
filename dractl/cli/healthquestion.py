"""What `dractl health` is asked about: words and options to a scope."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.catalogue.nearest import guess
from dractl.cli.names import spelled, unknown
from dractl.cli.options import usage
from dractl.diagnose.device import parsed
from dractl.health.scope import Scope
from dractl.model.devices import DeviceId

KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("device", "devices"), "device"),
    **dict.fromkeys(("claim", "claims", "resourceclaim", "resourceclaims"), "claim"),
    **dict.fromkeys(("node", "nodes", "no"), "node"),
}
_Read = Callable[[Snapshot, Scope, Sequence[str]], Scope]


def scope_of(
    words: Sequence[str],
    snapshot: Snapshot,
    *,
    namespace: str | None,
    driver: str | None,
    node: str | None,
) -> Scope:
    """Return what is asked about; raise DractlError for what the source does not have.

    `words` are `device DRIVER/POOL/DEVICE`, `claim NAME`, `node NAME`, or the same as
    TYPE/NAME. Devices and nodes are in no namespace.
    """
    if driver is not None:
        drivers = {each.driver for each in snapshot.slices}
        drivers |= {each.driver for each in _devices(snapshot)}
        _known("driver", driver, drivers)
    if node is not None:
        _known("node", node, _nodes(snapshot))
    scope = Scope(namespace, driver, node)
    if not words:
        return scope
    kind, names = named(words)
    return _READ[kind](snapshot, scope, names)


def named(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the kind and the names that words ask about; raise DractlError if none."""
    kind, *names = words
    if not names and "/" in kind:
        kind, _, name = kind.partition("/")
        names = [name] if name else []
    known = KINDS.get(kind.lower())
    if known is None:
        raise usage(
            f"{kind[:60]!r} has no health that can be asked for",
            hint=guess(kind, KINDS, "it can be: device, claim, node"),
        )
    if not names:
        raise usage(f"health {kind} needs a name", hint=f"health {kind} NAME")
    return known, names


def names_of(kind: str, snapshot: Snapshot, namespace: str | None) -> list[str]:
    """Return the names of a kind that can be asked about."""
    if kind == "device":
        found: Iterable[str] = map(str, _devices(snapshot))
    elif kind == "claim":
        found = (
            each.meta.name
            for each in snapshot.claims
            if namespace in {None, each.meta.namespace}
        )
    else:
        found = _nodes(snapshot)
    return sorted(set(found))


def _of_devices(snapshot: Snapshot, scope: Scope, names: Sequence[str]) -> Scope:
    devices = [parsed(each) for each in names]
    known = _devices(snapshot)
    for each in devices:
        if each not in known:
            raise unknown("device", str(each), map(str, known))
    return replace(scope, namespace=None, devices=frozenset(devices))


def _of_claims(snapshot: Snapshot, scope: Scope, names: Sequence[str]) -> Scope:
    found: set[tuple[str, str]] = set()
    for name in names:
        stated, _, short = name.rpartition("/")
        wanted = stated or scope.namespace
        keys = [
            each.meta.key
            for each in snapshot.claims
            if each.meta.name == short and wanted in {None, each.meta.namespace}
        ]
        if not keys:
            metas = [each.meta for each in snapshot.claims]
            near = [each for each in metas if wanted in {None, each.namespace}]
            listed = spelled(near or metas, name)
            raise unknown("claim", name, listed, is_namespaced=True)
        found.update(keys)
    return replace(scope, namespace=None, claims=frozenset(found))


def _of_nodes(snapshot: Snapshot, scope: Scope, names: Sequence[str]) -> Scope:
    if len(names) > 1 or scope.node is not None:
        raise usage("health tells of one node at a time")
    _known("node", names[0], _nodes(snapshot))
    return replace(scope, namespace=None, node=names[0])


_READ: Final[Mapping[str, _Read]] = {
    "device": _of_devices,
    "claim": _of_claims,
    "node": _of_nodes,
}


def _devices(snapshot: Snapshot) -> dict[DeviceId, None]:
    """Return the devices that are published, and those that claims hold."""
    published = (each.id for slice_ in snapshot.slices for each in slice_.devices)
    held = (
        result.device
        for claim in snapshot.claims
        for result in (claim.allocation.results if claim.allocation else ())
    )
    return dict.fromkeys((*published, *held))


def _nodes(snapshot: Snapshot) -> set[str]:
    """Return the nodes, and those that are gone while slices still name them."""
    named = {each.scope.node_name for each in snapshot.slices if each.scope.node_name}
    return named | {each.name for each in snapshot.nodes}


def _known(kind: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise unknown(kind, name, sorted(known))

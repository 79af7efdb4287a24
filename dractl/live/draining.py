"""Pods that use devices of a node, and how they are brought to leave it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dractl.legacy.shapes import mapping_at, sequence_at, text_at
from dractl.live.changing import Changes, Evicted, Wire, uid_of
from dractl.live.connection import Connection
from dractl.live.kinds import CLAIM, POD
from dractl.live.lists import pages
from dractl.live.looks import looks
from dractl.live.place import Place
from dractl.live.served import Served
from dractl.model.workloads import ENDED

_MIRROR: Final = "kubernetes.io/config.mirror"
_CONTAINERS: Final = ("initContainers", "containers")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Holder:
    """A pod that uses devices of a node.

    `stays` says why it cannot be evicted, "" if it can. `daemon` is the DaemonSet that
    puts it there again at once, "" without one. `is_alone`: nothing makes it anew once
    it is gone.
    """

    namespace: str
    name: str
    uid: str
    stays: str = ""
    daemon: str = ""
    is_alone: bool = False

    @property
    def title(self) -> str:
        """What it is, for sentences."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Use:
    """What makes a pod a user: extended resources, or devices of drivers."""

    resources: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()


@dataclass
class Drained:
    """How far it is: pods that are still there, and what keeps those that stay."""

    left: list[Holder]
    kept: dict[str, str] = field(default_factory=dict)


def holders(
    connection: Connection, served: Served, node: str, use: Use
) -> tuple[Holder, ...]:
    """Return the pods on a node that use its devices, as they are now.

    Raises DractlError where pods or claims cannot be listed: that nobody uses a device
    would be too much to say then.
    """
    on_node = [("fieldSelector", f"spec.nodeName={node}")]
    users = _users(connection, served, use.drivers) if use.drivers else frozenset()
    return tuple(
        _holder(pod)
        for pod in items(connection, POD.place("v1"), on_node)
        if is_running(pod) and (_asks(pod, use.resources) or uid_of(pod) in users)
    )


def drain(
    changes: Changes,
    look: Callable[[], Iterable[Holder]],
    seconds: float | None,
    progress: Progress,
) -> Drained:
    """Evict pods until none of them is there, or the seconds are over.

    `look` returns those that are to go. What a budget keeps is asked for again.
    """
    found = Drained([])
    asked: set[str] = set()
    most = 0
    for _ in looks(seconds):
        found.left = [*look()]
        most = max(most, len(found.left))
        progress(most - len(found.left), most)
        if not found.left:
            break
        found.kept.clear()
        for each in found.left:
            if each.uid not in asked:
                _evict(changes, each, asked, found.kept)
        if changes.is_dry:
            break
    return found


def _evict(
    changes: Changes, holder: Holder, asked: set[str], kept: dict[str, str]
) -> None:
    place = POD.place("v1", holder.namespace).of(holder.name)
    result, why = changes.evict(place, holder.uid)
    if result is Evicted.KEPT:
        kept[holder.title] = why
    else:
        asked.add(holder.uid)


def items(
    connection: Connection, place: Place, query: Sequence[tuple[str, str]] = ()
) -> Iterator[Wire]:
    """Yield the objects of a list as they are now."""
    for page in pages(connection, place, query, _unheard):
        for item in page.items():
            if isinstance(item, dict):
                yield item


def is_running(pod: Wire) -> bool:
    """Tell whether a pod has not come to its end."""
    return text_at(pod, "status", "phase") not in ENDED


def _unheard(_remaining: int) -> None:
    """Let nobody hear of pages: nodes have few pods."""


def _users(
    connection: Connection, served: Served, drivers: frozenset[str]
) -> frozenset[str]:
    """Return the uids of pods that hold devices of drivers."""
    claims = items(connection, served.of_kind(CLAIM))
    return frozenset(
        text_at(user, "uid")
        for claim in claims
        if drivers & set(_drivers(claim))
        for user in sequence_at(claim, "status", "reservedFor")
    )


def _drivers(claim: Wire) -> Iterator[str]:
    for each in sequence_at(claim, "status", "allocation", "devices", "results"):
        yield text_at(each, "driver")


def _asks(pod: Wire, resources: frozenset[str]) -> bool:
    return any(
        resources & mapping_at(container, "resources", part).keys()
        for name in _CONTAINERS
        for container in sequence_at(pod, "spec", name)
        for part in ("limits", "requests")
    )


def _holder(pod: Wire) -> Holder:
    owners = sequence_at(pod, "metadata", "ownerReferences")
    owner = next((each for each in owners if _is_controller(each)), None)
    is_static = _MIRROR in mapping_at(pod, "metadata", "annotations")
    return Holder(
        text_at(pod, "metadata", "namespace"),
        text_at(pod, "metadata", "name"),
        uid_of(pod),
        "it is a static pod" if is_static else "",
        text_at(owner, "name") if text_at(owner, "kind") == "DaemonSet" else "",
        owner is None and not is_static,
    )


def _is_controller(owner: object) -> bool:
    return isinstance(owner, Mapping) and owner.get("controller") is True

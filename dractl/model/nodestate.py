"""What the files of one node tell of a driver: sockets, and which claims are ready."""

from dataclasses import dataclass
from typing import NamedTuple


class DriverSocket(NamedTuple):
    """A socket of a driver; `pod` is the UID of a pod in its name, "" for none."""

    path: str
    pod: str


class PreparedClaim(NamedTuple):
    """A claim whose devices are ready on a node; names are "" where nobody tells."""

    uid: str
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        """Return it as text for users."""
        return f"{self.namespace}/{self.name}" if self.name else f"UID {self.uid}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file in which the kubelet or a driver notes what it has prepared.

    `claims` are those of the driver. `flaw` says why the file cannot be read, "": it
    can.
    """

    path: str
    claims: tuple[PreparedClaim, ...] = ()
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class NodeState:
    """What is there of a driver on a node. `unread` are files that may not be read."""

    sockets: tuple[DriverSocket, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def claims(self) -> tuple[PreparedClaim, ...]:
        """The claims that are prepared, each once, those with names first."""
        found: dict[str, PreparedClaim] = {}
        for checkpoint in self.checkpoints:
            for each in checkpoint.claims:
                if not found.get(each.uid, PreparedClaim("")).name:
                    found[each.uid] = each
        return tuple(found.values())

    @property
    def is_rolling(self) -> bool | None:
        """Whether its sockets have UIDs of pods; None: there are none to tell."""
        return any(each.pod for each in self.sockets) if self.sockets else None

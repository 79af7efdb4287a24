"""What a migration looks at: documents from files and from a cluster, and the wishes.

All of it is read before; nothing here opens a file or asks a server.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from dractl.model.cluster import Profile
from dractl.vendors.plugins import Plugin

Wire = Mapping[str, Any]
Steps = tuple[str | int, ...]

_NOTHING: Final[Wire] = {}


@dataclass(eq=False)
class Input:
    """A document, and where it comes from.

    `number` tells it from all others of the run. `where` is `file:line`, or the server;
    `locate` gives the same of a field. `is_file`: it stands in a file of the user's,
    who wants it changed there. `texts` are the values of a ConfigMap that are YAML or
    JSON, read, by their keys.
    """

    document: Wire
    where: str
    number: int
    is_file: bool
    texts: Mapping[str, object] = field(default_factory=dict)
    locate: Callable[[Steps], str] | None = None

    def place(self, steps: Steps = ()) -> str:
        """Return where a field stands, or the nearest thing around it."""
        return self.where if self.locate is None else self.locate(steps)

    @cached_property
    def kind(self) -> str:
        """The kind, "" if it states none."""
        return str(self.document.get("kind") or "")

    @cached_property
    def group(self) -> str:
        """The API group, "" for the core one."""
        return str(self.document.get("apiVersion") or "").rpartition("/")[0]

    @cached_property
    def metadata(self) -> Wire:
        """The metadata, or nothing."""
        found = self.document.get("metadata")
        return found if isinstance(found, Mapping) else _NOTHING

    @cached_property
    def name(self) -> str:
        """The name, "" if it states none."""
        return str(self.metadata.get("name") or self.metadata.get("generateName") or "")

    @cached_property
    def namespace(self) -> str:
        """The namespace, "" if it states none."""
        return str(self.metadata.get("namespace") or "")

    @property
    def title(self) -> str:
        """What it is, for sentences: `Deployment inference/chat`."""
        of = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {of}{self.name}"


class Route(StrEnum):
    """How pods come to their devices: by claims, or by the resource's name as before.

    The second takes a DeviceClass with `extendedResourceName`, and leaves pods alone.
    """

    CLAIMS = "claims"
    EXTENDED = "extended-resource"


class Shares(StrEnum):
    """What becomes of shares of a device: capacity of it, or one claim for all pods."""

    CAPACITY = "capacity"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wished for.

    `profile` is the release that is judged by. `resources` are the only ones that
    matter, all if there are none. `align` is an attribute that all devices of a request
    have to share, "" for none. `plugins` are those that a file teaches; they come
    before the vendors' own. `schemas` are versions of drivers by vendor, as `discover
    --as` takes them. `pool_label` names the node label by which waves are made.
    `namespace` is the one in which objects of files are that name none, "" if it is not
    known. `scope` is the only namespace that matters, "" for all.
    """

    profile: Profile
    route: Route = Route.CLAIMS
    shares: Shares = Shares.CAPACITY
    resources: frozenset[str] = frozenset()
    align: str = ""
    plugins: tuple[Plugin, ...] = ()
    schemas: Mapping[str, str] = field(default_factory=dict)
    pool_label: str = ""
    wave_size: int | None = None
    namespace: str = ""
    scope: str = ""

"""The steps of a rollout as data: what is done to which object, and how it is undone.

They stand in the file of a migration, so that it can be gone on with, or taken back,
whatever has become of the plan's own sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dractl.migrate.inputs import Wire

Patch = tuple[Mapping[str, Any], ...]
"""Operations of a JSON patch (RFC 6902)."""


class Verb(StrEnum):
    """What a step does; `by-hand` is for what only the user can do."""

    CREATE = "create"
    PATCH = "patch"
    CORDON = "cordon"
    EVICT = "evict"
    LABEL = "label"
    WAIT = "wait"
    UNCORDON = "uncordon"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do to one object. `text` is a sentence about it.

    `document` is what is created. `patch` changes an object whose fields are still what
    the plan saw, which its `test` operations say; `back` undoes it. `labels` are those
    that a node gets, None as a value takes one away. `amounts` are resources of a node
    that have to be gone before the next step (wait for the plugin), `devices` how many
    of drivers have to be published (wait for the driver).
    """

    verb: Verb
    text: str
    kind: str = ""
    api_version: str = ""
    namespace: str = ""
    name: str = ""
    document: Wire | None = None
    patch: Patch = ()
    back: Patch = ()
    labels: Mapping[str, str | None] = field(default_factory=dict)
    amounts: tuple[str, ...] = ()
    devices: Mapping[str, int] = field(default_factory=dict)


class StageKind(StrEnum):
    """What a stage is about."""

    OBJECTS = "objects"
    NODES = "nodes"
    WORKLOADS = "workloads"


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that belong together, and are verified together.

    `nodes` change their stack in it, `pods` says how many pods of which workloads have
    to find another place meanwhile (`Deployment a/b`: 3). `doubts` are what may go
    wrong: pods that will wait for want of room.
    """

    name: str
    kind: StageKind
    title: str
    steps: tuple[Step, ...]
    nodes: tuple[str, ...] = ()
    pods: Mapping[str, int] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

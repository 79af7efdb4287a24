"""What autoscalers say of the nodes they add: only the fields that dractl reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dractl.model.claims import Condition, ObjectMeta
from dractl.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """A group of the Cluster Autoscaler; `target` and `most` None: not stated.

    `said` is why it is in backoff, as far as the status tells.
    """

    name: str
    health: str = ""
    scale_up: str = ""
    said: str = ""
    target: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class AutoscalerStatus:
    """The Cluster Autoscaler's own report; `text` is all of it, in whatever form."""

    meta: ObjectMeta
    text: str = ""
    health: str = ""
    groups: tuple[NodeGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class NodePool:
    """A pool of Karpenter: what it may grow to, and what it has."""

    meta: ObjectMeta
    limits: Mapping[str, Quantity] = field(default_factory=dict)
    resources: Mapping[str, Quantity] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeClaim:
    """A node that Karpenter asks for; `node` is "" until it has joined."""

    meta: ObjectMeta
    node: str = ""
    conditions: tuple[Condition, ...] = ()

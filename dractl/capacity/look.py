"""One look at a cluster's capacity: all of it, or what a few conditions leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.capacity.audit import Breach, audit
from dractl.capacity.claims import ClaimUse, Phase, claims_of
from dractl.capacity.devices import DeviceUse, fleet
from dractl.capacity.fragmentation import Spread, spreads
from dractl.capacity.groups import Counts
from dractl.capacity.partitions import Kinds, Partition, at_once, by_use, partitions
from dractl.capacity.quotas import QuotaUse, quotas_of
from dractl.diagnose.holders import Holders
from dractl.model.nodeselection import Requirement, requirement_matches
from dractl.model.workloads import Node


@dataclass(frozen=True, slots=True)
class Only:
    """What is looked at; "" and no labels: everything. `labels` are those of nodes."""

    device_class: str = ""
    driver: str = ""
    node: str = ""
    namespace: str = ""
    labels: tuple[Requirement, ...] = ()


ALL: Final = Only()


class Look:
    """A snapshot's devices and claims; the rest is found when it is asked for."""

    def __init__(self, snapshot: Snapshot, only: Only = ALL) -> None:
        self.snapshot = snapshot
        self._only = only

    @cached_property
    def _holders(self) -> Holders:
        return Holders(self.snapshot)

    @cached_property
    def everything(self) -> tuple[DeviceUse, ...]:
        """All devices of the cluster."""
        return fleet(self.snapshot, self._holders)

    @cached_property
    def fleet(self) -> tuple[DeviceUse, ...]:
        """The devices that are looked at."""
        only = self._only
        if only == ALL:
            return self.everything
        return tuple(
            each
            for each in self.everything
            if (not only.device_class or only.device_class in each.classes)
            and only.driver in {"", each.id.driver}
            and (not only.namespace or only.namespace in each.namespaces)
            and self._is_on(each.nodes)
        )

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes that are looked at."""
        nodes = self.snapshot.nodes
        return tuple(each for each in nodes if self._is_on((each.name,)))

    @cached_property
    def _labelled(self) -> frozenset[str]:
        """The nodes whose labels are asked for."""
        return frozenset(
            each.name
            for each in self.snapshot.nodes
            if all(requirement_matches(r, each.meta.labels) for r in self._only.labels)
        )

    def _is_on(self, nodes: Iterable[str]) -> bool:
        only = self._only
        if not only.node and not only.labels:
            return True
        return any(
            only.node in {"", name} and (not only.labels or name in self._labelled)
            for name in nodes
        )

    @cached_property
    def counts(self) -> Counts:
        """How many devices are in which state."""
        return Counts.of(self.fleet)

    @cached_property
    def kinds(self) -> tuple[Partition, ...]:
        """The kinds of partitions of the devices that are looked at."""
        return partitions(self.snapshot, self.fleet)

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        """How the free devices are spread."""
        return spreads(self.fleet, self._kind_of)

    @cached_property
    def _kind_of(self) -> Kinds:
        return by_use(self.kinds)

    def at_once(self, uses: Iterable[DeviceUse]) -> int:
        """Return how many of some devices could be had at once."""
        return at_once(uses, self._kind_of)

    @cached_property
    def claims(self) -> tuple[ClaimUse, ...]:
        """The claims that are looked at."""
        only = self._only
        return tuple(
            each
            for each in claims_of(self.snapshot, self.everything, self._holders)
            if only.namespace in {"", each.claim.meta.namespace}
            and (not only.device_class or only.device_class in each.classes)
            and (not only.driver or only.driver in {x.driver for x in each.devices})
            and self._is_on(each.nodes)
        )

    @property
    def idle(self) -> Sequence[ClaimUse]:
        """The claims that have devices, and nobody uses these."""
        return [each for each in self.claims if each.phase is Phase.IDLE]

    @cached_property
    def breaches(self) -> tuple[Breach, ...]:
        """What is wrong with the books, as far as it is about what is looked at."""
        found = audit(self.snapshot, self.everything, self._holders)
        if self._only == ALL:
            return found
        concerned = {str(each.id) for each in self.fleet}
        concerned |= {f"{each.id.driver}/{each.id.pool}" for each in self.fleet}
        concerned |= {each.node for each in self.fleet}
        return tuple(each for each in found if each.subject in concerned)

    @cached_property
    def quotas(self) -> tuple[QuotaUse, ...]:
        """The limits on devices that are looked at."""
        only = self._only
        return tuple(
            each
            for each in quotas_of(self.snapshot)
            if only.namespace in {"", each.namespace}
            and only.device_class in {"", each.device_class}
        )

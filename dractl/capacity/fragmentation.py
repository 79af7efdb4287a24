"""How free devices are spread: how many there are together, on one node and nearer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.capacity.devices import DeviceUse
from dractl.capacity.groups import NONE, Group, grouped
from dractl.capacity.partitions import HAVABLE, Kinds, Partition, at_once
from dractl.catalogue.values import text_of

NEARNESS: Final = (
    "resource.kubernetes.io/pcieRoot",
    "resource.kubernetes.io/numaNode",
)
"""The attributes that tell which devices of a node are near each other."""


class Together(NamedTuple):
    """The most free devices of a node that have one value of an attribute."""

    attribute: str
    value: str
    node: str
    number: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The free devices of one model that belong to single nodes.

    `nodes` is how many nodes have some, `most` how many are on `node`, which has most,
    and `whole` how many the node has that would have most if nothing were in use.
    `together` tells the same of attributes that the devices have. Partitions count as
    far as they can be had at once; `is_parts` tells whether these are some. `partly`
    of the free ones are shared and in use in part. `elsewhere` is how many more there
    are that several nodes can use.
    """

    model: str
    free: int
    nodes: int
    most: int
    node: str
    whole: int
    is_parts: bool
    partly: int = 0
    elsewhere: int = 0
    together: tuple[Together, ...] = ()

    @property
    def is_split(self) -> bool:
        """Whether a node could have more of the free devices than any has."""
        return self.most < min(self.free, self.whole)


def spreads(fleet: Sequence[DeviceUse], kinds: Kinds) -> tuple[Spread, ...]:
    """Return how the devices of each model are spread, if any of them is free."""
    local = [each for each in fleet if each.node]
    elsewhere = Counter(
        each.model for each in fleet if len(each.nodes) > 1 and each.state in HAVABLE
    )
    return tuple(
        _spread(group, elsewhere[group.name], kinds)
        for group in grouped(local, "model")
        if group.name != NONE and group.counts.free + group.counts.partly
    )


def _spread(group: Group, elsewhere: int, kinds: Kinds) -> Spread:
    uses = group.uses
    by_node: dict[str, list[DeviceUse]] = {}
    for each in uses:
        by_node.setdefault(each.node, []).append(each)
    free = {
        node: number
        for node, found in by_node.items()
        if (number := at_once(found, kinds))
    }
    node = max(free, key=lambda name: free[name], default="")
    return Spread(
        group.name,
        at_once(uses, kinds),
        len(free),
        free.get(node, 0),
        node,
        max(_whole(found, kinds) for found in by_node.values()),
        any(id(each) in kinds for each in uses),
        group.counts.partly,
        elsewhere,
        tuple(_together(by_node, kinds)),
    )


def _whole(uses: Iterable[DeviceUse], kinds: Kinds) -> int:
    """Return how many of some devices could be had if no claim had anything."""
    whole = 0
    here: dict[int, list[Partition]] = {}
    for each in uses:
        if not each.device.consumes:
            whole += each.is_sound
        elif kind := kinds.get(id(each)):
            here.setdefault(id(kind), []).append(kind)
    return whole + sum(min(found[0].whole, len(found)) for found in here.values())


def _together(
    by_node: Mapping[str, Sequence[DeviceUse]], kinds: Kinds
) -> Iterator[Together]:
    havable = {
        node: [each for each in uses if each.state in HAVABLE]
        for node, uses in by_node.items()
    }
    for attribute in NEARNESS:
        best: Together | None = None
        for node, uses in havable.items():
            sets: dict[str, list[DeviceUse]] = {}
            for each in uses:
                told = each.device.attributes.get(attribute)
                if told is not None:
                    sets.setdefault(text_of(told.value), []).append(each)
            for value, found in sets.items():
                number = at_once(found, kinds)
                if number > (best.number if best else 0):
                    best = Together(attribute, value, node, number)
        if best is not None:
            yield best

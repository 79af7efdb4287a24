"""Devices by what they have in common: node, class, driver, namespace, attribute."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.capacity.devices import DeviceUse, State
from dractl.catalogue.nearest import guess
from dractl.catalogue.values import text_of
from dractl.diagnose.owners import owner_of
from dractl.errors import DractlError, ExitStatus
from dractl.model.attributes import qualified

NONE: Final = "<none>"
"""The group of devices that are in no other."""
SEVERAL: Final = "<several>"
"""The group of devices that several nodes can use."""

_STANDARD: Final = "resource.kubernetes.io"


class Counts(NamedTuple):
    """How many devices are in which state; each is in exactly one.

    `stranded` of the unusable ones lack nothing but counters, which others of their
    pool have.
    """

    total: int = 0
    free: int = 0
    partly: int = 0
    allocated: int = 0
    tainted: int = 0
    unusable: int = 0
    stranded: int = 0

    @staticmethod
    def of(uses: Iterable[DeviceUse]) -> "Counts":
        """Count devices."""
        looked_at = tuple(uses)
        states = [each.state for each in looked_at]
        unusable = states.count(State.UNUSABLE)
        return Counts(
            len(states),
            states.count(State.FREE),
            states.count(State.PARTLY),
            states.count(State.ALLOCATED),
            states.count(State.TAINTED),
            unusable,
            len([x for x in looked_at if x.state is State.UNUSABLE and x.is_stranded]),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Devices that have something in common, in the order of the fleet."""

    name: str
    uses: tuple[DeviceUse, ...]
    counts: Counts


def grouped(fleet: Sequence[DeviceUse], by: str) -> tuple[Group, ...]:
    """Return the groups in the order of their first devices.

    `by` is node, class, driver, namespace, owner, model, pool, or the name of an
    attribute or a capacity, with or without its domain. A device of several classes,
    namespaces or owners is in several groups. Raises DractlError for an attribute that
    none of the devices has.
    """
    if not fleet:
        return ()
    names = _NAMES.get(by) or _by_attribute(fleet, by)
    members: defaultdict[str, list[DeviceUse]] = defaultdict(list)
    for each in fleet:
        for name in names(each) or (NONE,):
            members[name].append(each)
    return tuple(
        Group(name, tuple(uses), Counts.of(uses)) for name, uses in members.items()
    )


Names = Callable[[DeviceUse], tuple[str, ...]]


def _nodes(use: DeviceUse) -> tuple[str, ...]:
    return use.nodes if len(use.nodes) <= 1 else (SEVERAL,)


def _owners(use: DeviceUse) -> tuple[str, ...]:
    found = (
        owner_of(consumer.pod)
        for held in use.holders
        if not held.is_admin
        for consumer in held.consumers
        if consumer.pod is not None
    )
    return tuple(dict.fromkeys(each for each in found if each))


def _pool(use: DeviceUse) -> tuple[str, ...]:
    return (f"{use.id.driver}/{use.id.pool}",)


_NAMES: Final[Mapping[str, Names]] = {
    "node": _nodes,
    "class": lambda use: use.classes,
    "driver": lambda use: (use.id.driver,),
    "namespace": lambda use: use.namespaces,
    "owner": _owners,
    "model": lambda use: (use.model,) if use.model else (),
    "pool": _pool,
}
GROUPINGS: Final = tuple(_NAMES)
"""What devices can be grouped by, attributes aside."""


def _by_attribute(fleet: Sequence[DeviceUse], name: str) -> Names:
    known = {
        each
        for use in fleet
        for each in (*use.device.attributes, *use.device.qualified_capacity)
    }
    fitting = {each for each in known if each.partition("/")[2] == name} | (
        {name} & known
    )
    if not fitting:
        raise _unknown(name, known)

    def value(use: DeviceUse) -> tuple[str, ...]:
        told = next(_values(use, name, fitting), None)
        return () if told is None else (told,)

    return value


def _values(use: DeviceUse, name: str, fitting: Iterable[str]) -> Iterator[str]:
    """Yield the values of attributes so called, the driver's own first."""
    device = use.device
    own = (qualified(name, device.driver), f"{_STANDARD}/{name}")
    for key in (*own, *sorted(fitting)):
        if key in device.attributes:
            yield text_of(device.attributes[key].value)
        elif key in device.qualified_capacity:
            yield str(device.qualified_capacity[key])


def _unknown(name: str, known: Iterable[str]) -> DractlError:
    ids = {each.partition("/")[2]: each for each in sorted(known)}
    known = [*GROUPINGS, *ids, *ids.values()]
    return DractlError(
        "unknown-attribute",
        f"no device has an attribute or a capacity {name[:80]!r}",
        hint=guess(name, known, "dractl attributes lists them"),
        status=ExitStatus.USAGE,
    )

"""matchAttribute and distinctAttribute, with what upstream forgets and remembers.

Follows Kubernetes 1.36, structured/internal/{incubating,experimental}/constraint.go.
Each constraint is an object with memory; `add` says whether the device may join and
`remove` takes it out again. Neither restores all of the memory: that is upstream's
behaviour, it changes results, and QUIRKS below names the cases.

QUIRKS
- narrowed for good: with list values, a match keeps its narrowed set after a removal,
  until no device is left in it.
- one memory per request: distinctAttribute remembers one value per request name. In a
  request for three devices only the latest counts, and a removal forgets all of them.
"""

from collections.abc import Collection, Hashable
from typing import Generic, Protocol, TypeVar

from dractl.model.attributes import LIST_KINDS, Attribute
from dractl.model.claims import Constraint as ConstraintSpec
from dractl.model.devices import Device
from dractl.solver.errors import AllocationAborted, Fault
from dractl.solver.rules import Rules

Values = tuple[str, frozenset[object]]
T = TypeVar("T", bound=Hashable)


class Constraint(Protocol):
    """A constraint during one search."""

    attribute: str
    requests: frozenset[str]

    def add(self, base: str, value: Attribute | None) -> bool:
        """Let a device with this value join, or refuse it."""

    def remove(self, base: str) -> None:
        """Take out a device that joined for this request."""

    def state(self) -> Hashable:
        """Return the memory, for comparison and `restore`."""

    def restore(self, state: Hashable) -> None:
        """Go back to an earlier memory."""


def applies(requests: frozenset[str], base: str, name: str) -> bool:
    """Tell whether a constraint is about a request, or about the chosen subrequest."""
    return not requests or base in requests or name in requests


def lookup(device: Device, name: str) -> Attribute | None:
    """Return the device's attribute of that qualified name."""
    return device.attributes.get(name)


def constraint(
    spec: ConstraintSpec, claim: str, where: str, rules: Rules
) -> Constraint:
    """Return the constraint object; AllocationAborted where upstream knows no such."""
    requests = frozenset(spec.requests)
    if spec.match_attribute:
        if rules.list_values:
            return SetMatch(spec.match_attribute, requests)
        return Match(spec.match_attribute, requests)
    if spec.distinct_attribute and rules.distinct_supported:
        kind = SetDistinct if rules.list_values else Distinct
        return kind(spec.distinct_attribute, requests)
    # Distinct values came with the allocator that also knows consumable capacity.
    gate = "DRAConsumableCapacity" if spec.distinct_attribute else ""
    raise AllocationAborted(
        f"claim {claim}, {where}: empty constraint (unsupported constraint type?)",
        fault=Fault("gate", claim, subject=gate),
    )


class _Matching(Generic[T]):
    """What both kinds of matchAttribute have: a count, and what was agreed on."""

    def __init__(self, attribute: str, requests: frozenset[str]) -> None:
        self.attribute = attribute
        self.requests = requests
        self.count = 0
        self.value: T | None = None

    def remove(self, base: str) -> None:  # noqa: ARG002 the protocol's
        """Take out a device that joined; what was agreed on stays as it is."""
        self.count -= 1

    def state(self) -> Hashable:
        """Return the memory, for comparison and `restore`."""
        return (self.count, self.value if self.count else None)

    def restore(self, state: Hashable) -> None:
        """Go back to an earlier memory."""
        assert isinstance(state, tuple)
        self.count, self.value = state


class Match(_Matching[Attribute]):
    """All devices have the same scalar value. Nothing leaks here."""

    def add(self, base: str, value: Attribute | None) -> bool:  # noqa: ARG002 the protocol's
        """Let a device with this value join, or refuse it."""
        if value is None:
            return False
        if self.count == 0:
            self.value = value
        elif value.kind in LIST_KINDS or not value.kind or value != self.value:
            return False
        self.count += 1
        return True


class SetMatch(_Matching[Values]):
    """All devices share a value, each having a list of them."""

    def add(self, base: str, value: Attribute | None) -> bool:  # noqa: ARG002 the protocol's
        """Let a device with this value join, or refuse it."""
        values = None if value is None else as_set(value)
        if values is None:
            return False
        if self.count == 0:
            self.value = values
        else:
            assert self.value is not None
            common = values[1] & self.value[1]
            if values[0] != self.value[0] or not common:
                return False
            self.value = (values[0], common)
        self.count += 1
        return True


class Distinct:
    """No two devices have the same scalar value, as far as upstream remembers."""

    def __init__(self, attribute: str, requests: frozenset[str]) -> None:
        self.attribute = attribute
        self.requests = requests
        self._count = 0
        self._values: dict[str, Attribute] = {}

    def add(self, base: str, value: Attribute | None) -> bool:
        """Let a device with this value join, or refuse it."""
        if value is None or (self._count and self._collides(value)):
            return False
        self._values[base] = value
        self._count += 1
        return True

    @property
    def remembered(self) -> Collection[Attribute]:
        """The values that the next device is compared with."""
        return self._values.values() if self._count else ()

    def _collides(self, value: Attribute) -> bool:
        if value.kind in LIST_KINDS or not value.kind:
            return bool(self._values)
        return value in self._values.values()

    def remove(self, base: str) -> None:
        """Take out a device that joined, and all memory of its request."""
        self._values.pop(base, None)
        self._count -= 1

    def state(self) -> Hashable:
        """Return the memory, for comparison and `restore`."""
        return (self._count, tuple(sorted(self._values.items(), key=_by_name)))

    def restore(self, state: Hashable) -> None:
        """Go back to an earlier memory."""
        assert isinstance(state, tuple)
        self._count = state[0]
        self._values = dict(state[1])


class SetDistinct(Distinct):
    """No two devices share a value, each having a list of them."""

    def add(self, base: str, value: Attribute | None) -> bool:
        """Let a device with this value join, or refuse it."""
        if value is None:
            return False
        if self._count:
            mine = as_set(value)
            if mine is None or any(
                _share(mine, each) for each in self._values.values()
            ):
                return False
        self._values[base] = value
        self._count += 1
        return True


def _share(values: Values, other: Attribute) -> bool:
    theirs = as_set(other)
    return theirs is not None and theirs[0] == values[0] and bool(theirs[1] & values[1])


def _by_name(item: tuple[str, Attribute]) -> str:
    return item[0]


def as_set(value: Attribute) -> Values | None:
    """Return the values with their type; None: no value that can be compared."""
    if value.kind in LIST_KINDS:
        assert isinstance(value.value, tuple)
        return (value.kind, frozenset(value.value)) if value.value else None
    return (f"{value.kind}s", frozenset([value.value])) if value.kind else None

"""How close devices come to a clause that removes them, and what they have instead."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dractl.catalogue.comparison import (
    DRIVER,
    Comparison,
    Subject,
    Wanted,
    comparison_of,
    wanted_kind,
)
from dractl.catalogue.index import (
    Catalogue,
    Entry,
    Seen,
    bounds,
    most_frequent,
    tallied,
)
from dractl.catalogue.nearest import nearest
from dractl.catalogue.values import (
    ELEMENTS,
    Value,
    is_ordered,
    kind_of,
    noun,
    text_of,
)
from dractl.cel.nodes import Node
from dractl.cel.selector import Clause
from dractl.model.attributes import Attribute, SemVer, SemVerError
from dractl.model.devices import Device
from dractl.model.quantity import NANO, Quantity, QuantityError

_MOST_COMPARED: Final = 1000  # texts: more than there are models of devices
_MOST_NAMED: Final = 5
_CLOSE: Final = frozenset(
    {"==", "in", "includes", "startsWith", "endsWith", "contains"}
)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What a clause compares, and what the devices that it removed have there.

    `values` are the most frequent ones, `distinct` counts all; `lacking` devices have
    none. `entry` is what all devices of the catalogue publish under the name, None if
    no device has it; `meant` is then the entry with the nearest name, if any. `nearest`
    is the value that comes closest to what is wanted; None: nothing does.
    """

    comparison: Comparison
    devices: int
    lacking: int
    values: tuple[Seen, ...]
    distinct: int
    least: Value
    largest: Value
    nearest: Value
    entry: Entry | None
    meant: Entry | None

    @property
    def subject(self) -> Subject:
        """What is read."""
        return self.comparison.subject

    @property
    def is_unknown(self) -> bool:
        """Whether no device at all has the attribute or capacity."""
        return self.subject.map is not None and self.entry is None

    @property
    def mismatch(self) -> tuple[str, str] | None:
        """The kind of the values and the kind wanted, if those can never be equal."""
        kinds = {each.kind for each in self.values}
        if self.comparison.operator == "includes":
            kinds = {ELEMENTS.get(kind, kind) for kind in kinds}
        wanted = {wanted_kind(each) for each in self.comparison.wanted}
        if len(kinds) != 1 or len(wanted) != 1 or kinds == wanted:
            return None
        (kind,), (other,) = kinds, wanted
        return kind, other

    def sentence(self) -> str:
        """Return what the devices have instead, in a few words."""
        return _sentence(self)


def near_miss(
    clause: Clause | Node, devices: Iterable[Device], catalogue: Catalogue
) -> NearMiss | None:
    """Return how close devices that a clause removed came to it.

    None where the clause reads no value, or more than one.
    """
    node = clause.node if isinstance(clause, Clause) else clause
    comparison = comparison_of(node)
    if comparison is None:
        return None
    subject = comparison.subject
    total, counts = _counts(subject, devices)
    seen = tallied(counts)
    least, largest = bounds(seen)
    entry = meant = None
    if subject.map is not None:
        entry = catalogue.entry(subject.map, subject.qualified)
        if entry is None:
            meant = catalogue.nearest_entry(subject.map, subject.domain, subject.name)
    return NearMiss(
        comparison,
        devices=total,
        lacking=total - sum(counts.values()),
        values=tuple(most_frequent(seen)),
        distinct=len(seen),
        least=least,
        largest=largest,
        nearest=_nearest(comparison, seen),
        entry=entry,
        meant=meant,
    )


def _counts(
    subject: Subject, devices: Iterable[Device]
) -> tuple[int, Counter[Attribute | Quantity]]:
    counts: Counter[Attribute | Quantity] = Counter()
    total = 0
    for device in devices:
        total += 1
        found = _value(subject, device)
        if found is not None:
            counts[found] += 1
    return total, counts


def _value(subject: Subject, device: Device) -> Attribute | Quantity | None:
    if subject.map == "attributes":
        return device.attributes.get(subject.qualified)
    if subject.map == "capacity":
        return device.qualified_capacity.get(subject.qualified)
    if subject == DRIVER:
        return Attribute("string", device.driver)
    return Attribute("bool", device.allow_multiple_allocations)


# -- the nearest value


def near_value(comparison: Comparison, devices: Iterable[Device]) -> Value:
    """Return the value of a device that comes closest; None: no value does."""
    return _nearest(comparison, tallied(_counts(comparison.subject, devices)[1]))


def _nearest(comparison: Comparison, seen: Sequence[Seen]) -> Value:
    least, largest = bounds(seen)
    if comparison.operator in {">", ">="}:
        return largest
    if comparison.operator in {"<", "<="}:
        return least
    if comparison.operator not in _CLOSE:
        return None
    values = [each.value for each in most_frequent(_elements(seen), _MOST_COMPARED)]
    for wanted in comparison.wanted:
        found = _closest(wanted, values)
        if found is not None:
            return found
    return None


def _elements(seen: Iterable[Seen]) -> Iterable[Seen]:
    """Yield the values, and those in lists one by one."""
    for each in seen:
        if isinstance(each.value, tuple):
            for value in each.value:
                yield Seen(value, kind_of(value), each.devices)
        else:
            yield each


def _closest(wanted: Wanted, values: Sequence[Value]) -> Value:
    """Return the value that comes closest, also if it is of another kind."""
    if isinstance(wanted, str):
        return _closest_to_text(wanted, values)
    measure = _measure(wanted)
    ranked = [
        (_distance(measure, _measure(value)), place)
        for place, value in enumerate(values)
        if is_ordered(value)
    ]
    return values[min(ranked)[1]] if ranked and measure else None


def _closest_to_text(wanted: str, values: Sequence[Value]) -> Value:
    texts = {each: each for each in values if isinstance(each, str)}
    found: Value = next(iter(nearest(wanted, texts)), None)
    for read in (Quantity.parse, SemVer.parse):
        if found is None:
            try:
                parsed: Wanted = read(wanted)
            except (QuantityError, SemVerError):
                continue
            same = [each for each in values if kind_of(each) == kind_of(parsed)]
            found = _closest(parsed, same)
    return found


def _measure(value: object) -> tuple[int, ...]:
    """Return the value as numbers, the most important one first; () if it has none."""
    match value:
        case bool():
            return ()
        case int() | float():
            return (int(value * NANO),) if abs(value) < NANO**2 else ()
        case Quantity():
            return (value.nanos,)
        case SemVer():
            return value.precedence[:3]
    return ()


def _distance(one: Sequence[int], other: Sequence[int]) -> tuple[bool, Sequence[int]]:
    comparable = len(one) == len(other)
    return not comparable, [abs(a - b) for a, b in zip(one, other, strict=False)]


# -- the sentence


def _sentence(miss: NearMiss) -> str:
    if miss.is_unknown:
        return _unknown(miss)
    if miss.lacking == miss.devices:
        return _none_has_it(miss)
    name = _name(miss.subject)
    if miss.mismatch is not None and miss.comparison.operator != "matches":
        kind, wanted = miss.mismatch
        text = f"{name} is {noun(kind)}, not {noun(wanted)}: {_listed(miss)}"
    elif miss.comparison.operator in {">", ">="} and miss.largest is not None:
        text = f"the largest {name} is {text_of(miss.largest)}"
    elif miss.comparison.operator in {"<", "<="} and miss.least is not None:
        text = f"the smallest {name} is {text_of(miss.least)}"
    elif miss.distinct == 1:
        text = f"{name} is {miss.values[0]} on {_all(miss)}"
    elif miss.subject == DRIVER:
        text = f"drivers: {_listed(miss)}"
    else:
        text = f"values of {name}: {_listed(miss)}"
    lack = "1 lacks" if miss.lacking == 1 else f"{miss.lacking} lack"
    return f"{text}; {lack} it" if miss.lacking else text


def _unknown(miss: NearMiss) -> str:
    subject, meant = miss.subject, miss.meant
    kind = _noun(subject.map)
    if meant is None:
        return f"no device has the {kind} {subject.qualified}"
    if meant.domain == subject.domain and meant.id != subject.name:
        name, there = subject.name, meant.id
    else:
        name, there = subject.qualified, meant.name
    if meant.map != subject.map:
        there = f"the {_noun(meant.map)} {there}"
    return f"no device has the {kind} {name}; {there} exists on {meant.devices}"


def _none_has_it(miss: NearMiss) -> str:
    name = f"the {_noun(miss.subject.map)} {miss.subject.qualified}"
    others = miss.entry.devices if miss.entry else 0
    text = f"none of these {miss.devices} has {name}"
    if miss.devices == 1:
        text = f"it lacks {name}"
    have = "1 other has" if others == 1 else f"{others} others have"
    return f"{text}; {have} it" if others else text


def _noun(kind_map: str | None) -> str:
    return "attribute" if kind_map == "attributes" else "capacity"


def _name(subject: Subject) -> str:
    return "the driver" if subject == DRIVER else subject.name


def _all(miss: NearMiss) -> str:
    number = miss.values[0].devices
    return str(number) if miss.lacking or number == 1 else f"all {number}"


def _listed(miss: NearMiss) -> str:
    """Return the nearest value, then the most frequent ones, and how many devices."""
    near = [each for each in miss.values if each.value == miss.nearest]
    shown = near + [each for each in miss.values if each not in near]
    parts = [f"{each} ({each.devices})" for each in shown[:_MOST_NAMED]]
    if miss.nearest is not None and not near:
        parts = [text_of(miss.nearest), *parts[:-1]]
    more = miss.distinct - len(parts)
    return ", ".join([*parts, *([f"and {more} more"] if more else [])])

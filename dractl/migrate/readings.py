"""What requirements on node labels say of devices, in CEL."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dractl.catalogue.snippets import condition
from dractl.cel.errors import SelectorCompileError
from dractl.cel.guard import guarded
from dractl.cel.parser import parse
from dractl.cel.quoting import quoted, value_path, value_test
from dractl.manifests.presets import preset_of
from dractl.model.attributes import SemVer
from dractl.model.nodeselection import (
    NodeSelectorError,
    NodeSelectorTerm,
    Requirement,
    check_term,
)
from dractl.model.quantity import Quantity
from dractl.vendors.plugins import Label, Reading

_INTEGER: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_GIBIBYTES: Final = re.compile(r"([0-9]{1,9})G?i?B?", re.ASCII)
_VERSION: Final = re.compile(r"v?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?")
_MIG: Final = re.compile(r".+-MIG-(.+)", re.DOTALL)
_TRUE: Final = frozenset({"true", "1"})
_ORDERS: Final = {"Gt": ">", "Lt": "<"}


class UnclearError(Exception):
    """The requirement says nothing that a selector of devices could say; why not."""


@dataclass(frozen=True, slots=True)
class Said:
    """A guarded expression. `is_lossy`: it cannot tell some values apart."""

    text: str
    is_lossy: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A requirement as a row reads it.

    `names` are values of published devices by what labels make of them.
    """

    row: Label
    want: Requirement
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def where(self) -> tuple[str, str, str]:
        """The path of the attribute or capacity below `device`."""
        domain, _, name = self.row.name.rpartition("/")
        kind = "capacity" if kind_of(self.row) == "capacity" else "attributes"
        return kind, domain or self.row.driver, name

    @property
    def path(self) -> str:
        """How the value is read."""
        return value_path(self.where)

    @property
    def values(self) -> list[str]:
        """The values of the requirement, without what else they say."""
        return [self.row.bare(each) for each in self.want.values]


def sanitised(value: str, blank: str) -> str:
    """Return what a labeller makes of a device's value, with such a thing for blanks.

    Follows GPU Feature Discovery 0.20, which leaves out what no label can have.
    """
    return re.sub(r"[^A-Za-z0-9_. -]", "", value).replace(" ", blank)


def said(
    row: Label, want: Requirement, names: Mapping[str, Sequence[str]]
) -> Said | None:
    """Return what a requirement says of a device; None if it says nothing of it.

    NotIn holds for nodes without the label, and so for devices without the value.
    Raises UnclearError if it says something that cannot be told.
    """
    try:
        check_term(NodeSelectorTerm((want,)))
    except NodeSelectorError as error:
        raise UnclearError(str(error)) from None
    asked = _Asked(row, want, names)
    if row.reading in _BY_NAME:
        found: Said | None = _by_name(asked)
    elif want.operator in {"Exists", "DoesNotExist"}:
        test = value_test(asked.where)
        return Said(test if want.operator == "Exists" else f"!({test})")
    else:
        found = _READINGS[row.reading](asked)
    if found is None:
        return None
    try:
        text = guarded(found.text, parse(found.text)) or found.text
    except SelectorCompileError as error:
        raise UnclearError(f"no expression can have it: {error}") from None
    return replace(found, text=f"!({text})" if want.operator == "NotIn" else text)


def kind_of(row: Label) -> str:
    """Return the kind of the value on devices: that of the driver, if it is known."""
    preset = preset_of(row.driver)
    if preset is not None and row.name in preset.capacity:
        return "capacity"
    known = preset.attributes.get(row.name) if preset is not None else None
    return known or KINDS.get(row.reading, TEXTS)[0]


def _chosen(tests: Sequence[str]) -> str:
    """Return that one of the tests holds."""
    return tests[0] if len(tests) == 1 else " || ".join(_bracketed(e) for e in tests)


def _bracketed(test: str) -> str:
    return f"({test})" if " && " in test else test


def _equal(path: str, values: Sequence[str]) -> str:
    unique = list(dict.fromkeys(values))
    if len(unique) == 1:
        return f"{path} == {quoted(unique[0])}"
    return f"{path} in [{', '.join(map(quoted, unique))}]"


def _no_order(asked: _Asked) -> None:
    if asked.want.operator in _ORDERS:
        raise UnclearError("its values have no order on devices")


# -- text


def _text(asked: _Asked) -> Said:
    _no_order(asked)
    return Said(_equal(asked.path, asked.values))


def _table(asked: _Asked) -> Said:
    _no_order(asked)
    unknown = [each for each in asked.values if each not in asked.row.table]
    if unknown:
        raise UnclearError(f"the driver's word for {unknown[0][:63]!r} is not known")
    return Said(_equal(asked.path, [asked.row.table[e] for e in asked.values]))


def _hex(asked: _Asked) -> Said:
    _no_order(asked)
    values = [f"0x{each.lower().removeprefix('0x')}" for each in asked.values]
    return Said(_equal(asked.path, values))


def _respelled(asked: _Asked) -> Said:
    """Return the very names where devices are published that have them."""
    _no_order(asked)
    if all(each in asked.names for each in asked.values):
        exact = [name for each in asked.values for name in asked.names[each]]
        return Said(_equal(asked.path, exact))
    blank = BLANKS[asked.row.reading]
    path = f'{asked.path}.replace(" ", {quoted(blank)})'
    return Said(_equal(path, asked.values), is_lossy=True)


# -- profiles of partitions


def _profile(asked: _Asked) -> Said | None:
    _no_order(asked)
    found = [_MIG.fullmatch(each) for each in asked.values]
    profiles = [asked.row.spelled(each[1]) for each in found if each is not None]
    if len(profiles) < len(found):
        return None
    return Said(_equal(asked.path, profiles))


def _slices(asked: _Asked) -> Said:
    _no_order(asked)
    begins = [quoted(f"{_integer(each)}g.") for each in asked.values]
    tests = [f"{asked.path}.startsWith({each})" for each in begins]
    return Said(_chosen(tests))


def _by_name(asked: _Asked) -> Said:
    """Return that a device has the value that is in the name of the label."""
    want, part = asked.want, asked.row.part(asked.want.key) or ""
    yes = want.operator == "Exists" or (
        want.operator == "In" and set(want.values) <= _TRUE
    )
    if asked.row.reading == "named":
        yes = yes or (want.operator == "Gt" and want.values[:1] == ("0",))
    if not yes:
        raise UnclearError("only that there are some can be said of a device")
    if asked.row.reading == "id":
        part = f"0x{part.rpartition('-')[2].lower()}"
    return Said(f"{asked.path} == {quoted(part)}")


# -- amounts


def _amount(asked: _Asked, operator: str, amount: int, unit: str = "") -> str:
    is_capacity = asked.where[0] == "capacity"
    value = Quantity.parse(f"{amount}{unit}") if is_capacity else amount
    return condition(asked.where, operator, value)


def _mebibytes(asked: _Asked) -> Said:
    values = [_integer(each) for each in asked.values]
    match asked.want.operator:
        case "Gt":
            return Said(_amount(asked, ">=", values[0] + 1, "Mi"))
        case "Lt":
            return Said(_amount(asked, "<", values[0], "Mi"))
        case "In" if len(values) == 1:
            more = "devices with more suit too, as the label's amount is rounded"
            return Said(_amount(asked, ">=", values[0], "Mi"), why=more)
    return Said(_chosen([_between(asked, n, n + 1, "Mi") for n in values]))


def _gibibytes(asked: _Asked) -> Said:
    """Return amounts in GiB, of which the label has the nearest."""
    _no_order(asked)
    tests = []
    for each in asked.values:
        match = _GIBIBYTES.fullmatch(each)
        if match is None:
            raise UnclearError(f"{each[:63]!r} is no amount in GiB")
        middle = int(match[1]) << 10
        tests.append(_between(asked, middle - 512, middle + 512, "Mi"))
    return Said(_chosen(tests))


def _between(asked: _Asked, least: int, beyond: int, unit: str) -> str:
    low, high = max(least, 0), beyond
    return f"{_amount(asked, '>=', low, unit)} && {_amount(asked, '<', high, unit)}"


def _number(asked: _Asked) -> Said:
    values = [_integer(each) for each in asked.values]
    order = _ORDERS.get(asked.want.operator)
    if order is not None:
        return Said(_amount(asked, order, values[0]))
    return Said(_chosen([_amount(asked, "==", each) for each in values]))


def _integer(text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise UnclearError(f"{text[:63]!r} is no whole number")
    return int(text)


# -- versions


def _version(asked: _Asked) -> Said:
    _no_order(asked)
    tests = []
    for each in asked.values:
        match = _VERSION.fullmatch(each)
        if match is None:
            raise UnclearError(f"{each[:63]!r} is no version")
        parts = [int(part or 0) for part in match.groups()]
        tests.append(condition(asked.where, "==", _semver(*parts)))
    return Said(_chosen(tests))


def _major(asked: _Asked) -> Said:
    """Return a first part of a version as a range of versions."""
    values = [_integer(each) for each in asked.values]
    match asked.want.operator:
        case "Gt":
            return Said(condition(asked.where, ">=", _semver(values[0] + 1)))
        case "Lt":
            return Said(condition(asked.where, "<", _semver(values[0])))
    tests = [
        f"{condition(asked.where, '>=', _semver(each))} && "
        f"{condition(asked.where, '<', _semver(each + 1))}"
        for each in values
    ]
    return Said(_chosen(tests))


def _later(asked: _Asked) -> Said:
    """Return a second or third part of a version, whatever is before it."""
    values = [str(_integer(each)) for each in asked.values]
    path = f"{asked.path}.{asked.row.reading}()"
    order = _ORDERS.get(asked.want.operator)
    if order is not None:
        return Said(f"{path} {order} {values[0]}")
    if len(values) == 1:
        return Said(_chosen([f"{path} == {values[0]}"]))
    return Said(_chosen([f"{path} in [{', '.join(values)}]"]))


def _semver(major: int, minor: int = 0, patch: int = 0) -> SemVer:
    if min(major, minor, patch) < 0:
        raise UnclearError("no version has a part below zero")
    return SemVer.parse(f"{major}.{minor}.{patch}")


TEXTS: Final = ("string",)
_VERSIONS: Final = ("version",)
KINDS: Final[Mapping[Reading, tuple[str, ...]]] = {
    "mebibytes": ("capacity",),
    "gibibytes": ("capacity",),
    "number": ("capacity", "int"),
    "version": _VERSIONS,
    "major": _VERSIONS,
    "minor": _VERSIONS,
    "patch": _VERSIONS,
}
"""The kinds of values that readings suit; others are for texts."""

BLANKS: Final[Mapping[Reading, str]] = {"dashed": "-", "underscored": "_"}
"""What labels have for blanks, by the readings of names."""

_BY_NAME: Final = frozenset({"id", "named"})
_READINGS: Final[Mapping[Reading, Callable[[_Asked], Said | None]]] = {
    "text": _text,
    "table": _table,
    "hex": _hex,
    "dashed": _respelled,
    "underscored": _respelled,
    "profile": _profile,
    "slices": _slices,
    "mebibytes": _mebibytes,
    "gibibytes": _gibibytes,
    "number": _number,
    "version": _version,
    "major": _major,
    "minor": _later,
    "patch": _later,
}

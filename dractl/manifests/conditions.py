"""Typed conditions (`memory>=80Gi`) and the CEL that says the same, guarded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dractl.catalogue.snippets import condition, literal
from dractl.catalogue.values import Value, converted
from dractl.cel.guard import guarded
from dractl.cel.parser import parse
from dractl.cel.quoting import quoted, value_path
from dractl.errors import unclear
from dractl.manifests.presets import STANDARD
from dractl.model.attributes import LIST_KINDS
from dractl.vendors.base import Driver

_SHAPE: Final = re.compile(
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_./-]*)(?::(?P<kind>[a-z]+))?"
    r"(?P<operator>==|!=|>=|<=|=|~|<|>)(?P<value>.*)",
    re.DOTALL | re.ASCII,
)
_KINDS: Final = ("string", "int", "bool", "version", "capacity", *sorted(LIST_KINDS))
_ORDERING: Final = frozenset({"<", "<=", ">", ">="})
_PARTIAL: Final = re.compile(r"v?([0-9]+(?:\.[0-9]+){0,2})", re.ASCII)
_INTEGER: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_AMOUNT: Final = re.compile(r"[0-9.]+([KMGTPE]i|[kMGTPE])", re.ASCII)
_VERSION: Final = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+.*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a value must be: several values mean any of them."""

    name: str
    operator: str
    values: tuple[str, ...]
    kind: str | None = None

    def __str__(self) -> str:
        """Return it as it is written."""
        kind = f":{self.kind}" if self.kind else ""
        return f"{self.name}{kind}{self.operator}{'|'.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is: its path below `device`, and its kind."""

    path: tuple[str, str, str]
    kind: str
    by_word: bool = False


def is_condition(text: str) -> bool:
    """Tell whether the text could be one."""
    return _SHAPE.fullmatch(text) is not None


def parse_condition(text: str) -> Condition:
    """Read `NAME OPERATOR VALUE`; raise DractlError for the rest."""
    found = _SHAPE.fullmatch("".join(text.split(None)) if _loose(text) else text)
    if found is None:
        raise unclear(
            f"{text[:60]!r} is not a condition",
            hint="write it like memory>=80Gi, model=H100|H200 or productName~A100",
        )
    operator = "=" if found["operator"] == "==" else found["operator"]
    kind = found["kind"]
    if kind is not None and kind not in _KINDS:
        raise unclear(f"{kind!r} is no type of a value", hint=", ".join(_KINDS))
    values = tuple(found["value"].split("|"))
    if operator in _ORDERING and len(values) > 1:
        raise unclear(f"{text[:60]!r}: {operator} takes one value")
    if "" in values and operator != "=":
        raise unclear(f"{text[:60]!r} lacks a value")
    return Condition(found["name"], operator, values, kind)


def _loose(text: str) -> bool:
    """Tell whether blanks stand only around the operator, as in `memory >= 80Gi`."""
    return bool(re.fullmatch(r"\s*\S+\s*(==|!=|>=|<=|=|~|<|>)\s*\S+\s*", text))


def expression(where: Condition, preset: Driver | None, driver: str | None) -> str:
    """Return the condition in CEL: false, and no error, for devices without the value.

    Raises DractlError where it is not known whose value is meant, or where the value
    does not suit its type.
    """
    place = place_of(where, preset, driver)
    text = _unguarded(where, place)
    return guarded(text, parse(text)) or text


def place_of(where: Condition, preset: Driver | None, driver: str | None) -> Place:
    """Return where the value of a condition is."""
    domain, _, bare = where.name.rpartition("/")
    driver = preset.name if preset is not None else driver
    known, by_word = None, False
    if not domain and preset is not None:
        by_word = bare in preset.shared
        bare = preset.shared.get(bare, bare)
        known = _kind_in(preset, bare)
    if not domain and known is None and bare in STANDARD:
        domain, known = "resource.kubernetes.io", STANDARD[bare]
    elif domain == "resource.kubernetes.io":
        known = STANDARD.get(bare)
    domain = domain or driver or ""
    if not domain:
        raise unclear(
            f"whose value is {where.name!r}?",
            hint=f"write DOMAIN/{where.name}, or name the driver with --vendor or "
            "--driver",
        )
    kind = where.kind or known or _guess(where)
    if (
        known is None
        and preset is not None
        and where.kind is None
        and "/" not in where.name
    ):
        raise unclear(
            f"{preset.name} publishes no {where.name!r}",
            hint=f"it has {', '.join(sorted({*preset.attributes, *preset.capacity}))}; "
            f"or write {preset.name}/{where.name}",
        )
    table = "capacity" if kind == "capacity" else "attributes"
    return Place((table, domain, bare), kind, by_word)


def _kind_in(preset: Driver, name: str) -> str | None:
    return "capacity" if name in preset.capacity else preset.attributes.get(name)


def _guess(where: Condition) -> str:
    """Return the type that the spelling of the value speaks for."""
    value = where.values[0]
    if value in {"true", "false"}:
        return "bool"
    if _AMOUNT.fullmatch(value):
        return "capacity"
    if _INTEGER.fullmatch(value):
        return "int"
    is_version = _VERSION.fullmatch(value) and where.operator in _ORDERING
    return "version" if is_version else "string"


def _unguarded(where: Condition, place: Place) -> str:
    by_word = where.operator == "~" or (place.by_word and where.operator in {"=", "!="})
    if by_word and place.kind == "string":
        test = f"{value_path(place.path)}.matches({quoted(_word(where.values))})"
        return f"!{test}" if where.operator == "!=" else test
    if where.operator == "~":
        raise unclear(f"{where}: ~ compares text, but this is a {place.kind}")
    values = [_value(where, place.kind, text) for text in where.values]
    if place.kind in LIST_KINDS:
        return _in_list(where, place, values)
    operator = "==" if where.operator == "=" else where.operator
    if place.kind in {"string", "bool"} and operator in _ORDERING:
        raise unclear(f"{where}: a {place.kind} has no order")
    if len(values) == 1:
        return condition(place.path, operator, values[0])
    if place.kind in {"capacity", "version"}:
        joint = " && " if operator == "!=" else " || "
        return joint.join(condition(place.path, operator, each) for each in values)
    listed = f"{value_path(place.path)} in [{', '.join(map(literal, values))}]"
    return f"!({listed})" if operator == "!=" else listed


def _in_list(where: Condition, place: Place, values: Sequence[Value]) -> str:
    if where.operator not in {"=", "!="}:
        raise unclear(f"{where}: a list has no order")
    tests = [f"{value_path(place.path)}.includes({literal(each)})" for each in values]
    if where.operator == "=":
        return " || ".join(tests)
    return " && ".join(f"!{test}" for test in tests)


def _value(where: Condition, kind: str, text: str) -> Value:
    """Return the value as one of its type; a version may leave parts out."""
    plain = kind.removesuffix("s") if kind in LIST_KINDS else kind
    if plain == "version" and (short := _PARTIAL.fullmatch(text)):
        text = ".".join([*short[1].split("."), "0", "0"][:3])
    found = converted(text, "quantity" if plain == "capacity" else plain)
    if found is None:
        raise unclear(f"{where}: {text[:60]!r} is not a {plain} value")
    return found


def _word(values: Sequence[str]) -> str:
    """Return a pattern for text in which a value stands as a word of its own."""
    # RE2 takes a backslash before ASCII only.
    words = "|".join(
        re.sub(r"([\x00-\x7f])(?<![A-Za-z0-9_ ])", r"\\\1", each) for each in values
    )
    return f"(^|[^A-Za-z0-9])({words})($|[^A-Za-z0-9])"

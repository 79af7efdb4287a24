"""The functions, variables and types that a device selector can name.

Overloads keep the names and the order of cel-go 0.26 and of the libraries of
Kubernetes 1.36 (apiserver/pkg/cel/library), because costs and result types depend on
both. Each is written `name: receiver.(arguments) result`; single capitals are type
variables.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dractl.cel.declared_functions import FUNCTIONS
from dractl.cel.declared_operators import OPERATORS
from dractl.cel.environment import Environment
from dractl.cel.types import (
    ANY,
    BOOL,
    BYTES,
    CIDR,
    DEVICE,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    IP,
    NULL,
    QUANTITY,
    STRING,
    TIMESTAMP,
    UINT,
    Type,
    list_of,
    map_of,
    optional_of,
    type_of,
)


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a function; `parameters` begin with a member's receiver."""

    name: str
    is_member: bool
    parameters: tuple[Type, ...]
    result: Type
    variables: tuple[str, ...]


NAMESPACED: Final = frozenset(
    name for name in FUNCTIONS if "." in name and "@" not in name
)
"""Functions whose names contain dots: `sets.contains` is no method of `sets`."""


def overloads(function: str, environment: Environment) -> tuple[Overload, ...]:
    """Return the overloads of a function or operator, none if it is not declared."""
    if function == "includes" and not environment.list_attributes:
        return ()
    return _overloads(function)


@functools.cache  # bounded by the declared names
def _declared(function: str) -> tuple[Overload, ...]:
    lines = OPERATORS.get(function) or FUNCTIONS[function]
    return tuple(_overload(line) for line in lines)


def _overloads(function: str) -> tuple[Overload, ...]:
    if function in OPERATORS or function in FUNCTIONS:
        return _declared(function)
    return ()


def variable(name: str) -> Type | None:
    """Return the type of a global name, None if there is none."""
    return _NAMES.get(name)


def field_of_device(name: str, environment: Environment) -> Type | None:
    """Return the type of a field of `device`, None if it has no such field."""
    if name == "allowMultipleAllocations" and not environment.consumable_capacity:
        return None
    if name == "attributes":
        return map_of(STRING, map_of(STRING, attribute_type(environment)))
    return _DEVICE_FIELDS.get(name)


def attribute_type(environment: Environment) -> Type:
    """Return the type of an attribute's value: `dyn`, or `any` without lists."""
    return DYN if environment.list_attributes else ANY


_DEVICE_FIELDS: Final[Mapping[str, Type]] = {
    "driver": STRING,
    "capacity": map_of(STRING, map_of(STRING, QUANTITY)),
    "allowMultipleAllocations": BOOL,
}

_A, _B = Type("A"), Type("B")

_NAMES: Final[Mapping[str, Type]] = {
    "device": DEVICE,
    **{
        str(kind): type_of(kind)
        for kind in (BOOL, BYTES, DOUBLE, INT, STRING, UINT, NULL, IP, CIDR)
    },
    str(DURATION): type_of(DURATION),
    str(TIMESTAMP): type_of(TIMESTAMP),
    "list": type_of(list_of(_A)),
    "map": type_of(map_of(_A, _B)),
    "type": type_of(Type("type")),
    "optional_type": type_of(optional_of(Type("V"))),
}

_AUTHORIZATION_TYPES: Final = (
    *("Authorizer", "PathCheck", "GroupCheck", "ResourceCheck", "Decision"),
)

_SHORT: Final[Mapping[str, str]] = {
    "duration": DURATION.name,
    "timestamp": TIMESTAMP.name,
    "null": NULL.name,
    "Quantity": "kubernetes.Quantity",
    "Semver": "kubernetes.Semver",
    "URL": "kubernetes.URL",
    "Format": "kubernetes.NamedFormat",
    "IP": "net.IP",
    "CIDR": "net.CIDR",
    "optional": "optional_type",
    **{
        name: f"kubernetes.authorization.{name}"
        for name in [
            "Authorizer",
            "PathCheck",
            "GroupCheck",
            "ResourceCheck",
            "Decision",
        ]
    },
}

_LINE: Final = re.compile(r"([^:]+): (?:(.+?)\.)?\((.*?)\) ([^ ].*)")


def _overload(line: str) -> Overload:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    name, receiver, arguments, result = found.groups()
    texts = _split(arguments) if arguments else []
    if receiver:
        texts.insert(0, receiver)
    parameters = tuple(_type(text) for text in texts)
    names = dict.fromkeys(re.findall(r"\b[A-Z]\b", " ".join((*texts, result))))
    return Overload(
        name, receiver is not None, parameters, _type(result), tuple(sorted(names))
    )


def _type(text: str) -> Type:
    name, bracket, rest = text.partition("<")
    parameters = tuple(_type(part) for part in _split(rest[:-1])) if bracket else ()
    return Type(_SHORT.get(name, name), parameters)


def _split(text: str) -> list[str]:
    """Split at the commas that stand outside of angle brackets."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += (char == "<") - (char == ">")
        if char == "," and not depth:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]

"""What one clause asks of a device: a value, an operator, and what is wanted of it."""

import dataclasses
from dataclasses import dataclass
from typing import Final

from dractl.catalogue.values import MapName, kind_of
from dractl.cel.nodes import (
    Binary,
    Bind,
    Call,
    ListLiteral,
    Literal,
    Logic,
    Node,
    Unary,
)
from dractl.cel.paths import (
    DEVICE_ALIASES,
    Aliases,
    Read,
    read_of,
    reads,
    with_variables,
)
from dractl.model.attributes import SemVer, SemVerError
from dractl.model.quantity import Quantity, QuantityError

Wanted = str | int | float | bool | SemVer | Quantity
"""What a value is compared with."""

_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_NEGATED: Final = {
    "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
    "is": "is not", "is not": "is", "has": "lacks", "lacks": "has", "in": "not in",
}  # fmt: skip
_METHODS: Final = {"isGreaterThan": ">", "isLessThan": "<"}
_OF_TEXT: Final = frozenset({"startsWith", "endsWith", "contains", "matches"})
_DEFAULTS: Final = frozenset({"orValue", "value"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is read: an attribute, a capacity, or a field of the device itself.

    `map` is None for a field, and `name` is then the field's.
    """

    map: MapName | None
    domain: str
    name: str

    @property
    def path(self) -> tuple[str, str, str]:
        """Where an expression finds it below `device`, if it is no field."""
        return self.map or "", self.domain, self.name

    @property
    def qualified(self) -> str:
        """The name that entries have."""
        return f"{self.domain}/{self.name}"


DRIVER: Final = Subject(None, "", "driver")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A clause that compares one value.

    `operator` is a relation (==, !=, <, <=, >, >=), `in`, `not in`, `includes`, a
    function of strings (startsWith, endsWith, contains, matches), `is` or `is not` for
    a bool, `has` or `lacks` for a test; "" for anything else that reads one value only.
    """

    subject: Subject
    operator: str
    wanted: tuple[Wanted, ...] = ()


def comparison_of(node: Node, aliases: Aliases = DEVICE_ALIASES) -> Comparison | None:
    """Return what a clause compares; None where it reads no value or several."""
    exact = exact_comparison(node, aliases)
    if exact is not None:
        return exact
    found = reads(node) if aliases is DEVICE_ALIASES else None
    if found is None or len(found) != 1:
        return None
    kind, key = next(iter(found))
    return Comparison(subject_of_read(Read(kind, key, "value")), "")


def wanted_kind(wanted: Wanted) -> str:
    """Return the kind of values that something wanted can equal."""
    return "int" if isinstance(wanted, float) else kind_of(wanted)


def exact_comparison(  # noqa: PLR0911 - one per form of clause
    node: Node, aliases: Aliases = DEVICE_ALIASES
) -> Comparison | None:
    """Return what a node compares, if its operator is known; else None."""
    match node:
        case Bind(body=body):
            return exact_comparison(body, with_variables(aliases, node))
        case Unary(operator="!", operand=operand):
            return _negated(exact_comparison(operand, aliases))
        case Logic(operator="||", terms=terms):
            return _any_of([exact_comparison(term, aliases) for term in terms])
        case Binary(left=left, right=right) if node.operator in _FLIPPED:
            return _relation(node.operator, left, right, aliases) or _relation(
                _FLIPPED[node.operator], right, left, aliases
            )
        case Binary(operator="in", left=left, right=ListLiteral(elements=elements)):
            return _compared(left, "in", elements, aliases)
        case Call(target=target, arguments=arguments) if target is not None:
            found = _method(node.function, target, arguments, aliases)
            if found is not None:
                return found
    return _read(node, aliases)


def _read(node: Node, aliases: Aliases) -> Comparison | None:
    read = read_of(node, aliases)
    if read is not None and read.how == "has":
        return Comparison(subject_of_read(read), "has")
    subject = _subject_of(node, aliases)
    return None if subject is None else Comparison(subject, "is", (True,))


def _relation(
    operator: str, left: Node, right: Node, aliases: Aliases
) -> Comparison | None:
    """Return `value operator literal`, or `value.compareTo(literal) operator 0`."""
    if isinstance(left, Call) and left.function == "compareTo" and left.target:
        if not (isinstance(right, Literal) and right.value == 0):
            return None
        (other,) = left.arguments
        return _compared(left.target, operator, (other,), aliases) or _compared(
            other, _FLIPPED[operator], (left.target,), aliases
        )
    return _compared(left, operator, (right,), aliases)


def _method(
    function: str, target: Node, arguments: tuple[Node, ...], aliases: Aliases
) -> Comparison | None:
    if len(arguments) != 1:
        return None
    if function in _METHODS:
        operator = _METHODS[function]
        return _compared(target, operator, arguments, aliases) or _compared(
            arguments[0], _FLIPPED[operator], (target,), aliases
        )
    if function in _OF_TEXT or function == "includes":
        return _compared(target, function, arguments, aliases)
    return None


def _compared(
    node: Node, operator: str, others: tuple[Node, ...], aliases: Aliases
) -> Comparison | None:
    subject = _subject_of(node, aliases)
    wanted = [_constant(each) for each in others]
    found = tuple(each for each in wanted if each is not None)
    if subject is None or len(found) != len(wanted):
        return None
    return Comparison(subject, operator, found)


def _subject_of(node: Node, aliases: Aliases) -> Subject | None:
    if isinstance(node, Call) and node.function in _DEFAULTS and node.target:
        node = node.target
    read = read_of(node, aliases)
    return None if read is None or read.how == "has" else subject_of_read(read)


def subject_of_read(read: Read) -> Subject:
    """Return what is read."""
    domain, _, name = read.key.partition("/")
    if read.map == "attributes":
        return Subject("attributes", domain, name)
    if read.map == "capacity":
        return Subject("capacity", domain, name)
    return Subject(None, "", read.map)


def _constant(node: Node) -> Wanted | None:
    """Return the value of a literal, also in `quantity()` or `semver()`."""
    if isinstance(node, Literal):
        value = node.value
        return None if isinstance(value, bytes) else value
    if isinstance(node, Call) and node.target is None and len(node.arguments) == 1:
        argument = node.arguments[0]
        if isinstance(argument, Literal) and isinstance(argument.value, str):
            return _parsed(node.function, argument.value)
    return None


def _parsed(function: str, text: str) -> Wanted | None:
    try:
        if function == "quantity":
            return Quantity.parse(text)
        return SemVer.parse(text) if function == "semver" else None
    except (QuantityError, SemVerError):
        return None  # fails on every device, so there is nothing to compare with


def _negated(found: Comparison | None) -> Comparison | None:
    if found is None or found.operator not in _NEGATED:
        return None
    return dataclasses.replace(found, operator=_NEGATED[found.operator])


def _any_of(terms: list[Comparison | None]) -> Comparison | None:
    """Return `a == 1 || a == 2` as `a in [1, 2]`."""
    first = terms[0]
    wanted: list[Wanted] = []
    for term in terms:
        if (
            first is None
            or term is None
            or term.subject != first.subject
            or term.operator not in {"==", "in"}
        ):
            return None
        wanted += term.wanted
    return None if first is None else Comparison(first.subject, "in", tuple(wanted))

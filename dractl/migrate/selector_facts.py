"""What a device has to be for selectors to hold, as far as they say it plainly."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from dractl.cel.errors import SelectorCompileError
from dractl.cel.nodes import Binary, Bind, Call, ListLiteral, Literal, Logic, Node
from dractl.cel.parser import parse
from dractl.cel.paths import DEVICE_ALIASES, Aliases, read_of, with_variables
from dractl.migrate.inputs import Wire

_KINDS: Final[Mapping[str, str]] = {"string": "string", "int": "int", "bool": "bool"}
_MADE: Final[Mapping[str, str]] = {"semver": "version", "quantity": "value"}


class _Fact(NamedTuple):
    """A value of a device: in attributes or capacity, under `domain/name`."""

    map: str
    key: str
    value: Wire


def told_by_selectors(
    expressions: Iterable[str], driver: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return attributes and capacity of a device for which CEL expressions hold.

    Read are comparisons with constants that have to hold, the first of alternatives;
    what else they ask for is not told.
    """
    found: dict[str, dict[str, Any]] = {"attributes": {}, "capacity": {}}
    for text in expressions:
        try:
            root = parse(text)
        except SelectorCompileError:
            continue  # whoever evaluates it says what is wrong
        for each in _facts(root, DEVICE_ALIASES):
            domain, _, name = each.key.partition("/")
            key = name if domain == driver else each.key
            found[each.map].setdefault(key, each.value)
    return found["attributes"], found["capacity"]


def _facts(node: Node, aliases: Aliases) -> Iterator[_Fact]:
    match node:
        case Logic(operator="&&", terms=terms):
            for term in terms:
                yield from _facts(term, aliases)
        case Logic(terms=(first, *_)):
            yield from _facts(first, aliases)
        case Bind():
            yield from _facts(node.body, with_variables(aliases, node))
        case _:
            yield from _told(node, aliases)


def _told(node: Node, aliases: Aliases) -> Iterator[_Fact]:
    """Yield what a test tells that is no compound of others."""
    match node:
        case Binary(operator="in", right=ListLiteral(elements=(first, *_))):
            yield from _equal(node.left, first, aliases)
        case Binary(
            operator="==" | ">=" | "<=",
            left=Call(function="compareTo", target=Node() as target, arguments=(one,)),
        ):
            yield from _equal(target, one, aliases)
        case Binary(operator="=="):
            yield from _equal(node.left, node.right, aliases)
            yield from _equal(node.right, node.left, aliases)
        case Call(
            function="startsWith" | "endsWith" | "contains",
            target=Node() as target,
            arguments=(one,),
        ):
            yield from _equal(target, one, aliases)
        case _:
            read = read_of(node, aliases)
            if read is not None and read.how == "value" and read.key:
                yield _Fact(read.map, read.key, {"bool": True})


def _equal(subject: Node, constant: Node, aliases: Aliases) -> Iterator[_Fact]:
    read = read_of(subject, aliases)
    value = _value(constant)
    if read is not None and read.how == "value" and read.key and value is not None:
        yield _Fact(read.map, read.key, value)


def _value(node: Node) -> Wire | None:
    match node:
        case Literal(kind=kind, value=value) if kind in _KINDS:
            return {_KINDS[kind]: value}
        case Call(function=name, arguments=(Literal(kind="string", value=text), *_)):
            return {_MADE[name]: text} if name in _MADE else None
    return None

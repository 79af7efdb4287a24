"""Which attributes an expression reads: constant paths below `device`, made plain."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dractl.cel.nodes import (
    Binary,
    Bind,
    Has,
    Ident,
    Index,
    Literal,
    Macro,
    Node,
    Select,
    children,
)

Path = tuple[str, ...]
"""Field names from `device` on: ("attributes", "gpu.example.com", "model")."""

Aliases = Mapping[str, Path | None]
"""Variables of `cel.bind` that stand for a path; None: for something else."""

DEVICE_ALIASES: Final[Aliases] = {"device": ()}
_MAPS: Final = frozenset({"attributes", "capacity"})
_DOMAIN: Final = 2
_VALUE: Final = 3


class Read(NamedTuple):
    """A read of one value: its map and key, and how it is read."""

    map: str
    key: str
    how: str  # "value", "has" or "optional"


def path_of(node: Node, aliases: Aliases) -> Path | None:
    """Return the constant path that the node spells, None for anything else."""
    fields: list[str] = []
    while not isinstance(node, Ident):
        if isinstance(node, Select) and not node.optional:
            fields.append(node.field)
        elif (
            isinstance(node, Index)
            and not node.optional
            and isinstance(node.key, Literal)
            and isinstance(node.key.value, str)
        ):
            fields.append(node.key.value)
        else:
            return None
        node = node.operand
    start = aliases.get(node.name)
    return None if start is None else (*start, *reversed(fields))


def _read(path: Path | None, how: str) -> Read | None:
    if path is None:
        return None
    if len(path) == 1 and path[0] not in _MAPS and how == "value":
        return Read(path[0], "", how)
    if len(path) != _VALUE or path[0] not in _MAPS or "/" in path[1]:
        return None
    return Read(path[0], f"{path[1]}/{path[2]}", how)


def _extended(node: Node, field: str, aliases: Aliases) -> Path | None:
    path = path_of(node, aliases)
    return None if path is None else (*path, field)


def read_of(node: Node, aliases: Aliases) -> Read | None:  # noqa: PLR0911 one per form
    """Return the read of a single value that the node is, if it is one."""
    match node:
        case Has(operand=operand, field=field):
            return _read(_extended(operand, field, aliases), "has")
        case Select(operand=operand, field=field, optional=True):
            return _read(_extended(operand, field, aliases), "optional")
        case Index(operand=operand, key=Literal(value=str(field)), optional=True):
            return _read(_extended(operand, field, aliases), "optional")
        case Binary(operator="in", left=Literal(value=str(field)), right=operand):
            return _read(_extended(operand, field, aliases), "has")
        case Select() | Index():
            return _read(path_of(node, aliases), "value")
        case Ident(name=name) if aliases.get(name):
            return _read(aliases[name], "value")
    return None


def with_variables(aliases: Aliases, node: Node) -> Aliases:
    """Return the aliases that hold in the body of a macro or a bind."""
    if isinstance(node, Bind):
        return {**aliases, node.name: path_of(node.value, aliases)}
    if isinstance(node, Macro):
        return {**aliases, **dict.fromkeys(node.variables)}
    return aliases


def reads(root: Node) -> frozenset[tuple[str, str]] | None:
    """Return the (map, `domain/name`) pairs that can matter; None: all may.

    The fields `driver` and `allowMultipleAllocations` have "" as their name.
    """
    found: set[tuple[str, str]] = set()
    pending: list[tuple[Node, Aliases]] = [(root, DEVICE_ALIASES)]
    while pending:
        node, aliases = pending.pop()
        read = read_of(node, aliases)
        if read is not None:
            found.add((read.map, read.key))
        elif path_of(node, aliases) is not None:
            return None
        else:
            pending.extend(_below(node, aliases))
    return frozenset(found)


def _below(node: Node, aliases: Aliases) -> list[tuple[Node, Aliases]]:
    if isinstance(node, Bind):
        inner = with_variables(aliases, node)
        body = (node.body, inner)
        return [body] if inner[node.name] is not None else [(node.value, aliases), body]
    if isinstance(node, Macro):
        inner = with_variables(aliases, node)
        parts = [(node.range, aliases), (node.body, inner)]
        return parts if node.condition is None else [*parts, (node.condition, inner)]
    return [(child, aliases) for child in children(node)]

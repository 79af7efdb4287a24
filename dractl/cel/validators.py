"""What the API server finds wrong with literals of an expression that type-checks.

Two passes of cel-go: validators of the checked tree (cel/validator.go,
ext/formatting.go) and the program's preparation, which computes conversions of
constants and compiles constant regular expressions (interpreter/decorators.go).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from dractl.cel.conversions import (
    Constant,
    ConversionError,
    constant,
    is_duration,
    is_timestamp,
)
from dractl.cel.format_check import format_issue
from dractl.cel.nodes import Call, ListLiteral, Literal, MapLiteral, Node
from dractl.cel.regex import RegexError, check_pattern
from dractl.cel.types import Type
from dractl.cel.unification import is_optional, shown

_VALIDATED: Final = ("duration", "timestamp", "matches", "format")
_PATTERNS: Final = ("matches", "find", "findAll")


def literal_issues(
    types: Mapping[Node, Type], exempt: Collection[Node]
) -> Iterator[tuple[int, str]]:
    """Yield place and message of every literal that cannot be right where it stands.

    `types` holds every node, in the order in which they were checked; the `exempt`
    lists and maps, arguments of `format`, may mix types.
    """
    for node in types:
        if isinstance(node, Call) and node.function in _VALIDATED:
            yield from _call_issues(node, types)
        elif isinstance(node, ListLiteral) and node not in exempt:
            yield from _list_issues(node, types)
        elif isinstance(node, MapLiteral) and node not in exempt:
            yield from _map_issues(node, types)


def _call_issues(node: Call, types: Mapping[Node, Type]) -> Iterator[tuple[int, str]]:
    argument = node.arguments[0] if node.arguments else None
    if node.function == "format":
        if (issue := format_issue(node, types)) is not None:
            yield issue
    elif isinstance(argument, Literal) and not _is_valid(node.function, argument.value):
        yield argument.at, f"invalid {node.function} argument"


def _is_valid(function: str, value: object) -> bool:
    if not isinstance(value, str):
        return True
    if function == "duration":
        return is_duration(value)
    if function == "timestamp":
        return is_timestamp(value)
    return _pattern_problem(value) is None


def _pattern_problem(pattern: str) -> str | None:
    try:
        check_pattern(pattern)
    except RegexError as error:
        return str(error)
    return None


def _list_issues(
    node: ListLiteral, types: Mapping[Node, Type]
) -> Iterator[tuple[int, str]]:
    first: Type | None = None
    for item, optional in zip(node.elements, node.optional, strict=True):
        kind = _inner(types[item], optional=optional)
        if first is None:
            first = kind
        elif first != kind:
            yield item.at, _mixed(first, kind)
            return


def _map_issues(
    node: MapLiteral, types: Mapping[Node, Type]
) -> Iterator[tuple[int, str]]:
    if not node.entries:
        return
    first, *rest = node.entries
    key = types[first.key]
    value = _inner(types[first.value], optional=first.optional)
    for entry in rest:
        if (kind := types[entry.key]) != key:
            yield entry.key.at, _mixed(key, kind)
        kind = _inner(types[entry.value], optional=entry.optional)
        if kind != value:
            yield entry.value.at, _mixed(value, kind)


def _inner(kind: Type, *, optional: bool) -> Type:
    return kind.parameters[0] if optional and is_optional(kind) else kind


def _mixed(expected: Type, found: Type) -> str:
    return f"expected type '{shown(expected)}' but found '{shown(found)}'"


def constant_problem(
    nodes: Collection[Node], overloads: Mapping[Node, tuple[str, ...]]
) -> str | None:
    """Return why the program for the expression cannot be prepared, None if it can.

    `nodes` are in the order in which they were checked: operands first.
    """
    constants: dict[Node, Constant] = {}
    for node in nodes:
        try:
            found = constant(node, constants, overloads)
        except ConversionError as error:
            return str(error)
        if found is not None:
            constants[node] = found
        if isinstance(node, Call) and node.function in _PATTERNS:
            operands = [node.target] if node.target is not None else []
            pattern = [*operands, *node.arguments][1]
            value = constants[pattern].value if pattern in constants else None
            if isinstance(value, str) and (problem := _pattern_problem(value)):
                return problem
    return None

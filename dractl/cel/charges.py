"""What the steps of an expression cost at run time, by cel-go's rules.

Follows cel-go interpreter/runtimecost.go and Kubernetes 1.36
apiserver/pkg/cel/library/cost.go; text counts a tenth per character.
"""

from collections.abc import Callable
from typing import Final

from dractl.cel.values import OptionalValue, Value, is_list, is_map

STEP: Final = 1
LIST: Final = 10
MAP: Final = 30
COUNTED: Final = 2
APPENDED: Final = 11
ROUND: Final = {
    "all": 3,
    "exists": 4,
    "exists_one": 1,
    "map": 2,
    "filter": 2,
    "transformList": 2,
    "transformMap": 2,
    "transformMapEntry": 2,
    "sortBy": 2,
}
_PER_SIZE: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})


def size(value: Value) -> int:
    """Return the size that costs count by: characters, elements, else one."""
    if value.__class__ in {str, bytes} or is_list(value) or is_map(value):
        return len(value)
    if value.__class__ is OptionalValue:
        return size(value.value)
    return 1


def tenth(characters: int) -> int:
    """Return a tenth, rounded up."""
    return -(-characters // 10)


def of_operator(operator: str, left: Value, right: Value) -> int:
    """Return the cost of a comparison, of `in`, or of arithmetic."""
    if operator in _PER_SIZE:
        return tenth(min(size(left), size(right)))
    if operator == "in":
        return size(right) if is_list(right) else STEP
    if operator == "+" and left.__class__ in {str, bytes}:
        return tenth(size(left) + size(right))
    return STEP


def is_set(elements: tuple[Value, ...] | None) -> bool:
    """Tell whether cel-go makes a set of a constant list, to look in it for free."""
    if not elements or len({element.__class__ for element in elements}) > 1:
        return False
    return elements[0].__class__ in {str, int, bool, float}


def before_call(name: str, arguments: list[Value]) -> int:
    """Return the cost that the arguments of a call decide."""
    first = size(arguments[0]) if arguments else 1
    second = size(arguments[1]) if len(arguments) > 1 else 1
    rule = _RULES.get(name)
    return STEP if rule is None else rule(first, second)


def after_call(name: str, result: Value) -> int:
    """Return the cost that the size of the result adds."""
    return size(result) if name in {"slice", "flatten", "lists.range"} else 0


def _of_second(_first: int, second: int) -> int:
    return tenth(second)


def _of_text(first: int, _second: int) -> int:
    return tenth(first)


def _of_list(first: int, _second: int) -> int:
    return first


def _of_parts(first: int, second: int) -> int:
    return tenth(first) * tenth(second)


def _of_pattern(first: int, second: int) -> int:
    return tenth(first + 1) * -(-second // 4)


def _of_pairs(first: int, second: int) -> int:
    return first * second


def _of_pairs_twice(first: int, second: int) -> int:
    return 2 * first * second


Rule = Callable[[int, int], int]
"""Returns a cost from the sizes of the first two arguments."""

_RULES: Final[dict[str, Rule]] = {
    "startsWith": _of_second,
    "endsWith": _of_second,
    "contains": _of_parts,
    "sets.contains": _of_pairs,
    "sets.intersects": _of_pairs,
    "sets.equivalent": _of_pairs_twice,
    **dict.fromkeys(("matches", "find", "findAll"), _of_pattern),
    **dict.fromkeys(
        [
            "quantity",
            "isQuantity",
            "semver",
            "isSemver",
            "lowerAscii",
            "upperAscii",
            "substring",
            "trim",
            "replace",
            "split",
            "url",
            "isURL",
            "ip",
            "isIP",
            "cidr",
            "isCIDR",
            "strings.quote",
            "format",
            "charAt",
        ],
        _of_text,
    ),
    **dict.fromkeys(
        [
            "isSorted",
            "sum",
            "min",
            "max",
            "indexOf",
            "lastIndexOf",
            "includes",
            "join",
            "distinct",
            "sort",
            "reverse",
        ],
        _of_list,
    ),
}

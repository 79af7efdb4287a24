"""What the steps of an expression cost at run time.

Follows cel-go interpreter/runtimecost.go and Kubernetes 1.36
apiserver/pkg/cel/library/cost.go; what those leave out costs one.
"""

from collections.abc import Callable
from typing import Final

from dractl.cel.regex import RegexError, compile_pattern
from dractl.cel.values import (
    LARGEST,
    LimitExceeded,
    OptionalValue,
    Value,
    is_list,
    is_map,
)

STEP: Final = 1
LIST: Final = 10
MAP: Final = 30
APPENDED: Final = 11
"""A list of one, and its addition to the result of a macro."""
INSERTED: Final = 2
TEST: Final = {"all": 2, "exists": 3}
"""What asking costs whether a quantifier may stop."""

_PER_SIZE: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})


def size(value: Value) -> int:
    """Return the size that costs count by: characters, elements, else one."""
    if value.__class__ in {str, bytes} or is_list(value) or is_map(value):
        return len(value)
    if value.__class__ is OptionalValue:
        return size(value.value)
    return 1


def tenth(characters: int) -> int:
    """Return a tenth, rounded up: the cost of reading text once."""
    return -(-characters // 10)


def is_set(elements: tuple[Value, ...] | None) -> bool:
    """Tell whether cel-go makes a set of a constant list, to look in it for free."""
    if not elements or len({element.__class__ for element in elements}) > 1:
        return False
    return elements[0].__class__ in {str, int, bool, float}


def of_operator(operator: str, left: Value, right: Value) -> int:
    """Return the cost of a comparison, of `in` on a list, or of arithmetic."""
    if operator in _PER_SIZE:
        return tenth(min(size(left), size(right)))
    if operator == "in":
        return size(right) if is_list(right) else STEP
    if operator == "+" and left.__class__ in {str, bytes}:
        return tenth(size(left) + size(right))
    return STEP


def of_call(name: str, arguments: list[Value], result: Value) -> int:
    """Return the cost of a call."""
    rule = _RULES.get(name)
    return STEP if rule is None else rule(arguments, result)


Rule = Callable[[list[Value], Value], int]


def _of_subject(arguments: list[Value], _result: Value) -> int:
    return tenth(size(arguments[0]))


def _of_subject_twice(arguments: list[Value], _result: Value) -> int:
    return tenth(2 * size(arguments[0]))


def _of_result_twice(_arguments: list[Value], result: Value) -> int:
    return tenth(2 * size(result))


def _of_both(arguments: list[Value], _result: Value) -> int:
    return tenth(size(arguments[0]) + size(arguments[1]))


def _of_parts(arguments: list[Value], _result: Value) -> int:
    return tenth(size(arguments[0])) * tenth(size(arguments[1]))


def _of_pattern(arguments: list[Value], _result: Value) -> int:
    text, pattern = arguments[0], arguments[1]
    charged = tenth(size(text) + 1) * -(-size(pattern) // 4)
    if text.__class__ is not str or pattern.__class__ is not str:
        return charged
    try:
        # Python takes longer than Go; what would take really long must cost more.
        return max(charged, compile_pattern(pattern).effort(text))
    except RegexError:
        return charged


_FORMAT_SIZES: Final = {"qualifiedName": 60, "labelValue": 40}


def _of_format(arguments: list[Value], _result: Value) -> int:
    name = str(getattr(arguments[0], "name", ""))
    pattern = _FORMAT_SIZES.get(name, 60 if "Subdomain" in name else 30)
    return tenth(size(arguments[1]) + 1) * -(-pattern // 4)


def _of_walk(arguments: list[Value], _result: Value) -> int:
    """Return the cost of a walk over a value; texts in it round down here."""
    cost = walked = 0
    pending = [arguments[0]]
    while pending:
        value = pending.pop()
        walked += 1
        if walked > LARGEST:  # lists may share their parts, many times over
            raise LimitExceeded
        if is_list(value):
            pending.extend(value)
        else:
            cost += len(value) // 10 if value.__class__ in {str, bytes} else STEP
    return cost


def _of_pairs(arguments: list[Value], _result: Value) -> int:
    return 1 + size(arguments[0]) * size(arguments[1])


def _of_pairs_twice(arguments: list[Value], _result: Value) -> int:
    return 1 + 2 * size(arguments[0]) * size(arguments[1])


def _of_new_list(_arguments: list[Value], result: Value) -> int:
    return APPENDED + size(result)


def _of_subject_list(arguments: list[Value], _result: Value) -> int:
    return APPENDED + size(arguments[0])


def _of_square(arguments: list[Value], _result: Value) -> int:
    return of_sorting(size(arguments[0]))


def of_sorting(elements: int) -> int:
    """Return the cost of putting a list in order, or of finding what is double."""
    return APPENDED + 2 * elements**2


def _rules(rule: Rule, *names: str) -> dict[str, Rule]:
    return dict.fromkeys(names, rule)


_RULES: Final[dict[str, Rule]] = {
    **_rules(_of_subject, "quantity", "isQuantity", "semver", "isSemver", "lowerAscii"),
    **_rules(_of_subject, "upperAscii", "substring", "trim", "url", "isURL", "ip"),
    **_rules(_of_subject, "isIP", "cidr", "isCIDR", "strings.quote", "format"),
    # cel-go takes the wrong argument here (functions.go counts from the subject).
    **_rules(_of_subject, "startsWith", "endsWith"),
    **_rules(_of_subject_twice, "replace", "split", "ip.isCanonical"),
    **_rules(_of_result_twice, "join"),
    **_rules(_of_parts, "contains"),
    **_rules(_of_both, "containsIP", "containsCIDR"),
    **_rules(_of_pattern, "matches", "find", "findAll"),
    **_rules(_of_format, "validate"),
    **_rules(_of_walk, "isSorted", "sum", "min", "max", "indexOf", "lastIndexOf"),
    **_rules(_of_pairs, "sets.contains", "sets.intersects"),
    **_rules(_of_pairs_twice, "sets.equivalent"),
    **_rules(_of_new_list, "slice", "lists.range", "reverse"),
    **_rules(_of_subject_list, "flatten"),
    **_rules(_of_square, "distinct", "sort"),
}

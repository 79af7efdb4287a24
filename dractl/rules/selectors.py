"""Rules of selectors: CEL expressions for devices, label selectors for nodes."""

import functools
from collections.abc import Iterator
from typing import Final

from dractl.cel import SelectorCompileError, compile_cached
from dractl.cel.checker import check_value
from dractl.cel.cost import estimate_cost
from dractl.cel.environment import Environment
from dractl.cel.parser import parse
from dractl.cel.selector import environment_of
from dractl.model.cluster import Profile
from dractl.model.names import dns_subdomain, label_key, label_value, size
from dractl.rules.path import Path
from dractl.rules.reasons import (
    forbidden,
    invalid,
    invalid_each,
    not_supported,
    required,
    shown,
    too_long,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

EXPRESSION_BYTES: Final = 10 * 1024
MOST_COST: Final = 1_000_000
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_FIELD_OPERATORS: Final = ("In", "NotIn")


def check_selector(selector: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    """Walk through one selector of devices."""
    cel = selector.get("cel")
    if cel is None:
        yield from selector_cel_required(path.field("cel"))
        return
    yield from check_expression(
        cel.get("expression", ""), path.field("cel", "expression"), profile
    )


def check_expression(
    text: str, path: Path, profile: Profile, *, selects: bool = True
) -> Iterator[Violation]:
    """Walk through one expression that is new to the server.

    One that `selects` gives true or false; another gives any value.
    """
    if size(text) > EXPRESSION_BYTES:
        yield from cel_length(size(text), path)
        return
    compiled = _compiled if selects else compiled_value
    fault, cost = compiled(text, _environment(profile))
    if fault:
        yield from cel_compile(fault, path)
    elif cost > MOST_COST:
        yield from cel_cost(cost, path)


@functools.lru_cache(maxsize=64)
def _environment(profile: Profile) -> Environment:
    return environment_of(profile)


@functools.lru_cache(maxsize=4096)
def _compiled(text: str, environment: Environment) -> tuple[str, int]:
    """Return what the compiler complains of, and the estimate of the cost."""
    try:
        return "", compile_cached(text, environment).max_cost
    except SelectorCompileError as error:
        return error.message, 0


@functools.lru_cache(maxsize=1024)
def compiled_value(text: str, environment: Environment) -> tuple[str, int]:
    """Return the same of an expression that may give any value."""
    try:
        checked = check_value(text, parse(text), environment)
    except SelectorCompileError as error:
        return error.message, 0
    return "", int(estimate_cost(checked, environment).maximum)


def cost_of_value(text: str, profile: Profile) -> int:
    """Return the estimate for an expression of any value, 0 for a bad one."""
    return compiled_value(text, _environment(profile))[1]


@rule("selector-cel-required")
def selector_cel_required(path: Path) -> Iterator[Violation]:
    """A selector has a CEL expression: there is no other kind."""
    yield from required(
        "selector-cel-required", path, "the selector selects by nothing"
    )


@rule("cel-length")
def cel_length(bytes_: int, path: Path) -> Iterator[Violation]:
    """A CEL expression has at most 10 KiB; a longer one is not even compiled."""
    yield from too_long("cel-length", path, bytes_, EXPRESSION_BYTES)


@rule("cel-compile")
def cel_compile(fault: str, path: Path) -> Iterator[Violation]:
    """A CEL expression compiles, and gives true or false.

    It may use `device` with driver, attributes and capacity, and since 1.34 with
    allowMultipleAllocations where DRAConsumableCapacity is on. Types of attributes are
    known only when a device is looked at, so a wrong one is no error here.
    """
    yield from invalid("cel-compile", path, f"the expression does not compile: {fault}")


@rule("cel-cost")
def cel_cost(cost: int, path: Path) -> Iterator[Violation]:
    """A CEL expression is estimated to cost at most 1,000,000 units.

    The estimate is for the worst device that there can be. Loops within loops over
    attributes, and regular expressions in loops, are what makes it high.
    """
    yield from forbidden(
        "cel-cost",
        path,
        f"the expression may cost {cost:,} units; {MOST_COST:,} are allowed",
        "name the attribute instead of looping over all of them",
    )


def check_node_selector(selector: Wire, path: Path) -> Iterator[Violation]:
    """Walk through a node selector."""
    terms = selector.get("nodeSelectorTerms") or []
    path = path.field("nodeSelectorTerms")
    if not terms:
        yield from node_selector_terms(path)
    for index, term in enumerate(terms):
        where = path.index(index)
        for place, each in enumerate(term.get("matchExpressions", ())):
            yield from _check_expression(
                each, where.field("matchExpressions").index(place)
            )
        for place, each in enumerate(term.get("matchFields", ())):
            yield from _check_field(each, where.field("matchFields").index(place))


def _check_expression(requirement: Wire, path: Path) -> Iterator[Violation]:
    operator = requirement.get("operator", "")
    values = requirement.get("values", [])
    if operator in _OPERATORS:
        yield from node_selector_values(operator, values, path.field("values"))
    else:
        yield from node_selector_operator(operator, path.field("operator"))
    yield from node_selector_key(requirement.get("key", ""), path.field("key"))
    for index, value in enumerate(values):
        yield from node_selector_value(value, path.field("values").index(index))


def _check_field(requirement: Wire, path: Path) -> Iterator[Violation]:
    operator = requirement.get("operator", "")
    values = requirement.get("values", [])
    if operator in _FIELD_OPERATORS:
        if len(values) != 1:
            yield from node_selector_field_values(operator, path.field("values"))
    else:
        yield from node_selector_operator(
            operator, path.field("operator"), _FIELD_OPERATORS
        )
    key = requirement.get("key", "")
    if key != "metadata.name":
        yield from node_selector_field(key, path.field("key"))
        return
    for index, value in enumerate(values):
        yield from node_selector_node_name(value, path.field("values").index(index))


@rule("node-selector-terms")
def node_selector_terms(path: Path) -> Iterator[Violation]:
    """A node selector has at least one term."""
    yield from required("node-selector-terms", path, "the node selector has no term")


@rule("node-selector-key")
def node_selector_key(key: str, path: Path) -> Iterator[Violation]:
    """A node selector looks at labels by keys that labels can have."""
    yield from invalid_each("node-selector-key", path, key, label_key(key))


@rule("node-selector-operator")
def node_selector_operator(
    operator: str, path: Path, choices: tuple[str, ...] = _OPERATORS
) -> Iterator[Violation]:
    """A node selector has an operator that exists.

    In, NotIn, Exists, DoesNotExist, Gt and Lt for labels; In and NotIn for fields.
    """
    for each in not_supported("node-selector-operator", path, operator, choices):
        yield from invalid("node-selector-operator", path, each.message, each.fix)


@rule("node-selector-values")
def node_selector_values(
    operator: str, values: list[str], path: Path
) -> Iterator[Violation]:
    """A node selector has as many values as its operator takes.

    In and NotIn take one or more, Gt and Lt exactly one, Exists and DoesNotExist none.
    """
    code = "node-selector-values"
    if operator in {"In", "NotIn"}:
        if not values:
            yield from required(code, path, f"{operator} needs at least one value")
    elif operator in {"Gt", "Lt"}:
        if len(values) != 1:
            yield from required(code, path, f"{operator} needs exactly one value")
    elif values:
        yield from forbidden(code, path, f"{operator} takes no values", "remove them")


@rule("node-selector-value")
def node_selector_value(value: str, path: Path) -> Iterator[Violation]:
    """A node selector compares with values that labels can have."""
    yield from invalid_each("node-selector-value", path, value, label_value(value))


@rule("node-selector-field")
def node_selector_field(key: str, path: Path) -> Iterator[Violation]:
    """The one field that a node selector can look at is metadata.name."""
    message = f"{shown(key)} is no field that can be selected by"
    yield from invalid("node-selector-field", path, message, "use metadata.name")


@rule("node-selector-field-values")
def node_selector_field_values(operator: str, path: Path) -> Iterator[Violation]:
    """A node selector compares a field with exactly one value."""
    message = f"{operator} needs exactly one value here"
    yield from required("node-selector-field-values", path, message)


@rule("node-selector-node-name")
def node_selector_node_name(value: str, path: Path) -> Iterator[Violation]:
    """A node selector compares metadata.name with names that nodes can have."""
    faults = dns_subdomain(value)
    yield from invalid_each("node-selector-node-name", path, value, faults)

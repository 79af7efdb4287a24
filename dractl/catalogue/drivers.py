"""Which drivers' devices a selector can accept at all."""

from collections.abc import Sequence

from dractl.cel.nodes import (
    Binary,
    Bind,
    Conditional,
    ListLiteral,
    Literal,
    Logic,
    Node,
)
from dractl.cel.paths import DEVICE_ALIASES, Aliases, path_of, with_variables
from dractl.cel.selector import Selector

Drivers = frozenset[str] | None
"""Names of drivers; None: any."""


def drivers_of(selectors: Sequence[Selector]) -> Drivers:
    """Return the only drivers whose devices can pass all selectors; None: any may."""
    found: Drivers = None
    for selector in selectors:
        found = _both(found, _accepted(selector.root, DEVICE_ALIASES))
    return found


def _accepted(  # noqa: PLR0911 - one per kind of node
    node: Node, aliases: Aliases
) -> Drivers:
    match node:
        case Literal(value=False):
            return frozenset()
        case Logic(operator="&&", terms=terms):
            found: Drivers = None
            for term in terms:
                found = _both(found, _accepted(term, aliases))
            return found
        case Logic(terms=terms):
            return _either([_accepted(term, aliases) for term in terms])
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            chosen = _both(_accepted(condition, aliases), _accepted(then, aliases))
            return _either([chosen, _accepted(otherwise, aliases)])
        case Binary(operator="==", left=left, right=right):
            return _named(left, right, aliases) or _named(right, left, aliases)
        case Binary(operator="in", left=left, right=ListLiteral(elements=elements)):
            return _either([_named(left, each, aliases) for each in elements])
        case Bind(body=body):
            return _accepted(body, with_variables(aliases, node))
    return None


def _named(node: Node, value: Node, aliases: Aliases) -> Drivers:
    if path_of(node, aliases) == ("driver",) and isinstance(value, Literal):
        return frozenset({str(value.value)})
    return None


def _both(one: Drivers, other: Drivers) -> Drivers:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _either(choices: Sequence[Drivers]) -> Drivers:
    found: set[str] = set()
    for choice in choices:
        if choice is None:
            return None
        found |= choice
    return frozenset(found)

"""Which signatures of a function fit the types of a call."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from dractl.cel.declarations import Overload, overloads
from dractl.cel.environment import Environment
from dractl.cel.types import DYN, Type
from dractl.cel.unification import Substitution, is_dyn

_MEMOIZED_WEIGHT = 12


@dataclass(frozen=True, slots=True)
class Resolution:
    """The overloads that fit, in order of declaration, and what the call gives."""

    names: tuple[str, ...]
    result: Type


def resolve(
    function: str,
    kinds: Sequence[Type],
    substitution: Substitution,
    environment: Environment,
    *,
    is_member: bool,
) -> Resolution | None:
    """Return what fits a call with these types (the receiver's first), None if none.

    What the fitting overloads say about type variables goes into the substitution.
    """
    key = tuple(kinds)
    if all(kind.ground and kind.weight <= _MEMOIZED_WEIGHT for kind in key):
        resolution, created = _memoized(function, key, environment, is_member)
        if resolution is None or resolution.result.ground:
            substitution.skip(created)
            return resolution
    declared = overloads(function, environment)
    return _resolved(declared, key, substitution, is_member=is_member)


@functools.lru_cache(maxsize=4096)
def _memoized(
    function: str,
    kinds: tuple[Type, ...],
    environment: Environment,
    is_member: bool,
) -> tuple[Resolution | None, int]:
    substitution = Substitution()
    declared = overloads(function, environment)
    resolution = _resolved(declared, kinds, substitution, is_member=is_member)
    return resolution, substitution.created


def _resolved(
    declared: Sequence[Overload],
    kinds: tuple[Type, ...],
    substitution: Substitution,
    *,
    is_member: bool,
) -> Resolution | None:
    names: list[str] = []
    result: Type | None = None
    for overload in declared:
        if overload.is_member is not is_member:
            continue
        parameters, gives = _instance(overload, substitution)
        if not substitution.all_fit(kinds, parameters):
            continue
        names.append(overload.name)
        gives = substitution.resolved(gives)
        if result is None:
            result = gives
        elif not is_dyn(result) and gives != result:
            result = DYN
    return None if result is None else Resolution(tuple(names), result)


def _instance(
    overload: Overload, substitution: Substitution
) -> tuple[tuple[Type, ...], Type]:
    """Return the parameters and the result with fresh type variables."""
    if not overload.variables:
        return overload.parameters, overload.result
    fresh = {name: substitution.fresh() for name in overload.variables}
    parameters = tuple(_renamed(kind, fresh) for kind in overload.parameters)
    return parameters, _renamed(overload.result, fresh)


def _renamed(kind: Type, fresh: dict[str, Type]) -> Type:
    if kind.ground:
        return kind
    if kind.is_variable:
        return fresh[kind.name]
    return Type(kind.name, tuple(_renamed(part, fresh) for part in kind.parameters))

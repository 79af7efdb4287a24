"""Which types fit which, and what type variables come to stand for.

The rules are those of cel-go's checker (checker/types.go), with its peculiarities: an
error fits everything, null fits every object, and of two types that fit the more
general one is kept.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from dractl.cel.types import ANY, DURATION, DYN, NULL, TIMESTAMP, Type

ERROR: Final = Type("!error!")
"""The type of what does not check; it fits everything, so that one error is enough."""

MAX_DEPTH: Final = 100
MAX_WEIGHT: Final = 10_000
MAX_STEPS: Final = 200_000
"""Bounds on what an expression of 10 KiB may make us do; cel-go has none."""

_STRUCTS: Final = "kubernetes."
_OPAQUE: Final = ("net.IP", "net.CIDR", "optional_type")


class TooComplex(Exception):
    """The types of the expression outgrow the bounds of this module."""


def is_dyn(kind: Type) -> bool:
    """Tell whether the type is only known at run time."""
    return kind.name in ("dyn", "any")


def is_struct(kind: Type) -> bool:
    """Tell whether the type is an object with a name, such as a quantity."""
    return kind.name.startswith(_STRUCTS)


def is_optional(kind: Type) -> bool:
    """Tell whether the type is an optional value."""
    return kind.name == "optional_type"


def shown(kind: Type) -> str:
    """Return the type as cel-go's messages spell it."""
    short = _MESSAGE_NAMES.get(kind.name)
    if short is not None:
        return short
    if not kind.parameters:
        return kind.name
    return f"{kind.name}({', '.join(map(shown, kind.parameters))})"


_MESSAGE_NAMES: Final[Mapping[str, str]] = {
    NULL.name: "null",
    DURATION.name: "duration",
    TIMESTAMP.name: "timestamp",
}


class Substitution:
    """What the type variables of one expression stand for so far."""

    def __init__(self) -> None:
        self._bound: dict[str, Type] = {}
        self._undo: list[tuple[str, Type | None]] = []
        self.created = 0
        self._steps = 0

    def fresh(self) -> Type:
        """Return a type variable that stands for nothing yet."""
        self.created += 1
        return Type(f"_var{self.created - 1}")

    def skip(self, count: int) -> None:
        """Number the next variable as if `count` more had been made."""
        self.created += count

    def fits(self, one: Type, other: Type) -> bool:
        """Tell whether the types fit; if so, keep what that says about variables."""
        return self.all_fit((one,), (other,))

    def all_fit(self, ones: Sequence[Type], others: Sequence[Type]) -> bool:
        """Tell whether the types fit pairwise, and keep the consequences if all do."""
        self._undo.clear()
        if self._pairs(ones, others, 0):
            return True
        while self._undo:
            name, before = self._undo.pop()
            if before is None:
                del self._bound[name]
            else:
                self._bound[name] = before
        return False

    def resolved(self, kind: Type, *, to_dyn: bool = False, depth: int = 0) -> Type:
        """Return the type with its variables replaced; unbound ones by dyn if asked.

        Raises TooComplex.
        """
        if kind.ground:
            return kind
        self._step(depth)
        if kind.is_variable:
            bound = self._bound.get(kind.name)
            if bound is not None:
                return self.resolved(bound, to_dyn=to_dyn, depth=depth + 1)
            return DYN if to_dyn else kind
        return bounded(
            Type(
                kind.name,
                tuple(
                    self.resolved(part, to_dyn=to_dyn, depth=depth + 1)
                    for part in kind.parameters
                ),
            )
        )

    def _step(self, depth: int) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS or depth > MAX_DEPTH:
            raise TooComplex

    def _pairs(self, ones: Sequence[Type], others: Sequence[Type], depth: int) -> bool:
        if len(ones) != len(others):
            return False
        for one, other in zip(ones, others, strict=True):
            if one is not other or not one.ground:
                self._step(depth)
                if not self._pair(one, other, depth):
                    return False
        return True

    def _pair(self, one: Type, other: Type, depth: int) -> bool:  # noqa: PLR0911 rules
        if other.is_variable:
            valid, known = self._substitutes(one, other, depth)
            if valid or known:
                return valid
        if one.is_variable:
            return self._substitutes(other, one, depth)[0]
        if is_dyn(one) or is_dyn(other) or ERROR in (one, other):
            return True
        if NULL in (one, other):
            return _is_nullable(one) and _is_nullable(other)
        if one.name != other.name:
            return False
        if one.name == "type":
            return True
        return self._pairs(one.parameters, other.parameters, depth + 1)

    def _substitutes(self, kind: Type, name: Type, depth: int) -> tuple[bool, bool]:
        """Tell whether variable `name` can be `kind`, and whether it was bound."""
        if kind == name:
            return True, True
        bound = self._bound.get(name.name)
        if bound is not None:
            if kind == bound:
                return True, True
            self._step(depth)
            if self._pair(kind, bound, depth + 1):
                general = kind if _is_more_general(kind, bound) else bound
                if self._does_not_occur(name, general, depth):
                    self._bind(name, general)
                return True, True
            return False, True
        if self._does_not_occur(name, kind, depth):
            self._bind(name, kind)
            return True, False
        return False, False

    def _bind(self, name: Type, kind: Type) -> None:
        self._undo.append((name.name, self._bound.get(name.name)))
        self._bound[name.name] = kind

    def _does_not_occur(self, name: Type, within: Type, depth: int) -> bool:
        self._step(depth)
        if within.ground:
            return True
        if within == name:
            return False
        if within.is_variable:
            bound = self._bound.get(within.name)
            return bound is None or self._does_not_occur(name, bound, depth + 1)
        return all(
            self._does_not_occur(name, part, depth + 1) for part in within.parameters
        )


def bounded(kind: Type) -> Type:
    """Return the type unless it is out of bounds; raises TooComplex."""
    if kind.depth > MAX_DEPTH or kind.weight > MAX_WEIGHT:
        raise TooComplex
    return kind


def more_general(one: Type, other: Type) -> Type:
    """Return the more general of two types that fit."""
    return one if _is_more_general(one, other) else other


def _is_more_general(one: Type, other: Type) -> bool:
    if is_dyn(one) or one.is_variable:
        return True
    if is_dyn(other) or other.is_variable or one.name != other.name:
        return False
    if one.name == "type":
        return True
    return len(one.parameters) == len(other.parameters) and all(
        map(_is_more_general, one.parameters, other.parameters)
    )


def _is_nullable(kind: Type) -> bool:
    return (
        kind in (NULL, ANY, DURATION, TIMESTAMP)
        or is_struct(kind)
        or kind.name in _OPAQUE
    )

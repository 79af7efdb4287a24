"""Equality of CEL values, by cel-go's common/types and Kubernetes' own types."""

from typing import Final

from dractl.cel.types import Type
from dractl.cel.values import (
    LARGEST,
    NONE,
    Cidr,
    EvalFailure,
    Ip,
    LimitExceeded,
    NamedFormat,
    OptionalValue,
    Sum,
    UInt,
    Unreduced,
    Url,
    Value,
    is_list,
    is_map,
)
from dractl.model.attributes import SemVer
from dractl.model.quantity import Quantity

_NUMBERS: Final = frozenset({int, UInt, float})
_STRICT: Final = frozenset(
    {Quantity, Sum, Unreduced, SemVer, Ip, Cidr, Url, NamedFormat}
)
"""Their equality fails on other types, instead of saying false."""
_PLAIN: Final = frozenset({Ip, Cidr, Url, NamedFormat})


def equal(left: Value, right: Value) -> bool:
    """Return `left == right`; raise EvalFailure where Kubernetes' own types do."""
    kind = left.__class__
    if kind in _STRICT:
        return _strict_equal(left, right)
    if kind in _NUMBERS:
        return right.__class__ in _NUMBERS and bool(left == right)
    if kind is list or kind is tuple or kind is OptionalValue or is_map(left):
        return _Comparison().equal(left, right)
    return kind is right.__class__ and bool(left == right)


def is_equal(left: Value, right: Value) -> bool:
    """Tell whether equality says true; its failures count as false."""
    try:
        return equal(left, right)
    except EvalFailure:
        return False


def differ(left: Value, right: Value) -> bool:
    """Return `left != right`; where equality fails, things do differ."""
    return not is_equal(left, right)


def _strict_equal(left: Value, right: Value) -> bool:
    if right is None:
        return False
    if left.__class__ is SemVer:
        if right.__class__ is SemVer:
            return bool(left.precedence == right.precedence)
    elif left.__class__ in _PLAIN:
        if right.__class__ is left.__class__:
            return bool(left == right)
    elif right.__class__ is Quantity or right.__class__ is Unreduced:
        return bool(left.nanos == right.nanos)
    raise EvalFailure("no such overload")


class _Comparison:
    """One comparison of collections, whose parts may be shared a million times."""

    def __init__(self) -> None:
        self.steps = 0

    def equal(self, left: Value, right: Value) -> bool:
        self.steps += 1
        if self.steps > LARGEST:
            raise LimitExceeded
        kind = left.__class__
        if kind is list or kind is tuple:
            return is_list(right) and self.lists_equal(left, right)
        if kind is OptionalValue:
            return right.__class__ is kind and self.optionals_equal(left, right)
        if kind is Type:
            return right.__class__ is Type and bool(left.name == right.name)
        if is_map(left):
            return is_map(right) and self.maps_equal(left, right)
        return equal(left, right)

    def is_unequal(self, left: Value, right: Value) -> bool:
        """Tell whether equality says false; its failures do not."""
        try:
            return not self.equal(left, right)
        except EvalFailure:
            return False

    def lists_equal(self, left: Value, right: Value) -> bool:
        # Elements whose comparison fails pass for equal (types/list.go: Equal).
        if len(left) != len(right):
            return False
        for one, other in zip(left, right, strict=True):
            if self.is_unequal(one, other):
                return False
        return True

    def maps_equal(self, left: Value, right: Value) -> bool:
        if len(left) != len(right):
            return False
        for key in left:
            if key not in right or self.is_unequal(left[key], right[key]):
                return False
        return True

    def optionals_equal(self, left: OptionalValue, right: OptionalValue) -> bool:
        if left is NONE or right is NONE:
            return left is right
        return self.equal(left.value, right.value)

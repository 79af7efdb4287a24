"""How a function of the library says which values it takes."""

from collections.abc import Callable, Mapping
from typing import Final

from dractl.cel.values import (
    Cidr,
    Duration,
    Ip,
    NamedFormat,
    OptionalValue,
    Sum,
    Timestamp,
    UInt,
    Unreduced,
    Url,
    Value,
    no_such_overload,
)
from dractl.model.attributes import SemVer
from dractl.model.quantity import Quantity

Kind = frozenset[type]
Function = Callable[..., Value]
Functions = Mapping[str, Function]

STRING: Final[Kind] = frozenset({str})
INT: Final[Kind] = frozenset({int})
BOOL: Final[Kind] = frozenset({bool})
LIST: Final[Kind] = frozenset({list, tuple})
QUANTITY: Final[Kind] = frozenset({Quantity, Sum, Unreduced})
SEMVER: Final[Kind] = frozenset({SemVer})
OPTIONAL: Final[Kind] = frozenset({OptionalValue})
DURATION: Final[Kind] = frozenset({Duration})
TIMESTAMP: Final[Kind] = frozenset({Timestamp})
IP: Final[Kind] = frozenset({Ip})
CIDR: Final[Kind] = frozenset({Cidr})
URL: Final[Kind] = frozenset({Url})
FORMAT: Final[Kind] = frozenset({NamedFormat})
COMPARABLE: Final[Kind] = frozenset(
    {int, UInt, float, bool, str, bytes, Duration, Timestamp}
)


def takes(name: str, *kinds: Kind, call: Function) -> Function:
    """Return `call` behind a check of the classes of its arguments.

    The checker has seen to their number; a dyn argument is seen through only here.
    """

    def checked(*arguments: Value) -> Value:
        for argument, kind in zip(arguments, kinds, strict=False):
            if argument.__class__ not in kind:
                raise no_such_overload(name, *arguments)
        return call(*arguments)

    return checked


def one_of(name: str, *forms: tuple[Kind, Function]) -> Function:
    """Return a function whose form is chosen by the class of its first argument."""
    chosen = {kind: function for kinds, function in forms for kind in kinds}

    def dispatched(*arguments: Value) -> Value:
        function = chosen.get(arguments[0].__class__)
        if function is None:
            raise no_such_overload(name, *arguments)
        return function(*arguments)

    return dispatched


def begins_with(elements: Value, kind: Kind) -> bool:
    """Tell whether a list passes for a list of the kind: cel-go looks at its head."""
    return not elements or elements[0].__class__ in kind

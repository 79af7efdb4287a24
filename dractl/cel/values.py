"""The values that expressions compute with, and what CEL calls their types.

CEL's int, double, string, bytes, bool and null are Python's; uint is UInt, lists are
list or tuple, maps are dict (keyed by `map_key`) or the views of `cel.device`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dractl.cel.nodes import Node
from dractl.cel.types import Type
from dractl.model.attributes import SemVer
from dractl.model.quantity import Format, Quantity

Value = Any
"""A CEL value; which one is only known when the expression runs."""

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
UINT_MAX: Final = 2**64 - 1
LARGEST: Final = 2_000_000
"""Most characters or elements that one step may make: the cost limit would stop it."""


class LimitExceeded(Exception):
    """The evaluation costs more than Kubernetes lets it; nothing absorbs this."""

    message: Final = "operation cancelled: actual cost limit exceeded"


class EvalFailure(Exception):
    """An expression has no value; the message is cel-go's, `node` the place."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.node: Node | None = None
        super().__init__(message)


class UInt(int):
    """An unsigned integer of 64 bits."""

    __slots__ = ()


class Unreduced(Quantity):
    """A whole quantity whose spelling has a fraction, or too many digits: `2.0`.

    Kubernetes keeps the spelling and calls such a quantity no integer.
    """

    __slots__ = ()


class Sum(Quantity):
    """A quantity that `add` or `sub` made; `scale` as `quantity_scale` has it.

    Kubernetes hands it out as a pointer, which its own equality does not accept on
    the right side (apiserver/pkg/cel/quantity.go).
    """

    __slots__ = ("scale",)
    scale: int | None

    @staticmethod
    def of_scale(nanos: int, form: Format, scale: int | None) -> "Sum":
        """Return the sum."""
        made = Sum(nanos, form)
        object.__setattr__(made, "scale", scale)
        return made


class OptionalValue:
    """An optional that holds something; NONE is the one that does not."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


NONE: Final = OptionalValue(None)


class Duration(NamedTuple):
    """A span of time."""

    nanos: int


class Timestamp(NamedTuple):
    """A point in time, in nanoseconds since 1970 in UTC."""

    nanos: int


_TIMESTAMPS: Final = range(-62135596800, 253402300800)
"""The seconds of the years 1 to 9999."""


def timestamp(nanos: int) -> Timestamp:
    """Return the point in time; raise EvalFailure outside of the years 1 to 9999."""
    if nanos // 10**9 not in _TIMESTAMPS:
        raise EvalFailure("timestamp overflow")
    return Timestamp(nanos)


class Ip(NamedTuple):
    """An address; `number` of `bits` (32 or 128), and the text as it was written."""

    number: int
    bits: int
    text: str


class Cidr(NamedTuple):
    """An address with the length of its network prefix."""

    ip: Ip
    prefix: int


class Url(NamedTuple):
    """A URL in parts, as Go's net/url splits it."""

    text: str
    scheme: str
    host: str
    path: str
    query: str


class NamedFormat(NamedTuple):
    """A format of names that text can be checked against."""

    name: str


class BoolKey:
    """A bool as key of a map: Python takes True for 1, CEL does not."""

    __slots__ = ("value",)

    def __init__(self, value: bool) -> None:
        self.value = value


TRUE_KEY: Final = BoolKey(True)
FALSE_KEY: Final = BoolKey(False)

_NAMES: Final[dict[type, str]] = {
    bool: "bool",
    int: "int",
    UInt: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    type(None): "null_type",
    list: "list",
    tuple: "list",
    dict: "map",
    Quantity: "kubernetes.Quantity",
    Unreduced: "kubernetes.Quantity",
    Sum: "kubernetes.Quantity",
    SemVer: "kubernetes.Semver",
    OptionalValue: "optional_type",
    Duration: "google.protobuf.Duration",
    Timestamp: "google.protobuf.Timestamp",
    Ip: "net.IP",
    Cidr: "net.CIDR",
    Url: "kubernetes.URL",
    NamedFormat: "kubernetes.NamedFormat",
    Type: "type",
}
_GO_NAMES: Final = {
    "bool": "types.Bool",
    "int": "types.Int",
    "uint": "types.Uint",
    "double": "types.Double",
    "string": "types.String",
    "bytes": "types.Bytes",
    "null_type": "types.Null",
    "list": "*types.baseList",
    "map": "*types.baseMap",
    "type": "*types.Type",
    "kubernetes.Quantity": "cel.Quantity",
    "kubernetes.Semver": "cel.Semver",
    "optional_type": "*types.Optional",
    "google.protobuf.Duration": "types.Duration",
    "google.protobuf.Timestamp": "types.Timestamp",
    "net.IP": "cel.IP",
    "net.CIDR": "cel.CIDR",
    "kubernetes.URL": "cel.URL",
    "kubernetes.NamedFormat": "*cel.Format",
}


def type_name(value: Value) -> str:
    """Return CEL's name of the type of a value."""
    return _NAMES.get(value.__class__, "map")


def go_type_name(value: Value) -> str:
    """Return the Go type of a value, which some messages name."""
    return _GO_NAMES[type_name(value)]


def is_list(value: Value) -> bool:
    """Tell whether the value is a CEL list."""
    kind = value.__class__
    return kind is list or kind is tuple


def is_map(value: Value) -> bool:
    """Tell whether the value is a CEL map."""
    return value.__class__ not in _NAMES or value.__class__ is dict


def map_key(value: Value) -> Value:
    """Return what stands for a key in a dict; EvalFailure for what cannot be one."""
    kind = value.__class__
    if kind is str or kind is int or kind is UInt:
        return value
    if kind is bool:
        return TRUE_KEY if value else FALSE_KEY
    if kind is float and value == value and value.is_integer():  # noqa: PLR0124 NaN
        return int(value)
    raise EvalFailure(f"unsupported key type: {type_name(value)}")


def map_keys(value: Mapping[Value, Value]) -> Iterator[Value]:
    """Yield the keys of a map as CEL values."""
    for key in value:
        yield key.value if key.__class__ is BoolKey else key


def no_such_overload(function: str, *arguments: Value) -> EvalFailure:
    """Return the failure of a function that has no form for these arguments."""
    types = ", ".join(map(type_name, arguments))
    return EvalFailure(f"no such overload: {function}({types})")


def bounded(length: int) -> None:
    """Refuse to build something of that many characters or elements."""
    if length > LARGEST:
        raise LimitExceeded

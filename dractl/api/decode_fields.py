"""Typed reading of single fields from wire mappings, as strict as the API server.

A field that is null counts as absent, as it does for Go's decoder. All readers raise
MalformedField with the path from the mapping that they were given.
"""

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from dractl.api.problems import MalformedField
from dractl.model.quantity import Quantity, QuantityError

T = TypeVar("T")
Wire = Mapping[str, Any]

_INT64: Final = range(-(2**63), 2**63)
_EMPTY: Final[Wire] = {}
_SHOWN: Final = 60


def wire(value: Any) -> Wire:
    """Return the value as an object; the caller adds the path to the complaint."""
    if value.__class__ is dict or isinstance(value, Mapping):
        found: Wire = value
        return found
    raise mismatch("", "an object", value)


def mismatch(path: str, wanted: str, value: Any) -> MalformedField:
    """Return the complaint that a value has the wrong JSON type."""
    return MalformedField(path, f"must be {wanted}, not {_described(value)}")


def _described(value: Any) -> str:
    if isinstance(value, str):
        shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "..."
        return f"the string {shown!r}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        # A huge integer has no short text, and converting it would take long.
        small = isinstance(value, float) or value.bit_length() <= _SHOWN * 3
        return f"the number {value}" if small else "a huge number"
    return "an object" if isinstance(value, Mapping) else "a list"


def child(source: Wire, key: str) -> Wire:
    """Return the object under the key; an absent one reads as empty."""
    value: Wire | None = source.get(key)
    if value is None:
        return _EMPTY
    if value.__class__ is dict or isinstance(value, Mapping):
        return value
    raise mismatch(key, "an object", value)


def within(source: Wire, key: str, read: Callable[[Wire], T]) -> T:
    """Read the object under the key, or an empty one."""
    value = source.get(key)
    inner = value if value.__class__ is dict else child(source, key)
    try:
        return read(inner)
    except MalformedField as bad:
        raise bad.inside(key) from None


def within_if_set(source: Wire, key: str, read: Callable[[Wire], T]) -> T | None:
    """Read the object under the key; None where there is none."""
    return None if source.get(key) is None else within(source, key, read)


def items(source: Wire, key: str) -> list[Any] | tuple[Any, ...]:
    """Return the list under the key; an absent one reads as empty."""
    value = source.get(key)
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return value
    raise mismatch(key, "a list", value)


def each(source: Wire, key: str, read: Callable[[Wire], T]) -> tuple[T, ...]:
    """Read every object of the list under the key."""
    if source.get(key) is None:  # most lists of an object are not there
        return ()
    entries = items(source, key)
    done: list[T] = []
    try:
        for entry in entries:
            done.append(read(wire(entry)))  # noqa: PERF401 - the error needs its index
    except MalformedField as bad:
        raise bad.inside(f"{key}[{len(done)}]") from None
    return tuple(done)


def mapped(source: Wire, key: str, read: Callable[[Any], T]) -> dict[str, T]:
    """Read every value of the map under the key."""
    done: dict[str, T] = {}
    if source.get(key) is None:
        return done
    entries = child(source, key)
    name = ""
    try:
        for name, value in entries.items():
            done[name] = read(value)
    except MalformedField as bad:
        raise bad.inside(f'{key}["{name}"]') from None
    return done


def text(source: Wire, key: str) -> str:
    """Return the string under the key, "" if absent."""
    value = source.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise mismatch(key, "a string", value)


def text_if_set(source: Wire, key: str) -> str | None:
    """Return the string under the key, None if absent."""
    value = source.get(key)
    if value is None or isinstance(value, str):
        return value
    raise mismatch(key, "a string", value)


def texts(source: Wire, key: str) -> tuple[str, ...]:
    """Return the list of strings under the key."""
    if source.get(key) is None:
        return ()
    entries = items(source, key)
    for index, entry in enumerate(entries):
        if not isinstance(entry, str):
            raise mismatch(f"{key}[{index}]", "a string", entry)
    return tuple(entries)


def labels(source: Wire, key: str) -> dict[str, str]:
    """Return the map of strings under the key."""
    return mapped(source, key, _label_value)


def _label_value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise mismatch("", "a string", value)


def flag(source: Wire, key: str) -> bool:
    """Return the boolean under the key, False if absent."""
    return flag_if_set(source, key) or False


def flag_if_set(source: Wire, key: str) -> bool | None:
    """Return the boolean under the key, None if absent."""
    value = source.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise mismatch(key, "true or false", value)


def integer(source: Wire, key: str, default: int = 0) -> int:
    """Return the int64 under the key."""
    value = integer_if_set(source, key)
    return default if value is None else value


def integer_if_set(source: Wire, key: str) -> int | None:
    """Return the int64 under the key, None if absent."""
    value = source.get(key)
    return None if value is None else int64(value, key)


def int64(value: Any, path: str = "") -> int:
    """Return the value if it is a whole number of 64 bits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise mismatch(path, "a whole number", value)
    if value not in _INT64:
        raise MalformedField(path, "does not fit into 64 bits")
    return value


def quantity(value: Any) -> Quantity:
    """Read a quantity from a string or a number; null is zero, as in Go's decoder."""
    if isinstance(value, str):
        try:
            return Quantity.parse(value.strip())
        except QuantityError as error:
            raise MalformedField("", str(error)) from None
    if value is None:
        return Quantity.of(0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mismatch("", "a quantity", value)
    return _number_quantity(value)


@functools.lru_cache(maxsize=4096, typed=True)
def _number_quantity(value: float) -> Quantity:
    if isinstance(value, int):
        # 64 bits and the widest suffix stay far below this; more is hostile.
        if value.bit_length() > 4 * 64:
            raise MalformedField("", "is too large a quantity")
        return Quantity.of(value)
    if not math.isfinite(value):
        raise mismatch("", "a quantity", value)
    return Quantity.parse(repr(value))


def quantity_field(source: Wire, key: str) -> Quantity:
    """Return the quantity under the key, zero if absent."""
    try:
        return quantity(source.get(key))
    except MalformedField as bad:
        raise bad.inside(key) from None


def quantity_if_set(source: Wire, key: str) -> Quantity | None:
    """Return the quantity under the key, None if absent."""
    return None if source.get(key) is None else quantity_field(source, key)


def quantities(source: Wire, key: str) -> dict[str, Quantity]:
    """Return the map of quantities under the key."""
    return mapped(source, key, quantity)

"""What an expression sees of a device: nested maps with a default, made lazily.

Follows Kubernetes 1.36, dynamic-resource-allocation/cel/compile.go: names without a
domain belong to the driver's, and looking up an unknown domain gives an empty map.
"""

import functools
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any, Final, cast

from dractl.cel.errors import SelectorEvalError
from dractl.cel.values import Value
from dractl.model.attributes import (
    LIST_KINDS,
    Attribute,
    Scalar,
    SemVer,
    SemVerError,
    qualified,
)
from dractl.model.devices import Device, DeviceId
from dractl.model.quantity import Quantity, QuantityError

_KIND: Final = itemgetter(0)
_NO_VALUE: Final = frozenset({""})
_NO_LISTS: Final = _NO_VALUE | LIST_KINDS
# In the order in which the scheduler looks for a value.
_LIST_ELEMENTS: Final = {
    "ints": "int",
    "bools": "bool",
    "strings": "string",
    "versions": "version",
}
_CLASSES: Final = {"int": int, "bool": bool, "string": str, "version": str}


class Domain(Mapping[str, Value]):
    """The attributes or capacities of one domain, by their bare names."""

    def __init__(self, values: Mapping[str, Value], domain: str) -> None:
        self._values = values
        self._prefix = f"{domain}/"

    def __getitem__(self, name: str) -> Value:
        # The domain of `a/b/c` is `a`: one with a slash in it holds nothing.
        if "/" in self._prefix[:-1]:
            raise KeyError(name)
        found = self._values[self._prefix + name]
        return found.value if isinstance(found, Attribute) else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @functools.cached_property
    def _names(self) -> tuple[str, ...]:
        if "/" in self._prefix[:-1]:
            return ()
        start = len(self._prefix)
        return tuple(
            name[start:] for name in self._values if name.startswith(self._prefix)
        )


class Domains(Mapping[str, Domain]):
    """All attributes or capacities by domain; `get` never misses, `in` may."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self._seen: dict[str, Domain] = {}

    def __getitem__(self, domain: str) -> Domain:
        found = self._seen.get(domain)
        if found is None:
            found = self._seen[domain] = Domain(self._values, domain)
        return found

    def get(self, domain: str, default: object = None) -> Any:  # noqa: ARG002 see above
        """Return the domain, which is empty if nothing has it."""
        return self[domain]

    def __contains__(self, domain: object) -> bool:
        return domain in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @functools.cached_property
    def _names(self) -> dict[str, None]:
        return dict.fromkeys(name.partition("/")[0] for name in self._values)


def whole(device: Device) -> dict[str, Value]:
    """Return the variable `device`."""
    return {
        "driver": device.driver,
        "attributes": Domains(device.attributes),
        "capacity": Domains(device.qualified_capacity),
        "allowMultipleAllocations": device.allow_multiple_allocations,
    }


def has_domain(values: Mapping[str, Value], domain: str) -> bool:
    """Return `domain in device.attributes`."""
    if "/" in domain:
        return False
    prefix = f"{domain}/"
    return any(name.startswith(prefix) for name in values)


def is_readable(device: Device, *, lists: bool) -> bool:
    """Tell whether the scheduler can convert the device; if not, nothing evaluates."""
    kinds = map(_KIND, device.attributes.values())
    return all(kinds) if lists else _NO_LISTS.isdisjoint(kinds)


def check_readable(device: Device, *, lists: bool) -> None:
    """Raise SelectorEvalError, naming the attribute, for a device that is not."""
    unreadable = _NO_VALUE if lists else _NO_LISTS
    for name, attribute in device.attributes.items():
        if attribute.kind in unreadable:
            raise SelectorEvalError(f"attribute {name}: unsupported attribute value")


def read_device(fields: Mapping[str, Any]) -> Device:
    """Return the device that a mapping in wire form describes.

    Keys are `driver`, `attributes`, `capacity` and `allowMultipleAllocations`; raises
    SelectorEvalError for a value that cannot be read.
    """
    driver = fields.get("driver") or ""
    attributes = fields.get("attributes") or {}
    capacity = fields.get("capacity") or {}
    return Device(
        DeviceId(driver, "", ""),
        attributes={
            qualified(name, driver): attribute_of(name, value)
            for name, value in attributes.items()
        },
        qualified_capacity={
            qualified(name, driver): amount_of(name, value)
            for name, value in capacity.items()
        },
        allow_multiple_allocations=bool(fields.get("allowMultipleAllocations")),
    )


def attribute_of(name: str, wire: Any) -> Attribute:
    """Return an attribute from its wire form; raise SelectorEvalError."""
    known = {**_LIST_ELEMENTS, **_CLASSES}
    for kind in known if isinstance(wire, Mapping) else ():
        value = wire.get(kind)
        if value is None:
            continue
        if kind in _CLASSES:
            return Attribute(kind, _scalar(name, kind, value))  # type: ignore[arg-type]  # kind is a key of the table
        if isinstance(value, list | tuple):
            element = _LIST_ELEMENTS[kind]
            scalars = tuple(_scalar(name, element, each) for each in value)
            return Attribute(kind, scalars)  # type: ignore[arg-type]  # likewise
    return Attribute("", None)


def _scalar(name: str, kind: str, value: Any) -> Scalar:
    if value.__class__ is not _CLASSES[kind]:
        raise SelectorEvalError(f"attribute {name}: {value!r:.80} is no {kind}")
    if kind != "version":
        return cast("Scalar", value)
    try:
        return SemVer.parse(str(value))
    except SemVerError as error:
        raise SelectorEvalError(f"attribute {name}: {error}") from error


def amount_of(name: str, wire: Any) -> Quantity:
    """Return a capacity from its wire form; raise SelectorEvalError."""
    text = wire.get("value") if isinstance(wire, Mapping) else wire
    if isinstance(text, Quantity):
        return text
    try:
        return Quantity.parse(str(text))
    except QuantityError as error:
        raise SelectorEvalError(f"capacity {name}: {error}") from error

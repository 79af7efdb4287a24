"""Reads from a device in wire form only what an expression needs.

Reading a whole device costs twenty times as much as evaluating most selectors. What is
out of the ordinary is left to the full reading (`device.read_device`).
"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any, Final

from dractl.cel.device import amount_of, attribute_of
from dractl.cel.errors import SelectorEvalError
from dractl.model.attributes import LIST_KINDS, Attribute
from dractl.model.quantity import Quantity

_SCALARS: Final = frozenset({"string", "int", "bool", "version"})
_LISTS: Final = _SCALARS | LIST_KINDS
_NO_KINDS: Final[frozenset[str]] = frozenset()
_NONE: Final[Mapping[str, Any]] = {}
_CACHED: Final = 4096


class Glance:
    """Stands in for a Device in the fast form of an expression."""

    __slots__ = (
        "allow_multiple_allocations",
        "attributes",
        "id",
        "qualified_capacity",
    )

    id: tuple[str, str, str]
    attributes: dict[str, Attribute]
    qualified_capacity: dict[str, Quantity]
    allow_multiple_allocations: bool


class Reader:
    """Glances at devices for one expression, whose reads are all known."""

    def __init__(self, reads: Iterable[tuple[str, str]], *, lists: bool) -> None:
        named = [(where, key) for where, key in reads if key]
        self._attributes = _split(key for where, key in named if where == "attributes")
        self._capacity = _split(key for where, key in named if where == "capacity")
        self._kinds = _LISTS if lists else _SCALARS

    def glance(self, fields: Mapping[str, Any]) -> Glance | None:
        """Return what matters of the device; None: read the whole of it."""
        glance = Glance()
        driver = fields.get("driver") or ""
        glance.id = (driver, "", "")
        wire = fields.get("attributes") or _NONE
        glance.allow_multiple_allocations = bool(fields.get("allowMultipleAllocations"))
        try:
            # One attribute that cannot be read spoils all expressions.
            values = wire.values()
            if not (all(values) and self._kinds.issuperset(_NO_KINDS.union(*values))):
                return None
            glance.attributes = {}
            for key, domain, name in self._attributes:
                found = _value(wire, driver, key, domain, name)
                if found is not None:
                    ((kind, value),) = found.items()
                    glance.attributes[key] = _attribute(kind, value, value.__class__)
            glance.qualified_capacity = {}
            if self._capacity:
                wire = fields.get("capacity") or _NONE
                for key, domain, name in self._capacity:
                    found = _value(wire, driver, key, domain, name)
                    if found is not None:
                        glance.qualified_capacity[key] = amount_of(name, found)
        except (AttributeError, TypeError, ValueError, SelectorEvalError):
            return None
        return glance


def _split(keys: Iterable[str]) -> list[tuple[str, str, str]]:
    return [(key, *key.split("/", 1)) for key in keys]  # type: ignore[misc]


def _value(
    wire: Mapping[str, Any], driver: str, key: str, domain: str, name: str
) -> Any:
    found = wire.get(key)
    return wire.get(name) if found is None and domain == driver else found


@functools.lru_cache(maxsize=_CACHED)
def _attribute(kind: str, value: Any, _: type) -> Attribute:
    """Return the attribute; the class tells 1 from true in the cache."""
    return attribute_of("", {kind: value})

"""Facts of a machine as plain data, and back: what is found can be found anew."""

import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final

from dractl.model.hosts import HostFacts

_SECRET: Final = frozenset({"serial"})
"""Fields that nothing is found from, and that are nobody else's business."""


def recorded(facts: HostFacts) -> dict[str, Any]:
    """Return facts as JSON can have them; what is as it is by default is left out."""
    found = _data(facts)
    assert isinstance(found, dict)
    return found


def facts_in(data: object) -> HostFacts:
    """Return the facts of such data; raise TypeError or ValueError for any other."""
    found = _reader(HostFacts)(data)
    assert isinstance(found, HostFacts)
    return found


def _data(value: object) -> object:
    if isinstance(value, Enum):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        stated = {each.name: getattr(value, each.name) for each in fields(value)}
        return {
            name: _data(each)
            for name, each in stated.items()
            if name not in _SECRET and (each or each == 0)
        }
    if isinstance(value, Mapping):
        return {str(key): _data(each) for key, each in value.items()}
    return [_data(each) for each in value] if isinstance(value, tuple) else value


Read = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> Read:
    """Return what reads data of a type, as it is written in model/hosts.py."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {UnionType, typing.Union}:
        [some] = [each for each in inner if each is not NoneType]
        read = _reader(some)
        return lambda data: None if data is None else read(data)
    if origin is tuple:
        return _tuples(inner)
    if origin is not None and issubclass(origin, Mapping):
        key, each = inner[0], _reader(inner[1])
        return lambda data: {key(name): each(value) for name, value in data.items()}
    if is_dataclass(kind):
        return _objects(kind)
    if issubclass(kind, Enum):
        return lambda name: kind[name]
    return lambda data: _plain(data, kind)


def _tuples(inner: tuple[Any, ...]) -> Read:
    if inner[-1] is Ellipsis:
        each = _reader(inner[0])
        return lambda data: tuple(map(each, data))
    readers = list(map(_reader, inner))
    return lambda data: tuple(r(d) for r, d in zip(readers, data, strict=True))


def _objects(kind: Any) -> Read:
    hints = typing.get_type_hints(kind)

    def read(data: Mapping[str, Any]) -> object:
        known = {name: each for name, each in data.items() if name in hints}
        return kind(**{name: _reader(hints[name])(known[name]) for name in known})

    return read


def _plain(value: object, kind: type) -> object:
    accepted = (int, float) if kind is float else kind
    if not isinstance(value, accepted):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value

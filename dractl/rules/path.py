"""Where in an object something is, in the spelling of v1 and of the API server."""

import functools
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A named field."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"


@dataclass(frozen=True, slots=True)
class Index:
    """An element of a list."""

    number: int

    def __str__(self) -> str:
        return f"[{self.number}]"


@dataclass(frozen=True, slots=True)
class Key:
    """A value of a map with free keys, such as `attributes`.

    `shown` is what the API server prints where it shortens a key.
    """

    name: str
    shown: str = ""

    def __str__(self) -> str:
        return f"[{self.shown or self.name}]"


_field = functools.lru_cache(maxsize=2048)(Field)
_index = functools.lru_cache(maxsize=2048)(Index)


class Path:
    """Steps from the object down; `str` of it is what the API server prints.

    A plain class, since paths are made for every field that is looked at.
    """

    __slots__ = ("steps",)

    def __init__(self, steps: tuple[Field | Index | Key, ...] = ()) -> None:
        """Take the steps."""
        self.steps = steps

    def __eq__(self, other: object) -> bool:
        """Compare step by step."""
        return isinstance(other, Path) and self.steps == other.steps

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.steps)

    def __repr__(self) -> str:
        return f"Path({str(self)!r})"

    @staticmethod
    def of(*names: str) -> "Path":
        """Return the path of fields one below the other."""
        return Path(tuple(map(_field, names)))

    def field(self, name: str, *more: str) -> "Path":
        """Return the path of a field below this one."""
        if more:
            return Path((*self.steps, _field(name), *map(_field, more)))
        return Path((*self.steps, _field(name)))

    def index(self, number: int) -> "Path":
        """Return the path of an element of this list."""
        return Path((*self.steps, _index(number)))

    def key(self, name: str, shown: str = "") -> "Path":
        """Return the path of a value of this map."""
        return Path((*self.steps, Key(name, shown)))

    def __str__(self) -> str:
        return "".join(map(str, self.steps)).removeprefix(".")

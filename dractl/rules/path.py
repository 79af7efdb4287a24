"""Where in an object something is, in the spelling of v1 and of the API server."""

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


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the object down; `str` of it is what the API server prints."""

    steps: tuple[Field | Index | Key, ...] = ()

    @staticmethod
    def of(*names: str) -> "Path":
        """Return the path of fields one below the other."""
        return Path(tuple(map(Field, names)))

    def field(self, *names: str) -> "Path":
        """Return the path of a field below this one."""
        return Path((*self.steps, *map(Field, names)))

    def index(self, number: int) -> "Path":
        """Return the path of an element of this list."""
        return Path((*self.steps, Index(number)))

    def key(self, name: str, shown: str = "") -> "Path":
        """Return the path of a value of this map."""
        return Path((*self.steps, Key(name, shown)))

    def __str__(self) -> str:
        return "".join(map(str, self.steps)).removeprefix(".")

"""What a fast form is written with: names for constants, variables and temporaries."""

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Final, cast

from dractl.cel import pyast
from dractl.cel.nodes import Node
from dractl.cel.paths import DEVICE_ALIASES, Aliases, Read
from dractl.cel.types import BOOL, Type
from dractl.cel.values import Value, is_list

_FEW: Final = 100


class NotFast(Exception):
    """The expression has a part that only the exact form can compute."""


class NotPlain(Exception):
    """Raised by a fast form that met a value it was not made for."""


def stop() -> bool:
    """Leave the fast form."""
    raise NotPlain


def iterate_few(value: Value) -> Iterable[Value]:
    """Return what a macro runs over, if the cost of the loop cannot matter."""
    if not is_list(value) or len(value) > _FEW:
        raise NotPlain
    return cast("Iterable[Value]", value)


def cells(field: str) -> ast.expr:
    """Return the map of the device that `attributes` or `capacity` shows."""
    name = "attributes" if field == "attributes" else "qualified_capacity"
    return pyast.attribute(pyast.name("device"), name)


def found(read: Read) -> ast.expr:
    """Return the lookup of what is read, None if the device lacks it."""
    return pyast.call(pyast.attribute(cells(read.map), "get"), pyast.const(read.key))


def unpacked(read: Read, entry: ast.expr) -> ast.expr:
    """Return the CEL value of an entry of the map."""
    return pyast.item(entry, 1) if read.map == "attributes" else entry


class Writer:
    """Writes nodes as Python and keeps what the result refers to."""

    def __init__(
        self,
        types: Mapping[Node, Type],
        write: Callable[[Node, "Writer"], ast.expr],
    ) -> None:
        self.types = types
        self.aliases: Aliases = DEVICE_ALIASES
        self.variables: Mapping[str, str] = {}
        self.names: dict[str, object] = {"__builtins__": {}}
        self._write = write
        self._known: dict[int, str] = {}
        self._count = 0

    def write(self, node: Node) -> ast.expr:
        """Return the node as Python."""
        return self._write(node, self)

    def boolean(self, node: Node) -> ast.expr:
        """Return the node as Python; at run time, what is no bool stops the form."""
        written = self._write(node, self)
        if self.types.get(node) == BOOL:
            return written
        held, bound = self.held(written)
        return pyast.choose(
            self.is_class(bound, bool), held, pyast.call(self.constant(stop))
        )

    def inside(
        self,
        aliases: Aliases,
        variables: Mapping[str, str],
        body: Node,
        *,
        boolean: bool = False,
    ) -> ast.expr:
        """Return the body of a macro or a bind, where more names are in force."""
        outer = self.aliases, self.variables
        self.aliases = aliases
        # A variable of the same name that is not ours any more must not be seen.
        hidden = {name for name, path in aliases.items() if path is not None}
        kept = {name: of for name, of in self.variables.items() if name not in hidden}
        self.variables = {**kept, **variables}
        written = self.boolean(body) if boolean else self.write(body)
        self.aliases, self.variables = outer
        return written

    def constant(self, value: object) -> ast.expr:
        """Return a name for an object."""
        name = self._known.get(id(value))
        if name is None:
            name = f"k{len(self._known)}"
            self._known[id(value)] = name
            self.names[name] = value  # which keeps it alive, so its id stays its own
        return pyast.name(name)

    def fresh(self) -> str:
        """Return a name that nothing else has."""
        self._count += 1
        return f"v{self._count}"

    def held(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Return how to read a temporary, and the value that is assigned to it."""
        name = self.fresh()
        return pyast.name(name), pyast.assign(name, value)

    def is_class(self, value: ast.expr, kind: type) -> ast.expr:
        """Return the test that a value is of exactly that class."""
        return pyast.compare(
            pyast.attribute(value, "__class__"), "is", self.constant(kind)
        )

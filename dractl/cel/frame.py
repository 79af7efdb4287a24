"""What the exact form of an expression runs on: a frame, and closures over it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from dractl.cel.nodes import Node
from dractl.cel.types import Type
from dractl.cel.values import EvalFailure, LimitExceeded, Value

COST_LIMIT: Final = 1_000_000
"""Cost at which Kubernetes cancels one evaluation (resource/v1: CELSelector...)."""


class Frame:
    """One evaluation: the device, the variables of macros, the cost so far."""

    __slots__ = ("cost", "device", "variables")

    def __init__(self, device: Value, variables: int) -> None:
        self.device = device
        self.variables: list[Value] = [None] * variables
        self.cost = 0

    def charge(self, cost: int) -> None:
        """Add to the cost; raise LimitExceeded past the limit."""
        self.cost += cost
        if self.cost > COST_LIMIT:
            raise LimitExceeded


Run = Callable[[Frame], Value]


class Lazy:
    """The value of a `cel.bind`: computed when first read, once, even if it fails."""

    __slots__ = ("_failure", "_run", "_value")

    def __init__(self, run: Run) -> None:
        self._run: Run | None = run
        self._value: Value = None
        self._failure: EvalFailure | None = None

    def read(self, frame: Frame) -> Value:
        """Return the value, or raise the EvalFailure that it is."""
        if self._run is not None:
            run, self._run = self._run, None
            try:
                self._value = run(frame)
            except EvalFailure as failure:
                self._failure = failure
        if self._failure is not None:
            raise self._failure
        return self._value


class Scope:
    """The names in force while closures are made; each variable has its own slot."""

    def __init__(
        self, builders: Mapping[type, Callable[..., Run]], types: Mapping[Node, Type]
    ) -> None:
        self._builders = builders
        self.types = types
        self._names: dict[str, int] = {}
        self.variables = 0

    def build(self, node: Node) -> Run:
        """Return the closure that computes the node."""
        return self._builders[node.__class__](node, self)

    def slot(self, name: str) -> int | None:
        """Return the slot of a variable, None for a name that is none."""
        return self._names.get(name)

    @contextmanager
    def variable(self, *names: str) -> Iterator[tuple[int, ...]]:
        """Declare variables for the body of a `with`, which gets their slots."""
        outer = self._names
        slots = tuple(range(self.variables, self.variables + len(names)))
        self.variables += len(names)
        self._names = {**outer, **dict(zip(names, slots, strict=True))}
        yield slots
        self._names = outer


def boolean(value: Value) -> bool:
    """Return a bool as it is; anything else where CEL wants one is a failure."""
    if value.__class__ is not bool:
        raise EvalFailure("no such overload")
    return bool(value)

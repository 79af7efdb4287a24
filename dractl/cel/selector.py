"""Selectors: CEL expressions that were compiled and now answer for device after device.

A selector has two forms. The fast one answers nearly always; where it raises or gives
no bool, and where cost could matter, the exact one decides (see codegen and exact).
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.cel.checker import Checked, check
from dractl.cel.codegen import Predicate, fast_form
from dractl.cel.codegen_scope import NotPlain
from dractl.cel.cost import estimate_cost
from dractl.cel.device import check_readable, is_readable, read_device
from dractl.cel.environment import Environment
from dractl.cel.errors import SelectorEvalError
from dractl.cel.evaluation import Form, evaluated
from dractl.cel.glance import Glance, Reader
from dractl.cel.nodes import Logic, Node
from dractl.cel.parser import parse
from dractl.cel.paths import reads
from dractl.cel.shape import height, loops
from dractl.cel.types import Type
from dractl.cel.values import EvalFailure, LimitExceeded, Value, type_name
from dractl.model.attributes import SemVer
from dractl.model.cluster import LIST_ATTRIBUTES_ALWAYS_READABLE, Profile
from dractl.model.devices import Device

_FAST_COST: Final = 100_000
"""Estimates are no strict bounds, but a tenth of the limit has been far enough."""
_FAST_HEIGHT: Final = 40
_FAST_LOOPS: Final = 1
_NOT_FAST: Final = (
    ArithmeticError,
    AttributeError,
    EvalFailure,
    LimitExceeded,
    LookupError,
    NotPlain,
    TypeError,
    ValueError,
)


def compile_selector(
    text: str,
    *,
    kubernetes: str | None = None,
    feature_gates: Mapping[str, bool] | None = None,
) -> "Selector":
    """Return the selector for an expression, as that release with those gates reads it.

    Raises SelectorCompileError for what the API server refuses, except for its cost:
    see `Selector.max_cost`.
    """
    profile = Profile.of(kubernetes, feature_gates)
    return compile_cached(text, environment_of(profile))


def environment_of(profile: Profile) -> Environment:
    """Return what the API server of a release offers to new expressions."""
    lists = _reads_lists(profile)
    return Environment(
        consumable_capacity=profile.enabled("DRAConsumableCapacity"),
        list_attributes=lists,
        lists_readable=lists,
    )


def stored_environment_of(profile: Profile) -> Environment:
    """Return what the scheduler of a release offers to stored expressions.

    All that its binary declares, whatever the gates; those decide only whether a device
    with lists can be read.
    """
    return Environment(
        consumable_capacity=profile.knows("DRAConsumableCapacity"),
        list_attributes=profile.knows("DRAListTypeAttributes"),
        lists_readable=_reads_lists(profile),
    )


def _reads_lists(profile: Profile) -> bool:
    return profile.enabled("DRAListTypeAttributes") or profile.since(
        LIST_ATTRIBUTES_ALWAYS_READABLE
    )


@functools.lru_cache(maxsize=1024)
def compile_cached(text: str, environment: Environment) -> "Selector":
    """Return the selector for an expression; the same one for the same expression."""
    return Selector(text, environment)


@dataclass(frozen=True, slots=True)
class Clause:
    """One of the terms that `&&` joins at the top of an expression."""

    text: str
    node: Node


class Selector:
    """A compiled expression."""

    def __init__(self, text: str, environment: Environment) -> None:
        """Compile; raise SelectorCompileError."""
        self.text: Final = text
        self.environment: Final = environment
        self._checked: Final = check(text, parse(text), environment)
        self.root: Final = self._checked.root
        self._part: Final = _Part(self._checked, self.root, self.max_cost)

    def __repr__(self) -> str:
        return f"Selector({self.text!r})"

    def __reduce__(self) -> tuple[Callable[..., "Selector"], tuple[str, Environment]]:
        """Pickle as text: closures and code do not travel."""
        return compile_cached, (self.text, self.environment)

    @property
    def types(self) -> Mapping[Node, Type]:
        """The type of every node of the tree."""
        return self._checked.types

    @property
    def type(self) -> Type:
        """The type of the result: bool, or dyn where only evaluation can tell."""
        return self._checked.types[self.root]

    @functools.cached_property
    def max_cost(self) -> int:
        """The API server's estimate; it refuses expressions above 1,000,000."""
        return int(estimate_cost(self._checked, self.environment).maximum)

    @functools.cached_property
    def reads(self) -> frozenset[tuple[str, str]] | None:
        """What the answer depends on, as (map, `domain/name`); None: on anything."""
        return reads(self.root)

    @functools.cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The terms of the outermost `&&`, or the whole expression as the only one."""
        terms: tuple[Node, ...] = (self.root,)
        if isinstance(self.root, Logic) and self.root.operator == "&&":
            terms = self.root.terms
        return tuple(Clause(self.text[term.start : term.end], term) for term in terms)

    def matches(self, device: Device | Mapping[str, Any]) -> bool:
        """Tell whether the device is selected; raise SelectorEvalError if CEL cannot.

        A mapping has the fields `driver`, `attributes`, `capacity` and
        `allowMultipleAllocations` in wire form.
        """
        if not isinstance(device, Device) and self._reader is not None:
            glance = self._reader.glance(device)
            answer = None if glance is None else self._part.quick(glance)
            if answer is not None:
                return answer
        return self._part.answer(self._readable(device))

    @functools.cached_property
    def _reader(self) -> Reader | None:
        """Reads what matters of devices in wire form, if that is known beforehand."""
        if self.reads is None or self._part.fast is None:
            return None
        return Reader(self.reads, lists=self.environment.lists_readable)

    def clause_matches(self, index: int, device: Device | Mapping[str, Any]) -> bool:
        """Tell whether one of `clauses` holds; raise SelectorEvalError likewise."""
        return self._clause_parts[index].answer(self._readable(device))

    def cost(self, device: Device | Mapping[str, Any]) -> int:
        """Return what Kubernetes would charge for this device; raise likewise."""
        return self._part.exact_answer(self._readable(device))[1]

    @functools.cached_property
    def _clause_parts(self) -> tuple["_Part", ...]:
        return tuple(
            _Part(self._checked, clause.node, self.max_cost) for clause in self.clauses
        )

    def _readable(self, device: Device | Mapping[str, Any]) -> Device:
        if not isinstance(device, Device):
            device = read_device(device)
        if not is_readable(device, lists=self.environment.lists_readable):
            check_readable(device, lists=self.environment.lists_readable)
        return device


class _Part:
    """The two forms of an expression or of one of its clauses, made when first used."""

    def __init__(self, checked: Checked, node: Node, max_cost: int) -> None:
        self._checked = checked
        self._node = node
        self._is_cheap = max_cost <= _FAST_COST

    @functools.cached_property
    def fast(self) -> Predicate | None:
        """The fast form, if there is one and the cost cannot matter."""
        if (
            not self._is_cheap
            or height(self._node) > _FAST_HEIGHT
            or loops(self._node) > _FAST_LOOPS
        ):
            return None
        return fast_form(self._node, self._checked.types)

    @functools.cached_property
    def _exact(self) -> Form:
        # Loaded late: many a process never needs the exact form of anything.
        from dractl.cel.exact import exact_form

        return exact_form(self._node, self._checked.types)

    def answer(self, device: Device) -> bool:
        """Return the answer; raise SelectorEvalError."""
        answer = self.quick(device)
        return self.exact_answer(device)[0] if answer is None else answer

    def quick(self, device: Device | Glance) -> bool | None:
        """Return what the fast form answers; None where it has no answer."""
        fast = self.fast
        if fast is not None:
            try:
                answer = fast(device)
            except _NOT_FAST:
                return None
            if answer is True or answer is False:
                return answer
        return None

    def exact_answer(self, device: Device) -> tuple[bool, int]:
        """Return the answer and its cost; raise SelectorEvalError."""
        value, cost = evaluated(self._exact, device)
        if value.__class__ is not bool:
            raise SelectorEvalError(_no_bool(value), self._node)
        return bool(value), cost


def _no_bool(value: Value) -> str:
    kind = type_name(value)
    reason = {
        "int": "unsupported type conversion from 'int' to bool",
        "list": "type conversion error from list to 'bool'",
        "string": "unsupported native conversion from string to 'bool'",
    }.get(kind)
    if reason is None:
        short = "Semver" if value.__class__ is SemVer else kind
        reason = f"type conversion error from '{short}' to 'bool'"
    return f"CEL result of type {kind} could not be converted to bool: {reason}"

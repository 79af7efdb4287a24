"""Whether a device passes the selectors of a class and a request.

Evaluated once per (expression, device) for a whole run. An error is kept as a value:
upstream evaluates lazily, so it counts only where its search gets to that device
(Kubernetes 1.36, allocator_incubating.go: isSelectable, selectorsMatch).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dractl.cel.environment import Environment
from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.guard import guarded
from dractl.cel.selector import Selector, compile_cached
from dractl.model.attributes import Attribute
from dractl.model.devices import Device, DeviceId
from dractl.solver.errors import AllocationAborted

EMPTY_EXPRESSION = "CEL expression empty (unsupported selector type?)"


@dataclass(frozen=True, slots=True)
class Failure:
    """An expression without an answer; `part` counts the filter's expressions.

    A part of -1 stands for the device's own node selector.
    """

    part: int
    text: str
    device: DeviceId


Verdict = bool | Failure


class Selectors:
    """All expressions of a run with their results so far."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._expressions: dict[str | None, _Expression] = {}
        self._filters: dict[tuple[str | None, ...], Eligibility] = {}
        self._derived: dict[str, Derived] = {}

    def eligibility(self, texts: tuple[str | None, ...]) -> "Eligibility":
        """Return the filter that these expressions form together, in their order.

        None stands for a selector that is not CEL.
        """
        known = self._filters.get(texts)
        if known is None:
            known = Eligibility([self._expression(text) for text in texts])
            self._filters[texts] = known
        return known

    def derived(self, text: str) -> "Derived":
        """Return the attribute that an expression derives."""
        known = self._derived.get(text)
        if known is None:
            known = self._derived[text] = Derived(text, self._environment)
        return known

    def _expression(self, text: str | None) -> "_Expression":
        known = self._expressions.get(text)
        if known is None:
            known = self._expressions[text] = _Expression(text, self._environment)
        return known


@dataclass(slots=True, eq=False)
class _Expression:
    text: str | None
    environment: Environment
    results: dict[Device, bool | str] = field(default_factory=dict)
    selector: Selector | None = None
    refusal: str = ""

    def answer(self, device: Device) -> bool | str:
        """Return the value, or the text of the error."""
        known = self.results.get(device)
        if known is None:
            known = self.results[device] = self._evaluate(device)
        return known

    def _evaluate(self, device: Device) -> bool | str:
        if self.selector is None and not self.refusal:
            self._compile()
        if self.selector is None:
            return self.refusal
        try:
            return self.selector.matches(device)
        except SelectorEvalError as error:
            return f"CEL runtime error on device {device.id}: {error}"

    def _compile(self) -> None:
        if self.text is None:
            self.refusal = EMPTY_EXPRESSION
            return
        try:
            self.selector = compile_cached(self.text, self.environment)
        except SelectorCompileError as error:
            self.refusal = f"CEL compile error: {error}"


@dataclass(slots=True, eq=False)
class Derived:
    """An attribute that a request derives from each device (1.37, alpha)."""

    text: str
    environment: Environment
    values: dict[Device, Attribute] = field(default_factory=dict)

    def of(self, device: Device) -> Attribute:
        """Return the device's value; AllocationAborted where there is none."""
        known = self.values.get(device)
        if known is None:
            known = self.values[device] = self._evaluated(device)
        return known

    def _evaluated(self, device: Device) -> Attribute:
        # Loaded late, as hardly any claim has such attributes.
        from dractl.cel.derived import compile_derived

        try:
            return compile_derived(self.text, self.environment).of(device)
        except SelectorCompileError as error:
            raise AllocationAborted(f"CEL compile error: {error}") from error
        except SelectorEvalError as error:
            raise AllocationAborted(
                f"CEL runtime error on device {device.id}: {error}"
            ) from error


class Eligibility:
    """The selectors of a class and of a request, class first, as one question."""

    def __init__(self, expressions: Sequence[_Expression]) -> None:
        self._expressions = tuple(expressions)
        self._verdicts: dict[Device, Verdict] = {}

    def verdict(self, device: Device) -> Verdict:
        """Tell whether the device passes; a failure is returned, not raised."""
        known = self._verdicts.get(device)
        if known is None:
            known = self._verdicts[device] = self._judge(device)
        return known

    def _judge(self, device: Device) -> Verdict:
        for part, expression in enumerate(self._expressions):
            result = expression.answer(device)
            if result is True:
                continue
            return False if result is False else Failure(part, result, device.id)
        return True

    def guarded(self, part: int) -> str:
        """Return the guarded form of an expression; "" where that would not help."""
        selector = self._expressions[part].selector
        return (guarded(selector.text, selector.root) or "") if selector else ""

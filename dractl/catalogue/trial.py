"""What an expression does to devices: the whole answer of a try."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dractl.catalogue.advice import Advice, advise, advise_on_text
from dractl.catalogue.funnel import Funnel, Stage, run
from dractl.catalogue.index import Catalogue
from dractl.catalogue.nearmiss import NearMiss, near_miss
from dractl.catalogue.repair import replacements
from dractl.cel.cost import MAX_COST
from dractl.cel.device import is_readable
from dractl.cel.environment import Environment
from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.guard import guarded
from dractl.cel.selector import Selector, compile_cached
from dractl.model.devices import Device

EXPRESSION: Final = "expression"
"""The owner of the stages of the expression itself."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The device for which evaluation costs most, and what it costs."""

    cost: int
    device: Device


@dataclass(frozen=True, slots=True)
class Trial:
    """An expression tried on devices; without a selector it does not compile.

    `refusal` is what keeps the API server from accepting it although it compiles, "" if
    nothing does. `near` belongs to the clause that removed the last devices.
    """

    text: str
    devices: tuple[Device, ...] = field(repr=False)
    selector: Selector | None
    error: SelectorCompileError | None
    funnel: Funnel
    guarded: str | None = None
    near: NearMiss | None = None
    worst: Worst | None = None
    advice: tuple[Advice, ...] = ()

    @property
    def selected(self) -> tuple[Device, ...]:
        """The devices that pass everything."""
        return self.funnel.passing if self.selector is not None else ()

    @property
    def failing(self) -> int:
        """How many devices would abort scheduling."""
        return sum(len(stage.failing) for stage in self.funnel.stages)

    @property
    def refusal(self) -> str:
        """Why the API server refuses what compiles; "": it does not."""
        if self.selector is not None and self.selector.max_cost > MAX_COST:
            cost = self.selector.max_cost
            return f"it may cost {cost}, {MAX_COST} are allowed"
        return ""

    @property
    def is_usable(self) -> bool:
        """Whether the API server accepts it and some device is selected."""
        return bool(self.selected) and not self.refusal


def attempt(
    text: str,
    environment: Environment,
    devices: Sequence[Device],
    catalogue: Catalogue,
    before: Sequence[tuple[str, Selector]] = (),
) -> Trial:
    """Try an expression on devices, after the selectors of others.

    `catalogue` holds all that exists, so that names can be told that no device has.
    """
    try:
        selector = compile_cached(text, environment)
    except SelectorCompileError as error:
        return Trial(
            text,
            tuple(devices),
            None,
            error,
            run(before, devices),
            advice=advise_on_text(text, catalogue, environment),
        )
    funnel = run([*before, (EXPRESSION, selector)], devices)
    fatal = funnel.fatal
    near = None if fatal is None else near_miss(fatal.node, fatal.removed, catalogue)
    found = advise(text, selector.root, catalogue, environment)
    if fatal is not None and near is not None and fatal.owner == EXPRESSION:
        found = (*found, *_instead(fatal, near, found))
    return Trial(
        text,
        tuple(devices),
        selector,
        None,
        funnel,
        guarded=guarded(text, selector.root),
        near=near,
        worst=_worst(selector, _reached(funnel, devices)),
        advice=found,
    )


def _instead(stage: Stage, near: NearMiss, known: Sequence[Advice]) -> Iterator[Advice]:
    """Yield what to write in the place of the clause that removed the last devices."""
    text, node = stage.source.text, stage.node
    for better in replacements(stage, near)[:1]:
        whole = f"{text[: node.start]}{better}{text[node.end :]}"
        if all(whole != each.expression for each in known):
            yield Advice(
                "near-miss", "some device passes this, which comes nearest", whole
            )


def _reached(funnel: Funnel, devices: Sequence[Device]) -> Sequence[Device]:
    """Return the devices on which the expression itself is evaluated."""
    before = [stage for stage in funnel.stages if stage.owner != EXPRESSION]
    gone = {id(device) for stage in before for device in stage.removed}
    return [device for device in devices if id(device) not in gone]


def _worst(selector: Selector, devices: Sequence[Device]) -> Worst | None:
    """Return what evaluation costs at most; None where it has no answer anywhere."""
    worst: Worst | None = None
    seen: set[object] = set()
    reads = None if selector.reads is None else sorted(selector.reads)
    for device in devices:
        if reads is not None:
            key = _what_matters(selector, reads, device)
            if key in seen:
                continue
            seen.add(key)
        try:
            cost = selector.cost(device)
        except SelectorEvalError:
            continue
        if worst is None or cost > worst.cost:
            worst = Worst(cost, device)
    return worst


def _what_matters(
    selector: Selector, reads: Sequence[tuple[str, str]], device: Device
) -> object:
    """Return what is equal for two devices only if evaluation costs the same."""
    return (
        is_readable(device, lists=selector.environment.lists_readable),
        device.driver,
        device.allow_multiple_allocations,
        *(
            device.attributes.get(name)
            if kind == "attributes"
            else device.qualified_capacity.get(name)
            for kind, name in reads
        ),
    )

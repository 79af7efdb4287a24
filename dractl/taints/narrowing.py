"""Classes and CEL expressions, which rules cannot select by, as single devices."""

from collections.abc import Sequence

from dractl.catalogue.nearest import guess
from dractl.cel.environment import Environment
from dractl.cel.errors import SelectorCompileError
from dractl.cel.selector import compile_cached
from dractl.errors import unclear
from dractl.model.devices import Device
from dractl.model.taintrules import DeviceSelector
from dractl.solver.eligibility import Selectors
from dractl.solver.rules import rules_of
from dractl.taints.fleet import Fleet
from dractl.taints.notices import Notice


def narrowed(
    fleet: Fleet,
    selectors: Sequence[DeviceSelector],
    device_class: str | None,
    expression: str | None,
) -> tuple[list[DeviceSelector], list[Notice]]:
    """Return selectors of the single devices that pass a class and an expression.

    Raises DractlError if there is no such class, or if no device passes.
    """
    of_class = () if device_class is None else _selectors_of(fleet, device_class)
    texts = of_class if expression is None else (*of_class, expression)
    environment = rules_of(fleet.snapshot.profile).environment
    for text in texts:
        _check_compiles(text, environment)
    eligibility = Selectors(environment).eligibility(texts)
    devices: dict[Device, None] = {}
    for selector in selectors:
        devices.update(dict.fromkeys(fleet.selected(selector)))
    passing, failing = [], []
    for device in devices:
        verdict = eligibility.verdict(device)
        if verdict is True:
            passing.append(DeviceSelector(*device.id))
        elif verdict is not False:
            failing.append(verdict)
    if not passing:
        raise unclear(
            f"none of {len(devices)} devices is selected",
            hint="dractl cel EXPRESSION shows what each clause selects",
            code="selects-nothing",
        )
    notices = [
        Notice(
            "single-devices",
            "rules cannot select by class or expression any more, so each device gets "
            "its own; devices that come later get none",
        )
    ]
    if failing:
        count = len(failing)
        message = f"on {count} of {len(devices)} devices, an expression has no answer"
        notices.append(Notice("selector-fails", f"{message}: {failing[0].text}"))
    return passing, notices


def _selectors_of(fleet: Fleet, name: str) -> tuple[str | None, ...]:
    found = fleet.snapshot.class_by_name.get(name)
    if found is not None:
        return found.selectors
    known = fleet.snapshot.class_by_name
    raise unclear(
        f"there is no DeviceClass {name[:120]!r}",
        hint=guess(name, known, "kubectl get deviceclasses"),
        code="unknown-class",
    )


def _check_compiles(text: str | None, environment: Environment) -> None:
    if text is None:
        return
    try:
        compile_cached(text, environment)
    except SelectorCompileError as error:
        raise unclear(
            f"{text[:120]!r} does not compile: {error}",
            hint="dractl cel shows where it is wrong",
            code="selector-compile",
        ) from error

"""Causes in errors that stop the scheduler for the whole pod, nodes left or not."""

import dataclasses
from collections.abc import Iterator
from functools import partial

from dractl.catalogue.funnel import Stage, funnel
from dractl.catalogue.nearmiss import near_miss
from dractl.catalogue.repair import retyped
from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.guard import guarded
from dractl.cel.selector import Selector, compile_cached
from dractl.diagnose.answer import Cause
from dractl.diagnose.blaming import option_named
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, with_count, with_option
from dractl.diagnose.selection import class_with, rightly_named, with_selector
from dractl.diagnose.table import judged_from_error
from dractl.diagnose.told import Told
from dractl.model.claims import Option, ResourceClaim
from dractl.model.devices import Device
from dractl.solver.errors import Fault
from dractl.solver.placement import Placement
from dractl.solver.rules import MAX_DEVICES

_CODES = {
    "size": "too-many-devices",
    "selector": "selector-error",
    "gate": "feature-disabled",
    "class": "class-missing",
    "pool": "pool-incomplete",
    "constraint": "constraint-unsatisfiable",
}


def code_of_error(placement: Placement) -> str:
    """Return the code of the error that a placement ended in."""
    fault = placement.fault or Fault()
    if fault.kind == "pool" and "invalid" in (placement.aborted or ""):
        return "pool-invalid"
    return _CODES.get(fault.kind, "unknown")


def _claim(case: Case, name: str) -> ResourceClaim | None:
    return next((c for c in case.subject.claims if c.meta.name == name), None)


# -- selectors


@judged_from_error("selector-error")
def selector_error(case: Case, placement: Placement) -> Told:
    """An expression has no answer for a device, which ends the attempt."""
    fault = placement.fault or Fault()
    claim = _claim(case, fault.claim)
    option = option_named(claim, fault.request) if claim is not None else None
    text, owner = _expression(case, option, fault)
    if option is None or text is None:
        return _plain("selector-error", placement)
    device = case.world.device_by_id.get(fault.device) if fault.device else None
    selector = case.world.selector(text)
    if selector is None or device is None:
        return _uncompiled(case, placement, text, owner)
    stages = funnel([(owner, selector)], [device])
    stage = next((each for each in stages if each.failing), None)
    form = guarded(selector.text, selector.root) or ""
    near = _near(case, stage)
    message = (
        f"request {fault.request} of claim {fault.claim}: `{text}` of {owner} fails on "
        f"device {device.id}: {stage.error if stage else placement.aborted}; the "
        "scheduler stops there and tries no other node"
    )
    cause = Cause(
        "selector-error",
        f"{message}; {near}" if near else message,
        fault.claim,
        fault.request,
        _places(case, fault),
        {
            "expression": text,
            "owner": owner,
            "device": str(device.id),
            "error": stage.error if stage else placement.aborted,
            "guarded": form or None,
            "near": near or None,
        },
    )
    changes = [
        *_mended(case, stage, fault, option),
        *_guarding(case, fault, option, selector, device),
    ]
    return Told(cause, tuple(changes))


def _expression(
    case: Case, option: Option | None, fault: Fault
) -> tuple[str | None, str]:
    """Return the failing expression and whose it is."""
    if option is None or fault.part < 0:
        return None, ""
    device_class = case.world.snapshot.class_by_name.get(option.device_class)
    of_class = device_class.selectors if device_class else ()
    if fault.part < len(of_class):
        return of_class[fault.part], f"class {option.device_class}"
    return option.selectors[fault.part - len(of_class)], f"request {fault.request}"


def _places(case: Case, fault: Fault) -> tuple[str, ...]:
    """Return the nodes that can be told to see the device."""
    if fault.device is None:
        return ()
    key = (fault.device.driver, fault.device.pool)
    only = case.world.allocator.inventory.nodes_of(key)
    known = only is not None and only in case.world.snapshot.node_by_name
    return (only,) if only is not None and known else ()


def _near(case: Case, stage: Stage | None) -> str:
    if stage is None:
        return ""
    miss = near_miss(stage.node, stage.removed, case.world.catalogue)
    return miss.sentence() if miss is not None else ""


def _mended(
    case: Case, stage: Stage | None, fault: Fault, option: Option
) -> Iterator[Change]:
    """Yield the right name of a value, or the right kind of the value beside it."""
    if stage is None:
        return
    miss = near_miss(stage.node, case.world.devices, case.world.catalogue)
    text = stage.source.text
    if miss is None:
        return
    if named := rightly_named(stage.source, miss):
        told = f"write `{named}` instead of `{text}`"
        yield _rewritten(case, fault, option, (text, named), told)
    if miss.mismatch is not None:
        clause = retyped(miss.comparison, miss.mismatch[0])
        if clause is not None:
            whole = text.replace(stage.text, clause, 1)
            told = f"write `{clause}` instead of `{stage.text}`"
            yield _rewritten(case, fault, option, (text, whole), told)


def _guarding(
    case: Case, fault: Fault, option: Option, selector: Selector, device: Device
) -> Iterator[Change]:
    """Yield the guarded form, where it has an answer for the device."""
    form = guarded(selector.text, selector.root)
    if form is None or not _has_answer(case, form, device):
        return
    told = f"ask before reading: `{form}`"
    change = _rewritten(case, fault, option, (selector.text, form), told)
    yield dataclasses.replace(
        change, at_least="the scheduler goes on to other devices and nodes then"
    )


def _has_answer(case: Case, text: str, device: Device) -> bool:
    selector = case.world.selector(text)
    try:
        return selector is not None and selector.matches(device) in {True, False}
    except SelectorEvalError:
        return False


def _rewritten(
    case: Case, fault: Fault, option: Option, texts: tuple[str, str], told: str
) -> Change:
    """Return the change of an expression from one text to another, where it stands."""
    before, after = texts
    if before in option.selectors:
        edit = partial(with_selector, before=before, after=after)
        return Change(told, with_option(fault.claim, fault.request, edit))
    device_class = case.world.snapshot.class_by_name[option.device_class]
    changed = class_with(device_class, before, after)
    return Change(
        f"{told} (in class {device_class.name})",
        moves=partial(case.world.with_classes, changed),
    )


def _uncompiled(case: Case, placement: Placement, text: str, owner: str) -> Told:
    """Tell of an expression that does not compile, or not on this release."""
    fault = placement.fault or Fault()
    why = placement.aborted or ""
    try:
        compile_cached(text, case.world.allocator.rules.environment)
    except SelectorCompileError as error:
        why = f"it does not compile: {error}"
    cause = Cause(
        "selector-error",
        f"request {fault.request} of claim {fault.claim}: `{text}` of {owner}: {why}",
        fault.claim,
        fault.request,
        evidence={"expression": text, "owner": owner, "error": why},
    )
    return Told(cause, (Change("check the expression with: dractl cel"),))


# -- the others


@judged_from_error("too-many-devices")
def too_many(case: Case, placement: Placement) -> Told:
    """A claim asks for more devices than one claim may have."""
    fault = placement.fault or Fault()
    claim = _claim(case, fault.claim)
    cause = Cause(
        "too-many-devices",
        f"claim {fault.claim} asks for {fault.subject} devices{_with(fault)}; one "
        f"claim may have {MAX_DEVICES}",
        fault.claim,
        fault.request or None,
        evidence={"wanted": int(fault.subject or 0), "limit": MAX_DEVICES},
    )
    return Told(
        cause,
        (
            *_within_limit(claim),
            Change("ask for the rest in another claim of the same pod"),
        ),
    )


def _with(fault: Fault) -> str:
    return f" with {fault.request}" if fault.request else ""


def _within_limit(claim: ResourceClaim | None) -> Iterator[Change]:
    """Yield asking for no more than the limit, if one request alone is above it."""
    if claim is None or len(claim.spec.requests) != 1:
        return
    request = claim.spec.requests[0]
    if len(request.options) == 1:
        yield Change(
            f"ask for {MAX_DEVICES} devices in request {request.name}",
            with_count(claim.meta.name, request.name, MAX_DEVICES),
        )


@judged_from_error("feature-disabled")
def gate_off(case: Case, placement: Placement) -> Told:
    """The claim needs a feature that is off, or that the release does not have."""
    fault = placement.fault or Fault()
    gate = fault.subject
    profile = case.world.snapshot.profile
    known = gate and profile.knows(gate)
    if not gate:
        why = (
            f"request {fault.request} has neither exactly nor firstAvailable; a field "
            "that the release does not know was dropped"
        )
    elif known:
        why = f"it needs feature gate {gate}, which is off"
    else:
        why = f"it needs feature gate {gate}, which {profile.version} does not have"
    cause = Cause(
        "feature-disabled",
        f"claim {fault.claim}{_request(fault)}: {why}",
        fault.claim,
        fault.request or None,
        evidence={"gate": gate or None, "release": str(profile.version)},
    )
    advice = (
        Change(f"turn {gate} on in API server, scheduler and controllers")
        if known
        else Change("use a newer release of Kubernetes, or do without the field")
    )
    return Told(cause, (advice,))


def _request(fault: Fault) -> str:
    return f", request {fault.request}" if fault.request else ""


@judged_from_error("class-missing")
def no_class(case: Case, placement: Placement) -> Told:
    """A request names no class, or one that is gone."""
    del case
    return _plain("class-missing", placement)


@judged_from_error("pool-incomplete")
def all_of_incomplete(case: Case, placement: Placement) -> Told:
    """A request for all devices meets a pool that is being updated."""
    return _all_of_bad_pool(case, placement, "pool-incomplete")


@judged_from_error("pool-invalid")
def all_of_invalid(case: Case, placement: Placement) -> Told:
    """A request for all devices meets a pool that is invalid."""
    return _all_of_bad_pool(case, placement, "pool-invalid")


def _all_of_bad_pool(case: Case, placement: Placement, code: str) -> Told:
    fault = placement.fault or Fault()
    state = "complete" if code == "pool-incomplete" else "valid"
    driver, _, pool = fault.subject.partition("/")
    slices = case.world.allocator.inventory.slices_of((driver, pool))
    cause = Cause(
        code,
        f"request {fault.request} of claim {fault.claim} wants all devices, which "
        f"fails as long as any pool of the node is not {state}: {fault.subject} is not",
        fault.claim,
        fault.request,
        evidence={
            "pools": [{"pool": fault.subject, "slices": [each.name for each in slices]}]
        },
    )
    return Told(
        cause,
        (
            Change("ask for a number of devices instead of all"),
            Change(f"see that driver {driver} publishes the rest of its pool"),
        ),
    )


@judged_from_error("constraint-unsatisfiable")
def all_of_unlike(case: Case, placement: Placement) -> Told:
    """A request for all devices meets one that a constraint refuses."""
    del case
    fault = placement.fault or Fault()
    cause = Cause(
        "constraint-unsatisfiable",
        f"request {fault.request} of claim {fault.claim} wants all devices, but the "
        f"constraint on {fault.subject} refuses {fault.device}; the scheduler stops "
        "there",
        fault.claim,
        fault.request,
        evidence={"attribute": fault.subject, "device": str(fault.device)},
    )
    return Told(cause, (Change("ask for a number of devices, or drop the constraint"),))


@judged_from_error("unknown")
def other_error(case: Case, placement: Placement) -> Told:
    """Another error stops the scheduler."""
    del case
    fault = placement.fault or Fault()
    if fault.kind == "budget":
        cause = Cause(
            "unknown",
            f"the search for devices did not end within {fault.subject} steps; the "
            "scheduler gives up after 10 s per node, too",
            evidence={"steps": int(fault.subject)},
        )
        return Told(
            cause, (Change("ask for fewer devices in one claim, or add constraints"),)
        )
    return _plain("unknown", placement)


def _plain(code: str, placement: Placement) -> Told:
    fault = placement.fault or Fault()
    message = placement.aborted or placement.reason or ""
    return Told(
        Cause(
            code,
            f"the scheduler stops with an error: {message}",
            fault.claim or None,
            fault.request or None,
            evidence={"error": message},
        )
    )

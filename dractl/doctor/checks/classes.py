"""DeviceClasses: what they select, and who names one that is not there."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from shlex import quote
from typing import Final, NamedTuple

from dractl.catalogue.drivers import drivers_of
from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.selector import Selector
from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.asking import compiled
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.leftovers.uses import classes_used
from dractl.model.claims import ClaimSpec, DeviceClass
from dractl.model.devices import Device
from dractl.rules.registry import Severity
from dractl.solver.extended import class_by_resource

_FEW: Final = 3
_GPUS: Final = "gpu.nvidia.com"
_DOMAINS: Final = "compute-domain.nvidia.com"


class _Outcome(NamedTuple):
    """What the selectors of a class do to devices; `error` "": they can be told."""

    selects: bool = False
    error: str = ""
    device: Device | None = None


@check("class-selects-nothing", Severity.WARNING, needs=("ResourceSlice",))
def classes_select(case: Case) -> Iterator[Finding | Skipped]:
    """A DeviceClass selects none of the devices that are published.

    A claim that asks for it waits for ever. It is a warning where somebody asks for the
    class; classes that nobody uses may have been made in advance, and are to know. The
    driver may publish nothing, or other attributes than the class expects:
    `dractl cel EXPRESSION` shows which part of a selector fails on which device. Where
    no device at all is published, driver-none tells of it.
    """
    if not case.snapshot.slices:
        return
    used = classes_used(case.snapshot)
    published = set(case.cluster.fleet.pools_of)
    for each in case.snapshot.classes:
        selectors = _compiled(case, each)
        if isinstance(selectors, str):
            continue
        wanted = drivers_of(selectors)
        if any(_outcome(selectors, one).selects for one in _of(case, selectors)):
            continue
        absent = bool(wanted) and published.isdisjoint(wanted or ())
        why = (
            f"no device of {listed(sorted(wanted or ()))} is published"
            if absent
            else "no published device passes its selectors"
        )
        yield Finding(
            "class-selects-nothing",
            Severity.WARNING if each.name in used else Severity.INFO,
            why + ("" if each.name in used else "; nobody asks for it"),
            f"DeviceClass/{each.name}",
            fix=_missing_driver(wanted or (), published)
            if absent
            else "compare the selector with what the driver publishes",
            commands=() if absent else (_shown(each),),
            evidence={"drivers": sorted(wanted or ()), "isUsed": each.name in used},
        )


def _missing_driver(wanted: Collection[str], published: Collection[str]) -> str:
    """Return what helps where no driver of a class publishes anything."""
    if _GPUS in wanted and _DOMAINS in published:
        return (
            "NVIDIA's driver is there, and set up for ComputeDomains alone: set "
            "resources.gpus.enabled=true in its chart, and let no device plugin have "
            "the GPUs"
        )
    return f"install or look at driver {listed(sorted(wanted))}"


@check("class-selector-fails", Severity.ERROR, needs=("ResourceSlice",))
def selectors_can_be_told(case: Case) -> Iterator[Finding | Skipped]:
    """The CEL of a DeviceClass does not compile, or fails on a published device.

    Where evaluation fails on a device that the scheduler looks at, it gives up on the
    node: the pod waits though other devices would do. Mostly an attribute is read that
    some devices lack, or that is of another driver: compare `device.driver` first, and
    ask `"name" in device.attributes["domain"]` before reading. Devices that publish the
    same attributes are looked at once.
    """
    used = classes_used(case.snapshot)
    for each in case.snapshot.classes:
        selectors = _compiled(case, each)
        if isinstance(selectors, str):
            said = f"its selector does not compile: {selectors}"
            yield _fails(each, said, _tried(each), is_used=True)
            continue
        bad = [
            found
            for shape in _shapes(case)
            if (found := _outcome(selectors, shape)).error
        ]
        if bad and bad[0].device is not None:
            more = f", and on {len(bad) - 1} more kinds of devices" if bad[1:] else ""
            said = f"its selector fails on {bad[0].device.id}: {bad[0].error}{more}"
            yield _fails(each, said, (_shown(each),), is_used=each.name in used)


def _fails(
    each: DeviceClass, said: str, commands: tuple[str, ...], *, is_used: bool
) -> Finding:
    return Finding(
        "class-selector-fails",
        Severity.ERROR if is_used else Severity.WARNING,
        said,
        f"DeviceClass/{each.name}",
        fix="compare device.driver first, and read only attributes that are there",
        commands=commands,
        evidence={"selectors": list(each.selectors), "isUsed": is_used},
    )


def _shown(each: DeviceClass) -> str:
    """Return a command that shows what each clause of the class does to devices."""
    return f"dractl cel true --class {quote(each.name)}"


def _tried(each: DeviceClass) -> tuple[str, ...]:
    """Return commands that show why the selectors do not compile."""
    return tuple(f"dractl cel {quote(text)}" for text in each.selectors if text)


@check("class-resource-twice", Severity.WARNING)
def resources_are_of_one_class(case: Case) -> Iterator[Finding | Skipped]:
    """Several DeviceClasses have one extendedResourceName.

    The newest of them counts, of equally old ones the first by name; the others never
    serve a pod that asks for the resource.
    """
    counts = Counter(
        each.extended_resource_name
        for each in case.snapshot.classes
        if each.extended_resource_name
    )
    winners = class_by_resource(case.snapshot.classes)
    for resource, number in counts.items():
        if number > 1:
            names = [
                each.name
                for each in case.snapshot.classes
                if each.extended_resource_name == resource
            ]
            yield Finding(
                "class-resource-twice",
                Severity.WARNING,
                f"{listed(names)} have it; {winners[resource].name} counts",
                f"extended resource {resource}",
                fix="leave it to one of them",
                evidence={"classes": names, "counts": winners[resource].name},
            )


@check("class-missing", Severity.WARNING)
def classes_are_there(case: Case) -> Iterator[Finding | Skipped]:
    """A claim that waits, or a template, names a DeviceClass that is not there.

    Pods wait until somebody makes the class. A request with alternatives does without
    those whose class is missing, so it is told only where all are.
    """
    if not case.snapshot.classes and (why := case.lack_of("DeviceClass")):
        yield Skipped("class-missing", why)
        return
    missing: dict[str, list[str]] = {}
    for kind, objects in (
        ("ResourceClaim", case.snapshot.pending_claims),
        ("ResourceClaimTemplate", case.snapshot.templates),
    ):
        for each in objects:
            for name in _missing(case, each.spec):
                named = f"{kind}/{each.meta.namespace}/{each.meta.name}"
                missing.setdefault(name, []).append(named)
    for name, users in missing.items():
        yield Finding(
            "class-missing",
            Severity.WARNING,
            f"it is not there, and named by {listed(users, _FEW)}",
            f"DeviceClass/{name}",
            fix="make the class: drivers bring theirs along; or name one that is there",
            commands=("kubectl get deviceclasses",),
            evidence={"class": name, "users": users},
        )


def _missing(case: Case, spec: ClaimSpec) -> Iterable[str]:
    known = case.snapshot.class_by_name
    return sorted(
        {
            option.device_class
            for request in spec.requests
            if not any(each.device_class in known for each in request.options)
            for option in request.options
            if option.device_class
        }
    )


def _compiled(case: Case, each: DeviceClass) -> Sequence[Selector] | str:
    """Return the selectors, or why one does not compile."""
    try:
        return compiled(case, each.selectors)
    except SelectorCompileError as error:
        return str(error).partition("\n")[0]  # the rest points into the text


def _of(case: Case, selectors: Sequence[Selector]) -> Iterator[Device]:
    """Yield the devices of the drivers that selectors can accept."""
    wanted = drivers_of(selectors)
    for (driver, _), entries in case.cluster.fleet.pools.items():
        if wanted is None or driver in wanted:
            yield from (entry.device for entry in entries)


def _outcome(selectors: Sequence[Selector], device: Device) -> _Outcome:
    try:
        return _Outcome(all(each.matches(device) for each in selectors))
    except SelectorEvalError as error:
        return _Outcome(error=str(error), device=device)


def _shapes(case: Case) -> Sequence[Device]:
    """Return one device of those that publish the same attributes and capacity."""
    found: dict[object, Device] = {}
    for device in case.cluster.fleet.devices.values():
        kinds = frozenset(
            (name, type(each.value)) for name, each in device.attributes.items()
        )
        key = (device.driver, kinds, frozenset(device.capacity))
        found.setdefault(key, device)
    return list(found.values())

"""A cause in releases and gates: what the claim needs is not there, or was dropped."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from dractl.diagnose.answer import Cause
from dractl.diagnose.blaming import about, subject_of
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, lands, with_spec
from dractl.diagnose.entries import Entry, entries
from dractl.diagnose.survey import Found
from dractl.diagnose.table import found_in_objects, told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed, on_nodes
from dractl.diagnose.world import World
from dractl.model.attributes import LIST_KINDS
from dractl.model.claims import ClaimSpec, Option
from dractl.model.cluster import Profile
from dractl.solver.subjects import Subject

Asks = Callable[[ClaimSpec], bool]


def _any_option(test: Callable[[Option], bool]) -> Asks:
    return lambda spec: any(
        test(option) for request in spec.requests for option in request.options
    )


FIELDS: Final[Mapping[str, tuple[str, Asks]]] = {
    "DRAPrioritizedList": (
        "firstAvailable",
        lambda spec: any(request.prioritized for request in spec.requests),
    ),
    "DRAAdminAccess": (
        "adminAccess",
        _any_option(lambda option: option.admin_access is not None),
    ),
    "DRADeviceTaints": ("tolerations", _any_option(lambda o: bool(o.tolerations))),
    "DRAConsumableCapacity": (
        "capacity or distinctAttribute",
        lambda spec: (
            _any_option(lambda option: option.capacity is not None)(spec)
            or any(each.distinct_attribute for each in spec.constraints)
        ),
    ),
}
"""Which field of a claim needs which gate, and whether a claim has it."""

_SUPPLY: Final[Mapping[str, Callable[[World], bool]]] = {
    "DRAPartitionableDevices": lambda world: any(
        each.shared_counters or each.per_device_scope for each in world.snapshot.slices
    ),
    "DRAConsumableCapacity": lambda world: any(
        device.allow_multiple_allocations for device in world.devices
    ),
    "DRADeviceBindingConditions": lambda world: any(
        device.binding_conditions for device in world.devices
    ),
    "DRAListTypeAttributes": lambda world: any(
        attribute.kind in LIST_KINDS
        for device in world.devices
        for attribute in device.attributes.values()
    ),
}
"""Which gate the devices of a cluster need to be used as they are meant."""

_PARTITIONS: Final = "DRAPartitionableDevices"
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "DRADeviceBindingConditions": ("DRAResourceClaimDeviceStatus",),
}


@found_in_objects("feature-disabled")
def disabled(case: Case) -> Iterator[Told]:
    """A field was dropped, or is ignored: its gate is off or the release too old."""
    if any(claim.meta.deletion_timestamp for claim in case.subject.claims):
        return
    told = [*_prioritized(case), *_dropped(case), *_resources(case)]
    yield from told or _supply(case)


def _prioritized(case: Case) -> Iterator[Told]:
    """Yield claims with alternatives that the scheduler refuses as a whole."""
    gate = "DRAPrioritizedList"
    if case.world.snapshot.profile.enabled(gate):
        return
    for claim in case.subject.claims:
        if claim.allocation is None and FIELDS[gate][1](claim.spec):
            yield _off(case, gate, claim.meta.name, "asks for firstAvailable")


def _off(case: Case, gate: str, claim: str | None, what: str) -> Told:
    profile = case.world.snapshot.profile
    subject = f"claim {claim}" if claim else "the pod"
    if profile.knows(gate):
        why = f"needs feature gate {gate}, which is off"
        advice = f"turn {gate} on in API server, scheduler and controllers"
    else:
        why = f"needs feature gate {gate}, which {profile.version} does not have"
        advice = "use a newer release of Kubernetes, or do without"
    return Told(
        Cause(
            "feature-disabled",
            f"{subject} {what}: that {why}",
            claim,
            evidence={"gate": gate, "release": str(profile.version)},
        ),
        (Change(advice),),
    )


def _dropped(case: Case) -> Iterator[Told]:
    """Yield fields that a template has, and the claim made from it has not."""
    if case.pod is None:
        return
    for entry in entries(case.world, case.pod):
        if entry.claim is None or entry.template is None:
            continue
        if entry.claim.allocation is not None:
            continue
        lost = [
            (gate, field)
            for gate, (field, asks) in FIELDS.items()
            if asks(entry.template.spec) and not asks(entry.claim.spec)
        ]
        if lost and (told := _lost(case, entry, lost)) is not None:
            yield told


def _lost(case: Case, entry: Entry, lost: list[tuple[str, str]]) -> Told | None:
    """Return what was dropped; None where the pod would not fit otherwise, either.

    A request that lost all its alternatives cannot be met in any case.
    """
    assert entry.claim is not None, "the caller has looked"
    assert entry.template is not None, "the caller has looked"
    gates = [gate for gate, _ in lost]
    fields = listed(field for _, field in lost)
    spec = entry.template.spec
    change = Change(
        f"turn {listed(gates)} on, then delete the pod for a new claim",
        with_spec(entry.claim.meta.name, lambda _: spec),
        moves=partial(_world_with, case.world, tuple(gates)),
    )
    is_empty = any(not request.options for request in entry.claim.spec.requests)
    if not is_empty:
        if case.answer.node is not None:
            return None
        # The gate alone may help, whatever the lost field would do.
        gate_alone = dataclasses.replace(change, alter=None)
        if not any(
            lands(case.world, case.subject, case.world.nodes, [each])
            for each in (change, gate_alone)
        ):
            return None
    return Told(
        Cause(
            "feature-disabled",
            f"claim {entry.claim.meta.name} has lost {fields} of its template: the API "
            f"server dropped that, since {listed(gates)} was off at its creation",
            entry.claim.meta.name,
            evidence={"gate": gates[0], "gates": gates, "lost": [f for _, f in lost]},
        ),
        (change,),
    )


def _resources(case: Case) -> Iterator[Told]:
    """Yield extended resources that only DRA could serve, with its gate off."""
    gate = "DRAExtendedResource"
    if case.world.snapshot.profile.enabled(gate):
        return
    for use in case.resources:
        if not any(
            use.resource in node.allocatable and node.allocatable[use.resource].nanos
            for node in case.world.nodes
        ):
            name = case.world.class_by_resource[use.resource].name
            what = f"asks for {use.resource}, which class {name} stands for"
            yield _off(case, gate, None, what)


def _supply(case: Case) -> Iterator[Told]:
    """Yield gates with which the pod would fit, each tried."""
    profile = case.world.snapshot.profile
    if case.subject.problem:
        return
    for gate, uses in _SUPPLY.items():
        if profile.enabled(gate):
            continue
        if not case.world.once(gate, partial(uses, case.world)):
            continue
        if case.answer.node is not None:
            return
        other = _world_with(case.world, (gate,))
        placement = other.placer.probe(case.subject)
        if placement.node is None:
            continue
        yield _off(case, gate, None, f"would fit on {placement.node}")


@told_of_nodes("feature-disabled")
def unusable(case: Case, found: Found) -> Told:
    """Devices match, but the scheduler never takes such devices with a gate off."""
    rules = case.world.allocator.rules
    gate = "DRADeviceBindingConditions" if rules.partitionable else _PARTITIONS
    told = _off(case, gate, None, "")
    message = (
        f"{subject_of(case, found)}: the devices that match {on_nodes(found.names)} "
        f"need feature gate {gate}, which is off"
    )
    cause = about(case, found, message, **told.cause.evidence)
    return told._replace(cause=cause)


def _world_with(world: World, gates: tuple[str, ...]) -> World:
    profile = world.snapshot.profile
    wanted = {gate: True for name in gates for gate in (name, *_NEEDED.get(name, ()))}
    on = {**dict.fromkeys(profile.gates, True), **wanted}
    return world.with_profile(Profile.of(profile.version, on))


def without_problem(subject: Subject) -> Subject:
    """Return the subject as if nothing kept the scheduler from looking at it."""
    return dataclasses.replace(subject, problem=None)

"""What tells that a pod meets a known bug: one question for each, asked by bugs.py.

The answer is None for no, else a few words on what of the pod meets it; they may be "".
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.diagnose.words import listed
from dractl.model.claims import Allocation, Option, ResourceClaim
from dractl.model.devices import Device
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Event, Node, Pod
from dractl.solver.inventory import CounterKey, PoolKey
from dractl.solver.subjects import is_waiting
from dractl.solver.view import tolerates, used_of

if TYPE_CHECKING:
    from dractl.diagnose.case import Case
    from dractl.diagnose.world import World

_PREPARING: Final = "FailedPrepareDynamicResources"


class Seen(NamedTuple):
    """A pod, and what was found to keep it."""

    case: "Case"
    pod: Pod
    codes: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        """Whether the scheduler refuses a pod that fits by all that can be told."""
        return is_waiting(self.pod) and self.codes == ("unknown",)

    @property
    def may_be_tried(self) -> bool:
        """Whether the pod waits, and nothing but the scheduler is in its way."""
        return is_waiting(self.pod) and set(self.codes) <= {"unknown"}


# -- what is asked about


def _asked(seen: Seen) -> Iterator[tuple[ResourceClaim, Option]]:
    """Yield what the pod's claims still wait for."""
    for claim in seen.case.subject.claims:
        if claim.allocation is None:
            for request in claim.spec.requests:
                for option in request.options:
                    yield claim, option


def _match(seen: Seen, option: Option, among: Sequence[Device]) -> Device | None:
    """Return the first device that an option selects, of a list kept by the world."""
    world = seen.case.world
    device_class = world.snapshot.class_by_name.get(option.device_class)
    if device_class is None:
        return None
    texts = (*device_class.selectors, *option.selectors)

    def first() -> Device | None:
        eligibility = world.allocator.planner.selectors.eligibility(texts)
        return next((each for each in among if eligibility.verdict(each) is True), None)

    return world.once(("first match", texts, id(among)), first)


def _held(seen: Seen) -> Iterator[tuple[ResourceClaim, Device]]:
    """Yield the devices that the pod has, with its claims, the special one included."""
    world, pod = seen.case.world, seen.pod
    claims = list(seen.case.subject.claims)
    if pod.extended_claim:
        key = (pod.meta.namespace, pod.extended_claim)
        special = world.snapshot.claim_by_key.get(key)
        claims += [] if special is None else [special]
    for claim in claims:
        for result in claim.allocation.results if claim.allocation else ():
            device = world.device_by_id.get(result.device)
            if device is not None:
                yield claim, device


def _events(seen: Seen, *reasons: str) -> list[Event]:
    return seen.case.world.events_of("Pod", seen.pod.meta.key, *reasons)


def _says(seen: Seen, words: str, *reasons: str) -> bool:
    return any(words in event.message for event in _events(seen, *reasons))


def _consuming(seen: Seen) -> list[Device]:
    world = seen.case.world
    return world.once(
        "devices that draw on counters",
        lambda: [each for each in world.devices if each.consumes],
    )


def _has_events(seen: Seen) -> bool:
    """Tell whether the snapshot holds events, so that none of the pod means none."""
    return bool(seen.case.world.snapshot.events)


# -- predicates: the scheduler


def mixes_allocated_and_fresh(seen: Seen) -> str | None:
    """Return the claim that is allocated for several nodes, beside one that is not."""
    claims = seen.case.subject.claims
    if not seen.may_be_tried or all(claim.allocation for claim in claims):
        return None
    for claim in claims:
        if claim.allocation is None:
            continue
        nodes = seen.case.world.nodes
        if sum(_reaches(claim.allocation, node) for node in nodes) > 1:
            return f"claim {claim.meta.name} is allocated, another is not"
    return None


def _reaches(allocation: Allocation, node: Node) -> bool:
    selector = allocation.node_selector
    try:
        return selector is None or selector.matches(node.name, node.meta.labels)
    except NodeSelectorError:
        return False


def wants_all_that_consume(seen: Seen) -> str | None:
    """Return a device that draws on counters, of all that a claim asks for."""
    if not is_waiting(seen.pod):
        return None
    for claim, option in _asked(seen):
        if option.mode != "All":
            continue
        device = _match(seen, option, _consuming(seen))
        if device is not None:
            return f"claim {claim.meta.name} selects {device.id}"
    return None


def wants_all_and_one_is_spent(seen: Seen) -> str | None:
    """Return a shared device without anything left, of all that are asked for."""
    if not is_waiting(seen.pod):
        return None
    world = seen.case.world
    spent = world.once("devices that are spent", lambda: _spent(world))
    for claim, option in _asked(seen):
        if option.mode != "All" or not spent:
            continue
        device = _match(seen, option, spent)
        if device is not None:
            return f"claim {claim.meta.name}, {device.id}"
    return None


def _spent(world: "World") -> list[Device]:
    usage = world.allocator.usage
    shared = [each for each in world.devices if each.allow_multiple_allocations]
    return [each for each in shared if _is_spent(each, used_of(usage, each))]


def _is_spent(device: Device, used: Mapping[str, int]) -> bool:
    return any(
        used.get(name, 0) >= capacity.value.nanos > 0
        for name, capacity in device.capacity.items()
    )


def is_refused_all_in_alternatives(seen: Seen) -> str | None:
    """Return the claim of a refused pod with an alternative that wants all."""
    if not seen.is_refused:
        return None
    named = (c.meta.name for c, o in _asked(seen) if o.name and o.mode == "All")
    claim = next(named, None)
    return None if claim is None else f"claim {claim}"


def is_refused_counters(seen: Seen) -> str | None:
    """Return the claim of a refused pod that selects devices with counters."""
    if not seen.is_refused:
        return None
    for claim, option in _asked(seen):
        if _match(seen, option, _consuming(seen)) is not None:
            return f"claim {claim.meta.name}"
    return None


def shares_the_name_of_a_pool(seen: Seen) -> str | None:
    """Return two drivers with counters in pools of one name, one of them asked for."""
    if not seen.is_refused:
        return None
    world = seen.case.world
    mixed = world.once("devices of mixed pools", lambda: _mixed(_consuming(seen)))
    for _, option in _asked(seen):
        device = _match(seen, option, mixed)
        if device is not None:
            drivers = {each.driver for each in mixed if each.id.pool == device.id.pool}
            return f"{' and '.join(sorted(drivers))}, pool {device.id.pool}"
    return None


def _mixed(consuming: Sequence[Device]) -> list[Device]:
    """Return the devices in whose pool's name another driver has counters, too."""
    drivers: dict[str, set[str]] = {}
    for each in consuming:
        drivers.setdefault(each.id.pool, set()).add(each.driver)
    return [each for each in consuming if len(drivers[each.id.pool]) > 1]


def timed_out(seen: Seen) -> str | None:
    """Return "" for a search that ran out of time, filed as unschedulable."""
    said = any(
        each.type == "PodScheduled"
        and each.reason == "Unschedulable"
        and "timed out trying to allocate devices" in each.message
        for each in seen.pod.conditions
    )
    return "" if said else None


def is_refused_beside_rules(seen: Seen) -> str | None:
    """Return the rules that the scheduler of a refused pod may not follow."""
    rules = seen.case.world.snapshot.taint_rules
    if not seen.is_refused or not rules:
        return None
    return listed(f"DeviceTaintRule {each.name}" for each in rules)


def is_kept_off_by_nothing(seen: Seen) -> str | None:
    """Return the rules without a selector, of a pod that taints keep from devices."""
    rules = seen.case.world.snapshot.taint_rules
    bare = [f"DeviceTaintRule {each.name}" for each in rules if not each.selects]
    return listed(bare) if bare and "devices-tainted" in seen.codes else None


# -- predicates: what pods have


def is_overdrawn(seen: Seen) -> str | None:
    """Return of which of the pod's counters more is given out than there is."""
    world = seen.case.world
    for _, held in _held(seen):
        key = (held.driver, held.id.pool)
        taken = _taken(seen, key)
        for each in world.allocator.inventory.slices_of(key):
            for counters in each.shared_counters:
                for name, there in counters.counters.items():
                    total = taken.get((counters.name, name), 0)
                    if total > there.nanos:
                        given = dataclasses.replace(there, nanos=total)
                        return f"{given} of {name} in pool {held.id.pool}, of {there}"
    return None


def _taken(seen: Seen, key: PoolKey) -> dict[CounterKey, int]:
    """Return what the held devices of a pool draw from its counters, in nanos."""
    world = seen.case.world
    taken: dict[CounterKey, int] = {}
    for device in world.devices_of(key):
        if not world.holders.of(device.id):
            continue
        for use in device.consumes:
            for name, amount in use.counters.items():
                place = (use.counter_set, name)
                taken[place] = taken.get(place, 0) + amount.nanos
    return taken


def escapes_eviction(seen: Seen) -> str | None:
    """Return a NoExecute taint of a device that is had as an extended resource."""
    for claim, device in _held(seen):
        if claim.meta.name != seen.pod.extended_claim:
            continue
        for taint in device.taints:
            if taint.effect == "NoExecute":
                return f"device {device.id}, taint {taint.key}"
    return None


def lost_tolerations(seen: Seen) -> str | None:
    """Return a taint that the claim tolerates, and its allocation does not say so."""
    for claim in seen.case.subject.claims:
        stored = any(
            result.tolerations
            for result in (claim.allocation.results if claim.allocation else ())
        )
        wanted = [
            each
            for request in claim.spec.requests
            for option in request.options
            for each in option.tolerations
        ]
        for holder, device in _held(seen):
            for taint in device.taints:
                if (
                    holder is claim
                    and taint.effect == "NoExecute"
                    and not stored
                    and any(tolerates(each, taint) for each in wanted)
                ):
                    return f"claim {claim.meta.name}, taint {taint.key}"
    return None


def asks_for_extended(seen: Seen) -> str | None:
    """Return the extended resources of a pod that DRA is to serve."""
    if not seen.may_be_tried or not seen.case.subject.extended:
        return None
    return listed(use.resource for use in seen.case.subject.extended)


def is_kept_by_the_finished(seen: Seen) -> str | None:
    """Return a claim that keeps devices from the pod only for pods that have ended."""
    if "devices-in-use" not in seen.codes:
        return None
    world = seen.case.world
    kept = world.once("kept by finished pods", lambda: list(_kept_by_finished(world)))
    for _, option in _asked(seen):
        for claim, devices in kept:
            if _match(seen, option, devices) is not None:
                return f"claim {'/'.join(claim.meta.key)}"
    return None


def _kept_by_finished(world: "World") -> Iterator[tuple[ResourceClaim, list[Device]]]:
    for claim in world.snapshot.claims:
        consumers = world.holders.consumers(claim)
        if claim.allocation and consumers and all(each.is_done for each in consumers):
            known = world.device_by_id
            named = [each.device for each in claim.allocation.results]
            yield claim, [known[each] for each in named if each in known]


def names_capacity_in_full(seen: Seen) -> str | None:
    """Return a capacity that is asked for with its domain."""
    for claim, option in _asked(seen):
        for name in option.capacity or {}:
            if "/" in name:
                return f"claim {claim.meta.name}, {name}"
    return None


def is_passed_over_by_kai(seen: Seen) -> str | None:
    """Return the claim of a pod that KAI-Scheduler refuses, with counters."""
    asks = seen.pod.scheduler_name == "kai-scheduler"
    return is_refused_counters(seen) if asks else None


# -- predicates: the kubelet


def hangs(seen: Seen) -> str | None:
    """Return "" for a bound pod with its claims in order, and no word of it since."""
    claims = seen.case.subject.claims
    reasons = {event.reason for event in _events(seen)}
    is_quiet = reasons <= {"Scheduled"} and _has_events(seen)
    ready = bool(claims) and all(c.allocation and c.reserved_for for c in claims)
    waits = bool(seen.pod.node_name) and seen.pod.phase == "Pending"
    return "" if is_quiet and ready and waits and not seen.codes else None


def driver_is_forgotten(seen: Seen) -> str | None:
    """Return "" where the kubelet says that a driver is not registered."""
    return "" if _says(seen, "not registered", _PREPARING) else None


def claim_is_not_created(seen: Seen) -> str | None:
    """Return "" where a kubelet speaks of a claim that is not created yet."""
    on_node = bool(seen.pod.node_name)
    return "" if on_node and _says(seen, "ResourceClaim not created yet") else None


def claim_info_is_lost(seen: Seen) -> str | None:
    """Return "" where the kubelet lost one of several claims."""
    several = len(seen.case.subject.claims) > 1
    return "" if several and _says(seen, "unable to get claim info") else None

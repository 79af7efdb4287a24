"""Known bugs of Kubernetes that a pod may meet: a table, keyed by release.

A row is a bug with what must be true of a pod for it. Releases and fixes are only those
that the issues state: where a fix has gone into a patch release that they do not name,
the row says that it is not known. The release of the scheduler and of the controllers
is that of the newest kubelet or newer, so of their bugs it is told that they may be
there; of a kubelet's, the node says which it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.model.claims import Option, ResourceClaim
from dractl.model.cluster import KubernetesVersion
from dractl.model.devices import Device
from dractl.model.workloads import Event, Pod
from dractl.solver.subjects import is_waiting
from dractl.solver.view import used_of

if TYPE_CHECKING:
    from dractl.diagnose.answer import Cause
    from dractl.diagnose.case import Case

_PATCH: Final = re.compile(r"v?\d+\.\d+\.(\d{1,4})", re.ASCII)
_PREPARING: Final = "FailedPrepareDynamicResources"


class Part(Enum):
    """Whose bug it is."""

    SCHEDULER = "kube-scheduler"
    CONTROLLERS = "kube-controller-manager"
    KUBELET = "kubelet"
    OTHER = "another scheduler"


class Affected(NamedTuple):
    """A minor release, from a patch on; `fixed` None: in which patch is not known."""

    minor: KubernetesVersion
    since: int = 0
    fixed: int | None = None


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


@dataclass(frozen=True, slots=True)
class Bug:
    """A row. `meets` returns None if a pod cannot meet the bug, else "" or details.

    With no `affected` releases, all before `gone_in` are; without that either, the
    issue does not say which. All of `gates` must be on.
    """

    id: str
    part: Part
    symptom: str
    reference: str
    meets: Callable[[Seen], str | None]
    affected: tuple[Affected, ...] = ()
    gone_in: KubernetesVersion | None = None
    gates: tuple[str, ...] = ()


def known_bugs(case: "Case", causes: "Sequence[Cause]") -> Iterator[str]:
    """Yield the bugs of the cluster's release that match the pod."""
    if case.pod is None:
        return
    profile = case.world.snapshot.profile
    seen = Seen(case, case.pod, tuple(cause.code for cause in causes))
    for bug in BUGS:
        if not all(profile.enabled(gate) for gate in bug.gates):
            continue
        when = _when(bug, seen)
        if when is None or (detail := bug.meets(seen)) is None:
            continue
        told = f" ({detail})" if detail else ""
        yield f"known bug: {bug.symptom}{told}; {when}: {bug.reference}"


# -- releases


def _when(bug: Bug, seen: Seen) -> str | None:
    """Return how the bug and the cluster's release go together; None: not at all."""
    if bug.part is Part.KUBELET and bug.affected:
        return _of_kubelet(bug, seen)
    release = seen.case.world.snapshot.profile.version
    if bug.affected:
        if release not in {each.minor for each in bug.affected}:
            return None
        return f"{bug.part.value} {release} may have it; {_fixes(bug)}"
    if bug.gone_in is not None:
        if release >= bug.gone_in:
            return None
        return f"{bug.part.value} {release} may have it; fixed in {bug.gone_in}"
    return "the issue does not say in which releases"


def _of_kubelet(bug: Bug, seen: Seen) -> str | None:
    node = seen.case.world.snapshot.node_by_name.get(seen.pod.node_name)
    text = "" if node is None else node.kubelet_version
    patch = _PATCH.match(text)
    if patch is None:
        return None
    minor = KubernetesVersion.parse(text)
    for each in bug.affected:
        ends = each.fixed is not None and int(patch[1]) >= each.fixed
        if each.minor == minor and int(patch[1]) >= each.since and not ends:
            return f"the kubelet on {seen.pod.node_name} is {text}; {_fixes(bug)}"
    return None


def _fixes(bug: Bug) -> str:
    known = [f"{a.minor}.{a.fixed}" for a in bug.affected if a.fixed is not None]
    if known:
        return f"fixed in {', '.join(known)}"
    minors = " and ".join(str(each.minor) for each in bug.affected)
    return f"seen in {minors}, the patch release that fixes it is not known here"


# -- what bugs need


def _asked(seen: Seen) -> Iterator[tuple[ResourceClaim, Option]]:
    """Yield what the pod's claims still wait for."""
    for claim in seen.case.subject.claims:
        if claim.allocation is None:
            for request in claim.spec.requests:
                for option in request.options:
                    yield claim, option


def _matching(seen: Seen, option: Option, among: Sequence[Device]) -> Iterator[Device]:
    world = seen.case.world
    device_class = world.snapshot.class_by_name.get(option.device_class)
    if device_class is None:
        return
    texts = (*device_class.selectors, *option.selectors)
    eligibility = world.allocator.planner.selectors.eligibility(texts)
    yield from (each for each in among if eligibility.verdict(each) is True)


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
    return [each for each in seen.case.world.devices if each.consumes]


def _has_events(seen: Seen) -> bool:
    """Tell whether the snapshot holds events, so that none of the pod means none."""
    return bool(seen.case.world.snapshot.events)


# -- predicates: the scheduler


def _mixes_allocated_and_fresh(seen: Seen) -> str | None:
    claims = seen.case.subject.claims
    if not seen.may_be_tried or all(claim.allocation for claim in claims):
        return None
    for claim in claims:
        if claim.allocation is None:
            continue
        selector = claim.allocation.node_selector
        reachable = [
            node
            for node in seen.case.world.nodes
            if selector is None or selector.matches(node.name, node.meta.labels)
        ]
        if len(reachable) > 1:
            return f"claim {claim.meta.name} is allocated, another is not"
    return None


def _wants_all_that_consume(seen: Seen) -> str | None:
    if not is_waiting(seen.pod):
        return None
    for claim, option in _asked(seen):
        if option.mode != "All":
            continue
        device = next(_matching(seen, option, _consuming(seen)), None)
        if device is not None:
            return f"claim {claim.meta.name} selects {device.id}"
    return None


def _wants_all_and_one_is_spent(seen: Seen) -> str | None:
    if not is_waiting(seen.pod):
        return None
    usage = seen.case.world.allocator.usage
    spent = [
        device
        for device in seen.case.world.devices
        if device.allow_multiple_allocations
        and _is_spent(device, used_of(usage, device))
    ]
    for claim, option in _asked(seen):
        if option.mode != "All" or not spent:
            continue
        device = next(_matching(seen, option, spent), None)
        if device is not None:
            return f"claim {claim.meta.name}, {device.id}"
    return None


def _is_spent(device: Device, used: "dict[str, int]") -> bool:
    return any(
        used.get(name, 0) >= capacity.value.nanos > 0
        for name, capacity in device.capacity.items()
    )


def _is_refused_all_in_alternatives(seen: Seen) -> str | None:
    if not seen.is_refused:
        return None
    named = (c.meta.name for c, o in _asked(seen) if o.name and o.mode == "All")
    claim = next(named, None)
    return None if claim is None else f"claim {claim}"


def _is_refused_counters(seen: Seen) -> str | None:
    if not seen.is_refused:
        return None
    for claim, option in _asked(seen):
        if next(_matching(seen, option, _consuming(seen)), None) is not None:
            return f"claim {claim.meta.name}"
    return None


def _shares_the_name_of_a_pool(seen: Seen) -> str | None:
    if not is_waiting(seen.pod):
        return None
    drivers: dict[str, set[str]] = {}
    for device in _consuming(seen):
        drivers.setdefault(device.id.pool, set()).add(device.driver)
    for _, option in _asked(seen):
        for device in _matching(seen, option, _consuming(seen)):
            if len(drivers[device.id.pool]) > 1:
                both = " and ".join(sorted(drivers[device.id.pool]))
                return f"{both}, pool {device.id.pool}"
    return None


def _timed_out(seen: Seen) -> str | None:
    said = any(
        each.type == "PodScheduled"
        and each.reason == "Unschedulable"
        and "timed out trying to allocate devices" in each.message
        for each in seen.pod.conditions
    )
    return "" if said else None


def _has_overdrawn(seen: Seen) -> str | None:
    """Return a counter of which the devices that are held take more than there is."""
    world = seen.case.world
    for _, held in _held(seen):
        key = (held.driver, held.id.pool)
        taken: dict[tuple[str, str], int] = {}
        for device in world.devices_of(key):
            if world.holders.of(device.id):
                for use in device.consumes:
                    for name, amount in use.counters.items():
                        place = (use.counter_set, name)
                        taken[place] = taken.get(place, 0) + amount.nanos
        for each in world.allocator.inventory.slices_of(key):
            for counters in each.shared_counters:
                for name, there in counters.counters.items():
                    total = taken.get((counters.name, name), 0)
                    if total > there.nanos and _draws(held, counters.name, name):
                        return (
                            f"{_in_unit(total, there.nanos, str(there))} of {name} "
                            f"are given out in pool {held.id.pool}, it has {there}"
                        )
    return None

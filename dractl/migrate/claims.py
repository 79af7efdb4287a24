"""The requests of a claim that stand for extended resources of a pod's containers.

Containers that keep running have a request each. One that ends before has the devices
of those that start later, and only what it needs beyond them is asked for, as the
scheduler counts extended resources (Kubernetes 1.36, scheduler plugin
dynamicresources/extendeddynamicresources.go).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.migrate.answer import Asking, Target, UserPlan
from dractl.migrate.inputs import Order, Shares, Steps, Wire
from dractl.migrate.making import SHARED
from dractl.migrate.naming import label, unlike

MOST_DEVICES: Final = 32
"""How many devices a claim can have (1.36, staging/src/k8s.io/api/resource/v1)."""
_AMOUNT: Final = "{}"


@dataclass(frozen=True, slots=True)
class Request:
    """A request for what stands for a resource; without `count`, for all devices.

    `place` is that of its first container among all.
    """

    name: str
    resource: str
    count: int | None
    body: Wire
    place: int = 0

    @property
    def wire(self) -> dict[str, Any]:
        """The request in v1 form."""
        return {"name": self.name, "exactly": self.body}


@dataclass(slots=True)
class Asked:
    """Requests, and by the places of containers which of them each one has.

    `amounts` are what containers asked for where counts of requests do not tell it, by
    request and container, and `remarks` what differs for their users.
    """

    requests: list[Request] = field(default_factory=list)
    uses: dict[Steps, list[str]] = field(default_factory=dict)
    amounts: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def use(self, ask: Asking, names: Iterable[str]) -> None:
        """Note that a container has some requests."""
        had = self.uses.setdefault(ask.steps, [])
        had += [each for each in names if each not in had]

    def note(self, ask: Asking, names: Sequence[str]) -> None:
        """Note what a container asked for: all of it stands for the first request."""
        for index, name in enumerate(names):
            own = self.amounts.setdefault(name, {}).setdefault(ask.container, {})
            own[ask.resource] = 0 if index else ask.amount

    def uses_of(self, group: Sequence[Request]) -> dict[Steps, list[str]]:
        """Return which of some requests each container has."""
        names = {each.name for each in group}
        found = {
            steps: [each for each in used if each in names]
            for steps, used in self.uses.items()
        }
        return {steps: each for steps, each in found.items() if each}

    def amounts_of(self, group: Sequence[Request]) -> dict[str, dict[str, int]]:
        """Return what is noted of some requests, by container and resource."""
        found: dict[str, dict[str, int]] = {}
        for request in group:
            for container, noted in self.amounts.get(request.name, {}).items():
                own = found.setdefault(container, {})
                for resource, amount in noted.items():
                    own[resource] = own.get(resource, 0) + amount
        return found


def parted(plan: UserPlan, order: Order) -> tuple[list[Asking], list[Asking]]:
    """Return what is asked of a pod's own claims, and of claims that pods share."""
    own: list[Asking] = []
    common: list[Asking] = []
    for each in plan.user.asks:
        target = plan.targets.get(each.resource)
        if target is not None:
            meaning = plan.meanings.get(each.resource)
            unit = target.row.unit if meaning is None else meaning.unit
            is_common = order.shares is Shares.CLAIM and unit in SHARED
            (common if is_common else own).append(each)
    return own, common


def asked(plan: UserPlan, asks: Sequence[Asking]) -> Asked:
    """Return the requests for what a pod's containers ask for, in their order."""
    made = Asked()
    kept = [each for each in asks if not _ends(plan, each)]
    for each in kept:
        if not _is_part(plan, each) or not _has_whole(plan, each, asks):
            _keep(made, plan, each, asks)
    for resource in dict.fromkeys(each.resource for each in asks if _ends(plan, each)):
        _reuse(made, plan, [each for each in asks if each.resource == resource], asks)
    made.requests.sort(key=lambda each: each.place)
    return made


def grouped(requests: Sequence[Request]) -> list[list[Request]]:
    """Return the requests of each claim: all of them in one, if it can have so many.

    Else those for a resource stay together as long as a claim can have them.
    """
    if _devices(requests) <= MOST_DEVICES:
        return [[*requests]] if requests else []
    groups: list[list[Request]] = []
    for resource in dict.fromkeys(each.resource for each in requests):
        same = [each for each in requests if each.resource == resource]
        is_one = _devices(same) <= MOST_DEVICES
        for part in [same] if is_one else [[each] for each in same]:
            if not groups or _devices([*groups[-1], *part]) > MOST_DEVICES:
                groups.append([])
            groups[-1] += part
    return groups


def _devices(requests: Iterable[Request]) -> int:
    """Return how many devices are wanted, at least."""
    return sum(each.count or 1 for each in requests)


def shared_request(plan: UserPlan, resource: str, name: str) -> Request:
    """Return a request for one device that pods share without capacity."""
    body = _body(plan, resource, 1)
    body.pop("capacity", None)
    return Request(name, resource, 1, body)


def _ends(plan: UserPlan, ask: Asking) -> bool:
    """Tell whether a container can have the devices of later ones."""
    target = plan.targets[ask.resource]
    return ask.ends and not target.is_admin and target.row.unit != "fraction"


def _keep(made: Asked, plan: UserPlan, ask: Asking, asks: Sequence[Asking]) -> None:
    """Add the request of a container that keeps its devices."""
    target = plan.targets[ask.resource]
    parts = [each for each in _beside(ask, asks) if _is_part(plan, each)]
    body = _body(plan, ask.resource, _count(plan, ask))
    capacity = _capacity(target, ask.amount)
    for each in parts:
        capacity |= _capacity(plan.targets[each.resource], each.amount)
    if capacity:
        body["capacity"] = {"requests": capacity}
    request = _named(made, ask, asks, body)
    made.use(ask, [request.name])
    for each in dict.fromkeys([ask, *parts]):
        if each is not ask or request.count != ask.amount:
            made.note(each, [request.name])


def _named(
    made: Asked, ask: Asking, asks: Sequence[Asking], body: dict[str, Any]
) -> Request:
    """Add a request under a name that says whose it is."""
    own = {each.resource for each in _beside(ask, asks)}
    name = label(ask.container, "devices")
    if len(own) > 1:
        name = label(f"{name}-{ask.resource.rpartition('/')[2]}")
    name = unlike(name, {each.name for each in made.requests})
    count = body.get("count")
    request = Request(name, ask.resource, count, body, asks.index(ask))
    made.requests.append(request)
    return request


def _reuse(
    made: Asked, plan: UserPlan, same: Sequence[Asking], asks: Sequence[Asking]
) -> None:
    """Let containers that end have requests of later ones, and add what they lack."""
    resource = same[0].resource
    had: dict[Asking, list[Request]] = {}
    for each in same:
        if _ends(plan, each):
            place = asks.index(each)
            later = [
                one
                for one in made.requests
                if one.resource == resource and one.place > place
            ]
            had[each] = _covering(later, _count(plan, each))
    lack = {each: _count(plan, each) - _devices(found) for each, found in had.items()}
    most = max(lack, key=lambda each: lack[each])
    if lack[most] > 0:
        extra = _named(made, most, asks, _body(plan, resource, lack[most]))
        for each in had:
            had[each] += [extra] if lack[each] > 0 else []
    for each, found in had.items():
        names, amount = [one.name for one in found], _devices(found)
        made.use(each, names)
        if amount > _count(plan, each):
            made.remarks.append(
                f"container {each.container} asked for {each.amount} {resource} and "
                f"can use {amount}: those of other containers"
            )
        if amount != each.amount:
            made.note(each, names)


def _covering(later: Sequence[Request], wanted: int) -> list[Request]:
    """Return the requests that are enough, or all of them if they are not."""
    for each in later:
        if each.count == wanted:
            return [each]
    found: list[Request] = []
    for each in later:
        if _devices(found) >= wanted:
            break
        found.append(each)
    return found


def _beside(ask: Asking, asks: Sequence[Asking]) -> list[Asking]:
    """Return what the same container asks for."""
    return [each for each in asks if each.steps == ask.steps]


def _is_part(plan: UserPlan, ask: Asking) -> bool:
    """Tell whether a resource says how much of a device, not how many devices."""
    target = plan.targets[ask.resource]
    return target.row.unit == "fraction" and any(
        _AMOUNT in target.row.capacity[name] for name in target.capacity
    )


def _has_whole(plan: UserPlan, ask: Asking, asks: Sequence[Asking]) -> bool:
    """Tell whether the container asks for the devices of which that is a part."""
    driver = plan.targets[ask.resource].driver
    return any(
        plan.targets[each.resource].driver == driver and not _is_part(plan, each)
        for each in _beside(ask, asks)
    )


def _count(plan: UserPlan, ask: Asking) -> int:
    """Return how many devices a container needs."""
    meaning = plan.meanings.get(ask.resource)
    if _is_part(plan, ask):
        return 1
    if meaning is not None and meaning.unit == "core" and meaning.replicas > 0:
        return -(-ask.amount // meaning.replicas)
    return ask.amount


def _capacity(target: Target, amount: int) -> dict[str, str]:
    return {
        name: target.row.capacity[name].replace(_AMOUNT, str(amount))
        for name in target.capacity
    }


def _body(plan: UserPlan, resource: str, count: int) -> dict[str, Any]:
    """Return what a request says beside its name, in v1 form."""
    target = plan.targets[resource]
    body: dict[str, Any] = {"deviceClassName": target.device_class}
    selectors = [
        {"cel": {"expression": each}}
        for each in dict.fromkeys((*target.expressions, *_moved(plan, resource)))
    ]
    if selectors:
        body["selectors"] = selectors
    if target.is_admin:
        return {**body, "allocationMode": "All", "adminAccess": True}
    body |= {"allocationMode": "ExactCount", "count": count}
    if capacity := _capacity(target, 1):
        body["capacity"] = {"requests": capacity}
    return body


def _moved(plan: UserPlan, resource: str) -> Iterator[str]:
    for each in plan.moved:
        if each.expression and each.resource == resource:
            yield each.expression


def derived(counts: Mapping[str, int | None], names: Iterable[str]) -> int | None:
    """Return how many devices requests stand for together; None if it is unknown."""
    found = [counts.get(each) for each in names]
    return None if None in found else sum(each or 0 for each in found)

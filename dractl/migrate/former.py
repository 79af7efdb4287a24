"""What a claim says in terms of extended resources, and what these cannot say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dractl.api.problems import MalformedField
from dractl.api.versions import to_hub
from dractl.migrate.claims import derived
from dractl.migrate.inputs import Input, Order, Steps, Wire
from dractl.migrate.memory import Memory, memory_in
from dractl.migrate.naming import digest
from dractl.migrate.targets import resource_of
from dractl.rules.subject import entries, mapping, number, text

_TEMPLATE: Final = "ResourceClaimTemplate"
_NOTHING: Final = Memory()

Loss = tuple[str, Steps]
"""What is lost, and where it stands in the document as v1 spells it."""


@dataclass(frozen=True, slots=True)
class Former:
    """A claim, or template of claims, as extended resources.

    `counts`, `resources` and `classes` are by request; a count is None where it is all
    devices.
    `stays` says why it cannot go, "" if it can. `losses` are what goes without a trace:
    none of a claim that dractl wrote and that nobody has changed.
    """

    given: Input
    counts: Mapping[str, int | None] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    memory: Memory = _NOTHING
    stays: str = ""
    losses: tuple[Loss, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether all pods that name it have the same devices."""
        return self.given.kind != _TEMPLATE

    def amounts(self, container: str, names: Sequence[str]) -> Mapping[str, int] | None:
        """Return what a container with some requests asked for; None: nobody knows.

        Without names, it has all requests.
        """
        wanted = names or [*self.resources]
        found: dict[str, int | None] = {}
        for resource in dict.fromkeys(self.resources.get(each, "") for each in wanted):
            same = [each for each in wanted if self.resources.get(each) == resource]
            found[resource] = derived(self.counts, same) or None
        found |= self.memory.amounts.get(container, {})
        known = {
            name: each for name, each in found.items() if name and each is not None
        }
        if len(known) < len(found):
            return None
        # Of 0, another claim of the pod has all.
        return {name: each for name, each in known.items() if each}


def former(given: Input, order: Order, names: Mapping[str, str]) -> Former:
    """Return what a ResourceClaim or ResourceClaimTemplate stands for.

    `names` are the extended resources of DeviceClasses that are known to serve them.
    """
    try:
        hub = to_hub(given.document)
    except MalformedField as error:
        return Former(given, stays=f"{error.path} {error.message}")
    steps: Steps = ("spec", "spec") if given.kind == _TEMPLATE else ("spec",)
    spec = mapping(hub, *map(str, steps))
    noted = memory_in(given.document)
    memory = noted or _NOTHING
    listed = entries(mapping(spec, "devices"), "requests")
    bodies = {text(each, "name"): mapping(each, "exactly") for each in listed}
    origins = {
        name: _noted(memory, name) or _guessed(body, order, names)
        for name, body in bodies.items()
    }
    is_exact = noted is not None and noted.spec == digest(spec)
    return Former(
        given,
        {name: _count(each) for name, each in bodies.items()},
        {name: each.resource for name, each in origins.items() if each is not None},
        {name: text(each, "deviceClassName") for name, each in bodies.items()},
        memory,
        _stays(bodies, origins),
        () if is_exact else tuple(_losses(spec, origins, (*steps, "devices"))),
    )


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a request was, and the CEL that it has only because of that."""

    resource: str
    expressions: frozenset[str] = frozenset()


def _noted(memory: Memory, name: str) -> _Origin | None:
    resource = memory.resources.get(name)
    return None if resource is None else _Origin(resource)


def _guessed(body: Wire, order: Order, names: Mapping[str, str]) -> _Origin | None:
    """Return what a request of no known origin can stand for, by the vendors' rows."""
    name = text(body, "deviceClassName")
    expressions = tuple(_expressions(body))
    resource = resource_of(name, expressions, order)
    if resource is None:
        return _Origin(names[name]) if name in names else None
    needed = {
        each
        for each in expressions
        if resource_of(name, [one for one in expressions if one != each], order)
        != resource
    }
    return _Origin(resource, frozenset(needed))


def _expressions(body: Wire) -> Iterator[str]:
    for each in entries(body, "selectors"):
        yield text(mapping(each, "cel"), "expression")


def _count(body: Wire) -> int | None:
    is_all = text(body, "allocationMode") == "All"
    return None if is_all else number(body, "count", 1)


def _stays(bodies: Mapping[str, Wire], origins: Mapping[str, _Origin | None]) -> str:
    """Return why a claim cannot go, "" if it can."""
    for name, body in bodies.items():
        if not body:
            return f"request {name} has alternatives"
        if origins[name] is None:
            of = text(body, "deviceClassName")
            return f"no extended resource is known for request {name}, class {of}"
    return "" if bodies else "it has no requests"


def _losses(
    spec: Wire, origins: Mapping[str, _Origin | None], base: Steps
) -> Iterator[Loss]:
    """Yield what extended resources cannot say."""
    devices = mapping(spec, "devices")
    for index, request in enumerate(entries(devices, "requests")):
        name, body = text(request, "name"), mapping(request, "exactly")
        steps = (*base, "requests", index, "exactly")
        origin = origins[name] or _Origin("")
        if set(_expressions(body)) - origin.expressions:
            yield f"selectors of request {name}", (*steps, "selectors")
        for key, what in _OF_REQUESTS.items():
            if body.get(key):
                yield f"{what} of request {name}", (*steps, key)
    for key, what in _OF_CLAIMS.items():
        if devices.get(key):
            yield what, (*base, key)


_OF_REQUESTS: Final = {
    "capacity": "the capacity",
    "adminAccess": "admin access",
    "tolerations": "tolerations of device taints",
}
_OF_CLAIMS: Final = {
    "constraints": "constraints between devices",
    "config": "configuration of drivers",
}

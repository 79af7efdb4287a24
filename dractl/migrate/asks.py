"""Which containers of a document ask for extended resources, and for how many.

Amounts are those of the limits; requests are equal, or the API server refuses the pod
(Kubernetes 1.36, pkg/apis/core/validation/validation.go).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.pod_specs import pod_specs
from dractl.migrate.answer import Asking
from dractl.migrate.inputs import Input, Steps, Wire
from dractl.migrate.places import at
from dractl.model.names import is_extended_resource
from dractl.model.quantity import Quantity, QuantityError
from dractl.rules.subject import entries, mapping, text

AMOUNTS: Final = ("limits", "requests")
_DEEPEST: Final = 10
_MOST: Final = 2**31  # a pod of more is as good as one of that many
_LISTS: Final = ("initContainers", "containers")


@dataclass(frozen=True, slots=True)
class Lone:
    """Where documents of a group keep one container outside of any list.

    `keys` are its fields, beside those of the spec of its pods. `takes_claims` tells
    whether pod claims can be stated there too.
    """

    group: str
    parent: str
    keys: tuple[str, ...]
    takes_claims: bool


LONE: Final = (
    Lone("argoproj.io", "templates", ("container", "script"), takes_claims=False),
    Lone("serving.kserve.io", "predictor", ("model",), takes_claims=True),
    Lone("serving.kserve.io", "transformer", ("model",), takes_claims=True),
    Lone("serving.kserve.io", "explainer", ("model",), takes_claims=True),
)
"""Argo's templates have a container each; KServe's model server is one of a kind."""
POLICIES: Final = frozenset({
    "admissionregistration.k8s.io",
    "constraints.gatekeeper.sh",
    "kyverno.io",
    "mutations.gatekeeper.sh",
    "policies.kyverno.io",
    "templates.gatekeeper.sh",
})  # fmt: skip
"""API groups of rules for admission: what looks like a pod in them is a pattern."""
_WORKERS: Final = "workerSpec"  # of KServe: a second kind of pods, in the spec of one
_MACHINES: Final = "kubevirt.io"
_DEVICES: Final = ("gpus", "hostDevices")


@dataclass(frozen=True, slots=True)
class Spec:
    """The spec of pods in a document, its place, and who asks for what in it."""

    steps: Steps
    spec: Wire
    asks: tuple[Asking, ...]
    is_machine: bool = False


def specs(given: Input) -> tuple[Spec, ...]:
    """Return the specs of pods, and of virtual machines, with what they ask for."""
    if given.group in POLICIES:
        return ()
    listed = [
        Spec(steps, spec, tuple(_asks(spec, steps)))
        for steps, spec in _pods(given.document)
    ]
    found = {each.steps: each for each in listed}
    for row in LONE:
        if given.group == row.group:
            found |= {each.steps: each for each in _lone(given.document, row)}
    if given.group == _MACHINES or given.group.endswith(f".{_MACHINES}"):
        found |= {each.steps: each for each in _machines(given.document)}
    return tuple(found.values())


def amount(value: object) -> Quantity | None:
    """Return an amount as the API reads it; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return Quantity.parse(str(value))
    except QuantityError:
        return None


def stated(container: object, resource: str) -> Mapping[str, object]:
    """Return what the limits and the requests of a container say of a resource."""
    amounts = mapping(container, "resources")
    return {
        key: mapping(amounts, key)[resource]
        for key in AMOUNTS
        if resource in mapping(amounts, key)
    }


def _pods(document: Wire) -> Iterator[tuple[Steps, Wire]]:
    """Yield the specs of pods in a document, with those that are in others."""
    for steps, spec in pod_specs(document):
        yield steps, spec
        if _WORKERS in spec:
            yield from pod_specs(spec[_WORKERS], (*steps, _WORKERS))


def _asks(spec: Wire, steps: Steps) -> Iterator[Asking]:
    for name in _LISTS:
        for index, container in enumerate(entries(spec, name)):
            ends = name == "initContainers" and (
                text(container, "restartPolicy") != "Always"
            )
            yield from _of_one(container, (*steps, name, index), ends=ends)
    yield from _of_one({"resources": spec.get("resources")}, steps)


def _of_one(container: object, steps: Steps, *, ends: bool = False) -> Iterator[Asking]:
    amounts = mapping(container, "resources")
    keys: list[object] = [key for name in AMOUNTS for key in mapping(amounts, name)]
    for resource in dict.fromkeys(keys):
        if not isinstance(resource, str) or not is_extended_resource(resource):
            continue
        number = _number(stated(container, resource))
        if number:
            name = text(container, "name")
            yield Asking(name, steps, resource, number, ends)


def _number(said: Mapping[str, object]) -> int:
    """Return the amount, a fraction rounded up; what cannot be read counts as one.

    Nothing is lost by that: hazards say that it cannot stay as it is.
    """
    value = next(iter(said.values()))
    if value is None:
        return 0
    found = amount(value)
    return 1 if found is None or found.nanos < 0 else min(found.ceiling, _MOST)


def _lone(document: Wire, row: Lone) -> Iterator[Spec]:
    for steps in _named(document, row.parent):
        spec = mapping(at(document, steps))
        keys = [key for key in row.keys if mapping(spec, key)]
        if not keys:
            continue
        asks = [
            *(each for key in keys for each in _of_one(spec[key], (*steps, key))),
            *_asks(spec, steps),
        ]
        containers = [*(spec[key] for key in keys), *entries(spec, "containers")]
        yield Spec(steps, {**spec, "containers": containers}, tuple(asks))


def _named(value: object, name: str, steps: Steps = ()) -> Iterator[Steps]:
    """Yield the places of the fields of a name, of lists those of their elements."""
    if len(steps) > _DEEPEST:
        return
    if isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _named(inner, name, (*steps, index))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key == name:
                here = (*steps, name)
                count = len(inner) if isinstance(inner, list | tuple) else None
                yield from [here] if count is None else _elements(here, count)
            elif key not in {"metadata", "status"}:
                yield from _named(inner, name, (*steps, str(key)))


def _elements(steps: Steps, count: int) -> list[Steps]:
    return [(*steps, index) for index in range(count)]


def _machines(document: Wire) -> Iterator[Spec]:
    for steps in _named(document, "domain"):
        devices = mapping(at(document, steps), "devices")
        asks = tuple(_of_machine(devices, (*steps, "devices")))
        spec: Mapping[str, Any] = mapping(at(document, steps[:-1]))
        yield Spec(steps[:-1], spec, asks, is_machine=True)


def _of_machine(devices: Wire, steps: Steps) -> Iterator[Asking]:
    for key in _DEVICES:
        for index, device in enumerate(entries(devices, key)):
            resource = text(device, "deviceName")
            if is_extended_resource(resource):
                place = (*steps, key, index)
                yield Asking(text(device, "name"), place, resource, 1)

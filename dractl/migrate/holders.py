"""The containers of a pod that have claims, and how they have amounts instead."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from dractl.migrate.asks import amount as whole
from dractl.migrate.edits import changed_at, renewed
from dractl.migrate.inputs import Steps, Wire
from dractl.migrate.memory import Requirement
from dractl.migrate.requirements import restored
from dractl.rules.subject import entries, mapping, text

_LISTS: Final = ("initContainers", "containers")

Amounts = Mapping[Steps, Mapping[str, int]]
"""How many of which extended resource, by the places of containers."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A container at a place in the spec of pods.

    `uses` are its claims, each with a request, "" for all. It `ends` if it is an init
    container and no sidecar.
    """

    steps: Steps
    name: str
    uses: tuple[tuple[str, str], ...]
    ends: bool = False

    def requests(self, claim: str) -> list[str] | None:
        """Return the requests that it has of a claim, [] for all; None: it has none."""
        found = [request for name, request in self.uses if name == claim]
        if not found:
            return None
        return [] if "" in found else list(dict.fromkeys(found))


def holders(spec: Wire) -> Iterator[Holder]:
    """Yield the containers with claims, also one that stands alone in a field."""
    for key in _LISTS:
        for index, container in enumerate(entries(spec, key)):
            is_init = key == "initContainers"
            ends = is_init and text(container, "restartPolicy") != "Always"
            yield from _container(container, (key, index), ends=ends)
    for key, value in spec.items():
        if isinstance(value, Mapping):
            yield from _container(value, (key,), ends=False)


def _container(container: object, steps: Steps, *, ends: bool) -> Iterator[Holder]:
    claims = entries(mapping(container, "resources"), "claims")
    uses = tuple((text(each, "name"), text(each, "request")) for each in claims)
    if uses:
        yield Holder(steps, text(container, "name"), uses, ends)


def without_claims(
    names: frozenset[str],
    amounts: Amounts,
    requirements: Iterable[Requirement],
    spec: Wire,
) -> Wire:
    """Return the spec of pods with amounts and requirements instead of some claims."""
    changed: Wire = spec
    for each in holders(spec):
        if each.steps in amounts:
            change = partial(_with_limits, names, amounts[each.steps])
            changed = changed_at(changed, each.steps, change)
    left = [
        entry
        for entry in entries(spec, "resourceClaims")
        if text(entry, "name") not in names
    ]
    kept = {key: each for key, each in changed.items() if key != "resourceClaims"}
    if left:
        kept["resourceClaims"] = left
    back = restored(kept, requirements)
    fresh = {key: each for key, each in back.items() if key not in spec}
    return renewed(spec, back, fresh)


def _with_limits(
    names: frozenset[str], own: Mapping[str, int], container: Wire
) -> Wire:
    """Return a container with limits instead of some claims."""
    old = container["resources"]
    left = [each for each in entries(old, "claims") if text(each, "name") not in names]
    kept = {key: each for key, each in old.items() if key != "claims"}
    if left:
        kept["claims"] = left
    limits = dict(mapping(old, "limits"))
    for resource, amount in own.items():
        had = whole(limits.get(resource))
        limits[resource] = amount + (had.ceiling if had is not None else 0)
    new = {"limits": limits} if own else {}
    return {**container, "resources": renewed(old, kept, new)}


def shared(
    found: Iterable[Holder], claim: str, all_requests: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield containers that have the same devices while both run, as their names."""
    seen: dict[str, str] = {}
    for each in found:
        requests = None if each.ends else each.requests(claim)
        for request in [] if requests is None else requests or all_requests:
            if request in seen:
                yield seen[request], each.name
            seen.setdefault(request, each.name)

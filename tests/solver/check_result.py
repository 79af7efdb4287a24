"""Whether an allocation says what it must of each device, of nodes and of config."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from dractl.api.snapshot import Snapshot
from dractl.model.claims import (
    Allocation,
    DeviceResult,
    Option,
    Request,
    ResourceClaim,
)
from dractl.model.cluster import CLAIM_CONFIG_ONCE, Profile
from dractl.model.devices import Device, DeviceId
from dractl.model.nodeselection import NodeSelector, Requirement
from dractl.model.workloads import Node
from tests.solver.check_amounts import share_of
from tests.solver.check_pools import Offer


@dataclass(frozen=True)
class Given:
    """A device in an allocation, with what asked for it and who offers it."""

    request: Request
    option: Option
    result: DeviceResult
    offer: Offer

    @staticmethod
    def of(
        request: Request,
        option: Option,
        result: DeviceResult,
        offers: Mapping[DeviceId, Offer],
    ) -> Optional["Given"]:
        """Return the result as one of that option; None if it is of another."""
        offer = offers.get(result.device)
        if offer is None or result.request != _full(request, option):
            return None
        return Given(request, option, result, offer)

    @property
    def device(self) -> Device:
        """The device."""
        return self.offer.device

    @property
    def name(self) -> str:
        """The request's name, with the subrequest's if it has one."""
        return _full(self.request, self.option)

    def is_shared(self, profile: Profile) -> bool:
        """Tell whether the device can be given to several claims."""
        return (
            profile.enabled("DRAConsumableCapacity")
            and self.device.allow_multiple_allocations
        )


def _full(request: Request, option: Option) -> str:
    return request.name if option.name is None else f"{request.name}/{option.name}"


def result_violations(
    where: str,
    place: tuple[Snapshot, Node],
    claim: ResourceClaim,
    allocation: Allocation,
    given: Sequence[Given],
) -> Iterator[str]:
    """Yield what an allocation says wrongly."""
    snapshot, node = place
    profile = snapshot.profile
    for each in given:
        for complaint in _device_violations(each, profile):
            yield f"{where}: {each.device.id}: {complaint}"
    if not given:
        if allocation.node_selector is not None:
            yield f"{where}: a node selector without devices"
        return
    binds = any(
        profile.enabled(gate)
        for gate in ("DRAConsumableCapacity", "DRADeviceBindingConditions")
    ) or profile.enabled("DRAListTypeAttributes")
    if _requirements(allocation.node_selector) != _places(node, given, binds=binds):
        yield f"{where}: the node selector is {allocation.node_selector}"
    if _said(allocation) != _wanted(snapshot, claim, given):
        yield f"{where}: the configuration is {allocation.config}"


def _device_violations(given: Given, profile: Profile) -> Iterator[str]:
    result, device = given.result, given.device
    if result.admin_access != bool(given.option.admin_access):
        yield "admin access is not as asked for"
    if result.tolerations != given.option.tolerations:
        yield "the tolerations are not those of the request"
    binding = profile.enabled("DRADeviceBindingConditions") and profile.enabled(
        "DRAResourceClaimDeviceStatus"
    )
    if result.binding_conditions != (device.binding_conditions if binding else ()):
        yield "the binding conditions are not those of the device"
    shared = given.is_shared(profile)
    if (result.share_id is not None) != shared:
        yield "a share has an id, and nothing else"
    share = share_of(device, given.option.capacity) if shared else {}
    amounts = {n: q.nanos for n, q in (result.consumed_capacity or {}).items()}
    if amounts != share:
        yield f"it consumes {amounts} instead of {share}"


Place = tuple[str, str, str, frozenset[str]]


def _places(node: Node, given: Sequence[Given], *, binds: bool) -> frozenset[Place]:
    """Return what the node selector must demand."""
    scopes = [each.offer.scope for each in given]
    if any(scope.node_name for scope in scopes) or (
        binds and any(each.device.binds_to_node for each in given)
    ):
        return frozenset({("field", "metadata.name", "In", frozenset({node.name}))})
    return frozenset().union(*(_requirements(scope.selector) for scope in scopes))


def _requirements(selector: NodeSelector | None) -> frozenset[Place]:
    terms = selector.terms if selector is not None else ()
    assert len(terms) <= 1
    return frozenset(
        place
        for term in terms
        for place in (
            *(_place("label", each) for each in term.match_expressions),
            *(_place("field", each) for each in term.match_fields),
        )
    )


def _place(kind: str, requirement: Requirement) -> Place:
    return (kind, requirement.key, requirement.operator, frozenset(requirement.values))


Config = tuple[str, tuple[str, ...], Mapping[str, Any]]


def _said(allocation: Allocation) -> list[Config]:
    return [(each.source, each.requests, each.body) for each in allocation.config]


def _wanted(
    snapshot: Snapshot, claim: ResourceClaim, given: Sequence[Given]
) -> list[Config]:
    """Return the configs of the classes, then those of the claim."""
    chosen = {each.request.name: each for each in given}
    names = [chosen[request.name].name for request in claim.spec.requests]
    classes = [chosen[r.name].option.device_class for r in claim.spec.requests]
    found: list[Config] = []
    for name in dict.fromkeys(classes):
        users = tuple(n for n, c in zip(names, classes, strict=True) if c == name)
        bodies = [each.body for each in snapshot.class_by_name[name].config]
        found += [("FromClass", users, body) for body in bodies]
    newer = snapshot.profile.since(CLAIM_CONFIG_ONCE)
    for config in claim.spec.config:
        covered = [name for name in names if _is_covered(name, config.requests)]
        times = 1 if not config.requests or (covered and newer) else len(covered)
        found += [("FromClaim", config.requests, config.body)] * times
    if not newer:
        return found
    return [
        (source, () if all(_is_covered(n, about) for n in names) else about, body)
        for source, about, body in found
    ]


def _is_covered(name: str, requests: Sequence[str]) -> bool:
    return name in requests or name.partition("/")[0] in requests

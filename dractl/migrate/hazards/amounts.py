"""Hazards of how many devices are asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from dractl.migrate.answer import Asking, UserPlan
from dractl.migrate.asks import amount, stated
from dractl.migrate.claims import MOST_DEVICES, asked, parted
from dractl.migrate.hazards.registry import Case, Said, of_all, of_user
from dractl.migrate.inputs import Route, Shares
from dractl.migrate.making import SHARED
from dractl.migrate.places import at
from dractl.rules.registry import Severity

_STANDARD: Final = "resource.kubernetes.io"
_ROOT: Final = f"{_STANDARD}/pcieRoot"
_WITH_ROOT: Final = frozenset(
    {
        "dra.net",
        "gaudi.intel.com",
        "gpu.amd.com",
        "gpu.intel.com",
        "gpu.nvidia.com",
        "npu.rebellions.ai",
        "sriovnetwork.k8snetworkplumbingwg.io",
    }
)
"""The drivers that publish the root complex of a device, by which it can be aligned."""


@of_user("unequal-amounts", Severity.ERROR)
def unequal_amounts(_case: Case, each: UserPlan) -> Iterator[Said]:
    """Requests and limits of an extended resource differ.

    The API server refuses such a container: extended resources cannot be overcommitted,
    so both have to be equal, or the limit stands alone. It is not known which number is
    meant.
    """
    for ask in each.user.asks:
        said = _said(each, ask)
        numbers = {key: amount(value) for key, value in said.items()}
        if "limits" not in said and said:
            message = f"{_named(ask)} has no limit, only a request"
        elif len(set(numbers.values())) > 1:
            told = " and ".join(f"{key[:-1]} {value}" for key, value in said.items())
            message = f"{_named(ask)} has {told}, which have to be equal"
        else:
            continue
        yield Said(message, "state the limit alone", each.user.input.place(ask.steps))


@of_user("fractional-amount", Severity.ERROR)
def fractional_amount(_case: Case, each: UserPlan) -> Iterator[Said]:
    """An amount of an extended resource is no whole number.

    The API server refuses such a container, and a claim cannot ask for part of a
    device in this way either. An amount that cannot be read at all (a placeholder of a
    template that was not rendered) stands here too.
    """
    for ask in each.user.asks:
        for key, value in _said(each, ask).items():
            found = amount(value)
            if found is None or not found.is_whole or found.nanos < 0:
                yield Said(
                    f"{_named(ask)} has {key[:-1]} {str(value)[:40]!r}: that is no "
                    "number of devices",
                    "write a whole number",
                    each.user.input.place(ask.steps),
                )
                break


@of_user("pod-level-resources", Severity.ERROR)
def pod_level_resources(_case: Case, each: UserPlan) -> Iterator[Said]:
    """The pod as a whole asks for an extended resource, not a container of it.

    The resources of a pod's own spec are for CPU, memory and huge pages; the API server
    refuses others there (1.36, pkg/apis/core/validation). It is not known which
    container should have the devices.
    """
    for ask in each.user.asks:
        if ask.steps == each.user.steps:
            yield Said(
                f"the pod as a whole asks for {ask.resource}",
                "move it to the container that uses the device",
                each.user.input.place((*ask.steps, "resources")),
            )


@of_user("too-many-devices", Severity.ERROR)
def too_many_devices(case: Case, each: UserPlan) -> Iterator[Said]:
    """More devices are asked for than a claim can have.

    At most 32 devices are allocated to a claim. A pod can have several claims, so that
    only a container is in the way that asks for more of one resource. With the extended
    resource, the scheduler makes one claim for all that a pod asks for. An amount of a
    device's capacity counts as one.
    """
    own, _ = parted(each, case.order)
    for request in asked(each, own).requests:
        if (request.count or 0) > MOST_DEVICES:
            ask = own[request.place]
            yield Said(
                f"{_named(ask)} needs {request.count} devices at once; a claim can "
                f"have {MOST_DEVICES}",
                "let several containers ask for them, or write the claims by hand",
                each.user.input.place(ask.steps),
                Route.CLAIMS,
            )
    served = [
        replace(ask, amount=1) if _is_part(each, ask) else ask
        for ask in each.user.asks
        if ask.resource in each.targets
    ]
    total = sum(
        _of_pod([ask for ask in served if ask.resource == resource])
        for resource in each.targets
    )
    if total > MOST_DEVICES:
        yield Said(
            f"a pod asks for {total} devices; the one claim that the scheduler makes "
            f"for it can have {MOST_DEVICES}",
            "let its pods have claims, which can be several",
            each.user.input.place(served[0].steps),
            Route.EXTENDED,
        )


@of_user("alignment-lost", Severity.INFO)
def alignment_lost(case: Case, each: UserPlan) -> Iterator[Said]:
    """Nothing makes several devices of a container be near each other.

    Device plugins may prefer devices that are connected well, and the kubelet's
    Topology Manager takes its part. DRA does neither: without a constraint, any devices
    of the node are as good. `--align ATTRIBUTE` makes all devices of a request share
    the value of an attribute, where the driver publishes it; with the extended resource
    there is no such way.
    """
    if case.order.align:
        return
    for ask in _several(each):
        if each.targets[ask.resource].driver in _WITH_ROOT:
            yield Said(
                f"the devices that a container gets of {ask.resource} can be any of "
                "the node",
                "--align pcieRoot keeps them together, where they fit",
                each.user.input.place(ask.steps),
                Route.CLAIMS,
            )


@of_user("align-not-published", Severity.WARNING)
def align_not_published(case: Case, each: UserPlan) -> Iterator[Said]:
    """Devices do not have the attribute that they are to share.

    A constraint on an attribute that a device lacks is not met, so that such pods would
    wait for ever. The standard attributes are not published by all drivers.
    """
    align = case.order.align
    for ask in _several(each) if align else ():
        driver = each.targets[ask.resource].driver
        if not _publishes(case, driver, align):
            yield Said(
                f"{driver} does not publish {align}, so the devices that a container "
                f"gets of {ask.resource} cannot share it",
                "leave --align out for this resource (--resource chooses others)",
                each.user.input.place(ask.steps),
                Route.CLAIMS,
            )


@of_all("more-pods-than-devices", Severity.WARNING)
def more_pods_than_devices(case: Case) -> Iterator[Said]:
    """More devices are wanted than the nodes have.

    Counted are the pods that workloads want at once, and what the nodes offer of the
    resource now. Shares of a device count as the device if it will not be shared any
    more. Nodes that have moved count with what is published there. Some of the pods
    wait already, or will.
    """
    for resource, listed in case.by_resource.items():
        nodes = case.nodes_with[resource]
        if not nodes:
            continue
        offered = sum(node.allocatable[resource].ceiling for node in nodes)
        have, note = _kept(resource, offered, listed, case)
        have += _moved(resource, case)
        wanted = sum(_wanted(each, resource, len(nodes)) for each in listed)
        if wanted > have:
            yield Said(
                f"{wanted} of {resource} are wanted, and the nodes have {have}{note}",
                "lower the replicas, or add nodes",
                listed[0].user.input.place(listed[0].user.steps),
                None,
                resource,
            )


def _several(each: UserPlan) -> Iterator[Asking]:
    """Yield what asks for several whole devices at once."""
    for ask in each.user.asks:
        is_whole = each.meanings[ask.resource].unit == "device"
        if is_whole and ask.amount > 1 and ask.resource in each.targets:
            yield ask


def _publishes(case: Case, driver: str, attribute: str) -> bool:
    pieces = [each for each in case.snapshot.slices if each.driver == driver]
    devices = [device for piece in pieces for device in piece.devices]
    if devices:
        return any(attribute in device.attributes for device in devices)
    if attribute == _ROOT:
        return driver in _WITH_ROOT
    return attribute.rpartition("/")[0] in {"", driver, _STANDARD}


def _kept(
    resource: str, offered: int, listed: tuple[UserPlan, ...], case: Case
) -> tuple[int, str]:
    """Return how many there will be, and why that is not what nodes offer now."""
    meanings = [each.meanings[resource] for each in listed]
    shared = {meaning.replicas for meaning in meanings if meaning.unit in SHARED}
    is_kept = any(
        each.targets[resource].capacity for each in listed if resource in each.targets
    )
    parts = max(shared, default=0)
    if parts < 2 or is_kept or case.order.shares is Shares.CLAIM:  # noqa: PLR2004
        return offered, ""
    return offered // parts, f": {offered} are shares, {parts} of each device"


def _moved(resource: str, case: Case) -> int:
    """Return how many devices for a resource nodes have that do not offer it."""
    offering = {node.name for node in case.nodes_with[resource]}
    found = {
        (piece.driver, piece.pool, device.name)
        for piece in case.snapshot.slices
        if piece.driver in case.served[resource]
        and piece.scope.node_name
        and piece.scope.node_name not in offering
        for device in piece.devices
    }
    return len(found)


def _wanted(each: UserPlan, resource: str, nodes: int) -> int:
    pods = nodes if each.user.replicas is None else each.user.replicas
    return pods * _of_pod([ask for ask in each.user.asks if ask.resource == resource])


def _of_pod(asks: list[Asking]) -> int:
    """Return how many a pod needs: init containers are over when the others start."""
    kept = sum(ask.amount for ask in asks if not ask.ends)
    return max([kept, *(ask.amount for ask in asks if ask.ends)], default=0)


def _said(each: UserPlan, ask: Asking) -> Mapping[str, object]:
    return stated(at(each.user.input.document, ask.steps), ask.resource)


def _is_part(each: UserPlan, ask: Asking) -> bool:
    return each.meanings[ask.resource].unit == "fraction"


def _named(ask: Asking) -> str:
    of = f"container {ask.container}: " if ask.container else ""
    return f"{of}{ask.resource}"

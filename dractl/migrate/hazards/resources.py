"""Hazards of what a resource means, and of what stands for it in DRA."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.migrate import targets, teaching
from dractl.migrate.answer import Meaning, UserPlan
from dractl.migrate.hazards.registry import Case, Said, of_all, of_user
from dractl.migrate.inputs import Route, Shares
from dractl.migrate.making import SHARED
from dractl.rules.registry import Severity
from dractl.vendors.plugins import Unit

_WORDS: Final[Mapping[Unit, str]] = {
    "device": "a whole device",
    "partition": "a partition of a device",
    "time-slice": "a time slice of a device",
    "mps-share": "an MPS share of a device",
    "core": "a core of a device",
    "fraction": "a part of a device",
}


@of_all("unknown-resource", Severity.WARNING)
def unknown_resource(case: Case) -> Iterator[Said]:
    """Nothing is known of an extended resource.

    No device plugin that dractl knows has a resource of that name, and no configuration
    among the inputs makes it. What asks for it stays as it is. A file with the mapping
    teaches what replaces it: `--mapping FILE`.
    """
    for resource, listed in case.by_resource.items():
        is_told = resource in case.evidence.resources
        if not is_told and not targets.known(resource, case.order):
            message = (
                f"nothing is known of {resource}, asked for by {_count_of(listed)}"
            )
            place = _first(listed, resource)
            yield Said(message, teaching.lesson(resource), place, None, resource)


@of_all("no-target-driver", Severity.WARNING)
def no_target_driver(case: Case) -> Iterator[Said]:
    """Nothing stands for a resource in DRA.

    No driver is known for it, or nothing for what it means here. It stays with its
    device plugin, and so do containers' requests for it. That is possible beside DRA:
    other resources of the same pod can move.
    """
    for resource, listed in case.by_resource.items():
        is_known = resource in case.evidence.resources or targets.known(
            resource, case.order
        )
        if is_known and not case.served[resource]:
            meaning = listed[0].meanings[resource]
            why = targets.why_none(resource, meaning, case.order)
            place = _first(listed, resource)
            yield Said(f"{resource}: {why}", "", place, None, resource)


@of_all("assumed-meaning", Severity.INFO)
def assumed_meaning(case: Case) -> Iterator[Said]:
    """Nothing but its name tells what one of a resource is.

    A device plugin can hand out whole devices, partitions or shares under one name.
    Its configuration, node labels or the cluster itself would tell; without them, the
    usual meaning of the name is taken.
    """
    for resource, listed in case.by_resource.items():
        for meaning in dict.fromkeys(
            each.meanings[resource].unit
            for each in listed
            if resource in each.targets and each.meanings[resource].is_assumed
        ):
            yield Said(
                f"one of {resource} is taken for {_WORDS[meaning]}: nothing tells it",
                "give the plugin's configuration with -f, or a cluster with its nodes",
                _first(listed, resource),
                None,
                resource,
            )


@of_user("ambiguous-resource", Severity.ERROR)
def ambiguous_resource(case: Case, each: UserPlan) -> Iterator[Said]:
    """One of a resource is a whole device on some nodes, and part of one on others.

    The name does not tell whether the pod gets a device, a partition or a share; that
    depends on the node. A claim has to say which it wants, and with a class for the
    name, all nodes would mean the same. So a human has to choose.
    """
    for resource in each.user.resources:
        found = case.evidence.meanings(resource, each.user)
        if len(found) > 1:
            told = "; ".join(map(_told, found))
            yield Said(
                f"{resource} has several meanings here: {told}",
                "name the nodes that are meant with a nodeSelector, or say what it "
                "means with --mapping FILE",
                _of_user(each, resource),
            )


@of_user("human-decision", Severity.ERROR)
def human_decision(_case: Case, each: UserPlan) -> Iterator[Said]:
    """Somebody has to choose what replaces a resource.

    There is no counterpart that would be right for all: the amount means something else
    in DRA, or several ways lead on that users would tell apart.
    """
    for resource, target in each.targets.items():
        if target.row.decision:
            yield Said(
                f"{resource}: {target.row.decision}",
                "decide, and say it with --mapping FILE",
                _of_user(each, resource),
            )


@of_all("behaves-differently", Severity.INFO)
def behaves_differently(case: Case) -> Iterator[Said]:
    """What replaces a resource differs from it in ways that users notice.

    Nothing stands in the way of the migration; those who use the devices should know.
    """
    for resource, listed in case.by_resource.items():
        rows = (
            each.targets[resource].row for each in listed if resource in each.targets
        )
        for text in dict.fromkeys(text for row in rows for text in row.differences):
            place = _first(listed, resource)
            yield Said(f"{resource}: {text}", "", place, None, resource)


@of_user("shares-need-driver", Severity.WARNING)
def shares_need_driver(case: Case, each: UserPlan) -> Iterator[Said]:
    """Shares of a device need a driver that publishes devices for many.

    The device plugin makes several devices of one. With DRA, the driver has to be
    configured to allow several allocations of a device, each of a part of its capacity
    (NVIDIA: gate ConsumableShares, from 0.5 on). Without that, no device has the
    capacity that the request names, and pods wait.
    """
    for resource, target in each.targets.items():
        if not target.capacity or case.order.shares is not Shares.CAPACITY:
            continue
        published = [
            device
            for piece in case.snapshot.slices
            if piece.driver == target.driver
            for device in piece.devices
        ]
        if not any(device.allow_multiple_allocations for device in published):
            now = "publishes none now" if published else "has to publish some"
            yield Said(
                f"shares of {resource} are capacity of devices that allow several "
                f"allocations; {target.driver} {now}",
                f"configure the driver for it{_or_else(each, resource)}",
                _of_user(each, resource),
            )


@of_user("share-becomes-device", Severity.ERROR)
def share_becomes_device(case: Case, each: UserPlan) -> Iterator[Said]:
    """Each pod would get a whole device where it had a share.

    Shares need devices that allow several allocations of their capacity. A driver or a
    mode of it that has none (MPS, or a version that is too old) can share a device only
    among pods that have the same claim: `--shares claim`. Otherwise as many devices are
    needed as there were shares, so that claims are no way.
    """
    if case.order.shares is Shares.CAPACITY:
        for resource in _shared(each):
            parts = each.meanings[resource].replicas
            if parts != 1 and not each.targets[resource].capacity:
                of = f" of {parts}" if parts else ""
                yield Said(
                    f"one share{of} of {resource} would become a whole device",
                    "use --shares claim, for pods of one namespace on one node",
                    _of_user(each, resource),
                    Route.CLAIMS,
                )


@of_user("shared-claim", Severity.WARNING)
def shared_claim(case: Case, each: UserPlan) -> Iterator[Said]:
    """All pods that share a claim get the same device, on the same node.

    A ResourceClaim belongs to a namespace and is allocated on one node, so that pods of
    other namespaces cannot share it, and all of its pods have to fit on that node. It
    is held until the last of them is gone.
    """
    if case.order.shares is not Shares.CLAIM or each.user.replicas is None:
        return
    for resource in _shared(each):
        meaning, pods = each.meanings[resource], each.user.replicas
        most = meaning.replicas
        over = f", though only {most} shared a device before" if 0 < most < pods else ""
        yield Said(
            f"the {pods} pods share one device of {resource} on one node{over}",
            f"lower the number of pods{_or_capacity(each, resource)}",
            _of_user(each, resource),
            Route.CLAIMS,
        )


@of_user("shared-claim-per-node", Severity.ERROR)
def shared_claim_per_node(case: Case, each: UserPlan) -> Iterator[Said]:
    """Pods of a DaemonSet cannot share a claim.

    A claim for devices of a node ties all its pods to that node, but a DaemonSet has
    its pods on different ones.
    """
    if case.order.shares is Shares.CLAIM and each.user.replicas is None:
        for resource in _shared(each):
            yield Said(
                f"pods on several nodes cannot share a claim for {resource}",
                f"leave it to its plugin{_or_capacity(each, resource)}",
                _of_user(each, resource),
                Route.CLAIMS,
            )


def _count_of(listed: tuple[UserPlan, ...]) -> str:
    """Return who asks for something: the first by name, the others by number."""
    others = len(listed) - 1
    more = f" and {others} other{'s' if others > 1 else ''}" if others else ""
    return f"{listed[0].user.input.title}{more}"


def _or_capacity(each: UserPlan, resource: str) -> str:
    """Return the other way to share, where the driver has one."""
    return ", or use --shares capacity" if each.targets[resource].row.capacity else ""


def _or_else(each: UserPlan, resource: str) -> str:
    is_share = each.meanings[resource].unit in SHARED
    return ", or use --shares claim" if is_share else ""


def _shared(each: UserPlan) -> Iterator[str]:
    for resource in each.targets:
        if each.meanings[resource].unit in SHARED:
            yield resource


def _told(meaning: Meaning) -> str:
    nodes = ", ".join(meaning.nodes[:3])
    more = f" and {len(meaning.nodes) - 3} more" if len(meaning.nodes) > 3 else ""  # noqa: PLR2004
    what = _WORDS[meaning.unit]
    if meaning.profile:
        what += f" ({meaning.profile})"
    return f"{what} on {nodes}{more}" if nodes else what


def _first(listed: tuple[UserPlan, ...], resource: str) -> str:
    return _of_user(listed[0], resource)


def _of_user(each: UserPlan, resource: str) -> str:
    """Return where a user asks for a resource first."""
    asks = (ask for ask in each.user.asks if ask.resource == resource)
    return each.user.input.place(next(asks).steps)

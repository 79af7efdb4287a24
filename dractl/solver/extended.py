"""Extended resources that DRA serves: `nvidia.com/gpu: 2` without any claim.

Follows Kubernetes 1.36, scheduler plugin dynamicresources/extendeddynamicresources.go.
The scheduler makes one special claim for such a pod; what is in it depends on the node,
since a device plugin there takes precedence.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from dractl.model.claims import (
    ClaimSpec,
    DeviceClass,
    ObjectMeta,
    Option,
    Request,
    ResourceClaim,
)
from dractl.model.workloads import Container, Node, Pod

IMPLICIT: Final = "deviceclass.resource.kubernetes.io/"
CLAIM_NAME: Final = "<extended-resources>"


class ResourceUse(NamedTuple):
    """A container's request for an extended resource; `name` is its request's name."""

    name: str
    container: int
    resource: str
    amount: int
    keeps: bool  # held as long as the pod runs


def class_by_resource(classes: Iterable[DeviceClass]) -> Mapping[str, DeviceClass]:
    """Return which class stands for which extended resource.

    Where several state the same name, the newest counts, of equally old ones the first
    by name.
    """
    found: dict[str, DeviceClass] = {}
    oldest_first = sorted(
        sorted(classes, key=lambda each: each.name, reverse=True),
        key=lambda each: each.creation_timestamp or "",
    )
    for each in oldest_first:
        found[f"{IMPLICIT}{each.name}"] = each
        if each.extended_resource_name:
            found[each.extended_resource_name] = each
    return found


def uses(pod: Pod, classes: Mapping[str, DeviceClass]) -> tuple[ResourceUse, ...]:
    """Return what the pod's containers want of resources that a class stands for."""
    found: list[ResourceUse] = []
    containers = [*pod.init_containers, *pod.containers]
    for index, container in enumerate(containers):
        keeps = container.sidecar or index >= len(pod.init_containers)
        found += _uses(index, container, classes, keeps=keeps)
    return tuple(found)


def _uses(
    index: int, container: Container, classes: Mapping[str, DeviceClass], *, keeps: bool
) -> Iterator[ResourceUse]:
    for position, resource in enumerate(sorted(container.requests)):
        amount = container.requests[resource].ceiling
        if resource in classes and amount > 0:
            name = f"container-{index}-request-{position}"
            yield ResourceUse(name, index, resource, amount, keeps)


def claim_for(
    pod: Pod,
    wanted: Iterable[ResourceUse],
    node: Node,
    classes: Mapping[str, DeviceClass],
) -> ResourceClaim:
    """Return the special claim as it looks for this node; maybe without requests."""
    by_resource: dict[str, list[ResourceUse]] = {}
    for use in wanted:
        if not is_served_by_plugin(node, use.resource):
            by_resource.setdefault(use.resource, []).append(use)
    requests = [
        Request(use.name, (Option(None, classes[resource].name, count=use.amount),))
        for resource, group in by_resource.items()
        for use in _needed(group)
    ]
    # By name as text, which puts container-10 before container-2.
    requests.sort(key=lambda request: request.name)
    meta = ObjectMeta(CLAIM_NAME, pod.meta.namespace)
    return ResourceClaim(meta, ClaimSpec(tuple(requests)))


def is_served_by_plugin(node: Node, resource: str) -> bool:
    """Tell whether a device plugin has such devices on the node."""
    amount = node.allocatable.get(resource)
    return amount is not None and amount.nanos > 0


def _needed(group: list[ResourceUse]) -> list[ResourceUse]:
    """Return the requests for one resource.

    An init container can have the devices of what starts after it, and of several init
    containers only the one that needs most beyond these asks for more.
    """
    excess: ResourceUse | None = None
    for use in group:
        if use.keeps:
            continue
        later = sum(x.amount for x in group if x.keeps and x.container > use.container)
        beyond = use.amount - later
        if beyond > (excess.amount if excess else 0):
            excess = use._replace(amount=beyond)
    kept = [use for use in group if use.keeps]
    return kept if excess is None else [*kept, excess]

"""The cluster as it is, and as it is once some nodes have changed their stack.

Pods are placed in it by the scheduler's own rules: nothing here knows what fits.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property
from typing import Final, TypeVar

from dractl.api.decode import Decoded, decode
from dractl.api.problems import Problem
from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Plan, Rewrite
from dractl.migrate.inputs import Input, Wire
from dractl.migrate.pods import copies, is_active, namespace_of, pinned
from dractl.migrate.projected import Case, projected
from dractl.model.claims import (
    ClaimSpec,
    DeviceClass,
    ObjectMeta,
    Option,
    Request,
    ResourceClaim,
    ResourceClaimTemplate,
    Toleration,
)
from dractl.model.devices import ResourceSlice
from dractl.model.quantity import Quantity
from dractl.model.workloads import Node, Pod
from dractl.solver.nodefit import requests_of
from dractl.solver.subjects import Subject, subject_of

T = TypeVar("T")

_NONE: Final = Quantity.of(0)
_LATEST: Final = "9999-12-31T23:59:59Z"  # of what does not exist yet


class Worlds:
    """Makes snapshots of one cluster in which some nodes have changed.

    `known` are the devices that there will be, `users` the pods that are placed. The
    proof and the stages look at the same worlds.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Sequence[Input],
        snapshot: Snapshot,
        rewrite: Rewrite,
    ) -> None:
        self.plan = plan
        self.inputs = inputs
        self.snapshot = snapshot
        self.rewrite = rewrite
        self.known = projected(plan, snapshot, rewrite)
        self.users = copies(plan, snapshot, inputs, rewrite)
        self._snapshot = replace(snapshot, profile=plan.order.profile)
        self.problems: list[str] = []

    @cached_property
    def changed(self) -> Snapshot:
        """The cluster with all nodes switched that are to."""
        return self.after()

    def before(self) -> Snapshot:
        """Return the cluster as it is, without the pods that are placed anew."""
        gone = {
            pod.meta.key
            for each in self.users
            if each.is_everywhere
            for pod in each.running
        }
        return self._without(self._snapshot, gone)

    def after(
        self,
        switched: AbstractSet[str] | None = None,
        out: AbstractSet[str] = frozenset(),
    ) -> Snapshot:
        """Return the cluster with some nodes switched, all if none are named.

        Those that are `out` take no pods. No pod of a user is there.
        """
        if switched is None:
            switched = set(self.known.gone)
        pods = (pod for each in self.users for pod in each.running)
        base = self._without(self._snapshot, {pod.meta.key for pod in pods})
        nodes = tuple(self._node(each, switched, out) for each in base.nodes)
        assumed = (
            each for node, each in self._slices if node in switched and node not in out
        )
        waiting = self.known.gone.keys() - switched
        drivers = {each.case.target.driver for each in self.known.offers}
        published = (
            each
            for each in base.slices
            if not (each.driver in drivers and each.scope.node_name in waiting)
        )
        return replace(
            base,
            nodes=nodes,
            slices=(*published, *assumed),
            classes=_merged(base.classes, self._classes, _name),
            templates=_merged(base.templates, self._of(ResourceClaimTemplate), _key),
            # A claim that is there may have its devices already.
            claims=_merged(self._of(ResourceClaim), base.claims, _key),
        )

    def holders(self, world: Snapshot, switched: AbstractSet[str]) -> list[Subject]:
        """Return pods of nobody known that hold what goes, as they hold devices after.

        They stay where they are, and keep as many.
        """
        cases = {
            (each.node.name, each.resource): each.case
            for each in self.known.offers
            if each.node.name in switched and each.is_counted
        }
        found = []
        for pod in world.pods:
            if not is_active(pod):
                continue
            amounts = {
                resource: -(-amount // Quantity.of(1).nanos)
                for resource, amount in sorted(requests_of(pod).items())
                if amount > 0 and (pod.node_name, resource) in cases
            }
            if amounts:
                held = [(cases[pod.node_name, r], n) for r, n in amounts.items()]
                found.append(_holder(pod, held))
        return found

    def _without(
        self, snapshot: Snapshot, keys: AbstractSet[tuple[str, str]]
    ) -> Snapshot:
        """Return a snapshot without some pods, and without the claims made for them."""
        if not keys:
            return snapshot
        return replace(
            snapshot,
            pods=tuple(each for each in snapshot.pods if each.meta.key not in keys),
            claims=tuple(each for each in snapshot.claims if not _is_of(each, keys)),
        )

    def _node(
        self, node: Node, switched: AbstractSet[str], out: AbstractSet[str]
    ) -> Node:
        if node.name in out:
            node = replace(node, unschedulable=True)
        if node.name in switched and node.name in self.known.gone:
            none = dict.fromkeys(self.known.gone[node.name], _NONE)
            node = replace(node, allocatable={**node.allocatable, **none})
        return node

    @cached_property
    def _slices(self) -> list[tuple[str, ResourceSlice]]:
        found = []
        for node, documents in self.known.documents.items():
            for each in documents:
                read = self._read(each)
                if isinstance(read, ResourceSlice):
                    found.append((node, read))
        return found

    @cached_property
    def _objects(self) -> list[object]:
        """What the rewriting makes: classes, claims and templates."""
        owners = {u.user.input.number: u.user for u in self.plan.users}
        found: list[object] = [self._read(each) for each in self.known.classes]
        found += [self._read(each) for each in self.rewrite.shared]
        for number, documents in self.rewrite.added.items():
            user = owners.get(number)
            namespace = "" if user is None else namespace_of(user, self.plan)
            found += [self._read(within(each, namespace)) for each in documents]
        return found

    @cached_property
    def _classes(self) -> list[DeviceClass]:
        """The classes; of those with one resource's name, the newest will count."""
        known = self._snapshot.class_by_name
        return [
            each if each.name in known else replace(each, creation_timestamp=_LATEST)
            for each in self._of(DeviceClass)
        ]

    def _of(self, kind: type[T]) -> list[T]:
        return [each for each in self._objects if isinstance(each, kind)]

    def _read(self, document: Wire) -> object:
        found = decode(document)
        if isinstance(found, Problem):
            self.problems.append(f"{found.kind} {found.name}: {found.message}")
        return found.value if isinstance(found, Decoded) else None


def subjects(pods: Sequence[Pod], world: Snapshot) -> list[Subject]:
    """Return pods that are equal but for their names and nodes, with their claims.

    The claims of the first are found; those of the others differ by name.
    """
    if not pods:
        return []
    first = subject_of(pods[0], world)
    return [first, *(_like(first, pods[0], each, world) for each in pods[1:])]


def _like(first: Subject, pod: Pod, other: Pod, world: Snapshot) -> Subject:
    claims = tuple(
        each
        if each.meta.key in world.claim_by_key
        else replace(each, meta=_renamed(each.meta, pod.meta.name, other.meta.name))
        for each in first.claims
    )
    return replace(first, pod=other, claims=claims)


def _renamed(meta: ObjectMeta, old: str, new: str) -> ObjectMeta:
    return replace(meta, name=new + meta.name.removeprefix(old))


def request_of(case: Case, count: int, name: str = "devices") -> Request:
    """Return the request that stands for so many of a resource."""
    target = case.target
    capacity = {
        key: Quantity.parse(each.replace("{}", str(count)))
        for key, each in target.capacity.items()
    }
    option = Option(
        None,
        target.device_class,
        target.expressions,
        count=count,
        capacity=capacity or None,
    )
    return Request(name, (option,))


def _holder(pod: Pod, held: Iterable[tuple[Case, int]]) -> Subject:
    """Return a stand-in for a pod that runs: it needs nothing but its devices."""
    requests = tuple(
        request_of(case, count, f"devices-{number}")
        for number, (case, count) in enumerate(held)
    )
    bare = Pod(pod.meta, tolerations=(Toleration(operator="Exists"),))
    claim = ResourceClaim(pod.meta, ClaimSpec(requests))
    return Subject(pinned(bare, pod.node_name), (claim,))


def _name(each: DeviceClass) -> str:
    return each.name


def _key(each: ResourceClaim | ResourceClaimTemplate) -> tuple[str, str]:
    return each.meta.key


def _merged(
    old: Iterable[T], new: Iterable[T], key: Callable[[T], Hashable]
) -> tuple[T, ...]:
    """Return all objects, of two with one key the new one."""
    found = {key(each): each for each in old}
    found |= {key(each): each for each in new}
    return tuple(found.values())


def _is_of(claim: ResourceClaim, keys: AbstractSet[tuple[str, str]]) -> bool:
    namespace = claim.meta.namespace
    return any(
        each.kind == "Pod" and (namespace, each.name) in keys
        for each in claim.meta.owners
    )


def within(document: Wire, namespace: str) -> Wire:
    """Return a document that says in which namespace it is."""
    metadata = document.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else {}
    if not namespace or known.get("namespace"):
        return document
    return {**document, "metadata": {**known, "namespace": namespace}}

"""Places pods and claims on nodes, one after the other.

Follows Kubernetes 1.36, scheduler plugin dynamicresources.go (Filter): what one
placement takes is gone for the next.
"""

import dataclasses
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.model.claims import Allocation, DeviceClass, ResourceClaim
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Node
from dractl.solver.allocator import Allocator
from dractl.solver.candidates import ALL, Candidates, Changes, Reason
from dractl.solver.errors import AllocationAborted, PoolsInvalid
from dractl.solver.extended import claim_for, class_by_resource, is_served_by_plugin
from dractl.solver.nodefit import NodeLoad, is_ready, needs_of, refusal
from dractl.solver.placement import NodeGroup, Placement, Policy
from dractl.solver.plan import Outline
from dractl.solver.shapes import claim_shape, pod_shape
from dractl.solver.subjects import Subject
from dractl.solver.why import why_not

# Below this, kube-scheduler looks at every node, so an error on any of them counts
# (schedule_one.go: minFeasibleNodesToFind). Above, it stops when it has seen enough.
EVERY_NODE_IS_TRIED: Final = 100

Key = tuple[str, str]


class Fit(NamedTuple):
    """A node with what it gives: an allocation for each claim."""

    position: int
    claims: tuple[ResourceClaim, ...]
    allocations: tuple[Allocation, ...]


class Placer:
    """The cluster as it is between placements.

    Unless it `looks_on`, the first node that fits is taken without a look at whether
    another one would stop the scheduler with an error. Those that are `closed` take
    nothing until they are opened.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        node: str | None,
        policy: Policy,
        *,
        looks_on: bool = True,
        closed: Iterable[str] = (),
    ) -> None:
        self.looks_on = looks_on
        self.closed = set(closed)
        self.snapshot = snapshot
        self.allocator = Allocator(snapshot)
        self.is_fixed = node is not None
        self.nodes = snapshot.nodes if node is None else (self.allocator.node(node),)
        self.policy = policy
        self.load = NodeLoad(snapshot.pods)
        self.given: dict[Key, Allocation] = {}
        self.steps = 0
        self._changes = Changes()
        self._candidates: dict[Hashable, Candidates] = {}

    @cached_property
    def class_by_resource(self) -> Mapping[str, DeviceClass]:
        """The classes that stand for extended resources."""
        return class_by_resource(self.snapshot.classes)

    @cached_property
    def _position(self) -> Mapping[str, int]:
        return {node.name: position for position, node in enumerate(self.nodes)}

    def candidates(self, signature: Hashable) -> Candidates:
        """Return the nodes to try for all subjects of that signature."""
        known = self._candidates.get(signature)
        if known is None:
            known = Candidates(self._changes, len(self.nodes))
            self._candidates[signature] = known
        known.catch_up()
        return known

    def place(self, subject: Subject, *, worded: bool = True) -> Placement:
        """Place one subject, and take what it is given.

        Unless it is `worded`, nothing says why one that does not fit does not.
        """
        placement, fit = self._answered(subject, worded=worded)
        if fit is not None:
            self._take(subject, fit)
        return placement

    def open(self, nodes: Iterable[str]) -> None:
        """Let nodes that were closed take subjects."""
        for name in self.closed.intersection(nodes):
            self.closed.remove(name)
            self._changes.note(self._position[name])

    def look_again(
        self, nodes: Iterable[str], allocations: Iterable[Allocation]
    ) -> None:
        """Try nodes anew that refused, and those that see the devices of allocations.

        For what has changed otherwise than by what was placed.
        """
        for name in nodes:
            if name in self._position:
                self._changes.note(self._position[name])
        for each in allocations:
            self._note(each)

    def place_all(self, subjects: Sequence[Subject]) -> int:
        """Place all of the subjects or none; return how many would fit, in turn."""
        usage, given = self.allocator.usage.copied(), dict(self.given)
        fits: list[tuple[Subject, Fit]] = []
        for each in subjects:
            _, fit = self._answered(each, worded=False)
            if fit is None:
                break
            self._take(each, fit)
            fits.append((each, fit))
        if len(fits) < len(subjects):
            self.allocator.usage, self.given = usage, given
            for each, fit in fits:
                self._note_fit(each, fit)
                if each.pod is not None:
                    name = self.nodes[fit.position].name
                    self.load.remove(needs_of(each.pod), name)
        return len(fits)

    def shape(self, subject: Subject) -> Hashable:
        """Return what subjects have in common that fit on the same nodes."""
        return Attempt(self, subject).signature

    def probe(self, subject: Subject) -> Placement:
        """Say where a subject would go, and take nothing.

        Of one that does not fit, the nodes' reasons are not put in words.
        """
        return self._answered(subject, worded=False)[0]

    def _answered(
        self, subject: Subject, *, worded: bool = True
    ) -> tuple[Placement, Fit | None]:
        if subject.problem is not None:
            return self._unplaced(subject, reason=subject.problem), None
        if not self.nodes:
            return self._unplaced(subject, reason="the source has no nodes"), None
        attempt = Attempt(self, subject)
        try:
            fit = attempt.find()
        except AllocationAborted as aborted:
            placement = dataclasses.replace(
                self._unplaced(subject, aborted=aborted.message),
                hint=aborted.hint or None,
                fault=aborted.fault,
            )
            fit = None
        else:
            if fit is None:
                reasons = attempt.groups() if worded else ()
                placement = self._unplaced(subject, reasons=reasons)
            else:
                placement = self._placed(subject, fit)
        if attempt.is_slow:
            placement = dataclasses.replace(placement, is_slow=True)
        return placement, fit

    def _unplaced(
        self,
        subject: Subject,
        *,
        reason: str | None = None,
        aborted: str | None = None,
        reasons: tuple[NodeGroup, ...] = (),
    ) -> Placement:
        pairs = tuple((claim, self.allocation_of(claim)) for claim in subject.claims)
        if reason is None and aborted is None:
            many = len(self.nodes) > 1
            where = f"any of {len(self.nodes)} nodes" if many else self.nodes[0].name
            reason = f"does not fit on {where}"
        return Placement(subject, None, pairs, reasons, reason, aborted)

    def _placed(self, subject: Subject, fit: Fit) -> Placement:
        known = dict(
            zip((c.meta.key for c in fit.claims), fit.allocations, strict=True)
        )
        claims = {claim.meta.key: claim for claim in (*subject.claims, *fit.claims)}
        pairs = tuple(
            (claim, known.get(key) or self.allocation_of(claim))
            for key, claim in claims.items()
        )
        return Placement(subject, self.nodes[fit.position].name, pairs)

    def _take(self, subject: Subject, fit: Fit) -> None:
        for claim, allocation in zip(fit.claims, fit.allocations, strict=True):
            self.given[claim.meta.key] = allocation
            self.allocator.usage.hold(allocation)
        self._note_fit(subject, fit)
        if subject.pod is not None:
            self.load.add(needs_of(subject.pod), self.nodes[fit.position].name)

    def _note_fit(self, subject: Subject, fit: Fit) -> None:
        for allocation in fit.allocations:
            self._note(allocation)
        if subject.pod is not None:
            self._changes.note(fit.position)

    def _note(self, allocation: Allocation) -> None:
        """Note which nodes see devices go."""
        for driver, pool in {
            (r.device.driver, r.device.pool) for r in allocation.results
        }:
            only = self.allocator.inventory.nodes_of((driver, pool))
            self._changes.note(ALL if only is None else self._position.get(only, ALL))

    def allocation_of(self, claim: ResourceClaim) -> Allocation | None:
        """Return what the claim has, from before or from this run."""
        return claim.allocation or self.given.get(claim.meta.key)

    def in_use(self, position: int) -> int:
        """Return how many of a node's devices are held."""
        view = self.allocator.view(self.nodes[position])
        usage = self.allocator.usage
        return sum(
            device.id in usage.dedicated or device.id in usage.shared
            for device in view.devices
        )


class Attempt:
    """The search for a node for one subject.

    `open` are the claims that still need devices, `pinned` those that have them, with
    the nodes where they can be used. Subjects of one `signature` fit on the same nodes,
    those of one `claims_signature` as far as devices go.
    """

    def __init__(self, placer: Placer, subject: Subject) -> None:
        self._placer = placer
        self._pod = subject.pod
        self._needs = None if subject.pod is None else needs_of(subject.pod)
        self._extended = subject.extended
        self.open = tuple(c for c in subject.claims if placer.allocation_of(c) is None)
        self.pinned = tuple(
            (claim, allocation.node_selector)
            for claim in subject.claims
            if (allocation := placer.allocation_of(claim)) is not None
        )
        self._outlines: dict[
            frozenset[str], tuple[tuple[ResourceClaim, ...], Outline]
        ] = {}
        shapes = tuple(claim_shape(claim.spec) for claim in self.open)
        # The claim for extended resources is made of these, and of what nodes have.
        self.claims_signature: Hashable = (shapes, subject.extended)
        self.signature: Hashable = self._signed()
        self._candidates = placer.candidates(self.signature)
        self.is_slow = False

    def _signed(self) -> Hashable:
        pod = self._pod
        return (
            self.claims_signature,
            tuple((claim.meta.key, selector) for claim, selector in self.pinned),
            None if pod is None or self._needs is None else pod_shape(pod, self._needs),
        )

    def find(self) -> Fit | None:
        """Return the fit that the policy prefers; raise AllocationAborted."""
        if self._placer.policy is not Policy.FIRST:
            fits = [fit for n in self._candidates.others() if (fit := self._try(n))]
            return self._preferred(fits)
        while (position := self._candidates.first()) is not None:
            fit = self._try(position)
            if fit is not None:
                self._check_others(position)
                return fit
        return None

    def _preferred(self, fits: list[Fit]) -> Fit | None:
        """Return the fit on the emptiest or fullest node, the first of equals."""
        sign = 1 if self._placer.policy is Policy.SPREAD else -1
        return min(
            fits, key=lambda fit: sign * self._placer.in_use(fit.position), default=None
        )

    def _check_others(self, behind: int) -> None:
        """Raise AllocationAborted if another node would stop the scheduler."""
        placer = self._placer
        if len(placer.nodes) >= EVERY_NODE_IS_TRIED or not placer.looks_on:
            return
        for position in self._candidates.others(behind):
            node = placer.nodes[position]
            if self.refusal(node) is None and placer.allocator.may_stop(
                node, self.outline(node)[1]
            ):
                self._try(position)

    def _try(self, position: int) -> Fit | None:
        """Ask one node; a refusal is noted."""
        placer = self._placer
        node = placer.nodes[position]
        reason = self.refusal(node)
        if reason is not None:
            self._candidates.refuse(position, Reason(reason))
            return None
        claims, outline = self.outline(node)
        allocations: tuple[Allocation, ...] | None = ()
        if claims:
            try:
                answer = placer.allocator.answer(node, outline)
            except PoolsInvalid as invalid:
                self._candidates.refuse(position, Reason(str(invalid)))
                return None
            placer.steps += answer.steps
            self.is_slow = self.is_slow or answer.is_slow
            allocations = answer.allocations
        reason = None if allocations is None else self.unreachable(node)
        if allocations is None or reason is not None:
            self._candidates.refuse(
                position, None if reason is None else Reason(reason)
            )
            return None
        return Fit(position, claims, allocations)

    def refusal(self, node: Node) -> str | None:
        """Return what keeps the pod, devices aside, from the node."""
        if node.name in self._placer.closed:
            return "the node is closed"
        if self._placer.is_fixed:
            return None
        if self._pod is not None and self._needs is not None:
            from_dra = self._resources_from_dra(node)
            return refusal(self._pod, self._needs, node, self._placer.load, from_dra)
        if node.unschedulable:
            return "the node is cordoned"
        return None if is_ready(node) else "the node is not ready"

    def unreachable(self, node: Node) -> str | None:
        """Return which claim is allocated already and cannot be used on the node."""
        for claim, selector in self.pinned:
            try:
                if selector is None or selector.matches(node.name, node.meta.labels):
                    continue
            except NodeSelectorError as error:
                raise AllocationAborted(f"claim {claim.meta.name}: {error}") from error
            return f"claim {claim.meta.name} is allocated on other nodes"
        return None

    def _resources_from_dra(self, node: Node) -> frozenset[str]:
        return frozenset(
            use.resource
            for use in self._extended
            if not is_served_by_plugin(node, use.resource)
        )

    def outline(self, node: Node) -> tuple[tuple[ResourceClaim, ...], Outline]:
        """Return the claims that the node has to serve, and their plan."""
        from_dra = self._resources_from_dra(node)
        known = self._outlines.get(from_dra)
        if known is None:
            claims = self.open
            if self._pod is not None and from_dra:
                classes = self._placer.class_by_resource
                claims = (*claims, claim_for(self._pod, self._extended, node, classes))
            known = claims, self._placer.allocator.planner.outline(claims)
            self._outlines[from_dra] = known
        return known

    def groups(self) -> tuple[NodeGroup, ...]:
        """Return the nodes by the reason for which they refused."""
        found: dict[str, list[str]] = {}
        reasons = self._candidates.reasons
        for position, node in enumerate(self._placer.nodes):
            reason = reasons[position]
            if reason is None:
                reason = reasons[position] = self._reason(node)
            found.setdefault(self._worded(reason, node), []).append(node.name)
        return tuple(NodeGroup(reason, tuple(names)) for reason, names in found.items())

    def _worded(self, reason: Reason, node: Node) -> str:
        if reason.claim is None:
            return reason.text
        claims, _ = self.outline(node)
        return f"claim {claims[reason.claim].meta.name}, {reason.text}"

    def _reason(self, node: Node) -> Reason:
        allocator = self._placer.allocator
        return why_not(allocator.view(node), self.outline(node)[1], allocator.usage)

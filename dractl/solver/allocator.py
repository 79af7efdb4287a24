"""The allocator: claims and a node in, allocations or the reason for none out.

Follows Kubernetes 1.36, dynamic-resource-allocation/structured/allocator.go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dractl.api.snapshot import Snapshot
from dractl.model.claims import Allocation, ResourceClaim
from dractl.model.workloads import Node
from dractl.solver.eligibility import Selectors
from dractl.solver.errors import AllocationAborted, PoolsInvalid, UnknownNode
from dractl.solver.guide import may_abort
from dractl.solver.inventory import Inventory
from dractl.solver.ledger import Ledger
from dractl.solver.plan import Outline, Planner
from dractl.solver.result import allocation
from dractl.solver.rules import Rules, rules_of
from dractl.solver.search import Search
from dractl.solver.slots import ClaimSlots, prepare
from dractl.solver.trace import Observer
from dractl.solver.tracker import tainted_slices
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView


@dataclass(frozen=True, slots=True)
class Answer:
    """What one node can give to claims; `allocations` None: not all of them fit.

    `steps` counts upstream's search steps. `is_slow` tells that upstream needs more
    than a few thousand, which may be more than its 10 s per node suffice for.
    """

    allocations: tuple[Allocation, ...] | None
    steps: int
    is_slow: bool = False


class Allocator:
    """Answers for one snapshot; whatever is worked out once serves all questions."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.rules: Rules = rules_of(snapshot.profile)
        self.usage = Usage.of(snapshot.claims, self.rules)
        self.views: dict[str, NodeView] = {}

    @cached_property
    def inventory(self) -> Inventory:
        """The devices of the cluster."""
        taint_rules = self.snapshot.taint_rules if self.rules.taint_rules else ()
        return Inventory(tainted_slices(self.snapshot.slices, taint_rules), self.rules)

    @cached_property
    def planner(self) -> Planner:
        """Makes outlines of claims."""
        selectors = Selectors(self.rules.environment)
        return Planner(self.snapshot.class_by_name, selectors, self.rules)

    def adopt(self, other: "Allocator") -> None:
        """Use another's devices and usage, which must be of the same slices and claims.

        Classes and requests may differ: what was worked out for those is not shared.
        """
        self.__dict__["inventory"] = other.inventory
        self.views = other.views
        self.usage = other.usage

    def node(self, name: str) -> Node:
        """Return the node of that name; UnknownNode if there is none."""
        found = self.snapshot.node_by_name.get(name)
        if found is None:
            raise UnknownNode(name, len(self.snapshot.nodes))
        return found

    def view(self, node: Node) -> NodeView:
        """Return the node's devices; AllocationAborted for a broken node selector."""
        known = self.views.get(node.name)
        if known is None:
            inventory = self.inventory.of(node.name, node.meta.labels)
            known = self.views[node.name] = NodeView.of(node, inventory, self.rules)
        return known

    def allocate(
        self,
        node: Node,
        claims: Sequence[ResourceClaim],
        observer: Observer | None = None,
    ) -> Answer:
        """Allocate all of the claims on the node, or none.

        Raises AllocationAborted where the scheduler stops with an error, PoolsInvalid
        where nothing fits and the node has an invalid pool.
        """
        return self.answer(node, self.planner.outline(claims), observer)

    def answer(
        self, node: Node, outline: Outline, observer: Observer | None = None
    ) -> Answer:
        """Do the same for claims that are planned already."""
        view = self.view(node)
        found = Search(view, outline, self.usage, observer).find()
        if found.ledger is None:
            if view.inventory.has_invalid_pool:
                raise PoolsInvalid("invalid resource pools were encountered")
            return Answer(None, found.steps, found.is_slow)
        allocations = _allocations(view, found.claims, found.ledger)
        return Answer(tuple(allocations), found.steps, found.is_slow)

    def may_stop(self, node: Node, outline: Outline) -> bool:
        """Tell whether a search on the node could end in an error."""
        try:
            view = self.view(node)
            claims = prepare(view, outline, self.usage)
        except AllocationAborted:
            return True
        return may_abort(claims, Ledger(view, self.usage, len(claims)))


def _allocations(
    view: NodeView, claims: Iterable[ClaimSlots], ledger: Ledger
) -> Iterable[Allocation]:
    for claim, taken, choices in zip(claims, ledger.taken, ledger.choices, strict=True):
        chosen = [
            options[choices.get(index, 0)].plan
            for index, options in enumerate(claim.requests)
        ]
        yield allocation(view, claim, taken, chosen)

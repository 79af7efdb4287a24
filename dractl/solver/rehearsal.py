"""Where things would go, tried again and again from the same start."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dractl.api.snapshot import Snapshot
from dractl.model.claims import Allocation, ResourceClaim
from dractl.model.workloads import Pod
from dractl.solver.holders import holders_of
from dractl.solver.nodefit import needs_of
from dractl.solver.placement import Placement, Policy
from dractl.solver.placer import Placer
from dractl.solver.subjects import Subject


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a cluster loses with a node: the pods that run, and allocated claims."""

    node: str
    pods: Sequence[Pod]
    claims: Sequence[ResourceClaim]

    @property
    def allocations(self) -> Iterable[Allocation]:
        """What the claims have."""
        return (each.allocation for each in self.claims if each.allocation is not None)


class Rehearsal:
    """A cluster in which nothing stays where it is placed.

    Nodes that refuse are not asked again before something has changed on them, as far
    as all tries go. So a fleet is not walked anew for each.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._placer = Placer(snapshot, None, Policy.FIRST)
        self._holders = holders_of(snapshot.claims)

    def placed(
        self, subjects: Sequence[Subject], leaving: Leaving
    ) -> tuple[Placement, ...]:
        """Return where subjects go, in their order, once something else has left.

        The node takes nothing, but shared devices that it sees are still there.
        """
        placer = self._placer
        placer.closed = {leaving.node}
        for pod in leaving.pods:
            placer.load.remove(needs_of(pod), pod.node_name)
        self._recount(leaving.allocations, {id(each) for each in leaving.claims})
        self._look_again(leaving, leaving.allocations)
        found = tuple(placer.place(each, worded=False) for each in subjects)

        placer.closed = set()
        for pod in leaving.pods:
            placer.load.add(needs_of(pod), pod.node_name)
        nodes = []
        for each in found:
            if each.node is not None:
                nodes.append(each.node)
                if each.subject.pod is not None:
                    placer.load.remove(needs_of(each.subject.pod), each.node)
        given = tuple(placer.given.values())
        placer.given.clear()
        self._recount((*leaving.allocations, *given), ())
        self._look_again(leaving, given)
        placer.look_again(nodes, ())
        return found

    def _recount(
        self, allocations: Iterable[Allocation], without: Collection[int]
    ) -> None:
        """Count the devices of allocations as the cluster has them, but for claims."""
        usage = self._placer.allocator.usage
        for device in {each.device for one in allocations for each in one.results}:
            held = self._holders.get(device, ())
            usage.recount(
                device, [x.result for x in held if id(x.claim) not in without]
            )

    def _look_again(self, leaving: Leaving, allocations: Iterable[Allocation]) -> None:
        nodes = (leaving.node, *(pod.node_name for pod in leaving.pods))
        self._placer.look_again(nodes, allocations)

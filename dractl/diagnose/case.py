"""One stuck thing under diagnosis: a pod with its claims, or a claim by itself."""

from functools import cached_property
from typing import NamedTuple

from dractl.diagnose.absence import code_of_absence
from dractl.diagnose.survey import Found, Survey
from dractl.diagnose.verdict import ABSENCE
from dractl.diagnose.world import World
from dractl.model.claims import ResourceClaim
from dractl.model.workloads import Node, Pod
from dractl.solver.extended import CLAIM_NAME, ResourceUse, uses
from dractl.solver.placement import Placement
from dractl.solver.placer import Attempt
from dractl.solver.subjects import Subject

Ways = tuple[tuple[int, ...], ...]


class _Surveyed(NamedTuple):
    found: list[Found]
    is_open: bool
    ways: Ways


class Case:
    """A subject in its world, with what is worked out once for all causes."""

    def __init__(self, world: World, subject: Subject) -> None:
        self.world = world
        self.subject = subject

    @property
    def pod(self) -> Pod | None:
        """The pod; None for a claim that no pod uses."""
        return self.subject.pod

    @property
    def namespace(self) -> str:
        """Where the pod or the claim is."""
        meta = self.pod.meta if self.pod else self.subject.claims[0].meta
        return meta.namespace

    @cached_property
    def attempt(self) -> Attempt:
        """The scheduler's questions about single nodes."""
        return Attempt(self.world.placer, self.subject)

    @cached_property
    def answer(self) -> Placement:
        """What the scheduler would do with it as things stand."""
        return self.world.placer.probe(self.subject)

    @cached_property
    def survey(self) -> Survey:
        """What keeps it from each node."""
        return Survey(self.world, self.attempt)

    @property
    def found(self) -> list[Found]:
        """What the survey blames, most decisive first."""
        return self._surveyed.found

    @property
    def may_fit(self) -> bool:
        """Whether some node may take it, or stop the scheduler with an error."""
        return self._surveyed.is_open

    @property
    def ways(self) -> Ways:
        """Which of `found`, by their places, would have to go together."""
        return self._surveyed.ways

    @cached_property
    def _surveyed(self) -> _Surveyed:
        def survey() -> _Surveyed:
            found = self.survey.found()
            places = {each.blame: place for place, each in enumerate(found)}
            ways = sorted(
                tuple(sorted(places[blame] for blame in blames))
                for blames in self.survey.kept
            )
            present = [self._present(each) for each in found]
            return _Surveyed(present, self.survey.is_open, tuple(ways))

        return self.world.once(("survey", self.attempt.signature), survey)

    def _present(self, found: Found) -> Found:
        """Return the blame with a code of the table, where it is absence."""
        if found.blame.code != ABSENCE:
            return found
        option = self.survey.options(found)[0]
        code = code_of_absence(self.world, option)
        return Found(found.blame._replace(code=code), found.nodes)

    @cached_property
    def resources(self) -> tuple[ResourceUse, ...]:
        """The extended resources of the pod that a class stands for."""
        if self.pod is None:
            return ()
        return uses(self.pod, self.world.class_by_resource)

    def claim(self, found: Found) -> ResourceClaim | None:
        """Return the claim that a blame is about; None for several."""
        return self.survey.claim(found)

    def claim_name(self, claim: ResourceClaim | None) -> str | None:
        """Return how to name a claim in JSON; None for one that is never stored."""
        return (
            None if claim is None or claim.meta.name == CLAIM_NAME else claim.meta.name
        )

    def wanted(self, claim: ResourceClaim | None, request: str) -> str:
        """Return how people know a request: by its name, or by its resource."""
        if claim is not None and claim.meta.name == CLAIM_NAME:
            for use in self.resources:
                if use.name == request:
                    return f"resource {use.resource}"
        return f"request {request}"

    def refusal(self, node: Node) -> str | None:
        """Return what keeps the pod, devices aside, from a node."""
        return self.attempt.refusal(node)

"""What a diagnosis says of pods, claims and devices: causes, evidence, fixes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dractl.api.problems import Problem
from dractl.model.claims import ResourceClaim
from dractl.model.cluster import Profile
from dractl.model.devices import Device
from dractl.model.workloads import Pod

Evidence = Mapping[str, object]
"""Plain data as JSON has it, keyed in camelCase."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why something is where it is.

    `code` is a row of the table of causes. `claim` and `request` name what it is about,
    None where it is about no single one. `nodes` are those on which it stands in the
    way. `fixes` that name a node were tried; the others are advice. `commands` are to
    be typed next, and only read.
    """

    code: str
    message: str
    claim: str | None = None
    request: str | None = None
    nodes: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=dict)
    fixes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One claim of a pod: what asked for it, what it wants, and what it has.

    `entry` is the pod's name for it. `devices` are what it was given; `state` is one of
    missing, pending, allocated, reserved and deleting.
    """

    entry: str
    claim: str
    state: str
    wants: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What another component says of a pod or does for it; `by` is its name.

    None of it is a cause: it tells what is to be expected of that component.
    """

    by: str
    message: str
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PodReport:
    """A pod with what keeps it; without causes, nothing does.

    `owner` is the workload that it belongs to, such as `Deployment chat`. `lands` is
    the node on which it would fit as things stand, None for none or a pod that has one.
    `ways` are sets of causes, by their places: the pod would fit if all causes of one
    of them were gone.
    """

    pod: Pod
    causes: tuple[Cause, ...] = ()
    owner: str = ""
    links: tuple[Link, ...] = ()
    lands: str | None = None
    notes: tuple[str, ...] = ()
    ways: tuple[tuple[int, ...], ...] = ()
    views: tuple[View, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkloadReport:
    """A workload without the pods that it should have, with what keeps them away."""

    kind: str
    namespace: str
    name: str
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """A claim with what keeps it; `users` are the pods that name it."""

    claim: ResourceClaim
    causes: tuple[Cause, ...] = ()
    users: tuple[str, ...] = ()
    link: Link | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation(Mapping[str, object]):
    """The answer to `explain`: pods, and claims and workloads stuck without one.

    `unchecked` says what the snapshot lacks, and what could not be told for that. As a
    mapping, it is what `dractl explain -o json` prints.
    """

    profile: Profile
    pods: tuple[PodReport, ...] = ()
    claims: tuple[ClaimReport, ...] = ()
    unchecked: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    workloads: tuple[WorkloadReport, ...] = ()

    @property
    def is_stuck(self) -> bool:
        """Whether anything has a cause."""
        reports: tuple[PodReport | ClaimReport | WorkloadReport, ...] = (
            *self.pods,
            *self.claims,
            *self.workloads,
        )
        return any(each.causes for each in reports)

    @cached_property
    def document(self) -> Mapping[str, object]:
        """The answer as plain data."""
        from dractl.diagnose.document import document

        return document(self)

    def __getitem__(self, key: str) -> object:
        return self.document[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.document)

    def __len__(self) -> int:
        return len(self.document)


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """A device: where it is, who has it, what keeps claims from it.

    `nodes` are those that see it; `counters` what it draws from its pool's counters,
    with what is left of each; `classes` and `claims` are those that it would suit.
    """

    device: Device
    slice: str
    nodes: tuple[str, ...]
    holders: tuple[Evidence, ...] = ()
    counters: tuple[Evidence, ...] = ()
    capacity: tuple[Evidence, ...] = ()
    classes: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

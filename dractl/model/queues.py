"""What Kueue keeps of pods that wait for quota: only the fields that dractl reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dractl.model.claims import Condition, ObjectMeta
from dractl.model.quantity import Quantity
from dractl.model.workloads import PodClaim


@dataclass(frozen=True, slots=True)
class AdmissionCheck:
    """What a check beyond quota says of a workload: Pending, Ready, Retry, Rejected."""

    name: str
    state: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Workload:
    """A Workload of Kueue: a pod, a job or a group of pods in a queue.

    `claims` are the entries of its pods' templates. `cluster_queue` is the one that
    holds quota for it, "" for none; `requeue_at` when it is tried again, None: unset.
    """

    meta: ObjectMeta
    queue: str = ""
    active: bool = True
    claims: tuple[PodClaim, ...] = ()
    cluster_queue: str = ""
    conditions: tuple[Condition, ...] = ()
    checks: tuple[AdmissionCheck, ...] = ()
    requeue_at: str | None = None

    def condition(self, kind: str) -> Condition | None:
        """Return the condition of that type; None if it was never set."""
        return next((each for each in self.conditions if each.type == kind), None)


@dataclass(frozen=True, slots=True)
class LocalQueue:
    """A queue of a namespace, and the ClusterQueue behind it."""

    meta: ObjectMeta
    cluster_queue: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class FlavorQuota:
    """How much of a resource a flavor has, and how much of it is reserved."""

    flavor: str
    resource: str
    nominal: Quantity
    reserved: Quantity


@dataclass(frozen=True, slots=True)
class ClusterQueue:
    """Quotas that queues of several namespaces share; `cohort` "" borrows nothing."""

    meta: ObjectMeta
    cohort: str = ""
    quotas: tuple[FlavorQuota, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueConfiguration:
    """Kueue's configuration: under which resource devices of a class are counted."""

    meta: ObjectMeta
    resource_by_class: Mapping[str, str] = field(default_factory=dict)

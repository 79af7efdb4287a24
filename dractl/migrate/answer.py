"""The words of a migration: users, meanings, targets, findings, the plan, its proof."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from dractl.migrate.inputs import Input, Order, Route, Steps, Wire
from dractl.rules.registry import Severity
from dractl.vendors.plugins import Extended, Plugin, Unit

if TYPE_CHECKING:
    from dractl.migrate.evidence.record import Setting


@dataclass(frozen=True, slots=True)
class Asking:
    """A container that asks for an extended resource.

    `steps` lead from the document to the container. `ends` tells an init container,
    which is over when the others run; a sidecar is none. `resource` is a whole name.
    """

    container: str
    steps: Steps
    resource: str
    amount: int
    ends: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class User:
    """A pod, or what makes pods, that asks for extended resources.

    `steps` lead from the document to the spec of the pods, `spec`. `namespace` is ""
    where neither the document nor anything else tells. `replicas` is how many pods it
    wants at once; None: one for each node that suits (DaemonSet), or unknown.
    `controller` names what owns it (`ReplicaSet/chat-5f6`), "" if nothing does.
    `is_machine`: it is a virtual machine of KubeVirt, whose devices are in `spec`, and
    the steps of its askings lead to these.
    """

    input: Input
    steps: Steps
    spec: Wire
    asks: tuple[Asking, ...]
    namespace: str = ""
    replicas: int | None = 1
    controller: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    is_machine: bool = False

    @property
    def resources(self) -> tuple[str, ...]:
        """The extended resources, each once, in the order of the containers."""
        return tuple(dict.fromkeys(each.resource for each in self.asks))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one of an extended resource is, somewhere.

    `profile` is that of a partition, `replicas` how many pods share a device (0 if that
    is not known). `evidence` says how it is known, a sentence each. `nodes` are those
    where it is so, none for all. `is_assumed`: nothing tells it but the name itself.
    """

    unit: Unit
    profile: str = ""
    replicas: int = 0
    evidence: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    is_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What stands for a resource in DRA.

    `expressions` are CEL that a request asks for beside its class, guarded, `capacity`
    what it asks for of a shared device, of a fraction for one of the resource; shares
    without any come from one claim for all.
    `keeper` is the DeviceClass with which pods go on as they are: None where they
    cannot. `class_document` is a class to make, `keeper` or `device_class` or both;
    None where those of the driver's chart serve.
    """

    resource: str
    plugin: Plugin
    row: Extended
    driver: str
    device_class: str
    expressions: tuple[str, ...] = ()
    capacity: Mapping[str, str] = field(default_factory=dict)
    is_admin: bool = False
    keeper: str | None = None
    class_document: Wire | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the user has to know: `code` is a row of hazards.

    `subject` is the object, `where` its place. An error stands in the way of `route`,
    or of both if that is None.
    """

    code: str
    severity: Severity
    message: str
    subject: str = ""
    where: str = ""
    fix: str = ""
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A requirement on nodes that becomes one on devices, `expression`, or goes.

    `steps` lead from the document to it: to the entry of `nodeSelector`, or to the
    element of `matchExpressions`. `resource` is whose requests get the expression; ""
    and no expression where the requirement means nothing with DRA. `label`, `operator`
    and `values` are what it said, by which the way back is known.
    """

    steps: Steps
    label: str
    operator: str
    values: tuple[str, ...]
    resource: str = ""
    expression: str = ""
    why: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class UserPlan:
    """What becomes of a user.

    `meanings` and `targets` are by resource; a resource without a target stays with its
    plugin. `route` is the way that it goes, None if it stays as it is. `blocks` says
    why a route is closed, by route; an open one is absent. `doubtful` are resources
    that mean several things, of which `meanings` has the first.
    """

    user: User
    meanings: Mapping[str, Meaning]
    targets: Mapping[str, Target]
    route: Route | None
    moved: tuple[Moved, ...] = ()
    blocks: Mapping[Route, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """Something beside pods that knows an extended resource by its name.

    `role` is quota, limit-range, queue, node-pool, dashboard, pod-metrics, scaler,
    scheduler, policy or other. `resource` is the name, `text` what stands there
    (`requests.nvidia.com/gpu: 8`).
    """

    input: Input
    role: str
    resource: str
    text: str
    steps: Steps = ()


class Verdict(StrEnum):
    """Whether as much fits after as before; unproven if it cannot be told."""

    SAFE = "safe"
    LOSES = "loses"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Fit:
    """How many of a user's pods are placed before and after, of those wanted.

    `devices` are what its pods get after, as `driver/pool/device`, pod by pod. `why`
    says what keeps out those that are placed before only.
    """

    plan: UserPlan
    wanted: int
    before: int
    after: int
    devices: tuple[tuple[str, ...], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node's amount of a resource, and of devices that serve the same after.

    `source` says how the devices are known: published, or assumed from labels.
    """

    node: str
    resource: str
    before: int
    after: int
    source: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What the allocator says of before and after. `reasons` are those of a doubt."""

    verdict: Verdict
    fits: tuple[Fit, ...] = ()
    nodes: tuple[NodeChange, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """The whole: users with what becomes of them, and what else has to be known.

    `objects` are DeviceClasses and the like that belong to no user alone. `settings`
    are what configurations of device plugins say.
    """

    order: Order
    users: tuple[UserPlan, ...]
    mentions: tuple[Mention, ...] = ()
    objects: tuple[Wire, ...] = ()
    findings: tuple[Finding, ...] = ()
    settings: tuple["Setting", ...] = ()

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """All findings: those of the whole first, then user by user."""
        own = (each for user in self.users for each in user.findings)
        return (*self.findings, *own)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What documents become, by the numbers of their inputs.

    `documents` are in place of what was there; one that is not named stays. `added` are
    new objects that stand after a document, in its file; `shared` those that belong to
    no file (DeviceClasses). `findings` say what is lost. `removed` are the inputs whose
    documents go.
    """

    documents: Mapping[int, Wire] = field(default_factory=dict)
    added: Mapping[int, tuple[Wire, ...]] = field(default_factory=dict)
    shared: tuple[Wire, ...] = ()
    findings: tuple[Finding, ...] = ()
    removed: frozenset[int] = frozenset()

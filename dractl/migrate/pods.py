"""The pods of users as the scheduler sees them, before a migration and after."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dractl.api.decode import Decoded, decode
from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Plan, Rewrite, User, UserPlan
from dractl.migrate.asks import specs
from dractl.migrate.inputs import Input, Wire
from dractl.migrate.users import Key, controller, key_of
from dractl.model.claims import ObjectMeta, Toleration
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.workloads import Node, Pod
from dractl.solver.nodefit import NodeLoad, needs_of, refusal, requests_of

MOST: Final = 10_000  # pods of one user that are looked at

_HASH: Final = "pod-template-hash"
_LONGEST_CHAIN: Final = 16
_OF_MACHINES: Final = ("nodeSelector", "affinity", "tolerations", "resourceClaims")
# What the DaemonSet controller adds to its pods (pkg/controller/daemon/util, 1.36), as
# far as it matters to the placing; pods that run where they are have no need of it.
_STAYING: Final = tuple(
    Toleration(f"node.kubernetes.io/{key}", "Exists")
    for key in ("not-ready", "unreachable", "unschedulable")
)


@dataclass(frozen=True, eq=False, slots=True)
class Pods:
    """Pods to place: each of the `fixed` has its node, the `free` have none.

    The `late` come when all others have their places.
    """

    fixed: tuple[Pod, ...] = ()
    free: tuple[Pod, ...] = ()
    late: tuple[Pod, ...] = ()


_NO_POD: Final = Pod(ObjectMeta(""))


@dataclass(frozen=True, eq=False, slots=True)
class Copies:
    """A user's pods, as many in the same order before and after.

    `old` and `new` are what they look like. `running` are those that the cluster has:
    before they stay, after each is fixed to the node where it was. `missing` is how
    many it wants beyond them. A DaemonSet has one on each of the `spots` instead;
    `stray` names nodes that suit it after only. `problem` says why there are no pods to
    look at.
    """

    plan: UserPlan
    old: Pod = _NO_POD
    new: Pod = _NO_POD
    running: tuple[Pod, ...] = ()
    missing: int = 0
    spots: tuple[str, ...] = ()
    stray: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_everywhere(self) -> bool:
        """Whether its pods are where nodes are, and nowhere else."""
        return self.plan.user.input.kind == "DaemonSet"

    @property
    def wanted(self) -> int:
        """How many pods are looked at."""
        return len(self.spots if self.is_everywhere else self.running) + self.missing

    @property
    def staying(self) -> tuple[Pod, ...]:
        """The pods that need not be placed before."""
        return () if self.is_everywhere else self.running

    @property
    def before(self) -> Pods:
        """The pods to place before."""
        if self.is_everywhere:
            return Pods(tuple(_each_on(self.old, self.spots)))
        return Pods(free=tuple(_copied(self.old, self.missing)))

    @property
    def after(self) -> Pods:
        """The pods to place after."""
        if self.is_everywhere:
            return Pods(tuple(_each_on(self.new, self.spots)))
        fixed = (
            pinned(replace(self.new, meta=p.meta), p.node_name) for p in self.running
        )
        return Pods(tuple(fixed), tuple(_copied(self.new, self.missing)))

    def meanwhile(
        self,
        out: Collection[str],
        switched: Collection[str],
        *,
        has_moved: bool,
        most: int = MOST,
    ) -> Pods:
        """Return the pods to place while some nodes are out, and some have changed.

        Pods stay where they are unless their node is one of these; all are free once
        the user has moved. Those of nodes that are out now come late. Beside pods that
        run, there are new ones up to so many in all.
        """
        pod = self.new if has_moved else self.old
        if self.is_everywhere:
            return Pods(tuple(_each_on(pod, [s for s in self.spots if s not in out])))
        fixed: list[Pod] = []
        free: list[Pod] = []
        late: list[Pod] = []
        for each in self.running:
            copy = replace(pod, meta=each.meta)
            if each.node_name in out:
                late.append(copy)
            elif has_moved or each.node_name in switched:
                free.append(copy)
            else:
                fixed.append(pinned(copy, each.node_name))
        count = min(self.missing, max(most - len(self.running), 0))
        return Pods(tuple(fixed), (*free, *_copied(pod, count)), tuple(late))


def copies(
    plan: Plan, snapshot: Snapshot, inputs: Sequence[Input], rewrite: Rewrite
) -> tuple[Copies, ...]:
    """Return the pods of all users, in the plan's order."""
    running = _running(plan, snapshot, inputs)
    return tuple(
        _copies(
            each,
            _pods(each.user, namespace_of(each.user, plan), rewrite),
            snapshot,
            running.get(number, ()),
        )
        for number, each in enumerate(plan.users)
    )


def namespace_of(user: User, plan: Plan) -> str:
    """Return the namespace in which a user's pods are looked at."""
    return user.namespace or plan.order.namespace or "default"


def pinned(pod: Pod, node: str) -> Pod:
    """Return the pod as one that only a node takes, cordoned or not."""
    here = (Requirement("metadata.name", "In", (node,)),)
    terms: Iterable[NodeSelectorTerm] = (NodeSelectorTerm(),)
    if pod.affinity is not None:
        terms = pod.affinity.terms
    affinity = NodeSelector(
        tuple(replace(each, match_fields=(*each.match_fields, *here)) for each in terms)
    )
    tolerations = (*pod.tolerations, *_STAYING)
    return replace(pod, node_name="", affinity=affinity, tolerations=tolerations)


def suits(pod: Pod, node: Node) -> bool:
    """Tell whether a node would take a pod if it had all that the pod asks for."""
    needs = needs_of(pod)
    staying = replace(pod, tolerations=(*pod.tolerations, *_STAYING))
    others = frozenset(needs.resources)
    return refusal(staying, needs, node, NodeLoad(()), others) is None


def _copies(
    plan: UserPlan,
    pods: tuple[Pod, Pod] | str,
    snapshot: Snapshot,
    running: Sequence[Pod],
) -> Copies:
    user = plan.user
    if isinstance(pods, str):
        return Copies(plan, problem=pods)
    old, new = (_admitted(each, running) for each in pods)
    if user.input.kind == "DaemonSet":
        spots = [node.name for node in snapshot.nodes if suits(old, node)]
        later = {node.name for node in snapshot.nodes if suits(new, node)}
        stray = tuple(sorted(later - set(spots)))
        return Copies(plan, old, new, tuple(running), 0, tuple(spots), stray)
    wanted = 1 if user.replicas is None else user.replicas
    missing = min(max(wanted, len(running)), MOST) - len(running)
    return Copies(plan, old, new, tuple(running), missing)


def _admitted(pod: Pod, running: Iterable[Pod]) -> Pod:
    """Return a pod with what ExtendedResourceToleration gives to such pods.

    The admission plugin adds tolerations of what pods ask for (1.36,
    plugin/pkg/admission/extendedresourcetoleration); those that run tell if it is on.
    """
    asked = requests_of(pod)
    given = dict.fromkeys(t for p in running for t in p.tolerations if t.key in asked)
    return replace(pod, tolerations=(*pod.tolerations, *given))


def _each_on(pod: Pod, nodes: Iterable[str]) -> Iterator[Pod]:
    return (pinned(_named(pod, n), node) for n, node in enumerate(nodes))


def _copied(pod: Pod, count: int) -> Iterator[Pod]:
    return (_named(pod, number) for number in range(count))


def _named(pod: Pod, number: int) -> Pod:
    return replace(pod, meta=replace(pod.meta, name=f"{pod.meta.name}-{number}"))


def _new_spec(user: User, rewrite: Rewrite) -> Wire:
    """Return the spec as the rewritten document has it."""
    document = rewrite.documents.get(user.input.number)
    if document is None:
        return user.spec
    new = _rewritten(user.input, document)
    found = (each.spec for each in specs(new) if each.steps == user.steps)
    return next(found, user.spec)


def _rewritten(given: Input, document: Wire) -> Input:
    """Return an input with another document at the same place."""
    return Input(document, given.where, given.number, given.is_file)


def _pods(user: User, namespace: str, rewrite: Rewrite) -> tuple[Pod, Pod] | str:
    """Return the user's pod before and after; text says why it cannot be read."""
    before = _pod(user, user.spec, namespace)
    after = _pod(user, _new_spec(user, rewrite), namespace)
    if isinstance(before, str):
        return before
    return after if isinstance(after, str) else (before, after)


def _pod(user: User, spec: Wire, namespace: str) -> Pod | str:
    body = _of_machine(user, spec) if user.is_machine else dict(spec)
    body.pop("nodeName", None)
    document: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": user.input.name or user.input.kind.lower(),
            "namespace": namespace,
            "labels": dict(user.labels),
        },
        "spec": body,
    }
    found = decode(document)
    if isinstance(found, Decoded) and isinstance(found.value, Pod):
        return replace(found.value, gates=())  # whoever sets gates lifts them
    return getattr(found, "message", "") or "its pods cannot be read"


def _of_machine(user: User, spec: Wire) -> dict[str, Any]:
    """Return the spec of the pod in which a virtual machine runs."""
    body = {key: spec[key] for key in _OF_MACHINES if key in spec}
    amounts: dict[str, int] = {}
    if not spec.get("resourceClaims"):
        for each in user.asks:
            amounts[each.resource] = amounts.get(each.resource, 0) + each.amount
    resources = {"limits": amounts}
    return {**body, "containers": [{"name": "compute", "resources": resources}]}


def _running(
    plan: Plan, snapshot: Snapshot, inputs: Sequence[Input]
) -> dict[int, list[Pod]]:
    """Return the pods that the cluster has of users, by the users' positions."""
    live = {key_of(each): each for each in inputs if not each.is_file}
    owners: dict[Key, list[int]] = {}
    for number, each in enumerate(plan.users):
        key = key_of(each.user.input)._replace(namespace=namespace_of(each.user, plan))
        owners.setdefault(key, []).append(number)
    found: dict[int, list[Pod]] = {}
    for pod in snapshot.pods:
        if not is_active(pod):
            continue
        for key in _above(pod.meta, live):
            numbers = owners.get(key)
            if numbers:
                number = _meant(pod, numbers, plan)
                if len(found.setdefault(number, [])) < MOST:
                    found[number].append(pod)
                break
    return found


def is_active(pod: Pod) -> bool:
    """Tell whether a pod is on a node to stay."""
    return (
        bool(pod.node_name)
        and not pod.has_ended
        and pod.meta.deletion_timestamp is None
    )


def _meant(pod: Pod, numbers: Sequence[int], plan: Plan) -> int:
    """Return which of the users in one document a pod is of, by its labels."""
    labels = pod.meta.labels.items()
    return next(
        (each for each in numbers if plan.users[each].user.labels.items() <= labels),
        numbers[0],
    )


def _above(meta: ObjectMeta, live: Mapping[Key, Input]) -> Iterator[Key]:
    """Yield a pod itself, and what owns it, from below."""
    yield Key("", "Pod", meta.namespace, meta.name)
    owner = next((each for each in meta.owners if each.controller), None)
    if owner is None:
        return
    key: Key | None = Key(owner.group, owner.kind, meta.namespace, owner.name)
    for _ in range(_LONGEST_CHAIN):
        if key is None:
            return
        yield key
        known = live.get(key)
        above = None if known is None else controller(known)
        key = above or _guessed(key, meta)


def _guessed(key: Key, meta: ObjectMeta) -> Key | None:
    """Return the Deployment of a ReplicaSet, or a Job's CronJob, by their names."""
    name, _, end = key.name.rpartition("-")
    if key.kind == "ReplicaSet" and end and end == meta.labels.get(_HASH):
        return key._replace(kind="Deployment", name=name)
    if key.kind == "Job" and name and end.isdecimal():
        return key._replace(kind="CronJob", name=name)
    return None

"""What documents become: pods with claims in the place of extended resources."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from dractl.api.lifecycle import best_in
from dractl.api.snapshot import Snapshot
from dractl.api.versions import HUB
from dractl.api.versions_back import from_hub
from dractl.manifests.claims import metadata
from dractl.migrate import quotas
from dractl.migrate.answer import Asking, Finding, Plan, Rewrite, User, UserPlan
from dractl.migrate.asks import AMOUNTS
from dractl.migrate.claims import (
    MOST_DEVICES,
    Asked,
    Request,
    asked,
    grouped,
    parted,
    shared_request,
)
from dractl.migrate.classes import classes
from dractl.migrate.edits import changed_at, renewed, without
from dractl.migrate.inputs import Input, Order, Route, Steps, Wire
from dractl.migrate.losses import loss
from dractl.migrate.memory import MIGRATED, Memory, Requirement
from dractl.migrate.naming import Names, digest, label, unlike
from dractl.migrate.places import at
from dractl.migrate.requirements import leaving
from dractl.rules.subject import entries, mapping, text

QUEUE: Final = "kueue.x-k8s.io/queue-name"
_ENTRY: Final = "devices"
_SHARED: Final = ".shared"  # what resources of shares are often called, too


def rewritten(plan: Plan, snapshot: Snapshot, inputs: Sequence[Input]) -> Rewrite:
    """Return what documents become by a plan, and the objects that are new.

    Objects are in the version of their API that the release serves best. What cannot
    be rewritten stays as it is, with a finding that says so.
    """
    places: dict[int, list[Steps]] = {}
    for each in plan.users:
        places.setdefault(each.user.input.number, []).append(each.user.steps)
    work = _Work(plan, Names.of(inputs, snapshot), places)
    moved = [each for each in plan.users if each.route is Route.CLAIMS]
    moved = [each for each in moved if work.move(each)]
    kept = [each for each in plan.users if each.route is Route.EXTENDED]
    shared = (*classes([*moved, *kept], snapshot, inputs), *work.shared)
    beside = quotas.changed(inputs, moved)
    work.findings += _limits_lost(inputs, beside)
    return Rewrite(
        {**beside, **work.documents},
        {number: tuple(each) for number, each in work.added.items()},
        tuple(work.written(each) for each in shared),
        tuple(work.findings),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A claim of a pod: its name there, what it names, and who has which requests."""

    name: str
    source: Mapping[str, str]
    uses: Mapping[Steps, Sequence[str]]


@dataclass(slots=True)
class _Work:
    """A plan, the places of users by their documents, and what these become."""

    plan: Plan
    names: Names
    places: Mapping[int, Sequence[Steps]]
    documents: dict[int, Wire] = field(default_factory=dict)
    added: dict[int, list[Wire]] = field(default_factory=dict)
    shared: list[Wire] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def written(self, document: Wire) -> Wire:
        """Return an object in the version that the release serves best."""
        best = best_in(document["kind"], self.plan.order.profile.version)
        return from_hub(document, best) if best else document

    def move(self, plan: UserPlan) -> bool:
        """Let a user have claims; tell whether that could be."""
        user = plan.user
        number = user.input.number
        document = self.documents.get(number, user.input.document)
        own, common = parted(plan, self.plan.order)
        asks, made = [*own, *common], asked(plan, own)
        flaw = _flaw(document, user, asks, made)
        if flaw is not None or not asks:
            self.findings += [] if flaw is None else [flaw]
            return False
        spec = mapping(at(document, user.steps))
        gone = leaving(spec, plan.moved, user.steps)
        self.findings += _remarks(plan, made, gone, self.plan.order)
        self.findings += _amounts_lost(user, common)
        names = [text(each, "name") for each in entries(spec, "resourceClaims")]
        listed: list[_Entry] = []
        for source, uses in self._sources(plan, made, common, gone):
            base = source.get("resourceClaimName", _ENTRY)
            listed.append(_Entry(unlike(base, names), source, uses))
            names.append(listed[-1].name)
        change = partial(_with_claims, user, asks, listed, gone)
        self.documents[number] = changed_at(document, user.steps, change)
        return True

    def _sources(
        self,
        plan: UserPlan,
        made: Asked,
        common: Sequence[Asking],
        gone: Mapping[Steps, Requirement],
    ) -> Iterator[tuple[Mapping[str, str], Mapping[Steps, Sequence[str]]]]:
        """Make the claims of a user; yield how its pods name each, and who has what."""
        bases: list[str] = []
        for group in grouped(made.requests):
            spec = _claim_spec(group, plan, self.plan.order)
            memory = Memory(
                {each.name: each.resource for each in group},
                made.amounts_of(group),
                () if bases else tuple(gone.values()),
                digest(spec),
            )
            bases.append(unlike(self._base(plan.user), bases))
            source = self._template(plan.user, spec, memory, bases[-1])
            yield source, made.uses_of(group)
        for resource in dict.fromkeys(each.resource for each in common):
            same = [each.steps for each in common if each.resource == resource]
            yield self._claim(plan, resource), {each: [_ENTRY] for each in same}

    def _template(
        self, user: User, spec: Wire, memory: Memory, base: str
    ) -> Mapping[str, str]:
        """Make a template of claims; return how pods name it."""
        document = _object("ResourceClaimTemplate", user, memory, {"spec": spec})
        named, is_new = self.names.claim(document, base)
        if is_new:
            added = self.added.setdefault(user.input.number, [])
            added.append(self.written(named))
        return {"resourceClaimTemplateName": named["metadata"]["name"]}

    def _claim(self, plan: UserPlan, resource: str) -> Mapping[str, str]:
        """Make the claim that all pods of a namespace share; return how to name it."""
        request = shared_request(plan, resource, _ENTRY)
        spec = {"devices": {"requests": [request.wire]}}
        memory = Memory({request.name: resource}, spec=digest(spec))
        document = _object("ResourceClaim", plan.user, memory, spec)
        base = resource.removesuffix(_SHARED) + _SHARED
        named, is_new = self.names.claim(document, label(base))
        if is_new:
            self.shared.append(named)
        return {"resourceClaimName": named["metadata"]["name"]}

    def _base(self, user: User) -> str:
        """Return a name for a template: the workload's, and which of its pods."""
        beside = [each for each in self.places[user.input.number] if each != user.steps]
        name = user.input.name.strip("-") or user.input.kind
        return label(f"{name}-{_apart(user.steps, beside)}-{_ENTRY}")


def _apart(steps: Steps, others: Sequence[Steps]) -> str:
    """Return what tells a place from others, "" if there are none."""
    told = [
        str(each)
        for index, each in enumerate(steps)
        if any(other[index : index + 1] != (each,) for other in others)
    ]
    generic = {"template", "spec"}
    return "-".join([each for each in told if each not in generic] or told)


def _claim_spec(
    requests: Sequence[Request], plan: UserPlan, order: Order
) -> dict[str, Any]:
    """Return the spec of claims. Kueue takes none with constraints."""
    devices: dict[str, Any] = {"requests": [each.wire for each in requests]}
    constraints = [
        {"requests": [each.name], "matchAttribute": order.align}
        for each in _several(requests, order)
    ]
    if constraints and not _is_queued(plan.user):
        devices["constraints"] = constraints
    return {"devices": devices}


def _several(requests: Iterable[Request], order: Order) -> list[Request]:
    """Return the requests whose devices are to be near each other."""
    return [each for each in requests if order.align and (each.count or 0) > 1]


def _is_queued(user: User) -> bool:
    return QUEUE in user.labels or QUEUE in mapping(user.input.metadata, "labels")


def _object(kind: str, user: User, memory: Memory, spec: Wire) -> dict[str, Any]:
    notes = {"annotations": {MIGRATED: memory.text()}}
    return {
        "apiVersion": HUB,
        "kind": kind,
        "metadata": {**metadata("", user.namespace), **notes},
        "spec": spec,
    }


# -- pods


def _with_claims(
    user: User,
    asks: Sequence[Asking],
    listed: Sequence[_Entry],
    gone: Iterable[Steps],
    spec: Wire,
) -> Wire:
    """Return the spec of pods with claims and without the resources."""
    kept = without(spec, list(gone))
    for steps in dict.fromkeys(each.steps for each in asks):
        resources = [each.resource for each in asks if each.steps == steps]
        claims = [
            {"name": entry.name, "request": request}
            for entry in listed
            for request in entry.uses.get(steps, ())
        ]
        change = partial(_container, resources, claims)
        kept = changed_at(kept, steps[len(user.steps) :], change)
    claims = [{"name": each.name, **each.source} for each in listed]
    old = entries(spec, "resourceClaims")
    return renewed(spec, kept, {"resourceClaims": [*old, *claims]})


def _container(
    resources: Sequence[str], claims: Sequence[Wire], container: Wire
) -> Wire:
    """Return a container with claims and without the resources."""
    old = container["resources"]
    places = [(key, each) for key in AMOUNTS for each in resources]
    listed = [*entries(old, "claims"), *claims]
    found = renewed(old, without(old, places) or {}, {"claims": listed})
    return {**container, "resources": found}


# -- findings


def _flaw(
    document: Wire, user: User, asks: Sequence[Asking], made: Asked
) -> Finding | None:
    """Return what keeps a user from being rewritten."""
    say = partial(_said, user, "not-rewritten")
    if user.is_machine:
        return say("devices of virtual machines are changed by hand", user.steps)
    for steps in (user.steps, *(each.steps for each in asks)):
        holder = mapping(at(document, steps))
        is_pod = steps == user.steps
        if not is_pod:
            holder = mapping(holder, "resources")
        key = "resourceClaims" if is_pod else "claims"
        if not isinstance(holder.get(key), list | None):
            return say(f"{key} is no list", (*steps, key))
    if any(each.steps == user.steps for each in asks):
        return say("only containers can have claims, not a pod as a whole", user.steps)
    for each in made.requests:
        if (each.count or 0) > MOST_DEVICES:
            what = f"a claim has {MOST_DEVICES} devices at most, request {each.name} "
            return say(f"{what}would have {each.count}", user.steps)
    return None


def _remarks(
    plan: UserPlan, made: Asked, gone: Mapping[Steps, Requirement], order: Order
) -> Iterator[Finding]:
    """Yield what differs after, or is not as the plan has it."""
    user = plan.user
    for each in made.remarks:
        yield _said(user, "init-sees-more", each, user.steps)
    if _is_queued(user) and _several(made.requests, order):
        what = f"its devices need not share {order.align}: Kueue takes no constraints"
        yield _said(user, "not-aligned", what, user.steps)
    if gone and not made.requests:
        what = "nothing notes the requirements on nodes that go, for the way back"
        yield _said(user, "not-reversible", what, user.steps)
    for moved in plan.moved:
        if moved.steps[len(user.steps) :] not in gone:
            what = f"the requirement on {moved.label} stays: another term beside it "
            what += "would mean something else without it"
            yield _said(user, "requirement-stays", what, moved.steps)


def _amounts_lost(user: User, common: Iterable[Asking]) -> Iterator[Finding]:
    for each in common:
        if each.amount > 1:
            what = f"nothing notes that container {each.container} asked for "
            what += f"{each.amount} of {each.resource}, for the way back"
            yield _said(user, "not-reversible", what, each.steps)


def _limits_lost(inputs: Iterable[Input], beside: Collection[int]) -> Iterator[Finding]:
    for each in inputs:
        if each.number in beside and each.kind == "LimitRange":
            what = "nothing notes the limits that go, for the way back"
            yield loss("not-reversible", what, each.title, each.where, Route.CLAIMS)


def _said(user: User, code: str, message: str, steps: Steps) -> Finding:
    place = user.input.place(steps)
    return loss(code, message, user.input.title, place, Route.CLAIMS)

"""The whole answer: every pod and claim in scope, each with its causes."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.diagnose import (  # noqa: F401 - each fills the table of causes
    binding,
    clashes,
    features,
    objects,
    places,
    refusals,
    scheduled,
    selection,
    shortages,
    spent,
    supply,
    taints,
    waiting,
)
from dractl.diagnose.answer import (
    Cause,
    ClaimReport,
    Explanation,
    PodReport,
)
from dractl.diagnose.bugs import known_bugs
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change
from dractl.diagnose.doubt import certain
from dractl.diagnose.errors import code_of_error
from dractl.diagnose.fixes import Blamed, Way, with_fixes
from dractl.diagnose.links import link_of, links
from dractl.diagnose.outlook import outlook
from dractl.diagnose.owners import owner_of
from dractl.diagnose.survey import Found
from dractl.diagnose.table import Stage, finders, judge_of, teller_of
from dractl.diagnose.told import Told
from dractl.diagnose.unchecked import unchecked
from dractl.diagnose.uncreated import uncreated
from dractl.diagnose.views import views
from dractl.diagnose.waiting import deletion_of
from dractl.diagnose.world import World
from dractl.model.claims import ResourceClaim
from dractl.model.workloads import Pod
from dractl.solver.placement import Placement
from dractl.solver.subjects import Subject, is_waiting, subject_of

_OF_CLAIMS: Final = (
    "claims, classes, slices, selectors, taints, counters, capacity, constraints"
)
_OF_NODES: Final = ", node selectors, node taints, CPU and memory"
_BEYOND: Final = (
    "look at what dractl does not: volumes, pod affinity, spreading, priorities; or "
    "the state has changed since the scheduler's last attempt"
)
_TIMED_OUT: Final = "timed out trying to allocate devices"  # the scheduler's words
_LONG_SEARCH: Final = (
    "the search for these devices is long, and the scheduler gives up after 10 s on a "
    "node: ask for fewer devices in one claim, or select them more narrowly"
)

Progress = Callable[[int, int], None]


def explain(
    snapshot: Snapshot,
    *,
    namespace: str | None = None,
    progress: Progress | None = None,
    running: bool = True,
) -> Explanation:
    """Explain every pod that uses DRA, and every claim that is stuck without a pod.

    Without a namespace, all are looked at. Unless `running`, pods that run are left
    out: of a large cluster, these are nearly all. Pods are judged one by one against
    the cluster as it is: none of them takes anything from another.
    """
    world = World(snapshot)
    pods = [
        pod
        for pod in snapshot.pods
        if namespace in {None, pod.meta.namespace}
        and (running or pod.phase != "Running")
        and uses_dra(world, pod)
    ]
    claims = [
        claim
        for claim in snapshot.claims
        if namespace in {None, claim.meta.namespace} and _is_lone(world, claim)
    ]
    total = len(pods) + len(claims)
    reports = []
    for number, pod in enumerate(pods):
        reports.append(explain_pod(world, pod))
        if progress is not None:
            progress(number + 1, total)
    claim_reports = [explain_claim(world, claim) for claim in claims]
    stuck = [each for each in claim_reports if each.causes]
    return Explanation(
        snapshot.profile,
        tuple(reports),
        tuple(stuck),
        unchecked(snapshot),
        snapshot.problems,
        tuple(uncreated(world, namespace)),
    )


def uses_dra(world: World, pod: Pod) -> bool:
    """Tell whether the pod is not done and needs devices through DRA."""
    if pod.has_ended or pod.meta.deletion_timestamp is not None:
        return False
    return bool(
        pod.claims or pod.extended_claim or Case(world, Subject(pod, ())).resources
    )


def _is_lone(world: World, claim: ResourceClaim) -> bool:
    """Tell whether no pod tells the story of the claim."""
    users = [p for p in world.users.get(claim.meta.key, ()) if not p.has_ended]
    if claim.meta.deletion_timestamp is not None:
        return not any(map(is_waiting, users))
    return not users


# -- pods


def explain_pod(world: World, pod: Pod) -> PodReport:
    """Return what keeps a pod, with fixes that were tried."""
    subject = subject_of(pod, world.snapshot)
    case = Case(world, subject)
    blamed, lands = Blamed(), None
    if is_waiting(pod):
        blamed = _waiting(case)
        lands = None if blamed.told else _lands(case)
    elif pod.node_name:
        blamed = Blamed.all(_found(case, Stage.SCHEDULED))
    causes = certain(with_fixes(case, blamed), world.snapshot.info)
    return PodReport(
        pod,
        tuple(causes),
        owner_of(pod),
        links(world, pod),
        lands,
        tuple(_notes(case, causes, blamed.ways)),
        blamed.ways,
        tuple(views(case, causes)),
    )


def _waiting(case: Case) -> Blamed:
    """Return what keeps a pod from being scheduled."""
    found = _found(case, Stage.OBJECTS)
    return Blamed.all(found, case.world.nodes) if found else _blamed(case)


def _found(case: Case, stage: Stage) -> list[Told]:
    return [told for _, find in finders(stage) for told in find(case)]


def _blamed(case: Case) -> Blamed:
    """Return what the scheduler's own way with the claims comes to."""
    nodes = case.world.nodes
    if case.subject.problem is not None:
        return Blamed.all([_unexplained(case, case.subject.problem)], nodes)
    if not (case.subject.claims or case.subject.extended):
        return Blamed()
    # Asking the survey first spares most pods the search for a place.
    if case.may_fit or not case.found:
        answer = case.answer
        if answer.aborted is not None:
            told = judge_of(code_of_error(answer))(case, answer)
            return Blamed.all([told], nodes)
        if answer.node is not None:
            return Blamed.all(_although_it_fits(case, answer.node))
    return _told_of_nodes(case)


def _told_of_nodes(case: Case) -> Blamed:
    nodes = {node.name: node for each in case.found for node in each.nodes}
    told = [_told(case, each) for each in case.found]
    if not told:
        why = "no node takes the pod, and none says why"
        return Blamed.all([_unexplained(case, why)])
    return Blamed(told, tuple(nodes.values()), case.ways)


def _told(case: Case, found: Found) -> Told:
    if found.blame.error is None:
        return teller_of(found.blame.code)(case, found)
    # The error may be a replica's, whose claim has another name.
    message, fault = found.blame.error
    claim = case.claim(found)
    name = claim.meta.name if claim is not None else fault.claim
    answer = Placement(
        case.subject,
        None,
        (),
        aborted=message.replace(fault.claim, name) if fault.claim else message,
        fault=dataclasses.replace(
            fault, claim=name, request=fault.request or found.blame.request
        ),
    )
    told = judge_of(code_of_error(answer))(case, answer)
    return told._replace(cause=dataclasses.replace(told.cause, nodes=found.names))


def _although_it_fits(case: Case, node: str) -> list[Told]:
    """Return what the scheduler says where dractl finds a place; often nothing."""
    condition = next(
        (
            each
            for each in (case.pod.conditions if case.pod else ())
            if each.type == "PodScheduled" and each.status == "False"
        ),
        None,
    )
    if condition is None or not condition.message:
        return []
    seen = f"devices{_OF_NODES}" if case.world.has_nodes else "devices"
    cause = Cause(
        "unknown",
        f"the pod fits on {node} as far as {seen} go, but {_scheduler_of(case)} says: "
        f"{condition.message}",
        nodes=(node,),
        evidence={"node": node, "reason": condition.reason, "said": condition.message},
    )
    is_long = case.answer.is_slow or _TIMED_OUT in condition.message
    advice = Change(_LONG_SEARCH if is_long else _BEYOND)
    return [Told(cause, (advice,))]


def _scheduler_of(case: Case) -> str:
    name = case.pod.scheduler_name if case.pod is not None else ""
    return "the scheduler" if name in {"", "default-scheduler"} else name


def _unexplained(case: Case, why: str) -> Told:
    seen = f"{_OF_CLAIMS}{_OF_NODES if case.world.has_nodes else ''}"
    return Told(Cause("unknown", f"{why}; looked at: {seen}"))


def _lands(case: Case) -> str | None:
    """Return where a pod without causes would fit."""
    if case.subject.problem is not None or not case.world.has_nodes:
        return None
    return case.answer.node


# -- claims


def explain_claim(world: World, claim: ResourceClaim) -> ClaimReport:
    """Return what keeps a claim, be it used by pods or not."""
    case = Case(world, Subject(None, (claim,)))
    blamed = Blamed()
    notes: list[str] = []
    users = world.users.get(claim.meta.key, ())
    if claim.meta.deletion_timestamp is not None:
        blamed = Blamed.all([deletion_of(case, claim)])
    elif claim.allocation is None:
        blamed = _waiting(case)
        if not users:
            notes.append("no pod uses it; it gets devices with the first pod that does")
        notes += [
            f"seen without its pods; explain pod {pod.meta.name} says more"
            for pod in users[:1]
        ]
    else:
        notes += _idle(world, claim)
    return ClaimReport(
        claim,
        tuple(certain(with_fixes(case, blamed), world.snapshot.info)),
        tuple(pod.meta.name for pod in users),
        link_of(world, claim),
        tuple(notes),
    )


def _idle(world: World, claim: ResourceClaim) -> Iterator[str]:
    consumers = world.holders.consumers(claim)
    if not consumers:
        yield "it has devices, but is reserved for nobody"
    elif all(each.is_gone or each.is_done for each in consumers):
        names = ", ".join(map(str, consumers))
        yield f"it has devices, reserved only for {names}, gone or ended"


# -- notes


def _notes(case: Case, causes: Sequence[Cause], ways: Sequence[Way]) -> Iterator[str]:
    yield from _ways(causes, ways)
    yield from outlook(case, causes)
    yield from known_bugs(case, causes)
    pod = case.pod
    if pod is not None and is_waiting(pod) and causes:
        yield from _afterwards(case, causes)


def _ways(causes: Sequence[Cause], ways: Sequence[Way]) -> Iterator[str]:
    """Say whether all causes have to go, or which of them."""
    if len(causes) < 2 or not ways:  # noqa: PLR2004 one alone needs no word
        return
    if len(ways) == 1:
        yield "all of these are in the way at once"
    elif all(len(way) == 1 for way in ways):
        yield "any one of these gone would do"
    else:
        texts = [
            " and ".join(dict.fromkeys(_naming(causes[place]) for place in way))
            for way in ways
        ]
        yield f"one of these sets has to go: {'; '.join(dict.fromkeys(texts))}"


def _naming(cause: Cause) -> str:
    return f"{cause.code} ({cause.request})" if cause.request else cause.code


def _afterwards(case: Case, causes: Sequence[Cause]) -> Iterator[str]:
    """Say what comes once the pod is let into the scheduler."""
    if {each.code for each in causes} - {"scheduling-gated", "no-scheduler"}:
        return
    later = Case(case.world, features.without_problem(case.subject))
    if later.answer.node is not None:
        yield f"after that it fits on {later.answer.node}"
        return
    for told in _blamed(later).told:
        yield f"after that it still waits: {told.cause.message}"

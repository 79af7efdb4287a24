"""The answers as plain data: what `-o json` and `-o yaml` print."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dractl.api.problems import Problem
from dractl.model.claims import Condition, ObjectMeta, ResourceClaim
from dractl.model.cluster import Profile
from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.eviction import Due
from dractl.taints.fates import PodImpact
from dractl.taints.impact import Impact
from dractl.taints.listing import ListedTaint, Taints
from dractl.taints.moments import written_moment
from dractl.taints.notices import Notice
from dractl.taints.plan import Plan, PlannedRule
from dractl.taints.rules import is_ours
from dractl.taints.stranded import Stranded

_MOST_NAMES: Final = 256  # of devices; how many there are stands beside them

Document = dict[str, object]


def plan_document(
    plan: Plan,
    impact: Impact | None,
    profile: Profile,
    notices: Iterable[Notice] = (),
    problems: Sequence[Problem] = (),
) -> Document:
    """Return a plan and, if it was weighed, what it does; `notices` come on top."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "TaintPlan",
        "kubernetes": str(profile.version),
        "rules": [_planned(each) for each in plan.rules],
        "removed": [_rule(each) for each in plan.removed],
        "impact": None if impact is None else _impact(impact),
        "notices": [_notice(each) for each in (*plan.notices, *notices)],
        "problems": [each.as_data() for each in problems],
    }


def happened(
    dry_run: str,
    outcomes: Iterable[tuple[str, str, str]],
    verdicts: Mapping[str, Condition | None],
) -> Document:
    """Return what became of a plan: rules with outcome and message, and verdicts."""
    return {
        "dryRun": dry_run,
        "outcomes": [
            {"name": name, "outcome": str(outcome), "message": message or None}
            for name, outcome, message in outcomes
        ],
        "verdicts": [
            {"name": name, "eviction": _eviction(said)}
            for name, said in verdicts.items()
        ],
    }


def list_document(
    taints: Taints, profile: Profile, problems: Sequence[Problem] = ()
) -> Document:
    """Return all taints."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "TaintList",
        "kubernetes": str(profile.version),
        "taints": [_listed(each) for each in taints.taints],
        "notices": [_notice(each) for each in taints.notices],
        "problems": [each.as_data() for each in problems],
    }


# -- plans


def _planned(rule: PlannedRule) -> Document:
    return {
        "name": rule.name,
        "change": str(rule.change),
        "selector": rule.selector.as_wire(),
        "taint": _taint(rule.taint),
        "before": None if rule.before is None else _rule(rule.before),
        "manifest": rule.document,
    }


def _rule(rule: DeviceTaintRule) -> Document:
    return {
        "name": rule.name,
        "selector": _selector(rule.selector),
        "taint": _taint(rule.taint),
        "madeByDractl": is_ours(rule),
    }


def _selector(selector: DeviceSelector | None) -> Document | None:
    return None if selector is None else {**selector.as_wire()}


def _taint(taint: Taint) -> Document:
    return {
        "key": taint.key,
        "value": taint.value,
        "effect": taint.effect,
        "timeAdded": taint.time_added,
    }


def _impact(impact: Impact) -> Document:
    return {
        "devices": _devices(impact.devices),
        "already": _devices(impact.already),
        "unpublished": _devices(impact.unpublished),
        "claims": _claims(impact.claims),
        "pods": [_pod(each) for each in impact.pods],
        "preview": [_pod(each) for each in impact.preview],
        "stranded": [_stranded(each) for each in impact.stranded],
        "notices": [_notice(each) for each in impact.notices],
    }


def _pod(impact: PodImpact) -> Document:
    return {
        **_name(impact.pod.meta),
        "node": impact.pod.node_name or None,
        "fate": str(impact.fate),
        "why": impact.why,
        "evictedAt": _time(impact.due),
        "evictedAtBefore": _time(impact.due_before),
        "causedByPlan": impact.is_caused,
        "claims": _claims(impact.claims),
        "devices": _devices(impact.devices),
        "daemonSet": impact.is_of_daemon_set,
        "budgets": [each.meta.name for each in impact.budgets],
    }


def _stranded(found: Stranded) -> Document:
    pod = found.subject.pod
    return {
        "pod": None if pod is None else _name(pod.meta),
        "claims": _claims(found.subject.claims),
        "node": found.node,
    }


# -- lists


def _listed(listed: ListedTaint) -> Document:
    rule, said = listed.rule, listed.eviction
    driver = None if rule or listed.selector is None else listed.selector.driver
    return {
        **_taint(listed.taint),
        "rule": None if rule is None else rule.name,
        "driver": driver,
        "selector": None if rule is None else _selector(listed.selector),
        "devices": _devices(listed.devices),
        "madeByDractl": listed.is_ours,
        "owner": listed.remarks.owner or None,
        "reason": listed.remarks.reason or None,
        "until": listed.remarks.until or None,
        "expired": listed.is_expired,
        "inForce": listed.is_in_force,
        "eviction": _eviction(said),
        "claims": _claims(listed.claims),
        "pods": [_name(each.meta) for each in listed.pods],
        "leaving": [
            {**_name(each.pod.meta), "at": _time(each.due)} for each in listed.leaving
        ],
        "notices": [_notice(each) for each in listed.notices],
    }


# -- parts


def _eviction(said: Condition | None) -> Document | None:
    if said is None:
        return None
    return {"status": said.status, "reason": said.reason, "message": said.message}


def _devices(devices: Sequence[DeviceId]) -> Document:
    return {
        "count": len(devices),
        "names": [str(each) for each in devices[:_MOST_NAMES]],
    }


def _claims(claims: Iterable[ResourceClaim]) -> list[Document]:
    return [_name(each.meta) for each in claims]


def _name(meta: ObjectMeta) -> Document:
    return {"namespace": meta.namespace, "name": meta.name}


def _time(due: Due | None) -> str | None:
    return None if due is None else written_moment(due.when)


def _notice(notice: Notice) -> Document:
    return {
        "code": notice.code,
        "message": notice.message,
        "hint": notice.hint or None,
    }

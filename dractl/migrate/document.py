"""The plan as plain data: what `-o json` and `-o yaml` print."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dractl.api.problems import Problem
from dractl.legacy.construct import path_of
from dractl.migrate.answer import (
    Asking,
    Finding,
    Fit,
    Meaning,
    Mention,
    Moved,
    NodeChange,
    Plan,
    Proof,
    Target,
    UserPlan,
)
from dractl.migrate.inputs import Input, Order, Route
from dractl.migrate.routes import conditions
from dractl.migrate.steps import Stage

Document = dict[str, Any]


def document(
    plan: Plan, proof: Proof, stages: Sequence[Stage], problems: Sequence[Problem]
) -> Document:
    """Return the answer to `migrate plan`; see schemas/output/migrate-plan.v1.json."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "MigratePlan",
        "kubernetes": str(plan.order.profile.version),
        "route": plan.order.route.value,
        "users": [_user(each, plan.order) for each in plan.users],
        "settings": [
            {
                "kind": each.kind,
                "subject": each.subject,
                "where": each.where,
                "says": each.says,
                "means": each.means,
                "nodes": list(each.nodes),
            }
            for each in plan.settings
        ],
        "objects": [dict(each) for each in plan.objects],
        "mentions": [_mention(each) for each in plan.mentions],
        "findings": [_finding(each) for each in plan.findings],
        "proof": _proof(proof),
        "stages": [_stage(each) for each in stages],
        "problems": [each.as_data() for each in problems],
    }


def _user(each: UserPlan, order: Order) -> Document:
    user = each.user
    return {
        "object": {**_object(user.input), "namespace": user.namespace or None},
        "where": user.input.place(user.steps),
        "inFile": user.input.is_file,
        "path": path_of(user.steps),
        "replicas": user.replicas,
        "controller": user.controller or None,
        "asks": [_asking(one, each) for one in user.asks],
        "meanings": [
            {**_meaning(name, one), "ambiguous": name in each.doubtful}
            for name, one in each.meanings.items()
        ],
        "targets": [_target(one) for one in each.targets.values()],
        "route": each.route.value if each.route is not None else None,
        "routes": [_route(each, order, route) for route in Route],
        "moved": [_moved(one, each) for one in each.moved],
        "findings": [_finding(one) for one in each.findings],
    }


def _object(given: Input) -> Document:
    return {
        "apiVersion": str(given.document.get("apiVersion") or ""),
        "kind": given.kind,
        "namespace": given.namespace or None,
        "name": given.name,
    }


def _asking(asking: Asking, each: UserPlan) -> Document:
    return {
        "container": asking.container,
        "where": each.user.input.place(asking.steps),
        "path": path_of(asking.steps),
        "resource": asking.resource,
        "amount": asking.amount,
        "init": asking.ends,
    }


def _meaning(resource: str, meaning: Meaning) -> Document:
    return {
        "resource": resource,
        "unit": meaning.unit,
        "profile": meaning.profile or None,
        "replicas": meaning.replicas,
        "evidence": list(meaning.evidence),
        "nodes": list(meaning.nodes),
        "assumed": meaning.is_assumed,
    }


def _target(target: Target) -> Document:
    return {
        "resource": target.resource,
        "plugin": target.plugin.name,
        "driver": target.driver,
        "deviceClass": target.device_class,
        "expressions": list(target.expressions),
        "capacity": dict(target.capacity),
        "adminAccess": target.is_admin,
        "extendedResourceClass": target.keeper,
        "decision": target.row.decision or None,
        "differences": list(target.row.differences),
    }


def _route(each: UserPlan, order: Order, route: Route) -> Document:
    return {
        "route": route.value,
        "open": bool(each.targets) and route not in each.blocks,
        "blocks": list(each.blocks.get(route, ())),
        "conditions": list(conditions(each, order, route)),
    }


def _moved(moved: Moved, each: UserPlan) -> Document:
    return {
        "where": each.user.input.place(moved.steps),
        "path": path_of(moved.steps),
        "label": moved.label,
        "operator": moved.operator,
        "values": list(moved.values),
        "requirement": requirement(moved),
        "resource": moved.resource or None,
        "expression": moved.expression or None,
        "why": moved.why,
    }


def requirement(moved: Moved) -> str:
    """Return a requirement on nodes as a line: `pool In [a, b]`, `gpu Exists`."""
    values = f" [{', '.join(moved.values)}]" if moved.values else ""
    return f"{moved.label} {moved.operator}{values}"


def _mention(mention: Mention) -> Document:
    return {
        "object": _object(mention.input),
        "where": mention.input.place(mention.steps),
        "path": path_of(mention.steps),
        "role": mention.role,
        "resource": mention.resource,
        "text": mention.text,
    }


def _finding(finding: Finding) -> Document:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "route": finding.route.value if finding.route is not None else None,
        "subject": finding.subject or None,
        "where": finding.where or None,
        "message": finding.message,
        "fix": finding.fix or None,
    }


def _proof(proof: Proof) -> Document:
    return {
        "verdict": proof.verdict.value,
        "reasons": list(proof.reasons),
        "workloads": [_fit(each) for each in proof.fits],
        "nodes": [_node(each) for each in proof.nodes],
    }


def _fit(fit: Fit) -> Document:
    user = fit.plan.user
    return {
        "object": {**_object(user.input), "namespace": user.namespace or None},
        "wanted": fit.wanted,
        "before": fit.before,
        "after": fit.after,
        "devices": [list(each) for each in fit.devices],
        "why": fit.why or None,
    }


def _node(change: NodeChange) -> Document:
    return {
        "node": change.node,
        "resource": change.resource,
        "before": change.before,
        "after": change.after,
        "source": change.source,
    }


def _stage(stage: Stage) -> Document:
    return {
        "name": stage.name,
        "kind": stage.kind.value,
        "title": stage.title,
        "nodes": list(stage.nodes),
        "pods": dict(stage.pods),
        "steps": dict(sorted(Counter(each.verb.value for each in stage.steps).items())),
        "doubts": list(stage.doubts),
    }

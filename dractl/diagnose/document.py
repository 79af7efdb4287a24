"""The answers as plain data: what `-o json` and `-o yaml` print."""

from collections.abc import Sequence
from typing import Final

from dractl.api.problems import Problem
from dractl.diagnose.answer import (
    Cause,
    ClaimReport,
    DeviceReport,
    Explanation,
    Link,
    PodReport,
    WorkloadReport,
)
from dractl.model.attributes import Attribute

_MOST_NAMES: Final = 256  # of nodes; how many there are stands beside them

Document = dict[str, object]


def document(answer: Explanation) -> Document:
    """Return the answer to `explain` about pods and claims."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "ExplainResult",
        "kubernetes": str(answer.profile.version),
        "pods": [_pod(each) for each in answer.pods],
        "claims": [_claim(each) for each in answer.claims],
        "workloads": [_workload(each) for each in answer.workloads],
        "unchecked": list(answer.unchecked),
        "problems": [each.as_data() for each in answer.problems],
    }


def _pod(report: PodReport) -> Document:
    pod = report.pod
    return {
        "namespace": pod.meta.namespace,
        "name": pod.meta.name,
        "phase": pod.phase or "Pending",
        "node": pod.node_name or None,
        "owner": report.owner or None,
        "claims": [each.claim for each in report.links if each.claim],
        "causes": [_cause(each) for each in report.causes],
        "ways": [list(each) for each in report.ways],
        "lands": report.lands,
        "links": [_link(each) for each in report.links],
        "notes": list(report.notes),
        "views": [
            {"by": each.by, "message": each.message, "evidence": dict(each.evidence)}
            for each in report.views
        ],
    }


def _workload(report: WorkloadReport) -> Document:
    return {
        "kind": report.kind,
        "namespace": report.namespace,
        "name": report.name,
        "causes": [_cause(each) for each in report.causes],
    }


def _claim(report: ClaimReport) -> Document:
    return {
        "namespace": report.claim.meta.namespace,
        "name": report.claim.meta.name,
        "users": list(report.users),
        "causes": [_cause(each) for each in report.causes],
        "link": None if report.link is None else _link(report.link),
        "notes": list(report.notes),
    }


def _cause(cause: Cause) -> Document:
    return {
        "code": cause.code,
        "claim": cause.claim,
        "request": cause.request,
        "message": cause.message,
        "nodes": {
            "count": len(cause.nodes),
            "names": list(cause.nodes[:_MOST_NAMES]),
        },
        "evidence": dict(cause.evidence),
        "fixes": list(cause.fixes),
        "commands": list(cause.commands),
    }


def _link(link: Link) -> Document:
    return {
        "entry": link.entry or None,
        "claim": link.claim or None,
        "state": link.state,
        "wants": list(link.wants),
        "devices": list(link.devices),
    }


def device_document(
    reports: Sequence[DeviceReport], problems: Sequence[Problem] = ()
) -> Document:
    """Return the answer to `explain device`."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "ExplainDeviceResult",
        "devices": [_device(each) for each in reports],
        "problems": [each.as_data() for each in problems],
    }


def _device(report: DeviceReport) -> Document:
    device = report.device
    return {
        "device": str(device.id),
        "slice": report.slice,
        "nodes": {
            "count": len(report.nodes),
            "names": list(report.nodes[:_MOST_NAMES]),
        },
        "attributes": {
            name: _value(value) for name, value in sorted(device.attributes.items())
        },
        "capacity": [dict(each) for each in report.capacity],
        "taints": [
            {
                "key": each.key,
                "value": each.value,
                "effect": each.effect,
                "timeAdded": each.time_added,
                "rule": each.rule,
            }
            for each in device.taints
        ],
        "heldBy": [dict(each) for each in report.holders],
        "counters": [dict(each) for each in report.counters],
        "classes": list(report.classes),
        "claims": list(report.claims),
        "notes": list(report.notes),
    }


def _value(attribute: Attribute) -> object:
    value = attribute.value
    if isinstance(value, tuple):
        return [_scalar(each) for each in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    return value if value is None or isinstance(value, str | int) else str(value)

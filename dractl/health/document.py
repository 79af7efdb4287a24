"""The answer as plain data: what `-o json` and `-o yaml` print."""

from collections.abc import Iterable, Sequence
from typing import Final

from dractl.api.problems import Problem
from dractl.health.answer import (
    Eviction,
    FreeClaim,
    FreeStatus,
    Health,
    Sign,
    Silent,
    State,
    Thing,
    User,
)
from dractl.model.claims import DeviceStatus, ObjectMeta
from dractl.model.devices import DeviceId
from dractl.taints.moments import written_moment

_MOST_NAMES: Final = 256  # of devices of which nobody says anything

Document = dict[str, object]


def document_of(
    found: Health,
    namespace: str | None = None,
    unchecked: Iterable[str] = (),
    problems: Sequence[Problem] = (),
) -> Document:
    """Return the answer; `namespace` is the one that was asked about, None: all."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "HealthReport",
        "kubernetes": str(found.profile.version),
        "namespace": namespace,
        "summary": {str(level): number for level, number in found.counts.items()},
        "devices": [_state(each) for each in found.states],
        "unreported": [_silent(each) for each in found.silent],
        "evictions": [_eviction(each) for each in found.evictions],
        "driverStatus": [_free(each) for each in found.free],
        "notices": [
            {"code": each.code, "message": each.message, "hint": each.hint or None}
            for each in found.notices
        ],
        "unchecked": list(unchecked),
        "problems": [each.as_data() for each in problems],
    }


def _state(state: State) -> Document:
    subject = state.subject
    return {
        "health": str(state.level),
        "name": str(subject),
        "driver": subject.driver if isinstance(subject, DeviceId) else None,
        "pool": subject.pool if isinstance(subject, DeviceId) else None,
        "device": None if isinstance(subject, FreeClaim) else subject.device,
        "resource": subject.resource if isinstance(subject, Thing) else None,
        "published": state.is_published,
        "nodes": list(state.nodes),
        "signs": [_sign(each) for each in state.signs],
        "claims": [_name(each.meta) for each in state.claims],
        "pods": [_user(each) for each in state.users],
        "status": [_status(each) for each in state.statuses],
    }


def _sign(sign: Sign) -> Document:
    return {
        "code": sign.code,
        "health": None if sign.level is None else str(sign.level),
        "message": sign.message,
        "since": sign.since,
        "rule": sign.rule,
        "evidence": dict(sign.evidence),
    }


def _user(user: User) -> Document:
    pod = user.pod
    return {
        **_name(pod.meta),
        "node": pod.node_name or None,
        "phase": pod.phase or None,
        "evictedAt": None if user.due is None else written_moment(user.due.when),
    }


def _status(status: DeviceStatus) -> Document:
    network = status.network
    return {
        "shareID": status.share_id,
        "network": None
        if network is None
        else {
            "interfaceName": network.interface or None,
            "ips": list(network.addresses),
            "hardwareAddress": network.hardware_address or None,
        },
        "data": status.data or None,
    }


def _silent(silent: Silent) -> Document:
    return {
        "driver": silent.driver,
        "inUse": silent.is_in_use,
        "devices": {
            "count": len(silent.devices),
            "names": [str(each) for each in silent.devices[:_MOST_NAMES]],
        },
        "why": silent.why,
        "switch": silent.switch or None,
    }


def _eviction(eviction: Eviction) -> Document:
    said = eviction.said
    return {
        "rule": eviction.rule.name,
        "inProgress": None if said is None else said.status,
        "reason": None if said is None else said.reason or None,
        "message": None if said is None else said.message or None,
        "leaving": [_user(each) for each in eviction.leaving],
    }


def _free(free: FreeStatus) -> Document:
    return {
        "claim": _name(free.claim),
        "fields": dict(free.fields),
        "instead": dict(free.instead),
    }


def _name(meta: ObjectMeta) -> Document:
    return {"namespace": meta.namespace, "name": meta.name}

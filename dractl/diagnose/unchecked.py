"""What a snapshot lacks, and what cannot be told for that."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.model.cluster_info import Cause, Gap

_Lack = tuple[str, Callable[[Snapshot], object], str]

_LACKING: Final[Mapping[str, _Lack]] = {
    "Node": (
        "Nodes",
        lambda snapshot: snapshot.nodes,
        "node selectors, node taints, readiness, CPU and memory were not looked at",
    ),
    "Pod": (
        "Pods",
        lambda snapshot: snapshot.pods,
        "claims are explained without the pods that use or hold them",
    ),
    "Event": (
        "Events",
        lambda snapshot: snapshot.events,
        "failures to prepare devices or to make claims cannot be seen",
    ),
    "ResourceSlice": (
        "ResourceSlices",
        lambda snapshot: snapshot.slices,
        "it looks as if no driver published anything",
    ),
    "DeviceClass": (
        "DeviceClasses",
        lambda snapshot: snapshot.classes,
        "every class looks as if it were missing",
    ),
    "ResourceClaim": (
        "ResourceClaims",
        lambda snapshot: snapshot.claims,
        "claims look as if they were missing, and all devices as if they were free",
    ),
    "ResourceClaimTemplate": (
        "ResourceClaimTemplates",
        lambda snapshot: snapshot.templates,
        "templates look as if they were missing",
    ),
    "Namespace": (
        "Namespaces",
        lambda snapshot: snapshot.namespaces,
        "labels for admin access were not looked at",
    ),
}


def _names_templates(snapshot: Snapshot) -> bool:
    return any(
        entry.template is not None and entry.name not in pod.claim_names
        for pod in snapshot.pods
        for entry in pod.claims
    )


def _asks_for_admin_access(snapshot: Snapshot) -> bool:
    specs = [each.spec for each in snapshot.claims]
    specs += [each.spec for each in snapshot.templates]
    return any(
        option.admin_access
        for spec in specs
        for request in spec.requests
        for option in request.options
    )


_MATTERS: Final[Mapping[str, Callable[[Snapshot], bool]]] = {
    "ResourceClaimTemplate": _names_templates,
    "Namespace": _asks_for_admin_access,
}
"""Where the lack of a kind could have changed an answer at all."""


_FURTHER: Final[Mapping[str, str]] = {
    "DeviceTaintRule": "taints that administrators set by rules are not seen",
    "ResourceQuota": "a quota that refuses claims is not seen",
    "PodGroup": "claims that pods of a group share are not seen",
}
"""Kinds of which a cluster often has no object, so that only a gap says something."""


def unchecked(snapshot: Snapshot) -> tuple[str, ...]:
    """Return a sentence for each kind that the snapshot lacks, in whole or in part."""
    return tuple(_sentences(snapshot))


def _sentences(snapshot: Snapshot) -> Iterator[str]:
    for kind, (plural, objects, consequence) in _LACKING.items():
        gap = snapshot.info.gap(kind)
        if gap is not None and gap.only is not None:
            yield f"{gap}: what they have or say is not seen{_needing(gap)}"
        elif not objects(snapshot) and _MATTERS.get(kind, bool)(snapshot):
            if gap is not None:
                yield f"{gap}: {consequence}{_needing(gap)}"
            elif not snapshot.info.has_read(kind, "", GROUP):
                yield f"no {plural} in the snapshot: {consequence}"
    for gap in snapshot.info.gaps:
        if gap.kind in _FURTHER:
            yield f"{gap}: {_FURTHER[gap.kind]}{_needing(gap)}"
        elif gap.cause is Cause.FAILED and gap.kind not in _LACKING:
            yield f"{gap}: what they say is not seen{_needing(gap)}"


def _needing(gap: Gap) -> str:
    return f" ({gap.needs})" if gap.needs else ""

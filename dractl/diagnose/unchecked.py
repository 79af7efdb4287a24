"""What a snapshot lacks, and what cannot be told for that."""

from collections.abc import Callable, Mapping
from typing import Final

from dractl.api.snapshot import Snapshot

_LACKING: Final[Mapping[str, tuple[Callable[[Snapshot], object], str]]] = {
    "Nodes": (
        lambda snapshot: snapshot.nodes,
        "node selectors, node taints, readiness, CPU and memory were not looked at",
    ),
    "Pods": (
        lambda snapshot: snapshot.pods,
        "claims are explained without the pods that use or hold them",
    ),
    "Events": (
        lambda snapshot: snapshot.events,
        "failures to prepare devices or to make claims cannot be seen",
    ),
    "ResourceSlices": (
        lambda snapshot: snapshot.slices,
        "it looks as if no driver published anything",
    ),
    "DeviceClasses": (
        lambda snapshot: snapshot.classes,
        "every class looks as if it were missing",
    ),
    "ResourceClaims": (
        lambda snapshot: snapshot.claims,
        "claims look as if they were missing, and all devices as if they were free",
    ),
    "ResourceClaimTemplates": (
        lambda snapshot: snapshot.templates,
        "templates look as if they were missing",
    ),
    "Namespaces": (
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
    "ResourceClaimTemplates": _names_templates,
    "Namespaces": _asks_for_admin_access,
}
"""Where the lack of a kind could have changed an answer at all."""


def unchecked(snapshot: Snapshot) -> tuple[str, ...]:
    """Return a sentence for each kind of which the snapshot holds no object."""
    return tuple(
        f"no {kind} in the snapshot: {consequence}"
        for kind, (objects, consequence) in _LACKING.items()
        if not objects(snapshot) and (kind not in _MATTERS or _MATTERS[kind](snapshot))
    )

"""Hazards of the release and of its feature gates."""

from collections.abc import Iterator
from typing import Final

from dractl.errors import DractlError
from dractl.migrate.answer import Target, UserPlan
from dractl.migrate.hazards.registry import Case, Said, of_all, of_user
from dractl.migrate.inputs import Route, Shares
from dractl.migrate.making import SHARED
from dractl.model.cluster import KubernetesVersion, Profile
from dractl.rules.registry import Severity

_CLAIMS: Final = "DynamicResourceAllocation"
_EXTENDED: Final = "DRAExtendedResource"
_CAPACITY: Final = "DRAConsumableCapacity"
_ADMIN: Final = "DRAAdminAccess"
_OF_KUBELETS: Final = frozenset({_CLAIMS, _EXTENDED, _CAPACITY})
_EVERYWHERE: Final = (
    "kube-apiserver, kube-controller-manager, kube-scheduler and every kubelet"
)


@of_user("release-too-old", Severity.ERROR)
def release_too_old(case: Case, each: UserPlan) -> Iterator[Said]:
    """The release of Kubernetes lacks what a route needs.

    Classes stand for extended resources from 1.34 on (gate DRAExtendedResource, on from
    1.36). Several allocations of a device are possible from 1.34 on as well (gate
    DRAConsumableCapacity, on from 1.36), admin access from 1.32.
    """
    profile = case.order.profile
    for gate, what, route in _needs(case, each):
        if not profile.knows(gate):
            yield Said(
                f"Kubernetes {profile.version} cannot do {what}: it has no {gate}",
                "update the cluster first",
                route=route,
            )


@of_user("gate-off", Severity.ERROR)
def gate_off(case: Case, each: UserPlan) -> Iterator[Said]:
    """A feature gate that a route needs is off.

    The API server drops the fields of a gate that is off, silently, and the scheduler
    and the kubelet ignore them. DRAExtendedResource has to be on in the kubelets too.
    Without DRAConsumableCapacity, pods can share a device by a common claim only:
    `--shares claim`.
    """
    profile = case.order.profile
    for gate, what, route in _needs(case, each):
        if profile.knows(gate) and not profile.enabled(gate):
            yield Said(
                f"{what} need the feature gate {gate}, which is off",
                f"turn it on in {_EVERYWHERE}; or say that it is, with "
                f"--feature-gates {gate}=true",
                route=route,
            )


@of_all("kubelet-too-old", Severity.WARNING)
def kubelet_too_old(case: Case) -> Iterator[Said]:
    """Some nodes have an older kubelet than the release that is judged by.

    A kubelet may be up to three releases older than the API server. Then the defaults
    of feature gates on the node are those of its own release: pods that get devices for
    an extended resource, or by claims at all, do not start there.
    """
    profile = case.order.profile
    needed = {
        gate: route
        for each in case.users
        for gate, _, route in _needs(case, each)
        if gate in _OF_KUBELETS and profile.enabled(gate)
    }
    old: dict[str, list[str]] = {}
    for node in case.snapshot.nodes:
        release = _release(node.kubelet_version)
        if release is None or release >= profile.version:
            continue
        lacking = [gate for gate in needed if not Profile.of(release).enabled(gate)]
        for gate in [_CLAIMS] if _CLAIMS in lacking else lacking:
            old.setdefault(gate, []).append(f"{node.name} ({release})")
    for gate, nodes in old.items():
        more = f" and {len(nodes) - 3} more" if len(nodes) > 3 else ""  # noqa: PLR2004
        yield Said(
            f"kubelets of {', '.join(nodes[:3])}{more} lack {gate} by default",
            "update these nodes, or turn the gate on there",
            route=needed[gate],
            subject="the cluster",
        )


def _needs(case: Case, each: UserPlan) -> Iterator[tuple[str, str, Route | None]]:
    """Yield the gates that a user's ways need, what for, and for which route."""
    if not each.targets:
        return
    yield _CLAIMS, "claims", None
    yield _EXTENDED, "classes for extended resources", Route.EXTENDED
    if any(_has_capacity(case, target) for target in each.targets.values()):
        yield _CAPACITY, "shares of a device", None
    if any(target.is_admin for target in each.targets.values()):
        yield _ADMIN, "claims with admin access", Route.CLAIMS


def _has_capacity(case: Case, target: Target) -> bool:
    is_shared = target.row.unit in SHARED and case.order.shares is Shares.CLAIM
    return bool(target.row.capacity) and not is_shared


def _release(text: str) -> KubernetesVersion | None:
    try:
        return KubernetesVersion.parse(text)
    except DractlError:
        return None

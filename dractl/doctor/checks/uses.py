"""What objects use, against what the release and its feature gates keep."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dractl.api.lifecycle import LIVES, versions_in
from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.model.claims import ClaimSpec, Option, Request
from dractl.model.cluster import KubernetesVersion, Profile
from dractl.model.cluster_info import Cause
from dractl.model.devices import Device
from dractl.rules.registry import Severity

_STABLE: Final = KubernetesVersion(1, 34)
_CORE: Final = (
    "DeviceClass",
    "ResourceClaim",
    "ResourceClaimTemplate",
    "ResourceSlice",
)
_FEW: Final = 3
_ASKED: Final = "apiserver_requested_deprecated_apis"
_KINDS: Final = (
    ("DRADeviceTaintRules", "DeviceTaintRule", Severity.ERROR),
    ("DRAResourcePoolStatus", "ResourcePoolStatusRequest", Severity.WARNING),
)


@check("api-not-served", Severity.ERROR)
def is_served(case: Case) -> Iterator[Finding | Skipped]:
    """The API server does not serve the API of DRA, or not its stable version.

    From 1.34 on, resource.k8s.io/v1 is served unless `--runtime-config` turns it off.
    Before, beta versions have to be turned on. Current drivers and `dractl` look for v1
    first; some drivers look for nothing else.
    """
    info, release = case.snapshot.info, case.snapshot.profile.version
    missing = [
        gap.resource
        for gap in info.gaps
        if gap.kind in _CORE and gap.cause is Cause.NOT_SERVED
    ]
    if missing or (info.served is not None and not info.served):
        yield Finding(
            "api-not-served",
            Severity.ERROR,
            f"{GROUP} is not served" + (f": {', '.join(missing)}" if missing else ""),
            fix="turn it on in runtime-config of kube-apiserver, or upgrade to 1.34",
            commands=(
                f"kubectl api-resources --api-group={GROUP}",
                f"dractl render kubeadm --for-kubernetes {release}",
            ),
            evidence={"missing": missing},
        )
    elif info.served is None:
        if info.kubernetes is not None:
            yield Skipped("api-not-served", "which versions are served is not known")
    elif "v1" not in info.served and release >= _STABLE:
        yield Finding(
            "api-not-served",
            Severity.ERROR,
            f"{GROUP}/v1 is not served, only {', '.join(sorted(info.served))}",
            fix="look for resource.k8s.io/v1=false in --runtime-config",
            commands=("kubectl api-versions",),
            evidence={"served": sorted(info.served)},
        )


@check("version-ends", Severity.WARNING)
def versions_stay(case: Case) -> Iterator[Finding | Skipped]:
    """A version of resource.k8s.io is served that a coming release does not have.

    It is told from the release on that deprecates it. Who still asks for it, metrics of
    the API server tell: apiserver_requested_deprecated_apis. Taint rules and requests
    for a pool's status have versions of their own.
    """
    info, release = case.snapshot.info, case.snapshot.profile.version
    if release < _STABLE:
        return
    if info.served is None:
        if info.kubernetes is not None:
            yield Skipped("version-ends", "which versions are served is not known")
        return
    kept = {
        version
        for lives in LIVES.values()
        for version, life in lives.items()
        if life.is_served_by(release)
        and (life.deprecated is None or release < life.deprecated)
    }
    for version in sorted(info.served - kept):
        lives_of = (lives.get(version) for lives in LIVES.values())
        ends = [life.removed for life in lives_of if life and life.removed]
        later = [each for each in ends if each > release]
        if later:
            yield Finding(
                "version-ends",
                Severity.WARNING,
                f"{GROUP}/{version} is served, and {max(later)} will not have it",
                fix="move manifests and clients to v1, then turn it off",
                commands=(f"kubectl get --raw /metrics | grep {_ASKED}",),
                evidence={"version": version, "removedIn": str(max(later))},
            )


@check("gate-without-api", Severity.ERROR)
def gates_have_their_api(case: Case) -> Iterator[Finding | Skipped]:
    """A feature gate is on, and the API server does not serve what it is about.

    With DRADeviceTaintRules the scheduler and the controllers wait until they can read
    DeviceTaintRules, and place no pod before. These are in resource.k8s.io/v1 from 1.37
    on; in 1.36 they are in v1beta2, in 1.35 in v1alpha3, which have to be turned on by
    --runtime-config. The gate is that of the API server, as far as it tells.
    """
    info, profile = case.snapshot.info, case.snapshot.profile
    if not info.served:
        return
    for gate, kind, severity in _KINDS:
        wanted = versions_in(kind, profile.version)
        if not wanted or not profile.enabled(gate) or wanted[0] in info.served:
            continue
        yield Finding(
            "gate-without-api",
            severity,
            f"{gate} is on, and {GROUP}/{wanted[0]} with {kind} is not served",
            gate,
            fix=f"set --runtime-config={GROUP}/{wanted[0]}=true, or turn the gate off",
            commands=("kubectl api-versions",),
            evidence={"gate": gate, "kind": kind, "version": wanted[0]},
        )


@check("gate-needed", Severity.WARNING)
def gates_are_on(case: Case) -> Iterator[Finding | Skipped]:
    """Objects use a feature whose feature gate is off.

    The API server drops such fields from what is written, and the scheduler does not
    take part of devices that it cannot use safely. What is there in spite of it was
    written when the gate was on, or stands in a file. Where the API server does not
    tell its gates, they are taken for the release's own, so that it is only told.
    """
    profile, info = case.snapshot.profile, case.snapshot.info
    is_told = info.gates is not None or info.kubernetes is None
    for gate, using in USERS.items():
        if profile.enabled(gate):
            continue
        found = list(dict.fromkeys(using(case.snapshot)))
        if found:
            more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
            has = "is off" if profile.knows(gate) else "is not there"
            if not is_told and profile.knows(gate):
                has = "is off unless the API server was told"
            yield Finding(
                "gate-needed",
                Severity.WARNING if is_told else Severity.INFO,
                f"{gate} {has} in {profile.version}, and {', '.join(found[:_FEW])}"
                f"{more} {'use' if len(found) > 1 else 'uses'} it",
                gate,
                fix=f"set {gate}=true, or do without it"
                if profile.knows(gate)
                else "upgrade to a release that has it, or do without it",
                commands=tuple(_turning_on(gate, profile)),
                evidence={"gate": gate, "objects": found},
            )


def _turning_on(gate: str, profile: Profile) -> Iterator[str]:
    if profile.knows(gate):
        release = profile.version
        yield f"dractl render kubeadm --for-kubernetes {release} --feature {gate}"


def _of_specs(
    told: Callable[[ClaimSpec], bool],
) -> Callable[[Snapshot], Iterator[str]]:
    def find(snapshot: Snapshot) -> Iterator[str]:
        for kind, objects in (
            ("ResourceClaim", snapshot.claims),
            ("ResourceClaimTemplate", snapshot.templates),
        ):
            for each in objects:
                if told(each.spec):
                    yield f"{kind}/{each.meta.namespace}/{each.meta.name}"

    return find


def _of_requests(
    told: Callable[[Request], bool],
) -> Callable[[Snapshot], Iterator[str]]:
    return _of_specs(lambda spec: any(map(told, spec.requests)))


def _of_options(told: Callable[[Option], bool]) -> Callable[[Snapshot], Iterator[str]]:
    return _of_requests(lambda request: any(map(told, request.options)))


def _of_devices(told: Callable[[Device], bool]) -> Callable[[Snapshot], Iterator[str]]:
    def find(snapshot: Snapshot) -> Iterator[str]:
        for each in snapshot.slices:
            if any(map(told, each.devices)):
                yield f"ResourceSlice/{each.name}"

    return find


def _with_claims(snapshot: Snapshot) -> Iterator[str]:
    for each in snapshot.pod_groups:
        if each.claims:
            yield f"PodGroup/{each.meta.namespace}/{each.meta.name}"


def _with_status(snapshot: Snapshot) -> Iterator[str]:
    for each in snapshot.claims:
        if each.devices:
            yield f"ResourceClaim/{each.meta.namespace}/{each.meta.name}"


def _with_resources(snapshot: Snapshot) -> Iterator[str]:
    for each in snapshot.classes:
        if each.extended_resource_name:
            yield f"DeviceClass/{each.name}"


def _any_of(
    *users: Callable[[Snapshot], Iterator[str]],
) -> Callable[[Snapshot], Iterator[str]]:
    return lambda snapshot: (name for find in users for name in find(snapshot))


USERS: Final[Mapping[str, Callable[[Snapshot], Iterator[str]]]] = {
    "DRAAdminAccess": _of_options(lambda each: each.admin_access is not None),
    "DRAPrioritizedList": _of_requests(lambda each: each.prioritized),
    "DRADeviceTaints": _any_of(
        _of_devices(lambda device: any(each.rule is None for each in device.taints)),
        _of_options(lambda each: bool(each.tolerations)),
    ),
    "DRADeviceTaintRules": lambda snapshot: (
        f"DeviceTaintRule/{each.meta.name}" for each in snapshot.taint_rules
    ),
    "DRAPartitionableDevices": lambda snapshot: (
        f"ResourceSlice/{each.name}"
        for each in snapshot.slices
        if each.shared_counters
        or each.per_device_scope is not None
        or any(one.consumes for one in each.devices)
    ),
    "DRAConsumableCapacity": _any_of(
        _of_devices(lambda each: each.allow_multiple_allocations),
        _of_options(lambda each: bool(each.capacity)),
        _of_specs(lambda spec: any(x.distinct_attribute for x in spec.constraints)),
    ),
    "DRADeviceBindingConditions": _of_devices(
        lambda each: bool(each.binding_conditions)
    ),
    "DRAExtendedResource": _with_resources,
    "DRAListTypeAttributes": _of_devices(
        lambda device: any(
            isinstance(each.value, tuple) for each in device.attributes.values()
        )
    ),
    "DRAResourceClaimDeviceStatus": _with_status,
    "DRAWorkloadResourceClaims": _with_claims,
    "DRADerivedAttributes": _of_options(lambda each: bool(each.derived)),
}
"""Who uses what a gate keeps."""

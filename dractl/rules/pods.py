"""Rules of claims in pods, and in the templates of pods inside workloads."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from dractl.model.cluster import Profile
from dractl.model.names import dns_label, dns_subdomain
from dractl.rules.metadata import check_metadata
from dractl.rules.path import Path
from dractl.rules.reasons import (
    duplicate,
    forbidden,
    invalid,
    invalid_each,
    not_found,
    required,
    shown,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.repeats import named
from dractl.rules.shapes import METADATA
from dractl.rules.wire import Struct, Wire, amount, list_of, map_of, text

_MIRROR: Final = "kubernetes.io/config.mirror"
_AMOUNTS: Final = map_of(amount)
_RESOURCES: Final = Struct({
    "claims": list_of(Struct({"name": text, "request": text})),
    "limits": _AMOUNTS, "requests": _AMOUNTS,
})  # fmt: skip
_CONTAINERS: Final = list_of(
    Struct({"name": text, "resources": _RESOURCES}, closed=False)
)
REFERENCES: Final = ("resourceClaimName", "resourceClaimTemplateName")
CLAIMS: Final = list_of(Struct({"name": text, **dict.fromkeys(REFERENCES, text)}))
_POD: Final = Struct({
    "resourceClaims": CLAIMS, "containers": _CONTAINERS, "resources": _RESOURCES,
    "initContainers": _CONTAINERS, "ephemeralContainers": _CONTAINERS,
    "schedulingGroup": Struct({"podGroupName": text}),
}, closed=False)  # fmt: skip


class Holder(NamedTuple):
    """A kind that has a pod in it: where, and how the whole is read."""

    steps: tuple[str, ...]
    shape: Struct


def _holder(*steps: str) -> Holder:
    shape = _POD
    for step in reversed(steps):
        shape = Struct({step: shape}, closed=False)
    return Holder(steps, shape.plus(metadata=METADATA))


_TEMPLATE: Final = _holder("spec", "template", "spec")
HOLDERS: Final[Mapping[tuple[str, str], Holder]] = {
    ("v1", "Pod"): _holder("spec"),
    ("v1", "PodTemplate"): _holder("template", "spec"),
    ("v1", "ReplicationController"): _TEMPLATE,
    ("apps/v1", "DaemonSet"): _TEMPLATE,
    ("apps/v1", "Deployment"): _TEMPLATE,
    ("apps/v1", "ReplicaSet"): _TEMPLATE,
    ("apps/v1", "StatefulSet"): _TEMPLATE,
    ("batch/v1", "Job"): _TEMPLATE,
    ("batch/v1", "CronJob"): _holder("spec", "jobTemplate", "spec", "template", "spec"),
}


def pod_in(document: Wire, steps: tuple[str, ...]) -> Wire:
    """Return the pod spec that lies below those steps; empty where there is none."""
    for step in steps:
        document = document.get(step, {})
    return document


def check_pod(
    document: Wire, steps: tuple[str, ...], profile: Profile
) -> Iterator[Violation]:
    """Walk through the parts of a pod that have to do with claims."""
    spec, path = pod_in(document, steps), Path.of(*steps)
    meta = document.get("metadata", {})
    is_pod = len(steps) == 1
    if is_pod:
        yield from check_metadata(meta, Path.of("metadata"), namespaced=True)
    mirrored = is_pod and _MIRROR in meta.get("annotations", {})
    claims = spec.get("resourceClaims", ())
    yield from _check_claims(claims, path.field("resourceClaims"), mirrored=mirrored)
    known = frozenset(each["name"] for each in claims if each.get("name"))
    for key in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(key, ())):
            used = container.get("resources", {}).get("claims", ())
            below = path.field(key).index(index).field("resources", "claims")
            yield from _check_used(used, known, below)
    for index, container in enumerate(spec.get("ephemeralContainers", ())):
        if any(container.get("resources", {}).values()):
            below = path.field("ephemeralContainers").index(index)
            yield from ephemeral_resources(below.field("resources"))
    if "claims" in spec.get("resources", {}):
        yield from pod_level_claims(path.field("resources", "claims"))
    if "schedulingGroup" in spec and profile.enabled("GenericWorkload"):
        name = spec["schedulingGroup"].get("podGroupName", "")
        yield from pg_ref(name, path.field("schedulingGroup", "podGroupName"))


def _check_claims(
    claims: list[Wire], path: Path, *, mirrored: bool
) -> Iterator[Violation]:
    for claim, where, name, again in named(claims, path):
        if mirrored:
            yield from pod_claims_static()
            continue
        if not name:
            yield from pod_claim_name(where.field("name"))
        elif again:
            yield from pod_claim_name_unique(name, where.field("name"))
        else:
            yield from pod_claim_name_format(name, where.field("name"))
        keys = [key for key in REFERENCES if key in claim]
        if len(keys) > 1:
            yield from pod_claim_both(where)
        if not keys:
            yield from pod_claim_none(where)
        for key in keys:
            yield from pod_claim_ref(claim[key], where.field(key))


def _check_used(
    used: list[Wire], known: frozenset[str], path: Path
) -> Iterator[Violation]:
    seen: set[str] = set()
    for index, each in enumerate(used):
        where, name = path.index(index), each.get("name", "")
        if not name:
            yield from container_claim_name(where)
            continue
        request = each.get("request", "")
        if name in seen:
            yield from container_claim_duplicate(name, where)
        else:
            key = f"{name}/{request}" if request else name
            if request:
                yield from container_claim_request(request, where.field("request"))
            if key in seen:
                yield from container_claim_duplicate(key, where)
            elif not request:
                for earlier in sorted(seen):
                    if earlier.startswith(f"{name}/"):
                        yield from container_claim_duplicate(name, where)
            seen.add(key)
        if name not in known:
            yield from container_claim_known(name, known, where)


@rule("pod-claims-static")
def pod_claims_static() -> Iterator[Violation]:
    """A static pod has no claims: the kubelet starts it without a scheduler.

    Said once per claim, and the server names no field.
    """
    yield from forbidden("pod-claims-static", Path(), "a static pod cannot have claims")


@rule("pod-claim-name")
def pod_claim_name(path: Path) -> Iterator[Violation]:
    """A claim of a pod has a name, by which containers refer to it."""
    yield from required("pod-claim-name", path, "the claim has no name in the pod")


@rule("pod-claim-name-unique")
def pod_claim_name_unique(name: str, path: Path) -> Iterator[Violation]:
    """Each claim of a pod has its own name."""
    yield from duplicate("pod-claim-name-unique", path, name)


@rule("pod-claim-name-format")
def pod_claim_name_format(name: str, path: Path) -> Iterator[Violation]:
    """The name of a claim in a pod is a DNS label."""
    yield from invalid_each("pod-claim-name-format", path, name, dns_label(name))


@rule("pod-claim-both")
def pod_claim_both(path: Path) -> Iterator[Violation]:
    """A pod takes a claim that exists or has one made from a template, not both."""
    message = "resourceClaimName and resourceClaimTemplateName exclude each other"
    yield from invalid("pod-claim-both", path, message, "keep one of them")


@rule("pod-claim-none")
def pod_claim_none(path: Path) -> Iterator[Violation]:
    """A claim of a pod says which claim or which template it is."""
    message = "neither resourceClaimName nor resourceClaimTemplateName is here"
    fix = "add resourceClaimTemplateName"
    yield from invalid("pod-claim-none", path, message, fix)


@rule("pod-claim-ref")
def pod_claim_ref(name: str, path: Path) -> Iterator[Violation]:
    """The claim or template of a pod is named as objects can be named.

    That is a DNS subdomain. Whether it exists is not asked: the pod waits for it.
    """
    yield from invalid_each("pod-claim-ref", path, name, dns_subdomain(name))


@rule("container-claim-name")
def container_claim_name(path: Path) -> Iterator[Violation]:
    """A container names the claim that it uses."""
    yield from required("container-claim-name", path, "no claim is named")


@rule("container-claim-duplicate")
def container_claim_duplicate(name: str, path: Path) -> Iterator[Violation]:
    """A container uses each claim, or each request of it, once.

    The bare name of a claim stands for all its requests, so nothing of the claim can
    be named beside it.
    """
    yield from duplicate("container-claim-duplicate", path, name)


@rule("container-claim-request")
def container_claim_request(name: str, path: Path) -> Iterator[Violation]:
    """The request that a container uses has the name of a request: a DNS label.

    An alternative cannot be named: the request with its alternatives is used.
    """
    fix = f"use {name.partition('/')[0]}" if "/" in name else None
    yield from invalid_each("container-claim-request", path, name, dns_label(name), fix)


@rule("container-claim-known")
def container_claim_known(
    name: str, known: frozenset[str], path: Path
) -> Iterator[Violation]:
    """A container uses claims that its pod has, by their names in the pod."""
    listed = ", ".join(sorted(known)[:8])
    message = f"the pod has no claim {shown(name)}"
    fix = f"it has {listed}" if known else "add it to resourceClaims of the pod"
    yield from not_found("container-claim-known", path, message, fix)


@rule("pod-level-claims")
def pod_level_claims(path: Path) -> Iterator[Violation]:
    """Resources of a pod as a whole name no claims: its containers do."""
    message = "claims are for containers"
    yield from forbidden("pod-level-claims", path, message, "move them to containers")


@rule("ephemeral-resources")
def ephemeral_resources(path: Path) -> Iterator[Violation]:
    """An ephemeral container asks for no resources, so for no claims either."""
    message = "an ephemeral container cannot have resources"
    yield from forbidden("ephemeral-resources", path, message, "remove them")


@rule("pg-ref")
def pg_ref(name: str, path: Path) -> Iterator[Violation]:
    """The PodGroup of a pod is named as objects can be named: a DNS subdomain."""
    yield from invalid_each("pg-ref", path, name, dns_subdomain(name))

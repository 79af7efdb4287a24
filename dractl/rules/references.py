"""Rules about names of other objects: those that are nowhere, and what uses them."""

from collections.abc import Iterator
from typing import Final

from dractl.rules.advice import advice
from dractl.rules.path import Path
from dractl.rules.registry import Violation
from dractl.rules.subject import PodClaim, Subject, number, text
from dractl.rules.world import Definition, World

_CLAIM: Final = "ResourceClaim"
_TEMPLATE: Final = "ResourceClaimTemplate"


def _missing(  # noqa: PLR0913 - what a name is looked up by
    world: World, code: str, path: Path, *, kind: str, name: str, namespace: str = ""
) -> Iterator[Violation]:
    """Say that an object is nowhere, if that can be known or there is a likely typo."""
    if not name or world.find(kind, name, namespace):
        return
    near = world.resembling(kind, name)
    if not world.is_whole and near is None:
        return
    where = f" in namespace {namespace}" if namespace else ""
    message = f"there is no {kind} {name}{where}"
    if near is not None and near != name:
        message += f", but {near}"
    fix = near if near != name else None
    yield Violation(code, path, message, fix=fix)


@advice("class-missing")
def class_is_missing(subject: Subject, world: World) -> Iterator[Violation]:
    """A DeviceClass that does not exist.

    The API server accepts the claim; the pod then stays pending until somebody creates
    the class. Without a snapshot of the cluster, only names are reported that resemble
    a class in the given files.
    """
    for option in subject.options:
        path = option.path.field("deviceClassName")
        name = option.device_class
        yield from _missing(world, "class-missing", path, kind="DeviceClass", name=name)


@advice("template-missing")
def template_is_missing(subject: Subject, world: World) -> Iterator[Violation]:
    """A ResourceClaimTemplate that does not exist in the namespace of the pod.

    The API server accepts the pod, which then waits for a claim that nobody creates.
    The same holds for the claims of a PodGroup or Workload, which its pods share.
    Without a snapshot, only names are reported that resemble a template in the files.
    """
    for claim in subject.named_claims:
        path = claim.path.field("resourceClaimTemplateName")
        yield from _missing(
            world,
            "template-missing",
            path,
            kind=_TEMPLATE,
            name=claim.template,
            namespace=subject.namespace,
        )


@advice("claim-missing")
def claim_is_missing(subject: Subject, world: World) -> Iterator[Violation]:
    """A ResourceClaim that does not exist in the namespace of the pod.

    The API server accepts the pod, which then waits for the claim. A claim is named
    with `resourceClaimName`, a template with `resourceClaimTemplateName`. The claims of
    a PodGroup or Workload are looked for in the same way.
    """
    for claim in subject.named_claims:
        path = claim.path.field("resourceClaimName")
        name, namespace = claim.claim, subject.namespace
        if name and world.find(_TEMPLATE, name, namespace):
            if not world.find(_CLAIM, name, namespace):
                yield Violation(
                    "claim-missing",
                    path,
                    f"{name} is a {_TEMPLATE}, not a {_CLAIM}",
                    fix=f"resourceClaimTemplateName: {name}",
                )
            continue
        yield from _missing(
            world, "claim-missing", path, kind=_CLAIM, name=name, namespace=namespace
        )


@advice("claim-unused")
def claim_is_unused(subject: Subject, _world: World) -> Iterator[Violation]:
    """A claim of a pod that none of its containers uses.

    The devices are allocated and held for the pod, but no container gets to see them.
    List the claim under `resources.claims` of the container that needs it.
    """
    pod = subject.pod
    used = {each.name for each in pod.uses} if pod else set()
    for claim in pod.claims if pod else ():
        if claim.name and claim.name not in used:
            yield Violation(
                "claim-unused",
                claim.path.field("name"),
                f"no container uses the claim {claim.name}",
                fix=f"resources: {{claims: [{{name: {claim.name}}}]}} in a container",
            )


@advice("container-request-unknown")
def request_is_unknown(subject: Subject, world: World) -> Iterator[Violation]:
    """A request that the claim of the pod does not have.

    A container can ask for one request of a claim. Nobody checks the name until the
    kubelet prepares the container, which then has no devices. Of a request with
    `firstAvailable`, only its own name can be used, not those of its alternatives.
    """
    pod = subject.pod
    claims = {each.name: each for each in pod.claims} if pod else {}
    for use in pod.uses if pod else ():
        found = _named_by(claims.get(use.name), subject.namespace, world)
        if use.request and found and use.request not in found.requests:
            names = ", ".join(sorted(found.requests))
            yield Violation(
                "container-request-unknown",
                use.path.field("request"),
                f"{found.kind} {found.name} has no request {use.request}, but {names}",
            )


def _named_by(
    claim: PodClaim | None, namespace: str, world: World
) -> Definition | None:
    if claim is None:
        return None
    if claim.template:
        return world.find(_TEMPLATE, claim.template, namespace)
    return world.find(_CLAIM, claim.claim, namespace) if claim.claim else None


@advice("node-name-with-claims")
def pod_skips_the_scheduler(subject: Subject, _world: World) -> Iterator[Violation]:
    """A pod with claims that names its node itself.

    With `nodeName` the pod never meets the scheduler, which is what allocates devices:
    it stays in ContainerCreating for ever unless its claims are allocated and reserved
    already. Select the node with `nodeSelector: {kubernetes.io/hostname: NAME}`.
    """
    pod = subject.pod
    # What has run, has been given its node by the scheduler.
    if pod is None or not pod.claims or "status" in subject.wire:
        return
    node = text(pod.wire, "nodeName")
    if node:
        yield Violation(
            "node-name-with-claims",
            pod.path.field("nodeName"),
            "the scheduler, which allocates devices, never sees a pod with nodeName",
            fix=f"nodeSelector: {{kubernetes.io/hostname: {node}}}",
        )


_REPLICAS: Final = {
    "Deployment": "replicas",
    "Job": "parallelism",
    "ReplicaSet": "replicas",
    "ReplicationController": "replicas",
    "StatefulSet": "replicas",
}


@advice("claim-shared-by-replicas")
def replicas_share_a_claim(subject: Subject, _world: World) -> Iterator[Violation]:
    """Several replicas that name one claim, instead of a template.

    All pods then share the same devices, and can run only where those are. To give
    every pod devices of its own, name a ResourceClaimTemplate.
    """
    pod = subject.pod
    if pod is None:
        return
    spec, field = subject.wire.get("spec"), _REPLICAS.get(subject.kind, "")
    count = number(spec, field, 1) if field else 1
    if subject.kind != "DaemonSet" and count <= 1:
        return
    for claim in pod.claims:
        if claim.claim:
            who = f"{count} pods" if count > 1 else "the pods of all nodes"
            yield Violation(
                "claim-shared-by-replicas",
                claim.path.field("resourceClaimName"),
                f"{who} share the devices of the one claim {claim.claim}",
                fix="name a ResourceClaimTemplate with resourceClaimTemplateName",
            )


@advice("extended-resource-twice")
def classes_share_a_resource(subject: Subject, world: World) -> Iterator[Violation]:
    """Two classes with the same extended resource.

    Pods that ask for the resource get devices of the newest class only; which one that
    is changes when a class is created again.
    """
    resource = text(subject.spec, "extendedResourceName") if subject.is_class else ""
    for other in world.definitions if resource else ():
        if other.extended_resource == resource and other.name != subject.name:
            yield Violation(
                "extended-resource-twice",
                Path.of("spec", "extendedResourceName"),
                f"class {other.name} has the extended resource {resource} as well",
            )

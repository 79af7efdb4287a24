"""Hazards of pods: how they start, and what of them cannot be changed."""

from collections.abc import Iterator
from typing import Final

from dractl.migrate.answer import Asking, Target, UserPlan
from dractl.migrate.asks import LONE
from dractl.migrate.hazards.registry import Case, Said, of_user
from dractl.migrate.inputs import Route
from dractl.rules.registry import Severity
from dractl.rules.subject import mapping

_SOURCE: Final = "kubernetes.io/config.source"
_MIRROR: Final = "kubernetes.io/config.mirror"
_MANIFESTS: Final = "kubernetes/manifests/"
_NODE: Final = "Node/"
# They, and what they start, keep the template with which they have been made.
_FIXED: Final = frozenset({
    ("argoproj.io", "Workflow"),
    ("batch", "Job"),
    ("batch.volcano.sh", "Job"),
    ("jobset.x-k8s.io", "JobSet"),
    ("kubeflow.org", "JAXJob"),
    ("kubeflow.org", "MPIJob"),
    ("kubeflow.org", "PaddleJob"),
    ("kubeflow.org", "PyTorchJob"),
    ("kubeflow.org", "TFJob"),
    ("kubeflow.org", "XGBoostJob"),
    ("ray.io", "RayJob"),
})  # fmt: skip


@of_user("static-pod", Severity.ERROR)
def static_pod(_case: Case, each: UserPlan) -> Iterator[Said]:
    """A static pod cannot get devices by DRA.

    The kubelet starts it from a file of the node, and refuses it if it lists claims.
    Nor does the scheduler see it, which would make the claim for an extended resource.
    Run it as a DaemonSet, or leave its node with the device plugin.
    """
    if _is_static(each):
        yield Said(
            "it is a static pod, which the kubelet refuses with claims",
            "make it a DaemonSet, or leave its node with the device plugin",
        )


@of_user("init-container", Severity.INFO)
def init_container(_case: Case, each: UserPlan) -> Iterator[Said]:
    """An init container has the devices of containers after it, or keeps its own.

    With a device plugin, an init container can have other devices than the rest of the
    pod, and gives back what nobody after it needs. With DRA all devices of a pod are
    allocated once, for as long as it lives. An init container gets devices of those
    that start after it; what it needs beyond them is held until the pod ends, and
    nobody else can use it.
    """
    for ask in each.user.asks:
        target = each.targets.get(ask.resource)
        if not ask.ends or target is None or target.is_admin:
            continue
        more = ask.amount - _lent(ask, each, target)
        message = (
            f"init container {ask.container} and those after it get the same devices "
            f"of {ask.resource}; a plugin may give them others"
        )
        fix = ""
        if more > 0:
            message = (
                f"the pod holds {more} more of {ask.resource} as long as it runs, "
                f"which init container {ask.container} needs at its start"
            )
            fix = "do that work in a pod of its own, or with fewer devices"
        yield Said(message, fix, each.user.input.place(ask.steps))


@of_user("job-immutable", Severity.WARNING)
def job_immutable(case: Case, each: UserPlan) -> Iterator[Said]:
    """A job that is there cannot change its pods.

    Its template is immutable, or read only once. The job has to be deleted and created
    again, which starts its work anew; or it ends with the device plugin, and the next
    one uses claims.
    """
    kind = each.user.input.group, each.user.input.kind
    if kind in _FIXED and case.lives(each.user) and each.targets:
        yield Said(
            f"the pods of a {each.user.input.kind} that is there cannot change",
            "let it end, or delete it and create it anew",
            route=Route.CLAIMS,
        )


@of_user("bare-pod-immutable", Severity.WARNING)
def bare_pod_immutable(case: Case, each: UserPlan) -> Iterator[Said]:
    """A pod that is there cannot change its resources or claims.

    Nothing makes it again: it has to be deleted and created from its manifest.
    """
    given = each.user.input
    is_bare = (given.group, given.kind) == ("", "Pod") and not each.user.controller
    if is_bare and case.lives(each.user) and each.targets and not _is_static(each):
        yield Said(
            "a pod that is there cannot change, and nothing makes it again",
            "delete it, and create it from the new manifest",
            route=Route.CLAIMS,
        )


@of_user("daemon-set", Severity.WARNING)
def daemon_set(_case: Case, each: UserPlan) -> Iterator[Said]:
    """A DaemonSet has one template for nodes that have moved and for others.

    While nodes move in waves, pods with claims wait on nodes where the driver does not
    run yet, and pods with the extended resource on those where the plugin is gone.
    """
    if each.user.replicas is None and each.targets:
        yield Said(
            "its pods on nodes that have not moved yet would wait for devices",
            f"make two of it for the time, by a node label{_or_keep(each)}",
            route=Route.CLAIMS,
        )


@of_user("virtual-machine", Severity.ERROR)
def virtual_machine(_case: Case, each: UserPlan) -> Iterator[Said]:
    """A virtual machine names a resource in its list of devices.

    KubeVirt finds the device in environment variables that the device plugin sets. DRA
    needs other fields (claimName and requestName beside the device) and gates of
    KubeVirt that are alpha (GPUsWithDRA, HostDevicesWithDRA), and the driver's gate for
    passing devices through. Change it by hand.
    """
    if each.user.is_machine:
        yield Said(
            "KubeVirt passes devices on by the plugin's variables, not by claims",
            "change it by hand, with KubeVirt's alpha gates for DRA; or leave it",
        )


@of_user("no-place-for-claims", Severity.ERROR)
def no_place_for_claims(_case: Case, each: UserPlan) -> Iterator[Said]:
    """The object has no field for claims of its pods.

    It describes a container, not the pod around it. An Argo workflow can add
    `resourceClaims` by a podSpecPatch, which is text that has to be written by hand.
    """
    given = each.user.input
    rows = [row for row in LONE if row.group == given.group and not row.takes_claims]
    if any(row.parent in each.user.steps for row in rows):
        yield Said(
            f"a {given.kind} describes containers and has no field for claims of pods",
            f"add them by podSpecPatch{_or_keep(each)}",
            route=Route.CLAIMS,
        )


@of_user("admin-namespace-label", Severity.WARNING)
def admin_namespace_label(case: Case, each: UserPlan) -> Iterator[Said]:
    """Claims with admin access need a label at their namespace.

    Access to devices that others use is for admins. The API server refuses such claims
    and templates in namespaces without the label.
    """
    label = case.order.profile.admin_access_label
    space = case.snapshot.namespace_by_name.get(each.user.namespace)
    has_label = space is not None and space.meta.labels.get(label or "") == "true"
    if label and not has_label and any(x.is_admin for x in each.targets.values()):
        name = each.user.namespace or "NAMESPACE"
        yield Said(
            f"monitoring needs admin access, and so its namespace the label {label}",
            f"kubectl label namespace {name} {label}=true",
            route=Route.CLAIMS,
        )


def _lent(ask: Asking, each: UserPlan, target: Target) -> int:
    """Return how many devices an init container can have of containers after it."""
    if target.row.unit == "fraction":
        return 0  # parts are of different size
    asks = each.user.asks
    after = asks[asks.index(ask) + 1 :]
    return sum(
        other.amount
        for other in after
        if other.resource == ask.resource and not other.ends
    )


def _or_keep(each: UserPlan) -> str:
    if all(target.keeper is None for target in each.targets.values()):
        return ""
    return "; or keep the name with a class: --route extended-resource"


def _is_static(each: UserPlan) -> bool:
    given = each.user.input
    if (given.group, given.kind) != ("", "Pod"):
        return False
    notes = mapping(given.metadata, "annotations")
    source = notes.get(_SOURCE, "api")
    return (
        _MIRROR in notes
        or source != "api"
        or each.user.controller.startswith(_NODE)
        or (given.is_file and _MANIFESTS in given.where)
    )

"""From the orders of `dractl render` to manifests that the API server accepts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dractl.api.encode import taint_to_wire
from dractl.api.lifecycle import life_in
from dractl.api.spelling import taint
from dractl.api.versions import GROUP
from dractl.cli import output
from dractl.cli.options import feature_gates, usage
from dractl.cli.orders import Orders
from dractl.cli.text import visible
from dractl.cli.versions import written
from dractl.errors import DractlError, ExitStatus
from dractl.manifests import access, claims, classes, fleet, kubeadm, survey
from dractl.model.cluster import (
    NEWEST,
    OLDEST,
    KubernetesVersion,
    Profile,
    stage,
)
from dractl.model.taintrules import DeviceSelector
from dractl.rules.gates import on_since
from dractl.rules.server import judged
from dractl.taints.rules import rule_document
from dractl.taints.words import selector_of

Document = Mapping[str, Any]
_KINDS: Final = {
    "class": "DeviceClass",
    "claim": "ResourceClaim",
    "template": "ResourceClaimTemplate",
    "pod": "ResourceClaimTemplate",
    "slice": "ResourceSlice",
    "taint-rule": "DeviceTaintRule",
}
_WITH_CLAIMS: Final = frozenset({"claim", "template", "pod"})
_MOST_DEVICES: Final = 32
_STAGES: Final = {"a": "alpha, off by default", "b": "beta, off by default"}
_GRANULAR: Final = "DRAResourceClaimGranularStatusAuthorization"


@dataclass(frozen=True)
class Rendered:
    """Manifests for a release, and what to know about them."""

    documents: Iterable[Document]
    profile: Profile
    notes: Sequence[str]


def rendered(orders: Orders) -> Rendered:
    """Return the manifests and what to know about them.

    Raises DractlError for orders that make no sense, and for what the release drops or
    refuses.
    """
    kind = _KINDS.get(orders.kind)
    gates = feature_gates(orders.gates)
    profile = orders.profile(_releases(kind, orders.api_version), gates)

    def in_version(made: Iterable[Document]) -> Iterator[Document]:
        return (written(each, orders.api_version, profile) for each in made)

    if orders.kind == "fleet":
        wanted = _fleet(orders)
        documents = list(in_version(fleet.samples(wanted, profile)))
        made = in_version(fleet.fleet(wanted, profile))
    else:
        documents = list(in_version(_MAKERS[orders.kind](orders, profile)))
        made = iter(documents)
    if kind == "DeviceTaintRule":
        _check_rules(profile)
    for document in documents:
        _check(document, orders, profile)
    return Rendered(made, profile, list(_notes(documents, orders, profile)))


def _claim(orders: Orders, profile: Profile) -> list[Document]:
    del profile
    make = claims.claim if orders.kind == "claim" else claims.template
    return [make(orders.ask(), orders.name, orders.namespace)]


def _workload(orders: Orders, profile: Profile) -> Sequence[Document]:
    del profile
    return claims.workload(
        orders.ask(),
        orders.workload,
        orders.name,
        orders.namespace,
        orders.image,
    )


def _kubeadm(orders: Orders, profile: Profile) -> Sequence[Document]:
    versions = [orders.api_version] if orders.api_version else []
    return kubeadm.kubeadm(profile.version, orders.feature or (), versions)


def _class(orders: Orders, profile: Profile) -> Sequence[Document]:
    del profile
    if orders.text:
        raise usage("a class has no count: name its conditions with --where")
    made = classes.device_class(
        name=orders.name or orders.device_class,
        driver=orders.driver,
        preset=orders.preset,
        conditions=orders.conditions,
        extended_resource=orders.extended_resource,
        settings=orders.settings(),
    )
    return [made]


def _slice(orders: Orders, profile: Profile) -> Sequence[Document]:
    del profile
    [wish, *others] = orders.wishes()
    if others or len(wish.options) > 1:
        raise usage("a slice has one sort of devices here")
    made = classes.resource_slice(
        name=orders.name,
        driver=orders.driver,
        preset=orders.preset,
        option=wish.options[0],
        node=orders.node,
        pool=orders.pool,
        taints=[taint_to_wire(taint(each)) for each in orders.taint or ()],
    )
    return [made]


def _rule(orders: Orders, profile: Profile) -> Sequence[Document]:
    del profile
    words = [*(orders.wish or ()), *(orders.taint or ())]
    target = words[0] if len(words) > 1 else orders.driver or ""
    if not words or len(words) > 2:  # noqa: PLR2004 - the devices and their taint
        raise usage("say DRIVER[/POOL[/DEVICE]] KEY[=VALUE]:EFFECT")
    if not target and not orders.every:
        raise usage(
            "an empty selector taints every device of the cluster",
            hint="name DRIVER[/POOL[/DEVICE]], or say --all if that is meant",
        )
    selector = selector_of(target) if target else DeviceSelector()
    return [rule_document(selector, taint(words[-1]), orders.name)]


def _access(orders: Orders, profile: Profile) -> list[Document]:
    found: list[Document] = []
    if orders.role is not None:
        preset = orders.preset
        found += access.roles(
            orders.role,
            driver=orders.driver or (preset.name if preset else None),
            account=orders.service_account,
            granular=profile.enabled(_GRANULAR),
        )
    if orders.restrict_class:
        if profile.version < (1, 34):
            raise DractlError(
                "release-too-old",
                "the policy reads claims in resource.k8s.io/v1, which Kubernetes "
                f"{profile.version} does not have",
                hint="--for-kubernetes 1.34 or later",
                status=ExitStatus.NO,
            )
        found += access.class_policy(
            orders.restrict_class, orders.only_namespace or (), orders.name
        )
    if not found:
        raise usage("say --role, or --restrict-class with --only-namespace")
    return found


def _quota(orders: Orders, profile: Profile) -> Sequence[Document]:
    del profile
    devices: dict[str, int] = {}
    for wish in orders.wishes() if orders.text or orders.count is not None else ():
        [option] = wish.options
        preset = orders.preset
        name = option.class_name or (preset.default.name if preset else None)
        if name is None or option.count is None:
            raise usage("say how many of which class: '8 gpu.nvidia.com'")
        devices[name] = option.count
    made = access.quota(
        devices, claims=orders.claims, name=orders.name, namespace=orders.namespace
    )
    return [made]


def _survey(orders: Orders, profile: Profile) -> Sequence[Document]:
    del profile
    if orders.text:
        raise usage("discover-job looks at all that there is")
    made = survey.survey(
        survey.Surveyor(
            orders.image,
            orders.name,
            orders.namespace,
            orders.node,
            orders.runtime_class,
            is_root=orders.is_root,
            has_cdi=orders.has_cdi,
        )
    )
    return [made]


def _fleet(orders: Orders) -> fleet.Fleet:
    return fleet.Fleet(
        orders.wishes(),
        1 if orders.nodes is None else orders.nodes,
        orders.seed or 0,
        orders.name or "node",
        orders.preset,
    )


_Make = Callable[[Orders, Profile], Sequence[Document]]
_MAKERS: Final[Mapping[str, _Make]] = {
    "class": _class,
    "claim": _claim,
    "template": _claim,
    "pod": _workload,
    "slice": _slice,
    "taint-rule": _rule,
    "rbac": _access,
    "quota": _quota,
    "kubeadm": _kubeadm,
    "discover-job": _survey,
}


# -- the version and the release


def _releases(kind: str | None, version: str | None) -> list[str]:
    """Return the releases that serve the version, newest first."""
    if kind is None or version is None:
        return []
    minors = range(NEWEST.minor, OLDEST.minor - 1, -1)
    releases = [KubernetesVersion(1, minor) for minor in minors]
    return [str(each) for each in releases if life_in(kind, version, each)]


def _check_rules(profile: Profile) -> None:
    """Refuse taint rules that the release would keep but not act on."""
    gate = "DRADeviceTaintRules" if profile.version >= (1, 35) else "DRADeviceTaints"
    if not profile.enabled(gate):
        raise _off(gate, "ignores DeviceTaintRules", profile, "1.37")


def _off(gate: str, what: str, profile: Profile, since: str | None) -> DractlError:
    letter = stage(gate, profile.version)
    state = _STAGES.get(letter, "not in this release" if letter in "-x" else "off")
    on = (
        [] if letter in "-x" else [f"--feature-gates {gate}=true if the cluster has it"]
    )
    later = [f"--for-kubernetes {since}"] if since is not None else []
    return DractlError(
        "feature-off",
        f"Kubernetes {profile.version} {what}: feature gate {gate} is {state}",
        hint=", or ".join([*later, *on]),
        status=ExitStatus.NO,
    )


def _check(document: Document, orders: Orders, profile: Profile) -> None:
    """Raise DractlError for what the API server drops or refuses."""
    labelled = [orders.namespace or ""] if orders.admin_access else []
    answer = judged(document, profile, [*labelled, "default"])
    for dropped in answer.dropped:
        since = None if dropped.since is None else str(dropped.since)
        raise _off(dropped.gate, f"drops {dropped.path}", profile, since)
    for violation in answer.violations:
        raise usage(
            f"Kubernetes {profile.version} refuses this {answer.kind}: "
            f"{violation.path}: {violation.message}",
            hint=violation.fix or "",
        )


# -- what is printed


def _notes(
    documents: Sequence[Document], orders: Orders, profile: Profile
) -> Iterator[str]:
    for version in dict.fromkeys(
        str(each["apiVersion"]).removeprefix(f"{GROUP}/")
        for each in documents
        if str(each["apiVersion"]).startswith(f"{GROUP}/")
        and not judged(each, profile, ["default"]).default
    ):
        yield (
            f"Kubernetes {profile.version} does not serve {GROUP}/{version} by "
            "default; see dractl render kubeadm"
        )
    if orders.admin_access and (label := profile.admin_access_label):
        yield f"the namespace needs the label {label}=true"
    if orders.kind == "discover-job":
        yield from _survey_notes(orders)
    if orders.kind == "class" and orders.extended_resource is None:
        yield from _extended(orders, profile)
    if orders.kind in _WITH_CLAIMS and (devices := _least(orders)) > _MOST_DEVICES:
        yield (
            f"the scheduler gives a claim {_MOST_DEVICES} devices at most, "
            f"but this one asks for {devices}"
        )
    asked = (orders.text, *(orders.where or ()))
    if any("memory>=80Gi" in each for each in asked):
        yield (
            "devices sold as 80 GB publish a little less than 80Gi "
            "(an H100: 81559Mi); memory>=79Gi finds them"
        )


def _survey_notes(orders: Orders) -> Iterator[str]:
    """Yield what the pods need, and what they will not see."""
    yield (
        "the pods mount the host's files: the namespace needs the label "
        "pod-security.kubernetes.io/enforce=privileged where Pod Security is enforced"
    )
    if not orders.is_root:
        yield "which drivers the kubelet knows is for root to see: --run-as-root"
    if not orders.has_cdi:
        yield "files of CDI are seen with --with-cdi, which makes folders on nodes"
    if orders.runtime_class is None:
        yield "without NVML there is less to say of NVIDIA GPUs: --runtime-class nvidia"
    yield "afterwards: dractl discover --from-pods"


def _extended(orders: Orders, profile: Profile) -> Iterator[str]:
    preset = orders.preset
    names = [each.extended_resource for each in preset.classes] if preset else []
    if preset and names[0] and profile.enabled("DRAExtendedResource"):
        yield (
            f"pods could go on asking for {names[0]}: --extended-resource {names[0]}"
        )


def _least(orders: Orders) -> int:
    """Return how many devices the claim asks for at least."""
    return sum(
        min(option.count or 1 for option in wish.options) for wish in orders.wishes()
    )


def printed(made: Rendered, orders: Orders) -> Iterator[str]:
    """Yield the manifests as text, piece by piece: there may be many."""
    if orders.output_format == "json":
        yield from output.as_json_list(made.documents)
        return
    comments: dict[object, str] = {}
    for number, each in enumerate(made.documents):
        likeness = (each["kind"], each["apiVersion"], _fields(each))
        if likeness not in comments:
            comments[likeness] = _comments(each, orders, made.profile)
        start = "---\n" if number else ""
        yield start + comments[likeness] + output.as_yaml(each)


def _fields(value: object) -> object:
    """Return which fields there are: they decide what is said of an object."""
    if isinstance(value, Mapping):
        return tuple((name, _fields(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return frozenset(map(_fields, value))
    return bool(value)


def _comments(document: Document, orders: Orders, profile: Profile) -> str:
    """Return what was asked for, and which feature gates it takes."""
    lines = []
    kind = document["kind"]
    if kind in _KINDS.values() and orders.text and orders.kind != "fleet":
        lines.append(visible(orders.text))
    lines += _needed(document, profile)
    if kind == "ValidatingAdmissionPolicy":
        lines.append("RBAC looks at names of objects only; this looks into them.")
    if kind == "ClusterConfiguration":
        lines.append("For kubeadm init --config, or kubeadm upgrade apply --config.")
    return "".join(f"# {line}\n" for line in lines)


def _needed(document: Document, profile: Profile) -> Iterator[str]:
    """Yield which feature gates the manifest takes, unless they are always on."""
    bare = replace(profile, gates=frozenset({"DynamicResourceAllocation"}))
    dropped = judged(document, bare, ["default"]).dropped
    for gate, field in {each.gate: each.field for each in dropped}.items():
        if stage(gate, profile.version) != "L":
            since = on_since(gate)
            when = f"on by default since {since}" if since else "off by default"
            yield f"Needs the feature gate {gate} ({field}), {when}."

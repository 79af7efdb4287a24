"""What the components of a control plane, and kubelets, are told by flags and files.

The forms are those of kubeadm.k8s.io/v1beta3 and v1beta4, of kubelet.config.k8s.io, and
of static pods. Beside these, components tell in their metrics what they have.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from shlex import quote
from typing import Any, Final

from dractl.api.component_metrics import ComponentMetrics
from dractl.api.decode_workloads import flags
from dractl.api.snapshot import Document
from dractl.diagnose.words import listed
from dractl.doctor.case import Case, Given
from dractl.errors import DractlError
from dractl.model.cluster import GATE_GROUPS, GATES, KubernetesVersion, Profile
from dractl.model.gates import CONTROL, KUBELET, PROGRAMS, SERVER

_MAPS: Final = "kubeadm.k8s.io/v1beta3"
_LISTS: Final = "kubeadm.k8s.io/v1beta4"
_GATES: Final = "feature-gates"
_STATED: Final = "featureGates"
_CONFIGZ: Final = "kubeletconfig"  # as a kubelet answers at /configz
_RUNTIME: Final = "runtime-config"
_KUBEADM: Final = "kubeadm.k8s.io/"
_ROLES: Final = frozenset({"Role", "ClusterRole"})
_OTHERS: Final = _ROLES | {"Pod"}
"""What also stands in such files: etcd's pod, and roles, which are looked at, too."""
_PARTS: Final = {program: part for part, program in PROGRAMS.items()}
_FEW: Final = 3
_STATES: Final = {"true": True, "false": False, "1": True, "0": False}


_Gates = frozenset[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Component:
    """What one component is told, or tells itself.

    `part` is its name as model/gates.py has it. `gates` are those that are set, and
    `runtime` what is said of versions of the API. `is_measured`: they are from metrics,
    so that nobody need have set them; `release` is its own, as far as it tells it.
    """

    part: str
    where: str
    gates: Mapping[str, bool] = field(default_factory=dict)
    runtime: Mapping[str, str] = field(default_factory=dict)
    is_measured: bool = False
    release: KubernetesVersion | None = None

    @property
    def program(self) -> str:
        """The name of the program, such as kube-apiserver."""
        return PROGRAMS[self.part]

    @property
    def name(self) -> str:
        """The program, and from where its settings are known."""
        return f"{self.program} ({self.where})"

    def profile(self, release: KubernetesVersion) -> Profile:
        """Return the gates with the release's defaults for those that are not set.

        `release` is that of the cluster; a component that tells its own has that.
        """
        known = {
            gate: on
            for gate, on in self.gates.items()
            if gate in GATES or gate in GATE_GROUPS
        }
        return Profile.of(self.release or release, known)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a file says in a form that its reader refuses or ignores.

    `fix` is in words, `commands` are to be typed.
    """

    where: str
    message: str
    fix: str
    commands: tuple[str, ...] = ()
    is_fatal: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is known of the configuration of components."""

    components: tuple[Component, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    unread: tuple[str, ...] = ()


def settings(case: Case) -> Settings:
    """Return what the cluster, its static pods and the given files say."""
    components = [*_of_cluster(case)]
    wrong: list[Wrong] = []
    unread: list[str] = []
    for given in case.configuration:
        found = [*_of_file(given)]
        kind = str(given.value.get("kind", "a document without kind"))[:60]
        if not found and kind not in _OTHERS:
            unread.append(f"{given.where}: {kind} configures no component")
        components += (each for each in found if isinstance(each, Component))
        wrong += (each for each in found if isinstance(each, Wrong))
    components += _of_metrics(case.measured.metrics)
    unread += _unlike(case.measured.metrics)
    return Settings(tuple(components), tuple(wrong), tuple(unread))


def is_looked_at(given: Given) -> bool:
    """Tell whether there is something in a document that checks look at."""
    return given.value.get("kind") in _ROLES or any(True for _ in _of_file(given))


def release_of(
    given: Iterable[Given], metrics: Iterable[ComponentMetrics] = ()
) -> str | None:
    """Return the release that kubeadm is to install, or one that a component has."""
    for each in given:
        stated = each.value.get("kubernetesVersion")
        try:
            return str(KubernetesVersion.parse(str(stated)))
        except DractlError:  # also a label such as stable-1
            continue
    told = [each.release for each in metrics if each.release is not None]
    return str(max(told)) if told else None


def _of_cluster(case: Case) -> Iterator[Component]:
    gates = case.snapshot.info.gates
    if gates is not None:
        yield Component(SERVER, "its metrics", _named(gates), is_measured=True)
    for each in case.snapshot.kubelet_configurations:
        yield Component(KUBELET, f"ConfigMap {'/'.join(each.meta.key)}", each.gates)
    for pod in case.snapshot.pods:
        if pod.meta.namespace != "kube-system":
            continue
        for container in pod.containers:
            part = _PARTS.get(container.name)
            if part is not None and container.flags:
                where = f"pod {pod.meta.name}"
                yield from _told(part, where, container.flags)


def _of_metrics(metrics: Iterable[ComponentMetrics]) -> Iterator[Component]:
    """Yield components; those of a program that tell the same are one."""
    alike: dict[tuple[str, KubernetesVersion | None, _Gates], list[str]] = {}
    for each in metrics:
        gates = frozenset(_named(each.gates).items())
        for part in each.parts if gates else ():
            alike.setdefault((part, each.release, gates), []).append(each.where)
    for (part, release, told), where in alike.items():
        yield Component(
            part,
            f"metrics of {listed(where, _FEW)}",
            dict(sorted(told)),
            is_measured=True,
            release=release,
        )


def _unlike(metrics: Iterable[ComponentMetrics]) -> Iterator[str]:
    """Yield what is to say of metrics that tell of no component's gates."""
    for each in metrics:
        if not each.parts:
            yield (
                f"{each.where}: these metrics do not tell which component they are of; "
                "save all of them, not only those of gates"
            )
        elif not each.gates:
            yield f"{each.where}: the metrics tell no feature gates"


def _named(gates: Mapping[str, bool]) -> Mapping[str, bool]:
    """Return the gates of metrics; AllBeta is off there, which turns no gate off."""
    return {gate: on for gate, on in gates.items() if gate not in GATE_GROUPS}


def _of_file(given: Given) -> Iterator[Component | Wrong]:
    where, value = given
    kind, version = str(value.get("kind")), str(value.get("apiVersion"))
    if kind == "ClusterConfiguration" and version.startswith(_KUBEADM):
        yield from _of_kubeadm(where, version, value)
    elif kind in {"InitConfiguration", "JoinConfiguration"}:
        registration = _mapping(value.get("nodeRegistration"))
        found = _arguments(where, version, "kubelet", registration, "kubeletExtraArgs")
        yield from _with_wrong(KUBELET, where, found)
    elif kind == "KubeletConfiguration":
        yield from _states(KUBELET, where, value.get(_STATED))
    elif _CONFIGZ in value:
        yield from _states(KUBELET, where, _mapping(value[_CONFIGZ]).get(_STATED))
    elif kind == "Pod":
        yield from _of_pod(where, _mapping(value.get("spec")))


def _of_kubeadm(
    where: str, version: str, value: Document
) -> Iterator[Component | Wrong]:
    if version == _MAPS:
        yield Wrong(
            where,
            f"{_MAPS} is deprecated since Kubernetes 1.31; its extraArgs are maps, "
            "those of v1beta4 are lists of name and value",
            "kubeadm writes it anew as v1beta4",
            _migrating(where),
            is_fatal=False,
        )
    own = _mapping(value.get(_STATED))
    for gate in sorted({str(each) for each in own} & GATES.keys()):
        yield Wrong(
            where,
            f"featureGates of a ClusterConfiguration are kubeadm's own; {gate} is none",
            "put it into extraArgs of each component, as feature-gates",
        )
    for part in CONTROL:
        if part in value:
            section = _mapping(value.get(part))
            found = _arguments(where, version, part, section, "extraArgs")
            yield from _with_wrong(part, where, found)


def _migrating(where: str) -> tuple[str, ...]:
    path, _, line = where.rpartition(":")
    if path in {"", "stdin"} or not line.isdigit():  # also a part of a ConfigMap
        return ()
    return (f"kubeadm config migrate --old-config {quote(path)} --new-config NEW.yaml",)


Told = tuple[Mapping[str, str], Wrong | None]


def _arguments(
    where: str, version: str, owner: str, section: Document, key: str
) -> Told:
    """Return arguments in either form, and what is wrong with the form."""
    stated = section.get(key)
    place = f"{owner}.{key}"
    if isinstance(stated, Mapping):
        read = {str(name): _text(each) for name, each in stated.items()}
        if version == _LISTS:
            return read, Wrong(
                where,
                f"{place} is a map, as in v1beta3; in v1beta4 it is a list",
                'write "- name: feature-gates" and "  value: GATE=true" for each',
            )
        return read, None
    if isinstance(stated, list):
        items = [_mapping(each) for each in stated]
        read = {str(each.get("name")): _text(each.get("value")) for each in items}
        if version == _MAPS:
            return read, Wrong(
                where,
                f"{place} is a list, as in v1beta4; in v1beta3 it is a map",
                f"set apiVersion to {_LISTS}, which kubeadm has since 1.31",
            )
        return read, None
    if stated is None:
        return {}, None
    return {}, Wrong(
        where,
        f"{place} is neither a map nor a list",
        'write "- name: feature-gates" and "  value: GATE=true" for each',
    )


def _with_wrong(part: str, where: str, found: Told) -> Iterator[Component | Wrong]:
    arguments, wrong = found
    if wrong is not None:
        yield wrong
    yield from _told(part, where, arguments)


def _of_pod(where: str, spec: Document) -> Iterator[Component | Wrong]:
    containers = spec.get("containers")
    for each in containers if isinstance(containers, list) else ():
        container = _mapping(each)
        part = _PARTS.get(str(container.get("name")))
        if part is not None:
            yield from _told(part, where, flags(container))


def _told(part: str, where: str, arguments: Mapping[str, str]) -> Iterator[Component]:
    """Yield a component as its arguments have it; what is no switch is left out."""
    gates = {
        name: _STATES[state.lower()]
        for name, state in _pairs(arguments.get(_GATES, ""))
        if state.lower() in _STATES
    }
    yield Component(part, where, gates, dict(_pairs(arguments.get(_RUNTIME, ""))))


def _states(part: str, where: str, stated: object) -> Iterator[Component | Wrong]:
    read = _mapping(stated)
    for name, state in read.items():
        if not isinstance(state, bool):
            yield Wrong(
                where,
                f"feature gate {str(name)[:60]} is {str(state)[:20]!r}, not a boolean",
                "write true or false without quotes",
            )
    gates = {str(name): on for name, on in read.items() if isinstance(on, bool)}
    yield Component(part, where, gates)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for item in text.split(","):
        name, equals, value = item.strip().partition("=")
        if name:
            yield name.strip(), value.strip() if equals else "true"


def _mapping(value: Any) -> Document:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")

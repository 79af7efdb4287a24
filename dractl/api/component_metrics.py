"""What a component of Kubernetes tells of itself in its metrics, as at `/metrics`.

Names and labels are those of 1.31 to 1.37: kubernetes_feature_enabled, and of kubelets
plugin_manager_total_plugins (pkg/kubelet/pluginmanager/metrics) and
dra_grpc_operations_duration_seconds (pkg/kubelet/metrics), all of which are alpha or
beta: what is missing says nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from dractl.errors import DractlError
from dractl.model.cluster import KubernetesVersion
from dractl.model.gates import KUBELET, MANAGER, SCHEDULER, SERVER

_GATE: Final = "kubernetes_feature_enabled"
_BUILD: Final = "kubernetes_build_info"
_NODE: Final = "kubelet_node_name"
_SOCKETS: Final = "plugin_manager_total_plugins"
_CALLS: Final = "dra_grpc_operations_duration_seconds_count"
_LAST: Final = "process_start_time_seconds"
"""Families are sorted by name, and every component has this one behind _SOCKETS."""
_WANTED: Final = frozenset({_GATE, _BUILD, _NODE, _SOCKETS, _CALLS, _LAST})
_REGISTERED: Final = "actual_state_of_world"
_PREPARE: Final = "/NodePrepareResources"
_SIGNS: Final[Mapping[str, tuple[bytes, ...]]] = {
    SERVER: (b"kube_apiserver_",),  # all components have some apiserver_
    MANAGER: (
        b"garbagecollector_controller_", b"job_controller_", b"node_collector_",
        b"resourceclaim_controller_", b"root_ca_cert_publisher_",
    ),
    SCHEDULER: (b"scheduler_",),
    KUBELET: (b"kubelet_",),
}  # fmt: skip
"""How the names of metrics begin that only one component has."""
_LABEL: Final = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"', re.ASCII)
_SAMPLE: Final = re.compile(
    r"[a-zA-Z_]\w*(\{[^\n]*\})? [-+]?[0-9.]+(e[-+]?\d+)?( \d+)?", re.ASCII
)
_LONGEST: Final = 4096  # bytes of a line that may say something
_LOOKED_AT: Final = 200  # lines in which a text of metrics has one
_MOST: Final = 20_000  # samples of the wanted metrics; a component has some hundreds


@dataclass(frozen=True, slots=True)
class ComponentMetrics:
    """What one process tells; `where` is the file, node or pod that it is from.

    `parts` are the components that it is, as model/gates.py names them: all of them in
    distributions that are one process. `node` is the name that a kubelet has.
    `sockets` are the files by which plugins register with it, and whether they have.
    `calls` counts its calls of NodePrepareResources by driver and gRPC status since it
    started. `is_whole`: the text goes beyond the place where sockets would be.
    """

    where: str
    parts: tuple[str, ...] = ()
    gates: Mapping[str, bool] = field(default_factory=dict)
    release: KubernetesVersion | None = None
    node: str = ""
    sockets: Mapping[str, bool] = field(default_factory=dict)
    calls: Mapping[tuple[str, str], int] = field(default_factory=dict)
    is_whole: bool = False


class _Sample(NamedTuple):
    name: str
    labels: Mapping[str, str]
    value: float


def are_metrics(text: str) -> bool:
    """Tell whether a text is one of metrics, and no YAML or JSON."""
    lines = text.split("\n", _LOOKED_AT)[:_LOOKED_AT]
    first = next((line for line in lines if line.strip() and line[0] != "#"), "")
    return _SAMPLE.fullmatch(first[:_LONGEST].strip()) is not None


def gates(lines: Iterable[bytes]) -> dict[str, bool]:
    """Return the feature gates that metrics tell, which may be tens of megabytes."""
    return dict(_gates(_samples(lines, (_GATE,))))


def component_metrics(lines: Iterable[bytes], where: str) -> ComponentMetrics:
    """Return what metrics tell; what is no metric says nothing.

    Raises whatever the lines do.
    """
    signs: set[str] = set()
    samples = list(_samples(_noting(lines, signs), _WANTED))
    named = {each.name: each.labels for each in samples}
    calls: dict[tuple[str, str], int] = {}
    sockets: dict[str, bool] = {}
    for each in samples:
        labels = each.labels
        if each.name == _SOCKETS and each.value > 0:
            file = labels.get("socket_path", "").replace("\\", "/").rpartition("/")[2]
            is_registered = labels.get("state") == _REGISTERED
            sockets[file] = sockets.get(file, False) or is_registered
        if each.name == _CALLS and labels.get("method_name", "").endswith(_PREPARE):
            key = (labels.get("driver_name", ""), labels.get("grpc_status_code", ""))
            calls[key] = calls.get(key, 0) + int(each.value)
    return ComponentMetrics(
        where,
        tuple(part for part in _SIGNS if part in signs),
        dict(_gates(samples)),
        _release(named.get(_BUILD, {})),
        named.get(_NODE, {}).get("node", ""),
        sockets,
        calls,
        is_whole=_LAST in named,
    )


def _gates(samples: Iterable[_Sample]) -> Iterator[tuple[str, bool]]:
    for each in samples:
        if each.name == _GATE and (gate := each.labels.get("name")):
            yield gate, each.value == 1


def _release(build: Mapping[str, str]) -> KubernetesVersion | None:
    try:
        return KubernetesVersion.parse(build.get("git_version", ""))
    except DractlError:
        return None


def _noting(lines: Iterable[bytes], parts: set[str]) -> Iterator[bytes]:
    """Yield the lines as they are; add the parts that names of metrics tell of."""
    for line in lines:
        for part, signs in _SIGNS.items():
            if part not in parts and line.startswith(signs):
                parts.add(part)
        yield line


def _samples(lines: Iterable[bytes], wanted: Collection[str]) -> Iterator[_Sample]:
    """Yield the wanted samples, which are few among many lines."""
    names = {each.encode(): each for each in wanted}
    starts = tuple(names)
    left = _MOST
    for line in lines:
        if not line.startswith(starts):
            continue
        name = names.get(line.partition(b"{")[0].partition(b" ")[0])
        if name is None or len(line) > _LONGEST:
            continue
        sample = _sample(name, line.decode(errors="replace"))
        if sample is None:
            continue
        yield sample
        left -= 1
        if not left:
            return


def _sample(name: str, line: str) -> _Sample | None:
    labels, _, rest = line.removeprefix(name).rpartition("}")
    try:  # of a line that breaks off in its labels, the rest is no number
        value = float(rest.split()[0])
    except (IndexError, ValueError):
        return None
    if not 0 <= value < 1 << 53:  # as NaN, too
        return None
    found = {key: _plain(text) for key, text in _LABEL.findall(labels)}
    return _Sample(name, found, value)


def _plain(text: str) -> str:
    """Return the value of a label as it was before it was written down."""
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: found[1].replace("n", "\n"), text)

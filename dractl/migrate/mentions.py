"""What else knows an extended resource by its name: quotas, queues, dashboards.

After a migration no node has that resource any more, so all of these have to be looked
at. Specs of pods are users, not mentions; what the API writes itself (status, what was
applied last) is neither. A tool that is told the name in its arguments is a mention.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from dractl.api.pod_specs import is_pod_spec
from dractl.migrate.answer import Mention
from dractl.migrate.asks import AMOUNTS, POLICIES, specs
from dractl.migrate.inputs import Input, Steps
from dractl.migrate.users import controller
from dractl.model.names import is_extended_resource
from dractl.rules.subject import mapping

_DEEPEST: Final = 40
_SHOWN: Final = 60  # characters around a name in a long text
_LONGEST: Final = 200
_SILENT: Final = frozenset({
    ("", "Event"),
    ("", "Node"),
    ("", "Pod"),
    ("", "Secret"),
    ("apps", "ControllerRevision"),
    ("coordination.k8s.io", "Lease"),
    ("events.k8s.io", "Event"),
    ("karpenter.sh", "NodeClaim"),
    ("kueue.x-k8s.io", "Workload"),
    ("nfd.k8s-sigs.io", "NodeFeature"),
    ("resource.k8s.io", "DeviceClass"),
    ("resource.k8s.io", "ResourceClaim"),
    ("resource.k8s.io", "ResourceSlice"),
})  # fmt: skip
"""Their text is about something that is there, and goes with it, or is nobody's to
read."""
_ROLES: Final[Mapping[tuple[str, str], str]] = {
    ("", "LimitRange"): "limit-range",
    ("", "ResourceQuota"): "quota",
    ("autoscaling", "HorizontalPodAutoscaler"): "scaler",
    ("grafana.integreatly.org", "GrafanaDashboard"): "dashboard",
    ("karpenter.sh", "NodePool"): "node-pool",
    ("karpenter.sh", "Provisioner"): "node-pool",
    ("keda.sh", "ScaledJob"): "scaler",
    ("keda.sh", "ScaledObject"): "scaler",
    ("kubescheduler.config.k8s.io", "KubeSchedulerConfiguration"): "scheduler",
    ("kueue.x-k8s.io", "ClusterQueue"): "queue",
    ("kueue.x-k8s.io", "Cohort"): "queue",
    ("monitoring.coreos.com", "PrometheusRule"): "dashboard",
    ("operator.victoriametrics.com", "VMRule"): "dashboard",
    ("quota.openshift.io", "ClusterResourceQuota"): "quota",
    ("scheduling.run.ai", "Queue"): "queue",
    ("scheduling.volcano.sh", "Queue"): "queue",
}
_KEYS: Final[Mapping[str, str]] = {
    "cluster-autoscaler": "node-pool",
    "controller_manager_config": "queue",
}
"""Parts of keys that tell what a text under them is for: the autoscaler's hints at
groups that have no node yet, and Kueue's configuration."""
_TEXTS: Final = {
    "dashboard": re.compile(r'"panels"|"targets"|"expr"|\bexpr:|\balert:'),
    "scaler": re.compile(r"\bseriesQuery:|\bmetricsQuery:"),
    "scheduler": re.compile(
        r"\bscoringStrategy\b|\bNodeResourcesFit\b|\bRequestedToCapacityRatio\b"
        r"|\b(?:Low|High)NodeUtilization\b|\bbinpack\."
    ),
}
"""What tells a ConfigMap's text: boards and rules; the Prometheus adapter; schedulers
and the descheduler, which go by how much is asked for on nodes."""
_PLUGIN: Final = ("sharing", "resourceList", "configList", "mig-configs")
_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
# They repel pods, or let them come: nothing is counted by these names.
_UNCOUNTED: Final = frozenset({"managedFields", "status", "taints", "tolerations"})
_BEFORE: Final = (
    r"allocatable\.",
    r"capacity\.",
    r"limits\.",
    r"requests\.",
    "resources/",
)
_SELECTED: Final = re.compile(r'\bresource\s*=~\s*"([^"\n]{1,200})"')
_ANY: Final = re.compile(r"\.[*+]")
_PLAIN: Final = re.compile(r"\**[A-Za-z0-9_]{3,}[A-Za-z0-9_*]*")
"""What queries select names by: enough of a name, the rest of which is any."""
_DCGM: Final = re.compile(r"DCGM_FI_\w+")
_OF_PODS: Final = re.compile(r"\b(?:exported_)?(?:pod|namespace|container)\b")
_OF_DCGM: Final = "nvidia.com/"
_METRICS: Final = "pod-metrics"
_OTHER: Final = "other"
_AMOUNT: Final = re.compile(r"[0-9.]{1,20}[A-Za-z%]{0,2}|true|false")
_FLAG: Final = re.compile(r"(?<!\S)--?[A-Za-z][A-Za-z0-9-]{0,40}=$")
_AMOUNTS: Final = frozenset(AMOUNTS)
_SPARK: Final = ("gpu", "name")  # Spark's operator: beside its quantity


def mentions(
    inputs: Sequence[Input], resources: Collection[str]
) -> tuple[Mention, ...]:
    """Return where documents name one of the resources, in the inputs' order.

    What is asked for outside of specs of pods is a mention too, whatever its name is.
    """
    listed = [
        given
        for given in inputs
        if (given.group, given.kind) not in _SILENT and not _is_of_plugin(given)
    ]
    names = {*resources, *(name for given in listed for name in _asked(given))}
    if not names:
        return ()
    search = _Search(names)
    return tuple(each for given in listed for each in dict.fromkeys(search.of(given)))


class _Told(NamedTuple):
    """A name in a field: `text` is what stands around it, `bare` little but itself."""

    resource: str
    text: str
    bare: str
    is_metric: bool = False


class _Search:
    """Looks for names as Kubernetes and as kube-state-metrics spell them."""

    def __init__(self, resources: Collection[str]) -> None:
        ordered = sorted(resources, key=lambda each: (-len(each), each))
        self._by_spelling = {
            spelling: name
            for name in reversed(ordered)
            for spelling in (name, re.sub(r"[^A-Za-z0-9]", "_", name))
        }
        words = "|".join(
            re.escape(each) for each in sorted(self._by_spelling, key=len, reverse=True)
        )
        before = "".join(rf"|(?<=\b{each})" for each in _BEFORE)
        # Of `nvidia.com/gpu.product` and `nvidia.com/gpumem`, no part is the name.
        self._pattern = re.compile(
            rf"(?:(?<![\w./-]){before})({words})"
            r"(?![\w/-]|\.[A-Za-z0-9])",
            re.ASCII,
        )
        self._of_dcgm = next(
            (each for each in sorted(resources) if each.startswith(_OF_DCGM)), ""
        )

    def of(self, given: Input) -> Iterator[Mention]:
        """Yield the mentions of a document."""
        places: list[Steps] | None = None
        is_scaler = _ROLES.get((given.group, given.kind)) == "scaler"
        for steps, key, value in _texts_of(given):
            for told in self._told(key, value, is_scaler):
                if places is None:
                    places = [ask.steps for each in specs(given) for ask in each.asks]
                if any(steps[: len(place)] == place for place in places):
                    continue  # it is a user there
                role = _METRICS if told.is_metric else _role(given, steps, value)
                text = told.bare if _may_hide(role, steps) else told.text
                yield Mention(given, role, told.resource, text, steps)

    def _told(self, key: str, value: object, is_scaler: bool) -> Iterator["_Told"]:
        """Yield the names in a field."""
        name = self._pattern.search(key)
        if name is not None:
            start = key[:_LONGEST]
            line = _line(start, value)
            is_amount = not isinstance(value, str) or _AMOUNT.fullmatch(value)
            yield _Told(self._by_spelling[name[1]], line, line if is_amount else start)
        if not isinstance(value, str):
            return
        seen = set()
        for resource, found in self._found(value.replace("\\", "")):
            if resource not in seen:
                seen.add(resource)
                yield _Told(resource, _excerpt(key, found), _bare(key, found))
        told = _DCGM.search(value) if self._of_dcgm and not seen else None
        if told and (is_scaler or _OF_PODS.search(value)):
            text = _excerpt(key, told)
            yield _Told(self._of_dcgm, text, _bare(key, told), is_metric=True)

    def _found(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Yield names in a text with their places, also those that queries select."""
        for found in self._pattern.finditer(text):
            yield self._by_spelling[found[1]], found
        for found in _SELECTED.finditer(text):
            for piece in found[1].split("|"):
                pattern = _ANY.sub("*", piece)
                if "*" in pattern and _PLAIN.fullmatch(pattern):
                    yield from (
                        (name, found)
                        for spelling, name in self._by_spelling.items()
                        if fnmatchcase(spelling, pattern)
                    )


def _texts_of(given: Input) -> Iterator[tuple[Steps, str, object]]:
    """Yield the places of a document with their keys and values.

    Specs of pods that ask for resources are left out; those of others may be of tools
    that are told the name.
    """
    has_users = controller(given) is not None or any(each.asks for each in specs(given))
    return _texts(given.document, has_users=has_users)


def _texts(
    value: object, steps: Steps = (), key: str = "", *, has_users: bool
) -> Iterator[tuple[Steps, str, object]]:
    """Yield places with their keys and values: each field, and each text in a list."""
    if len(steps) > _DEEPEST:
        return
    if isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            if isinstance(inner, str):
                yield (*steps, index), key, inner
            else:
                yield from _texts(inner, (*steps, index), key, has_users=has_users)
    elif isinstance(value, Mapping) and not (has_users and is_pod_spec(value)):
        for name, inner in value.items():
            here = str(name)
            if here in _UNCOUNTED or here == _APPLIED:
                continue
            yield (*steps, here), here, inner
            yield from _texts(inner, (*steps, here), here, has_users=has_users)


def is_request(steps: Steps) -> bool:
    """Tell whether something asks for an amount at a place, a pod or another."""
    return not _AMOUNTS.isdisjoint(steps) or steps[-2:] == _SPARK


def _asked(given: Input) -> Iterator[str]:
    """Yield the extended resources that something other than a pod asks for."""
    for steps, key, value in _texts_of(given):
        name = key if steps[-2:-1] and steps[-2] in _AMOUNTS else ""
        if steps[-2:] == _SPARK and isinstance(value, str):
            name = value
        if is_extended_resource(name):
            yield name


def _line(key: str, value: object) -> str:
    plain = isinstance(value, str | int | float)
    return f"{key}: {str(value)[:_SHOWN]}" if plain else key


def _excerpt(key: str, found: re.Match[str]) -> str:
    """Return the line in which a name stands, or what is around it in a long one."""
    text = found.string
    start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _SHOWN)
    end = text.find("\n", found.end())
    end = min(len(text) if end < 0 else end, found.end() + _SHOWN)
    return f"{key}: {' '.join(text[start:end].split())}"


def _bare(key: str, found: re.Match[str]) -> str:
    """Return a name with the flag before it, and dots for all else."""
    text = found.string
    flag = _FLAG.search(text, 0, found.start())
    start = found.start() if flag is None else flag.start()
    before = "... " if text[:start].strip() else ""
    after = " ..." if text[found.end() :].strip() else ""
    return f"{key}: {before}{text[start : found.end()]}{after}"


def _may_hide(role: str, steps: Steps) -> bool:
    """Tell whether a field can be anything, also a password or a token."""
    return role == _OTHER or "annotations" in steps


def _role(given: Input, steps: Steps, value: object) -> str:
    role = _ROLES.get((given.group, given.kind))
    if role is not None:
        return role
    names = [str(each) for each in steps]
    told = (_KEYS[part] for part in _KEYS if any(part in name for name in names))
    found = next(told, "")
    if found:
        return found
    if given.group in POLICIES:
        return "policy"
    if given.kind != "ConfigMap":
        return _OTHER
    if "grafana_dashboard" in mapping(given.metadata, "labels"):
        return "dashboard"
    text = value if isinstance(value, str) else ""
    return next((role for role, told in _TEXTS.items() if told.search(text)), _OTHER)


def _is_of_plugin(given: Input) -> bool:
    """Tell whether it configures a device plugin, which goes with the resource."""
    return any(
        isinstance(text, Mapping) and any(key in text for key in _PLUGIN)
        for text in given.texts.values()
    )

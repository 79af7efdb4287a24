"""How device plugins are started, and what operators are told to start.

Flags and variables are those of the containers of their DaemonSets; operators have the
same as fields of their own objects, charts as values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dractl.api.pod_specs import pod_specs
from dractl.migrate.evidence.nodes import Place, place_of
from dractl.migrate.evidence.plugin_config import OF_STRATEGY
from dractl.migrate.evidence.record import Record, Setting
from dractl.migrate.inputs import Input
from dractl.migrate.places import at
from dractl.rules.subject import entries, text

STRATEGY: Final = "mig-strategy"
FILE: Final = "config-file"
DEFAULT: Final = "default-config"
HOLDER: Final = "config-map"
LAYOUTS: Final = "mig-layouts"
LAYOUT: Final = "default-layout"
NAMING: Final = "resource-naming"
SHARED: Final = "shared-devices"
MONITORING: Final = "monitoring"
PREFIX: Final = "resource-prefix"
GATES: Final = "feature-gates"
PASSTHROUGH: Final = "passthrough"
MIG_MANAGER: Final = "mig-manager"


@dataclass(frozen=True, slots=True)
class _Flag:
    """A flag of a container, with the variable that says the same.

    `image` is a piece of the image's name: only there it means this, "" for anywhere.
    """

    key: str
    kind: str
    option: str = ""
    variable: str = ""
    image: str = ""


_NVIDIA: Final = "NVIDIA device plugin"
_OPERATOR: Final = "NVIDIA GPU operator"
_INTEL: Final = "Intel GPU plugin"
_WIDEST: Final = 64
_FLAGS: Final = (
    _Flag(STRATEGY, _NVIDIA, "mig-strategy", "MIG_STRATEGY"),
    _Flag(FILE, _NVIDIA, "config-file", "CONFIG_FILE", "device-plugin"),
    _Flag(DEFAULT, _NVIDIA, "", "DEFAULT_CONFIG", "device-plugin"),
    _Flag(NAMING, "AMD device plugin", "resource_naming_strategy"),
    _Flag(SHARED, _INTEL, "shared-dev-num", image="intel-gpu-plugin"),
    _Flag(MONITORING, _INTEL, "enable-monitoring", image="intel-gpu-plugin"),
    _Flag(PREFIX, "SR-IOV device plugin", "resource-prefix", image="sriov"),
    _Flag(GATES, "NVIDIA DRA driver", "feature-gates", "FEATURE_GATES", "dra-driver"),
    _Flag(PREFIX, "SR-IOV operator", "", "RESOURCE_PREFIX", "sriov"),
    _Flag(LAYOUT, "MIG manager", "", "DEFAULT_CONFIG", "mig-manager"),
    _Flag(LAYOUT, "MIG manager", "", "DEFAULT_GPU_CLIENTS_CONFIG", "mig-manager"),
)
_Fields = Mapping[tuple[str, ...], tuple[str, str]]
_IN_POLICY: Final[_Fields] = {
    ("mig", "strategy"): (STRATEGY, _OPERATOR),
    ("devicePlugin", "config", "name"): (HOLDER, _OPERATOR),
    ("devicePlugin", "config", "default"): (DEFAULT, _OPERATOR),
    ("migManager", "enabled"): (MIG_MANAGER, _OPERATOR),
    ("migManager", "config", "name"): (LAYOUTS, _OPERATOR),
    ("migManager", "config", "default"): (LAYOUT, _OPERATOR),
    ("sandboxWorkloads", "enabled"): (PASSTHROUGH, _OPERATOR),
}
_IN_VALUES: Final[_Fields] = {
    **_IN_POLICY,
    ("migStrategy",): (STRATEGY, _NVIDIA),
    ("config", "name"): (HOLDER, _NVIDIA),
    ("config", "default"): (DEFAULT, _NVIDIA),
    ("draDriver", "featureGates"): (GATES, "NVIDIA DRA driver"),
    ("featureGates",): (GATES, "NVIDIA DRA driver"),
}
_OBJECTS: Final[Mapping[tuple[str, str], _Fields]] = {
    ("nvidia.com", "ClusterPolicy"): _IN_POLICY,
    ("deviceplugin.intel.com", "GpuDevicePlugin"): {
        ("sharedDevNum",): (SHARED, _INTEL),
        ("enableMonitoring",): (MONITORING, _INTEL),
    },
}
# What a flag means for a migration, by its value; "" is for all others.
_MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    STRATEGY: OF_STRATEGY,
    FILE: {"": "the configuration of all nodes that choose no other"},
    DEFAULT: {"": "the configuration of nodes without the label of another"},
    HOLDER: {"": "the ConfigMap whose entries count"},
    LAYOUTS: {"": "the ConfigMap with the layouts that nodes can choose"},
    LAYOUT: {"": "the layout of nodes without the label of another"},
    MIG_MANAGER: {"true": "keeps making the layouts; the gate DynamicMIG stays off"},
    PASSTHROUGH: {
        "true": "nodes for virtual machines have nvidia.com/MODEL, which are vfio "
        "devices with DRA",
    },
    NAMING: {
        "single": "amd.com/gpu is a partition where GPUs are cut, else a whole device",
        "mixed": "partitions are amd.com/MODE",
    },
    SHARED: {
        "1": "gpu.intel.com/* is a whole device",
        "": "gpu.intel.com/* is a time slice: the driver has no shares",
    },
    MONITORING: {"true": "gpu.intel.com/monitoring is admin access with DRA"},
    PREFIX: {"": "what stands before the names of resources"},
}


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag as it is set somewhere: `says` are the words there.

    `place` is where the pods with that container can be.
    """

    key: str
    value: str
    kind: str
    subject: str
    where: str
    says: str
    place: Place = field(default_factory=Place)


def flags(inputs: Sequence[Input], record: Record) -> tuple[Flag, ...]:
    """Return all flags of device plugins that documents set."""
    found = tuple(dict.fromkeys(each for one in inputs for each in _flags(one)))
    for each in found:
        record.note(
            Setting(each.where, each.kind, each.subject, each.says, _means(each))
        )
    return found


def _flags(given: Input) -> Iterator[Flag]:
    fields = _OBJECTS.get((given.group, given.kind))
    if fields is not None:
        spec = given.document.get("spec")
        yield from _stated(given, spec, fields, given.title, ("spec",))
    elif not given.kind:
        yield from _in_values(given)
    elif given.kind != "Pod" or not entries(given.metadata, "ownerReferences"):
        yield from _in_pods(given)


def _in_values(given: Input) -> Iterator[Flag]:
    """Yield what values for a chart state, or those for a chart in another one."""
    if "version" in given.document:
        return  # a configuration of a plugin, which charts do not read
    found = [*_stated(given, given.document, _IN_VALUES, given.where, ())]
    for key, inner in given.document.items():
        if not found and isinstance(inner, Mapping):
            found += _stated(given, inner, _IN_VALUES, given.where, (key,))
    yield from found


def _stated(
    given: Input,
    value: object,
    fields: _Fields,
    subject: str,
    steps: tuple[str, ...],
) -> Iterator[Flag]:
    for path, (key, kind) in fields.items():
        stated = _text(at(value, path))
        if stated:
            where = given.place((*steps, *path))
            says = f"{'.'.join((*steps, *path))}: {stated}"
            yield Flag(key, stated, kind, subject, where, says)


def _in_pods(given: Input) -> Iterator[Flag]:
    for steps, spec in pod_specs(given.document):
        place = place_of(spec)
        for part in ("initContainers", "containers"):
            for number, container in enumerate(entries(spec, part)):
                where = given.place((*steps, part, number))
                for row, value, says in _of_container(container):
                    yield Flag(
                        row.key, value, row.kind, given.title, where, says, place
                    )


def _of_container(container: object) -> Iterator[tuple[_Flag, str, str]]:
    image = text(container, "image")
    arguments = [*_arguments(container)]
    variables = {
        text(each, "name"): _text(at(each, ("value",)))
        for each in entries(container, "env")
    }
    for row in _FLAGS:
        if row.image not in image:
            continue
        # A flag counts more than a variable.
        for option, value in arguments:
            if option.lstrip("-") == row.option and value and "$(" not in value:
                yield row, value, f"{option}={value}"
                break
        else:
            value = variables.get(row.variable, "") if row.variable else ""
            if value:
                yield row, value, f"{row.variable}={value}"


def _arguments(container: object) -> Iterator[tuple[str, str]]:
    """Yield options with their values, `true` where there is none."""
    words = [
        each
        for key in ("command", "args")
        for each in entries(container, key)
        if isinstance(each, str)
    ]
    for number, word in enumerate(words):
        if not word.startswith("-"):
            continue
        option, equals, value = word.partition("=")
        following = words[number + 1 : number + 2]
        if not equals:
            is_flag = not following or following[0].startswith("-")
            value = "true" if is_flag else following[0]
        yield option, value


def _text(value: object) -> str:
    """Return a value as a flag has it, "" for what is no single value."""
    if isinstance(value, Mapping):
        # Feature gates are a map in values, and a list in a flag.
        return ",".join(f"{key}={_single(inner)}" for key, inner in value.items())
    return _single(value)


def _single(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() if value.bit_length() < _WIDEST:
            return str(value)
    return ""


def _means(flag: Flag) -> str:
    known = _MEANINGS.get(flag.key, {})
    return known.get(flag.value, known.get("", ""))

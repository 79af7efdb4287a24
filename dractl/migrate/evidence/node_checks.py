"""What nodes say of their resources, and where that contradicts what is configured."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dractl.migrate.answer import Meaning
from dractl.migrate.evidence import node_labels
from dractl.migrate.evidence.flags import DEFAULT, HOLDER
from dractl.migrate.evidence.mig import INVALID
from dractl.migrate.evidence.node_labels import told
from dractl.migrate.evidence.nvidia import Nvidia, configured
from dractl.migrate.evidence.plugin_config import GPU, PREFIX, SHARED, Config
from dractl.migrate.evidence.record import Record, Setting
from dractl.migrate.evidence.wording import described
from dractl.model.workloads import Node

KIND: Final = "node labels"
_AMD: Final = "amd.com/"
_SETTLED: Final = frozenset({"", "success"})
_MIXED: Final = "mixed"
_NONE: Final = "none"
_SHOWN: Final = 3


class _Doubt(NamedTuple):
    """A contradiction; `of` says what it is about, after the nodes."""

    code: str
    of: str
    fix: str


def look_at(nodes: Sequence[Node], nvidia: Nvidia, record: Record) -> None:
    """Record what the labels of nodes tell, and what does not fit together."""
    doubts: dict[_Doubt, list[str]] = {}
    rows: dict[tuple[str, str], list[str]] = {}
    for node in nodes:
        for resource in _resources(node):
            meaning = told(node.meta.labels, resource, has_all=True)
            if meaning is not None:
                row = (", ".join(meaning.evidence), _means(resource, meaning))
                rows.setdefault(row, []).append(node.name)
        for doubt in _doubts(node, nvidia):
            doubts.setdefault(doubt, []).append(node.name)
    for (says, means), names in rows.items():
        record.note(Setting("", KIND, _named(names), says, means, tuple(names)))
    for doubt, names in doubts.items():
        subject = _named(names)
        record.complain(
            doubt.code, f"{subject}: {doubt.of}", subject=subject, fix=doubt.fix
        )


def check_names(nvidia: Nvidia, maps: frozenset[str], record: Record) -> None:
    """Record what flags name and no document defines, or what files say otherwise.

    `maps` are the names of the ConfigMaps among the documents.
    """
    entries = {each.entry for each in nvidia.usable}
    for flag in nvidia.flags:
        is_holder = flag.key == HOLDER and flag.value not in maps
        is_entry = flag.key == DEFAULT and entries and flag.value not in entries
        if is_holder or is_entry:
            what = "a ConfigMap" if is_holder else "an entry"
            record.complain(
                "config-missing",
                f"{flag.subject}: {flag.says} names {what} that is not among the "
                "documents",
                subject=flag.subject,
                where=flag.where,
                fix="give the ConfigMap of the plugin, too",
            )
    doubt = _flag_against_file(
        nvidia.flagged(None), _filed(nvidia.chosen({}, is_whole=True))
    )
    if doubt is not None:
        record.complain(doubt.code, doubt.of, subject="MIG strategy", fix=doubt.fix)


def _means(resource: str, meaning: Meaning) -> str:
    return f"{resource} is {described(meaning)}"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    word = "node" if len(names) == 1 else "nodes"
    return f"{word} {shown}" + (f" and {more} more" if more > 0 else "")


def _resources(node: Node) -> tuple[str, ...]:
    """Return what a node has, of those resources that labels speak of."""
    offered = tuple(
        name
        for name, amount in node.allocatable.items()
        if name.startswith((PREFIX, _AMD)) and amount.nanos > 0
    )
    return offered if node.allocatable else (GPU, f"{_AMD}gpu")


def _doubts(node: Node, nvidia: Nvidia) -> Iterator[_Doubt]:
    labels = node.meta.labels
    if not any(key.startswith(PREFIX) for key in labels):
        return
    yield from _missing(labels, nvidia)
    yield from _layouts(labels, nvidia)
    yield from _strategies(node, nvidia)
    for resource in _resources(node):
        yield from _sharing(node, resource, nvidia)
        yield from _amounts(node, resource)


def _missing(labels: Mapping[str, str], nvidia: Nvidia) -> Iterator[_Doubt]:
    name = labels.get(node_labels.CONFIG)
    is_told = told(labels, GPU, has_all=True) is not None
    is_missed = bool(nvidia.configs) or not is_told
    if name and is_missed and not nvidia.chosen(labels, is_whole=True):
        yield _Doubt(
            "config-missing",
            f"label {node_labels.CONFIG}={name} names a configuration that is not "
            "among the documents",
            "give the ConfigMap of the plugin, too",
        )
    layout = labels.get(node_labels.LAYOUT)
    if layout and nvidia.layouts and nvidia.layout(labels)[0] is None:
        yield _Doubt(
            "config-missing",
            f"label {node_labels.LAYOUT}={layout} names a layout that is not among "
            "the documents",
            "give the ConfigMap of the MIG manager, too",
        )


def _layouts(labels: Mapping[str, str], nvidia: Nvidia) -> Iterator[_Doubt]:
    state = labels.get(node_labels.LAYOUT_STATE, "")
    if state not in _SETTLED:
        yield _Doubt(
            "mig-layout-unsettled",
            f"label {node_labels.LAYOUT_STATE}={state}: GPUs may not be cut as the "
            "layout says",
            "wait until the state is success, or mend what the MIG manager reports",
        )
    product = labels.get(f"{GPU}.product", "")
    layout, _ = nvidia.layout(labels)
    strategy = labels.get(node_labels.STRATEGY, "")
    if product.endswith(f"-{INVALID}"):
        yield _Doubt(
            "mig-layout-unfit",
            f"label {GPU}.product={product}: the plugin cannot offer GPUs that are cut "
            "so",
            "give all GPUs of the node one profile, or choose the strategy mixed",
        )
    elif layout is None or not layout.profiles:
        return
    elif strategy == _NONE:
        yield _Doubt(
            "mig-layout-unfit",
            f"layout {layout.name} makes partitions, but the plugin's strategy is none",
            "choose the strategy mixed, or a layout without partitions",
        )
    elif strategy == "single" and (len(layout.profiles) > 1 or layout.has_whole):
        yield _Doubt(
            "mig-layout-unfit",
            f"layout {layout.name} makes unlike devices, but the plugin's strategy is "
            "single",
            "choose the strategy mixed, or a layout with one profile",
        )


def _strategies(node: Node, nvidia: Nvidia) -> Iterator[_Doubt]:
    labels = node.meta.labels
    label = labels.get(node_labels.STRATEGY, "")
    flagged = nvidia.flagged(node)
    filed = _filed(nvidia.chosen(labels, is_whole=True))
    said = f"label {node_labels.STRATEGY}={label}"
    if label and flagged and label not in flagged:
        yield _differing(next(iter(flagged.values())), said, "label")
    elif label and not flagged and filed and label not in filed:
        yield _differing(next(iter(filed.values())), said, "label")
    elif doubt := _flag_against_file(flagged, filed):
        yield doubt


def _filed(configs: Sequence[Config]) -> Mapping[str, str]:
    """Return the strategies that files state, with the words in which they do."""
    return {
        each.strategy: f"{each.subject}: flags.migStrategy is {each.strategy}"
        for each in configs
        if each.strategy
    }


def _flag_against_file(
    flagged: Mapping[str, str], filed: Mapping[str, str]
) -> _Doubt | None:
    if not flagged or not filed or not flagged.keys().isdisjoint(filed):
        return None
    return _differing(next(iter(filed.values())), next(iter(flagged.values())), "flag")


def _differing(one: str, other: str, winner: str) -> _Doubt:
    why = {
        "label": "the label tells what the plugin did last",
        "flag": "a flag comes before a file",
    }[winner]
    return _Doubt(
        "mig-strategy-contradiction",
        f"{one}, but {other}; {why}",
        "set the strategy in one place, and restart the plugin",
    )


def _sharing(node: Node, resource: str, nvidia: Nvidia) -> Iterator[_Doubt]:
    labels = node.meta.labels
    label = told(labels, resource, has_all=True)
    if label is None:
        return
    made = [configured(case, resource) for case in nvidia.cases(labels, node)]
    # What is only assumed of a configuration contradicts nothing.
    wanted = [each for each in made if each is not None and not each.is_assumed]
    if not wanted or any(_agree(each, label) for each in wanted):
        return
    yield _Doubt(
        "sharing-contradiction",
        f"{resource} is {described(label)} by {', '.join(label.evidence)}, but "
        f"{described(wanted[0])} by {', '.join(wanted[0].evidence)}; labels tell what "
        "the plugin did last",
        "restart the plugin, or correct its configuration, before the migration",
    )


def _agree(one: Meaning, other: Meaning) -> bool:
    """Tell whether two meanings are the same, as far as both know."""
    # With the strategy single, GPUs that are not cut are whole devices.
    is_uncut = one.unit == "partition" and not one.profile and other.unit == "device"
    is_alike = one.unit == other.unit or is_uncut
    profiles = {one.profile, other.profile} - {""}
    replicas = {one.replicas, other.replicas} - {0}
    return is_alike and len(profiles) <= 1 and len(replicas) <= 1


def _amounts(node: Node, resource: str) -> Iterator[_Doubt]:
    """Yield amounts that labels do not make; less than that are devices out of work."""
    labels = node.meta.labels
    base = resource.removesuffix(SHARED)
    devices = node_labels.whole(labels.get(f"{base}.count", ""))
    replicas = node_labels.whole(labels.get(f"{base}.replicas", ""))
    has_cut = base == GPU and labels.get(node_labels.STRATEGY) == _MIXED
    amount = node.allocatable[resource].ceiling if resource in node.allocatable else 0
    if devices and replicas and not has_cut and amount > devices * replicas:
        yield _Doubt(
            "amount-contradiction",
            f"{amount} of {resource} are allocatable, but labels tell of {devices} "
            f"with {replicas} for each",
            "find out whether the plugin or GPU Feature Discovery is behind",
        )

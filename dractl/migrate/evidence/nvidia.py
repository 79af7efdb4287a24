"""What one of NVIDIA's resources is on a node, by configurations and by labels.

Of all that configures the plugin of a node, its flags come before its file, and a file
is what the node's label names, else the default. Labels come before all of it: they
say what the plugin did last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dractl.migrate import making
from dractl.migrate.answer import Meaning
from dractl.migrate.evidence import flags as flag_names
from dractl.migrate.evidence import node_labels
from dractl.migrate.evidence.flags import Flag
from dractl.migrate.evidence.mig import Layout, profile_of, shipped
from dractl.migrate.evidence.node_labels import Labels
from dractl.migrate.evidence.plugin_config import GPU, MIG, OF_STRATEGY, SHARED, Config
from dractl.model.workloads import Node

_NAMED_DEFAULT: Final = "default"
_SINGLE: Final = "single"
_MIXED: Final = "mixed"


@dataclass(frozen=True, slots=True)
class Case:
    """What may configure the plugin of a node; "" and None: that is not known.

    `strategy_from` says where the strategy is from, in words. `is_chosen`: somebody
    wrote it for this plugin; operators set `single` for all nodes, cut or not.
    """

    config: Config | None
    strategy: str
    strategy_from: str
    is_chosen: bool
    layout: Layout | None
    layout_from: str


@dataclass(frozen=True, slots=True)
class Nvidia:
    """All that is known of the configuration of NVIDIA's plugin."""

    configs: tuple[Config, ...]
    flags: tuple[Flag, ...]
    layouts: tuple[Layout, ...]

    def cases(self, labels: Labels, node: Node | None) -> Iterator[Case]:
        """Yield what may configure the plugin of a node with such labels.

        `node` None: these are labels that it has to have, and it may have others.
        """
        strategies = self.strategies(labels, node)
        layout, layout_from = self.layout(labels)
        for config in self.chosen(labels, is_whole=node is not None) or (None,):
            stated = strategies
            if not stated and config is not None:
                stated = {config.strategy or "none": _strategy_of(config)}
            for strategy, words in (stated or {"": ""}).items():
                yield Case(
                    config,
                    strategy,
                    words,
                    stated is not strategies,
                    layout,
                    layout_from,
                )

    def strategies(self, labels: Labels, node: Node | None) -> Mapping[str, str]:
        """Return the MIG strategies that labels or flags tell, with their sources.

        More than one only where flags differ, and it is not known whose count.
        """
        key = node_labels.STRATEGY
        if (told := labels.get(key, "")) in OF_STRATEGY:
            return {told: f"label {key}={told}"}
        return self.flagged(node)

    def flagged(self, node: Node | None) -> Mapping[str, str]:
        """Return the MIG strategies that flags tell, of one node or of any."""
        return {
            flag.value: f"{flag.subject}: {flag.says}"
            for flag in self.flags
            if flag.key == flag_names.STRATEGY and flag.value in OF_STRATEGY
            if node is None or flag.place.has(node, frozenset({GPU}))
        }

    def values(self, *keys: str) -> tuple[str, ...]:
        """Return what flags are set to, each value once."""
        return tuple(
            dict.fromkeys(each.value for each in self.flags if each.key in keys)
        )

    @property
    def usable(self) -> tuple[Config, ...]:
        """The configurations of the ConfigMap that is named, all if none is."""
        holders = self.values(flag_names.HOLDER)
        named = tuple(each for each in self.configs if each.holder in holders)
        return named or self.configs

    def chosen(self, labels: Labels, *, is_whole: bool) -> tuple[Config, ...]:
        """Return what may be the configuration of a node with such labels.

        `is_whole`: they are all its labels.
        """
        usable = self.usable
        if name := labels.get(node_labels.CONFIG):
            return tuple(each for each in usable if each.entry == name)
        found = self._default(usable)
        if is_whole:
            return found
        return (*found, *(each for each in usable if each not in found))

    def _default(self, usable: Sequence[Config]) -> tuple[Config, ...]:
        files = (each.rpartition("/")[2] for each in self.values(flag_names.FILE))
        names = (*self.values(flag_names.DEFAULT), *files, _NAMED_DEFAULT)
        for name in names:
            if found := tuple(each for each in usable if each.entry == name):
                return found
        return tuple(usable) if len({each.entry for each in usable}) == 1 else ()

    def layout(self, labels: Labels) -> tuple[Layout | None, str]:
        """Return the layout of a node's GPUs, and in words how that is known.

        Where no document defines any, it is one that comes with the MIG manager.
        """
        key = node_labels.LAYOUT
        name = labels.get(key, "")
        said = f"label {key}={name}"
        if not name:
            name = next(iter(self.values(flag_names.LAYOUT)), "")
            said = f"the default layout of the MIG manager is {name}"
        if not name:
            return None, ""
        found = (each for each in self.layouts if each.name == name)
        return (next(found, None) if self.layouts else shipped(name)), said

    def meanings(
        self, resource: str, labels: Labels, node: Node | None
    ) -> Iterator[Meaning]:
        """Yield what one of a resource may be on a node with such labels."""
        told = node_labels.told(labels, resource, has_all=node is not None)
        shares = _by_amount(resource, labels, node)
        if told is not None:
            yield self._with_layout(_with_amount(told, shares), labels)
            return
        made = (configured(case, resource) for case in self.cases(labels, node))
        found = [each for each in made if each is not None]
        if shares is not None:
            # It is so, whatever is configured; which kind of shares, that may tell.
            found = [x for x in found if x.replicas == shares.replicas] or [shares]
        yield from found

    def _with_layout(self, told: Meaning, labels: Labels) -> Meaning:
        """Add the profile of a partition, if labels tell it only by a layout."""
        if told.unit != "partition" or told.profile:
            return told
        layout, said = self.layout(labels)
        if layout is None or len(layout.profiles) != 1:
            return told
        evidence = (*told.evidence, said)
        return replace(told, profile=layout.profiles[0], evidence=evidence)


def _strategy_of(config: Config) -> str:
    return f"{config.subject}: flags.migStrategy is {config.strategy or 'unset'}"


def _with_amount(told: Meaning, shares: Meaning | None) -> Meaning:
    """Add what an amount says of a device that several pods share."""
    if shares is None or told.replicas or told.unit == "partition":
        return told
    unit = told.unit if told.unit in making.SHARED else shares.unit
    evidence = (*told.evidence, *shares.evidence)
    return replace(told, unit=unit, replicas=shares.replicas, evidence=evidence)


def _by_amount(resource: str, labels: Labels, node: Node | None) -> Meaning | None:
    amount = node.allocatable.get(resource) if node is not None else None
    if amount is None:
        return None
    return node_labels.by_amount(labels, resource, amount.ceiling)


def configured(case: Case, resource: str) -> Meaning | None:
    """Return what one of a resource is by its configuration.

    None if that does not tell, or if there is no such resource then.
    """
    base = resource.removesuffix(SHARED)
    whole = _whole(case, base)
    if whole is None:
        return None
    shared = case.config.shared.get(base) if case.config is not None else None
    is_renamed = shared is not None and shared.is_renamed
    if case.config is not None and is_renamed != (resource != base):
        return None
    if case.config is None or shared is None or shared.replicas <= 1:
        return whole
    said = f"{case.config.subject}: {shared.path} is {shared.replicas}"
    if whole.unit == "partition" and not whole.profile:
        return replace(whole, evidence=(*whole.evidence, said))
    return replace(
        whole,
        unit=shared.unit,
        replicas=shared.replicas,
        evidence=(said, *(whole.evidence if whole.profile else ())),
        is_assumed=False,
    )


def _whole(case: Case, base: str) -> Meaning | None:
    """Return what one of a resource is if it is not shared."""
    if base.startswith(MIG):
        if case.strategy != _MIXED:
            return None
        profile = profile_of(base.removeprefix(MIG)) or ""
        return Meaning("partition", profile, evidence=(case.strategy_from,))
    if base != GPU:
        return None
    return _gpu(case)


def _gpu(case: Case) -> Meaning | None:
    layout = case.layout
    if case.strategy == _SINGLE or (not case.strategy and layout is not None):
        told = tuple(each for each in (case.strategy_from, case.layout_from) if each)
        if layout is None and not case.is_chosen:
            return Meaning("device", evidence=told, is_assumed=True)
        if layout is None:
            return Meaning("partition", evidence=told)
        if not layout.profiles:
            return Meaning("device", evidence=told)
        one = layout.profiles[0] if len(layout.profiles) == 1 else ""
        return Meaning("partition", one, evidence=told)
    if not case.strategy:
        return None
    return Meaning("device", evidence=(case.strategy_from,))

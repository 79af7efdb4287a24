"""A rollout in stages: what claims need, then nodes wave by wave, then workloads.

Nothing that pods rely on goes before they move: classes, templates and keys of quotas
come first, and a namespace's limit ranges lose their defaults with its first workloads.
Stages are data for whoever carries them out. Objects are patched only as the cluster
has them; what no patch can do, or what another tool would undo, is left to people.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from dractl.migrate.answer import Proof, Verdict
from dractl.migrate.node_steps import on_node
from dractl.migrate.object_steps import Objects
from dractl.migrate.steps import Stage, StageKind, Step
from dractl.migrate.waves import Wave, waves
from dractl.migrate.worlds import Worlds

_FEW: Final = 5  # nodes that a title names


def stages(worlds: Worlds, proof: Proof) -> tuple[Stage, ...]:
    """Return the stages in their order; none where there is no cluster to change.

    They are for the cluster as the snapshot has it; patches test what they change.
    """
    moves = any(each.route is not None for each in worlds.plan.users)
    is_bare = not worlds.snapshot.nodes and all(x.is_file for x in worlds.inputs)
    if not moves or is_bare:
        return ()
    work = _Work(worlds)
    found = [*work.stages()]
    if found and proof.verdict is Verdict.LOSES:
        text = "the plan loses capacity: see the reasons of its proof"
        first = found[0]
        found[0] = replace(first, doubts=(text, *first.doubts))
    return tuple(found)


class _Work:
    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._plan = worlds.plan
        self._objects = Objects(
            worlds.plan, worlds.rewrite, worlds.inputs, worlds.snapshot
        )
        self._known = worlds.known
        self._limits: list[int] = []
        self._told: set[str] = set()

    def stages(self) -> Iterator[Stage]:
        """Yield what pods need, then the waves, each with the workloads after it."""
        found = waves(self._worlds)
        last = self._last(found)
        yield from self._needed({self._objects.given(n).namespace for n in last})
        gone: set[int] = set()
        for number, wave in enumerate(found, 1):
            yield self._nodes(f"nodes-{number}", wave, gone)
            yield from self._workloads(
                f"workloads-{number}", [n for n, at in last.items() if at == number - 1]
            )
            gone.update(wave.movers)
        if not found:
            yield from self._workloads("workloads-1", list(last))

    def _needed(self, spaces: AbstractSet[str]) -> Iterator[Stage]:
        """Yield the stage of what does not make pods.

        A LimitRange goes with the first workloads of its namespace. Without its
        defaults, pods that are made before get no device; with them, pods with claims
        would get the plugin's resource as well.
        """
        beside = [*self._objects.beside()]
        given = {number: self._objects.given(number) for number in beside}
        self._limits = [
            number
            for number, each in given.items()
            if each.kind == "LimitRange" and each.namespace in spaces
        ]
        changed = (self._objects.changed(n) for n in beside if n not in self._limits)
        steps = (*self._objects.created(), *changed)
        if steps:
            title = "create what pods will need"
            yield Stage("objects", StageKind.OBJECTS, title, steps)

    def _last(self, found: Sequence[Wave]) -> dict[int, int]:
        """Return after which wave each document changes: when all its users can."""
        last: dict[int, int] = {}
        for at, wave in enumerate(found):
            for mover in wave.movers:
                last[self._plan.users[mover].user.input.number] = at
        if not found:
            last = dict.fromkeys(
                (
                    each.user.input.number
                    for each in self._plan.users
                    if each.route is not None
                ),
                0,
            )
        return {n: at for n, at in last.items() if n in self._worlds.rewrite.documents}

    def _nodes(self, name: str, wave: Wave, moved: AbstractSet[int]) -> Stage:
        steps: list[Step] = []
        for node in wave.nodes:
            offers = [each for each in self._known.offers if each.node.name == node]
            resources = self._known.gone[node]
            steps += on_node(node, resources, offers, self._worlds.snapshot.slices)
        away = self._away(wave, moved)
        return Stage(
            name,
            StageKind.NODES,
            f"change {_listed(wave.nodes)} ({wave.pool or 'of no pool'})",
            tuple(steps),
            wave.nodes,
            away,
            (*self._switches(wave), *wave.doubts, *self._strangers(wave)),
        )

    def _away(self, wave: Wave, moved: AbstractSet[int]) -> dict[str, int]:
        """Count the pods of workloads that have to find another place."""
        found: dict[str, int] = {}
        for number, user in enumerate(self._worlds.users):
            count = sum(each.node_name in wave.nodes for each in user.running)
            if count and number not in moved and not user.is_everywhere:
                title = user.plan.user.input.title
                found[title] = found.get(title, 0) + count
        return found

    def _switches(self, wave: Wave) -> Iterator[str]:
        """Say once what labels of nodes need to be of any effect."""
        for each in self._known.offers:
            plugin = each.case.target.plugin
            is_new = each.node.name in wave.nodes and plugin.name not in self._told
            if is_new and plugin.switch.off and plugin.switch.note:
                self._told.add(plugin.name)
                yield f"{plugin.name}: {plugin.switch.note}"

    def _strangers(self, wave: Wave) -> Iterator[str]:
        """Say which pods are evicted that nothing in the plan changes."""
        found = self._worlds.holders(self._worlds.changed, frozenset(wave.nodes))
        names = ["/".join(each.pod.meta.key) for each in found if each.pod is not None]
        if names:
            more = f" and {len(names) - 1} more go" if len(names) > 1 else " goes"
            yield f"pod {names[0]}{more}, though the plan changes nothing about it"

    def _workloads(self, name: str, numbers: Sequence[int]) -> Iterator[Stage]:
        if not numbers:
            return
        spaces = {self._objects.given(each).namespace for each in numbers}
        limits = [n for n in self._limits if self._objects.given(n).namespace in spaces]
        self._limits = [each for each in self._limits if each not in limits]
        steps = tuple(self._objects.changed(each) for each in (*limits, *numbers))
        count = f"{len(numbers)} workloads" if len(numbers) > 1 else "a workload"
        yield Stage(name, StageKind.WORKLOADS, f"let {count} use claims", steps)


def _listed(nodes: Sequence[str]) -> str:
    more = len(nodes) - _FEW
    named = ", ".join(nodes[:_FEW])
    return f"{named} and {more} more" if more > 0 else named

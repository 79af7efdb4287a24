"""Evictions as the controller tells of them, followed to their end."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from dractl.live.at_once import at_once
from dractl.live.connection import Connection
from dractl.live.kinds import POD
from dractl.live.lists import pages
from dractl.live.looks import looks
from dractl.live.taintrules import TaintRules
from dractl.model.claims import Condition
from dractl.model.workloads import Pod

_PATIENCE: Final = 10.0  # seconds that a controller has to say anything at all
_MOST: Final = 50  # pods that are looked at in one round

Progress = Callable[[int, int], None]
Verdicts = Mapping[str, Condition | None]
"""What is said of each rule as it is now; None: nothing, or there is no such rule."""


def verdicts(
    rules: TaintRules, names: Iterable[str], seconds: float | None = None
) -> Verdicts:
    """Return what the controller says of rules, once it has looked at each.

    It has some seconds for that; where nobody has looked until then, it may be off.
    """
    found: dict[str, Condition | None] = dict.fromkeys(names)
    for _ in looks(_PATIENCE if seconds is None else seconds):
        found |= _said(rules, [name for name, said in found.items() if said is None])
        if None not in found.values():
            break
    return found


def _said(rules: TaintRules, names: Sequence[str]) -> dict[str, Condition | None]:
    standing = at_once([partial(rules.read, each) for each in names])
    return {
        name: None if rule is None else rule.eviction
        for name, rule in zip(names, standing, strict=True)
    }


@dataclass
class Following:
    """How far evictions are: what is said of rules, and which pods are still there.

    `ending` are pods that are being deleted, so that only their kubelet is waited for.
    """

    said: dict[str, Condition | None]
    left: list[Pod]
    ending: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def is_silent(self) -> bool:
        """Whether the controller has said nothing of some rule."""
        return None in self.said.values()

    @property
    def is_over(self) -> bool:
        """Whether the controller evicts no more, and what it evicted has gone."""
        return not self.is_evicting and not any(
            each.meta.key in self.ending for each in self.left
        )

    @property
    def is_evicting(self) -> bool:
        """Whether the controller is at it, or has not begun."""
        return any(
            each is None or each.status != "False" for each in self.said.values()
        )


def follow(  # noqa: PLR0913 - what to follow, and for how long
    rules: TaintRules,
    names: Iterable[str],
    pods: Sequence[Pod],
    progress: Progress,
    seconds: float | None = None,
    *,
    patience: float = _PATIENCE,
) -> Following:
    """Follow the evictions of rules until they are over, or the seconds are.

    `pods` are those that are expected to go. A controller that has said nothing, or
    evicts nobody of them, has `patience`: after that there is nothing to wait for.
    """
    found = Following(dict.fromkeys(names), list(pods))
    begun = time.monotonic()
    for _ in looks(seconds):
        found.said = _said(rules, list(found.said))
        _look_for_pods(rules.connection, found)
        progress(len(pods) - len(found.left), len(pods))
        has_waited = time.monotonic() - begun >= patience
        # A controller that has just begun may not have seen all pods yet.
        is_over = found.is_over and (not found.left or has_waited)
        if is_over or (found.is_silent and has_waited):
            break
    return found


def _look_for_pods(connection: Connection, found: Following) -> None:
    looked_at = found.left[:_MOST]
    standing = at_once([partial(_standing, connection, each) for each in looked_at])
    pairs = list(zip(looked_at, standing, strict=True))
    stay = [pod for pod, state in pairs if state is not None]
    found.ending = frozenset(pod.meta.key for pod, state in pairs if state == _ENDING)
    found.left = [*stay, *found.left[_MOST:]]


_RUNNING: Final = "running"
_ENDING: Final = "ending"


def _standing(connection: Connection, pod: Pod) -> str | None:
    """Tell whether a pod is there or is being deleted; None: it is gone.

    A list needs no other permission than those that the plan took.
    """
    meta = pod.meta
    place = POD.place("v1", meta.namespace)
    query = [("fieldSelector", f"metadata.name={meta.name}")]
    for page in pages(connection, place, query, _unheard):
        for item in page.items():
            metadata = item.get("metadata") if isinstance(item, dict) else None
            if isinstance(metadata, dict) and metadata.get("uid") == meta.uid:
                return _ENDING if "deletionTimestamp" in metadata else _RUNNING
    return None


def _unheard(_remaining: int) -> None:
    """Let nobody hear of pages: one object has one."""

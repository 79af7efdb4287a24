"""The cluster that `dractl taint` is asked about, and the taints that it has."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.cli import output, taintlists
from dractl.cli.clock import moment_for
from dractl.cli.output import AnswerFormat
from dractl.cli.reading import Cluster, Live, Wish, read_cluster, warn_of
from dractl.cli.source import Source
from dractl.cli.taintorders import Named, TaintOrders
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus
from dractl.live.kinds import TAINT_RULE
from dractl.model.taintrules import DeviceSelector
from dractl.taints.availability import missing_gates
from dractl.taints.document import list_document
from dractl.taints.fleet import Fleet
from dractl.taints.listing import ListedTaint, Taints, taints_of
from dractl.taints.notices import Notice
from dractl.taints.targets import Targets, resolved

_SERIOUS: Final = frozenset(
    {
        "all-devices", "gate-off", "no-rules-in-release", "not-published",
        "not-served", "selector-fails", "taken-over", "unreadable-end",
    }
)  # fmt: skip
"""Notices that are warnings; so are those of known bugs."""


@dataclass(frozen=True)
class Seen:
    """A cluster as it was read, and the moment that it is judged for."""

    fleet: Fleet
    now: datetime
    namespace: str
    live: Live | None

    @property
    def snapshot(self) -> Snapshot:
        """What was read."""
        return self.fleet.snapshot


def seen(orders: TaintOrders, source: Source, screen: Terminal) -> Seen:
    """Read the cluster; raise DractlError where that fails."""
    wish = Wish("taint", orders.namespace, fresh=True)
    cluster = read_cluster(source, wish, screen)
    warn_of(cluster.snapshot, screen, "taint")
    snapshot = _judged(cluster, source, screen)
    now = moment_for(cluster, screen)
    return Seen(Fleet(snapshot), now, cluster.namespace or "default", cluster.live)


def _judged(cluster: Cluster, source: Source, screen: Terminal) -> Snapshot:
    """Return what was read, with rules in force where nobody knows whether they are.

    A server that serves rules, but whose gates may not be read, may well have the gate
    on that its release has off: nobody is to be told then that a rule does nothing.
    """
    snapshot, live = cluster.snapshot, cluster.live
    missing = missing_gates(snapshot.profile)
    is_told = snapshot.info.gates is not None or source.gates or source.kubernetes
    if (
        not missing
        or is_told
        or live is None
        or not live.reading.version_of(TAINT_RULE)
    ):
        return snapshot
    screen.warn(
        f"whether {' and '.join(missing)} is on is not known, since /metrics may not "
        "be read; it is judged as if it were on"
    )
    profile = snapshot.profile
    return replace(snapshot, profile=replace(profile, gates=profile.gates | {*missing}))


def targets_of(named: Named, words: tuple[str, ...], namespace: str) -> Targets:
    """Return the devices that are named; claims without a namespace get that one."""
    claims = (each if "/" in each else f"{namespace}/{each}" for each in named.claims)
    return Targets(
        words,
        named.nodes,
        tuple(claims),
        named.device_class,
        named.expression,
        named.everything,
    )


def tell(notices: Iterable[Notice], screen: Terminal) -> None:
    """Say what is to be known beside an answer."""
    for code, message, hint in notices:
        if code in _SERIOUS or code.startswith("bug-"):
            screen.warn(message)
        else:
            screen.note(f"note: {message}")
        if hint:
            screen.note(f"  {hint}")


# -- lists


def show_list(orders: TaintOrders, source: Source, screen: Terminal) -> ExitStatus:
    """Print the taints that are asked for."""
    known = seen(orders, source, screen)
    found = taints_of(known.fleet, known.now)
    kept = found.taints
    notices = found.notices
    if orders.finds_expired:
        notices = ()
        kept = tuple(each for each in kept if each.is_expired)
    elif orders.named.words or orders.named.has_options:
        targets = targets_of(orders.named, orders.named.words, known.namespace)
        answer = resolved(known.fleet, targets)
        tell(answer.notices, screen)
        kept = tuple(each for each in kept if _is_for(each, answer.selectors))
    shown = replace(found, taints=kept, notices=notices)
    screen.write(_text(shown, known, orders.output_format, screen))
    tell(shown.notices, screen)
    screen.note(taintlists.summary(shown, known.snapshot.profile.version))
    is_whole = not known.snapshot.problems
    return ExitStatus.YES if is_whole else ExitStatus.ENVIRONMENT


def _is_for(listed: ListedTaint, selectors: Iterable[DeviceSelector]) -> bool:
    rule = None if listed.rule is None else listed.rule.selector
    return any(
        any(map(each.selects, listed.devices))
        or (rule is not None and each.meets(rule))
        for each in selectors
    )


def _text(
    found: Taints, known: Seen, output_format: AnswerFormat, screen: Terminal
) -> str:
    if output_format in {"json", "yaml"}:
        snapshot = known.snapshot
        return output.as_data(
            list_document(found, snapshot.profile, snapshot.problems), output_format
        )
    if output_format == "name":
        return taintlists.names(found.taints)
    shown = taintlists.wide if output_format == "wide" else taintlists.table
    return shown(found, known.now, screen)

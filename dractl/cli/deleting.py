"""Deletes what is left over, one object after another, and keeps what became of each.

Each is deleted only in the state in which it was read: what has changed since may be in
use again.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Literal

from dractl.cli import steps
from dractl.cli.reading import Live
from dractl.cli.steps import Break, Work
from dractl.errors import ExitStatus
from dractl.leftovers.answer import Deletion, Finding, Outcome
from dractl.live.deletion import Fate, deleted
from dractl.live.kinds import NEEDS

DryRun = Literal["none", "client", "server"]

_KINDS: Final = {kind.kind: kind for kind in NEEDS["cleanup"].changes}
_CLEAN: Final = frozenset({Outcome.DELETED, Outcome.TRIED})
_OUTCOMES: Final = {
    Fate.DELETED: Outcome.DELETED,
    Fate.GONE: Outcome.GONE,
    Fate.CHANGED: Outcome.CHANGED,
}
_BROKEN: Final = {
    Break.REFUSED: Outcome.FAILED,
    Break.UNSURE: Outcome.UNSURE,
    Break.LEFT: Outcome.LEFT,
}


def status(work: Work[Deletion]) -> ExitStatus:
    """Return what the process that asked for it learns."""
    if work.is_interrupted:
        return ExitStatus.INTERRUPTED
    if work.error is not None:
        return work.error.status
    is_clean = all(each.outcome in _CLEAN for each in work.done)
    return ExitStatus.YES if is_clean else ExitStatus.NO


def carry_out(
    findings: Sequence[Finding],
    live: Live,
    dry_run: DryRun,
    tell: Callable[[Deletion], None],
) -> Work[Deletion]:
    """Delete the objects in their order; `tell` hears of each at once."""
    delete = partial(_deletion, live=live, dry_run=dry_run)
    return steps.carry_out(findings, delete, _left, tell)


def _deletion(finding: Finding, live: Live, dry_run: DryRun) -> Deletion:
    if dry_run == "client":
        return Deletion(finding, Outcome.TRIED)
    kind, meta = _KINDS[finding.kind], finding.meta
    place = kind.place(live.reading.version_of(kind), meta.namespace).of(meta.name)
    is_dry = dry_run == "server"
    fate, message = deleted(
        live.connection,
        place,
        uid=meta.uid,
        version=meta.resource_version,
        dry_run=is_dry,
    )
    outcome = _OUTCOMES[fate]
    if is_dry and outcome is Outcome.DELETED:
        outcome = Outcome.TRIED
    return Deletion(finding, outcome, message)


def _left(finding: Finding, how: Break, why: str) -> Deletion:
    return Deletion(finding, _BROKEN[how], why)

"""Deletes what is left over, one object after another, and keeps what became of each.

Each is deleted only in the state in which it was read: what has changed since may be in
use again. The first failure ends the work, and an interrupt does; what was done and
what was not is known all the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal

from dractl.cli.reading import Live
from dractl.errors import DractlError, ExitStatus
from dractl.leftovers.answer import Deletion, Finding, Outcome
from dractl.live.errors import ClusterError
from dractl.live.kinds import NEEDS
from dractl.live.place import Place

DryRun = Literal["none", "client", "server"]

_KINDS: Final = {kind.kind: kind for kind in NEEDS["cleanup"].changes}
_CLEAN: Final = frozenset({Outcome.DELETED, Outcome.TRIED})


@dataclass(frozen=True)
class Work:
    """What became of all that was to be deleted. `error` is what ended it early."""

    deletions: Sequence[Deletion]
    error: DractlError | None = None
    is_interrupted: bool = False

    @property
    def status(self) -> ExitStatus:
        """What the process that asked for it learns."""
        if self.is_interrupted:
            return ExitStatus.INTERRUPTED
        if self.error is not None:
            return self.error.status
        is_clean = all(each.outcome in _CLEAN for each in self.deletions)
        return ExitStatus.YES if is_clean else ExitStatus.NO


def carry_out(
    findings: Sequence[Finding],
    live: Live,
    dry_run: DryRun,
    tell: Callable[[Deletion], None],
) -> Work:
    """Delete the objects in their order; `tell` hears of each at once."""
    done: list[Deletion] = []
    error: DractlError | None = None
    is_interrupted = False
    try:
        for deletion in _deleted(findings, live, dry_run):
            done.append(deletion)
            tell(deletion)
    except DractlError as raised:
        error = raised
    except KeyboardInterrupt:
        is_interrupted = True
    if error is not None or is_interrupted:
        for deletion in _left(findings[len(done) :], error):
            done.append(deletion)
            tell(deletion)
    return Work(done, error, is_interrupted)


def _deleted(
    findings: Sequence[Finding], live: Live, dry_run: DryRun
) -> Iterator[Deletion]:
    for each in findings:
        if dry_run == "client":
            yield Deletion(each, Outcome.TRIED)
        else:
            yield _delete(each, live, is_dry=dry_run == "server")


def _delete(finding: Finding, live: Live, *, is_dry: bool) -> Deletion:
    connection, meta = live.connection, finding.meta
    kind = _KINDS[finding.kind]
    place = kind.place(live.reading.version_of(kind), meta.namespace).of(meta.name)
    before = connection.repeats
    try:
        connection.delete(
            place, uid=meta.uid, version=meta.resource_version, dry_run=is_dry
        )
    except ClusterError as error:
        # An earlier try may have done it, with the answer lost on its way.
        was_repeated = connection.repeats > before and not is_dry
        if error.http == HTTPStatus.NOT_FOUND and not was_repeated:
            return Deletion(finding, Outcome.GONE, str(error))
        if error.http == HTTPStatus.CONFLICT and not (
            was_repeated and _is_ending(live, place, meta.uid)
        ):
            return Deletion(finding, Outcome.CHANGED, str(error))
        if error.http not in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
            raise
    return Deletion(finding, Outcome.TRIED if is_dry else Outcome.DELETED)


def _is_ending(live: Live, place: Place, uid: str) -> bool:
    """Tell whether the object is there only for its finalizers, or not any more."""
    try:
        found = live.connection.read(place)
    except ClusterError as error:
        if error.http != HTTPStatus.NOT_FOUND:
            raise
        return True
    metadata = found.get("metadata") or {}
    return metadata.get("uid") == uid and "deletionTimestamp" in metadata


def _left(findings: Sequence[Finding], error: DractlError | None) -> Iterator[Deletion]:
    """Yield what was not deleted: the one that was being deleted comes first."""
    if not findings:
        return
    first, *rest = findings
    if isinstance(error, ClusterError):
        yield Deletion(first, Outcome.FAILED, str(error))
    else:
        yield Deletion(first, Outcome.UNSURE, "" if error is None else str(error))
    for each in rest:
        yield Deletion(each, Outcome.LEFT)

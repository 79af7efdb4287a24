"""What `dractl cleanup` does: from its options to what was found, or deleted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.cli import deleting, output
from dractl.cli.confirm import confirmed
from dractl.cli.deleting import DryRun, carry_out
from dractl.cli.leftovers import named, plan, summary, table, told, wide
from dractl.cli.options import usage
from dractl.cli.output import AnswerFormat
from dractl.cli.reading import Live
from dractl.cli.source import length_of
from dractl.cli.steps import Work
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.errors import ExitStatus
from dractl.leftovers.answer import (
    Deletion,
    Finding,
    Leftovers,
    Limits,
    Outcome,
    Verdict,
)
from dractl.leftovers.codes import CODES
from dractl.leftovers.document import document
from dractl.live.kinds import NEEDS
from dractl.model.cluster_info import Cause

_HOW: Final = {
    "none": "",
    "client": "dry run: no server was asked",
    "server": "dry run on the server",
}
_DONE: Final = frozenset({Outcome.DELETED, Outcome.TRIED})


@dataclass(frozen=True, slots=True)
class Order:
    """How to delete: also what needs a look, and whether somebody said yes before."""

    dry_run: DryRun
    has_review: bool
    is_confirmed: bool

    @property
    def how(self) -> str:
        """What is said of a dry run; "" for none."""
        return _HOW[self.dry_run]

    @property
    def asks(self) -> bool:
        """Whether there is a question to be answered first."""
        return not (self.is_confirmed or self.dry_run != "none")


def limits(
    older_than: str | None, only: Sequence[str] | None, namespace: str | None
) -> Limits:
    """Return what is asked for; raise DractlError for a code that does not exist."""
    codes = {each.strip() for each in ",".join(only or ()).split(",")} - {""}
    if unknown := sorted(codes - CODES.keys()):
        raise usage(
            f"--only: {unknown[0][:60]!r} is no code of a finding",
            hint=f"the codes are {', '.join(CODES)}",
        )
    return Limits(
        None if older_than is None else length_of("--older-than", older_than),
        frozenset(codes),
        namespace,
        has_cluster_scoped=namespace is None,
    )


def status(answer: Leftovers, snapshot: Snapshot, asked: Limits) -> ExitStatus:
    """Return the exit status of a list.

    That nothing is left over would be too much to say of what could not be read.
    """
    if answer.proposed:
        return ExitStatus.NO
    unseen = asked.has_cluster_scoped and any(
        gap is not None and gap.cause in {Cause.FORBIDDEN, Cause.FAILED}
        for gap in (snapshot.info.gap(kind.kind) for kind in NEEDS["cleanup"].changes)
    )
    is_unknown = any(each.verdict is Verdict.UNKNOWN for each in answer.findings)
    is_partial = unseen or is_unknown or answer.problems
    return ExitStatus.ENVIRONMENT if is_partial else ExitStatus.YES


def write(answer: Leftovers, output_format: AnswerFormat, screen: Terminal) -> None:
    """Print what is left over, and say how much it is."""
    if output_format in {"json", "yaml"}:
        screen.write(_data(answer, (), output_format))
    elif output_format == "name":
        screen.write(_names(answer.proposed))
    else:
        screen.write((wide if output_format == "wide" else table)(answer, screen))
    screen.note(summary(answer))


def delete(
    answer: Leftovers,
    live: Live,
    order: Order,
    output_format: AnswerFormat,
    screen: Terminal,
) -> ExitStatus:
    """Delete what is proposed, if the user wants it, and print what became of it."""
    chosen = [each for each in answer.proposed if _is_chosen(each, order)]
    if chosen and not _is_wanted(chosen, live, order, screen):
        screen.note("nothing was deleted")
        return ExitStatus.NO

    def tell(deletion: Deletion) -> None:
        if output_format in {"table", "wide"}:
            screen.offer(told(deletion, order.how))

    work = carry_out(chosen, live, order.dry_run, tell)
    if output_format in {"json", "yaml"}:
        screen.offer(_data(answer, work.done, output_format))
    elif output_format == "name":
        done = (each for each in work.done if each.outcome in _DONE)
        screen.offer(_names(each.finding for each in done))
    _report(work, order, screen)
    left = len(answer.proposed) - len(chosen)
    if left:
        screen.note(f"{counted(left, 'object')} more after a look: --include-review")
    return deleting.status(work)


def _is_chosen(finding: Finding, order: Order) -> bool:
    return finding.verdict is Verdict.SAFE or order.has_review


def _is_wanted(
    chosen: Sequence[Finding], live: Live, order: Order, screen: Terminal
) -> bool:
    """Show what is going to be deleted and ask, unless there is nothing to ask."""
    if not order.asks:
        return True
    screen.err.write(plan(chosen, screen))
    these = "this object" if len(chosen) == 1 else f"these {len(chosen)} objects"
    return confirmed(
        f"delete {these} from {live.connection.server}?", screen, yes=False
    )


def _data(
    answer: Leftovers, deletions: Sequence[Deletion], output_format: AnswerFormat
) -> str:
    return output.as_data(document(answer, deletions), output_format)


def _names(findings: Iterable[Finding]) -> str:
    return "".join(f"{named(each)}\n" for each in findings)


def _report(work: Work[Deletion], order: Order, screen: Terminal) -> None:
    """Say how it went: what ended the work, and how much is done."""
    if work.error is not None:
        screen.fail(work.error)
    if work.is_interrupted:
        screen.warn("interrupted: the rest was not deleted")
    if screen.is_unread:
        screen.warn("nobody reads the output; the work went on without")
    for each in work.done:
        if each.outcome is Outcome.CHANGED:
            screen.warn(each.message)
    counts = Counter(each.outcome.value.replace("-", " ") for each in work.done)
    said = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    how = f" ({order.how})" if order.how else ""
    screen.note(f"{said or 'nothing to delete'}{how}")

"""How the answer of `dractl cleanup` looks: by verdict, then by reason."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.cli.clock import age
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible
from dractl.leftovers.answer import Deletion, Finding, Leftovers, Outcome, Verdict
from dractl.live.kinds import NEEDS

_HEADINGS: Final = {
    Verdict.SAFE: "SAFE TO DELETE",
    Verdict.REVIEW: "TO DELETE AFTER A LOOK",
    Verdict.TELL: "NOT TO DELETE, BUT TO KNOW",
    Verdict.UNKNOWN: "CANNOT BE TOLD",
}
_GROUPS: Final = {kind.kind: kind.group for kind in NEEDS["cleanup"].kinds}
_SAID: Final = {
    Outcome.DELETED: "deleted",
    Outcome.TRIED: "would be deleted",
    Outcome.GONE: "not deleted: it was gone already",
    Outcome.CHANGED: "not deleted: it has changed since it was read",
    Outcome.FAILED: "not deleted",
    Outcome.UNSURE: "perhaps deleted: there was no answer",
    Outcome.LEFT: "not tried",
}


def table(answer: Leftovers, screen: Terminal) -> str:
    """Return what is left over, what needs a decision first."""
    limit = screen.columns or NARROW
    blocks = [
        [screen.heading(heading), *_reasons(found, limit)]
        for verdict, heading in _HEADINGS.items()
        if (found := [each for each in answer.findings if each.verdict is verdict])
    ]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks)


def wide(answer: Leftovers, screen: Terminal) -> str:
    """Return one line for each object."""
    if not answer.findings:
        return ""
    order = list(_HEADINGS)
    rows = [
        tuple(map(visible, _row(each)))
        for each in sorted(answer.findings, key=lambda each: order.index(each.verdict))
    ]
    head = ("VERDICT", "CODE", "KIND", "NAMESPACE", "NAME", "AGE", "MANAGED BY", "WHY")
    header, *lines = columns([head, *rows])
    return "".join(f"{line}\n" for line in (screen.heading(header), *lines))


def named(finding: Finding) -> str:
    """Return an object as `kubectl -o name` writes it."""
    return visible(
        f"{finding.kind.lower()}.{_GROUPS[finding.kind]}/{finding.meta.name}"
    )


def plan(findings: Sequence[Finding], screen: Terminal) -> str:
    """Return what is going to be deleted."""
    limit = screen.columns or NARROW
    return "".join(f"{line}\n" for line in _reasons(findings, limit))


def told(deletion: Deletion, how: str) -> str:
    """Return what became of an object, in a line; `how` is said of dry runs."""
    said = _SAID[deletion.outcome]
    if deletion.outcome is Outcome.TRIED:
        said += f" ({how})"
    return f"{visible(_object(deletion.finding))} {said}\n"


def summary(answer: Leftovers) -> str:
    """Return how much there is, in one line."""
    verdicts = [each.verdict for each in answer.findings]
    parts = [
        f"{verdicts.count(Verdict.SAFE)} safe to delete",
        f"{verdicts.count(Verdict.REVIEW)} after a look",
    ]
    if unknown := verdicts.count(Verdict.UNKNOWN):
        parts.append(f"{unknown} unknown")
    if answer.younger:
        parts.append(f"{answer.younger} younger or of unknown age left out")
    return f"{counted(len(verdicts), 'leftover')}: {', '.join(parts)}"


def _row(finding: Finding) -> tuple[str, ...]:
    meta = finding.meta
    return (
        finding.verdict.value,
        finding.code,
        finding.kind,
        meta.namespace or "<none>",
        meta.name,
        age(finding.age),
        finding.managed_by or "<none>",
        "; ".join((finding.why, *finding.affects)),
    )


def _reasons(findings: Sequence[Finding], limit: int) -> Iterator[str]:
    """Yield each reason with the objects for which it is the same."""
    groups: dict[object, list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.code, each.why, each.affects), []).append(each)
    for same in groups.values():
        first = same[0]
        yield from indented(f"{first.code}: {first.why}", limit, "  ", "    ")
        rows = [(visible(_object(each)), age(each.age), _tool(each)) for each in same]
        yield from (f"    {line}" for line in columns(rows))
        for effect in first.affects:
            yield from indented(f"- {effect}", limit, "    ", "      ")


def _tool(finding: Finding) -> str:
    return f"by {visible(finding.managed_by)}" if finding.managed_by else ""


def _object(finding: Finding) -> str:
    space = finding.meta.namespace
    return f"{finding.kind.lower()} {f'{space}/' if space else ''}{finding.meta.name}"

"""How the proof and the stages of a migration look."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from dractl.cli.migrate.views import View
from dractl.cli.migrate.wording import named
from dractl.cli.text import columns, indented, visible
from dractl.migrate.answer import Fit, NodeChange, Plan, Proof, Verdict
from dractl.migrate.steps import Stage

_SAID: Final = {
    Verdict.SAFE: "safe: as many pods are placed after as before",
    Verdict.LOSES: "NOT SAFE: less fits after than before",
    Verdict.UNPROVEN: "unproven: it cannot be told",
}
_TITLED: Final = 5  # nodes that a title names; see migrate.stages


def proven(proof: Proof, plan: Plan, view: View) -> Iterator[str]:
    """Yield what the allocator says of before and after."""
    if not any(each.route is not None for each in plan.users):
        return
    yield f"  {_SAID[proof.verdict]}"
    for reason in proof.reasons[: view.few]:
        yield from indented(f"- {reason}", view.limit, "    ", "      ")
    if (rest := len(proof.reasons) - view.few) > 0:
        yield f"    - and {rest} more"
    if not proof.nodes and not any(each.before or each.after for each in proof.fits):
        return
    head = ("NODE", "RESOURCE", "BEFORE", "AFTER", "KNOWN BY")
    yield from _table(head, [*_nodes(proof, view)], view)
    pods = [
        (named(each.plan.user), str(each.wanted), str(each.before), str(each.after))
        for each in sorted(proof.fits, key=_worst)
    ]
    yield from _table(("WORKLOAD", "PODS", "BEFORE", "AFTER"), pods, view)
    reasons: dict[str, list[str]] = {}
    for each in proof.fits:
        if each.why:
            reasons.setdefault(each.why, []).append(named(each.plan.user))
    for why, users in reasons.items():
        text = f"{view.some(users)}: {why}"
        yield from indented(text, view.limit, "    ", "      ")


def _nodes(proof: Proof, view: View) -> Iterator[tuple[str, ...]]:
    """Yield the rows of nodes, those that lose first; of too many, the same once."""
    found = sorted(proof.nodes, key=lambda one: one.after >= one.before)
    groups: dict[object, list[NodeChange]] = {}
    for each in found:
        alike = (each.resource, each.before, each.after, each.source)
        own = None if len(found) > view.lines else each.node
        groups.setdefault((*alike, own), []).append(each)
    for same in groups.values():
        first = same[0]
        more = f" ({len(same) - 1} more)" if len(same) > 1 else ""
        amounts = (str(first.before), str(first.after))
        yield f"{first.node}{more}", first.resource, *amounts, first.source


def _worst(fit: Fit) -> tuple[bool, bool]:
    """Sort those who lose first, then those of whom not all fit anyway."""
    return fit.after >= fit.before, fit.after >= fit.wanted


def _table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], view: View
) -> Iterator[str]:
    if not rows:
        return
    shown = [tuple(map(visible, row)) for row in rows[: view.lines]]
    yield from (f"  {line}" for line in columns([head, *shown]))
    if len(rows) > view.lines:
        yield f"  and {len(rows) - view.lines} more"


def staged(stages: Sequence[Stage], view: View) -> Iterator[str]:
    """Yield the stages of the rollout, a line or few for each."""
    for number, each in enumerate(stages, 1):
        verbs = Counter(step.verb.value for step in each.steps)
        counts = ", ".join(f"{count} {verb}" for verb, count in verbs.items())
        text = f"{number}. {each.name}: {each.title}"
        yield from indented(text, view.limit, "  ", "     ")
        told = [f"steps: {counts}"] if counts else []
        if _TITLED < len(each.nodes) <= view.few:
            told.append(f"nodes: {', '.join(each.nodes)}")
        if each.pods:
            moving = [f"{count} of {name}" for name, count in each.pods.items()]
            told.append(f"pods that move: {view.some(moving)}")
        told += [f"! {doubt}" for doubt in each.doubts[: view.few]]
        if (rest := len(each.doubts) - view.few) > 0:
            told.append(f"! and {rest} more")
        for line in told:
            yield from indented(line, view.limit, "     ", "       ")

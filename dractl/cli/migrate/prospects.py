"""How the proof and the stages of a migration look."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from dractl.cli.migrate.wording import named
from dractl.cli.text import columns, indented, visible
from dractl.migrate.answer import Plan, Proof, Verdict
from dractl.migrate.steps import Stage

_SAID: Final = {
    Verdict.SAFE: "safe: as many pods are placed after as before",
    Verdict.LOSES: "NOT SAFE: less fits after than before",
    Verdict.UNPROVEN: "unproven: it cannot be told",
}
_MOST: Final = 20  # lines of a table
_MOST_REASONS: Final = 6
_MOST_NODES: Final = 4


def proven(proof: Proof, plan: Plan, limit: int) -> Iterator[str]:
    """Yield what the allocator says of before and after."""
    if not any(each.route is not None for each in plan.users):
        return
    yield f"  {_SAID[proof.verdict]}"
    for reason in proof.reasons[:_MOST_REASONS]:
        yield from indented(f"- {reason}", limit, "    ", "      ")
    if (rest := len(proof.reasons) - _MOST_REASONS) > 0:
        yield f"    - and {rest} more"
    if not proof.nodes and not any(each.before or each.after for each in proof.fits):
        return
    nodes = [
        (each.node, each.resource, str(each.before), str(each.after), each.source)
        for each in proof.nodes
    ]
    yield from _table(("NODE", "RESOURCE", "BEFORE", "AFTER", "KNOWN BY"), nodes)
    pods = [
        (named(each.plan.user), str(each.wanted), str(each.before), str(each.after))
        for each in proof.fits
    ]
    yield from _table(("WORKLOAD", "PODS", "BEFORE", "AFTER"), pods)
    for each in proof.fits:
        if each.why:
            text = f"{named(each.plan.user)}: {each.why}"
            yield from indented(text, limit, "    ", "      ")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    shown = [tuple(map(visible, row)) for row in rows[:_MOST]]
    yield from (f"  {line}" for line in columns([head, *shown]))
    if len(rows) > _MOST:
        yield f"  and {len(rows) - _MOST} more"


def staged(stages: Sequence[Stage], limit: int) -> Iterator[str]:
    """Yield the stages of the rollout, a line or few for each."""
    for number, each in enumerate(stages, 1):
        verbs = Counter(step.verb.value for step in each.steps)
        counts = ", ".join(f"{count} {verb}" for verb, count in verbs.items())
        text = f"{number}. {each.name}: {each.title}"
        yield from indented(text, limit, "  ", "     ")
        told = [f"steps: {counts}"] if counts else []
        if each.nodes:
            more = len(each.nodes) - _MOST_NODES
            listed = ", ".join(each.nodes[:_MOST_NODES])
            told.append(f"nodes: {listed}" + (f" and {more} more" if more > 0 else ""))
        if each.pods:
            moving = (f"{count} of {name}" for name, count in each.pods.items())
            told.append(f"pods that move: {', '.join(moving)}")
        for line in (*told, *(f"! {doubt}" for doubt in each.doubts)):
            yield from indented(line, limit, "     ", "       ")

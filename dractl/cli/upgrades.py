"""How the answer of `dractl doctor upgrade` looks."""

from collections.abc import Iterator
from typing import Final

from dractl.cli.examinations import found_blocks
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, counted, filled, indented, visible
from dractl.doctor.upgrade.answer import Upgrade, Verdict
from dractl.rules.registry import Severity

_VERDICTS: Final = {
    Verdict.GO: "can go as it is",
    Verdict.PREPARE: "needs steps before",
    Verdict.STOP: "do not do it",
}


def text(answer: Upgrade, screen: Terminal, *, whole: bool) -> str:
    """Return the verdict, the findings, the steps, and what will be interrupted.

    `whole` leaves nothing out.
    """
    limit = screen.columns or NARROW
    first, *rest = indented(_verdict(answer), limit, "", "  ")
    blocks = [[screen.heading(first), *rest]]
    blocks += found_blocks(answer.findings, screen, whole=whole)
    if answer.verdict is not Verdict.STOP:
        if answer.steps:
            blocks.append([screen.heading("STEPS"), *_steps(answer, limit)])
        interrupted = [
            line
            for each in answer.interruptions
            for line in indented(each, limit, "  - ", "    ")
        ]
        if interrupted:
            blocks.append([screen.heading("INTERRUPTED"), *interrupted])
    if answer.skipped:
        skipped = [
            line
            for each in answer.skipped
            for line in indented(f"{each.code}: {each.why}", limit, "  ", "    ")
        ]
        blocks.append([screen.heading("NOT CHECKED"), *skipped])
    if whole or screen.verbose:
        passed = (f"  {line}" for line in filled(answer.passed, limit - 2, ", "))
        blocks.append([screen.heading("PASSED"), *passed])
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks)


def _verdict(answer: Upgrade) -> str:
    current, target = answer.current or "?", answer.target or "?"
    counts = [
        counted(number, each.value)
        for each in (Severity.ERROR, Severity.WARNING)
        if (number := answer.count(each))
    ]
    if known := answer.count(Severity.INFO):
        counts.append(f"{known} to know")
    said = ", ".join(counts) or "nothing found"
    way = f"{answer.subject} {current} -> {target}"
    verdict = _VERDICTS[answer.verdict]
    if answer.verdict is Verdict.GO and not answer.steps:
        verdict = "there is nothing to upgrade"
    elif answer.verdict is Verdict.GO and answer.count(Severity.WARNING):
        verdict = "can go, with care"
    return f"{way}: {verdict} ({said})"


def _steps(answer: Upgrade, limit: int) -> Iterator[str]:
    size = len(str(len(answer.steps)))
    margin = " " * (size + 4)
    for number, each in enumerate(answer.steps, start=1):
        code = f" [{each.code}]" if each.code else ""
        head = f"  {number:>{size}}. "
        yield from indented(f"{each.text}{code}", limit, head, margin)
        for command in each.commands:
            # A command stays in one line, so that it can be copied.
            yield f"{margin}$ {visible(command)}"

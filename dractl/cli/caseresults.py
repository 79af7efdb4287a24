"""How the answer of `dractl cel --expect-file` looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dractl.catalogue.expectation import Difference
from dractl.catalogue.trial import Trial
from dractl.cli import output
from dractl.cli.terminal import Terminal
from dractl.cli.text import filled, visible
from dractl.cli.verdicts import (
    difference_data,
    differences,
    error_data,
    one_line,
)

if TYPE_CHECKING:
    from dractl.api.problems import Problem

_NARROW = 80  # columns of the terminal that everybody has


@dataclass(frozen=True, slots=True)
class Result:
    """One case with its answer."""

    name: str
    trial: Trial
    difference: Difference | None
    is_good: bool


def rendered(
    results: Sequence[Result],
    problems: Sequence["Problem"],
    form: output.AnswerFormat,
    terminal: Terminal,
) -> str:
    """Return the results in one of the formats."""
    if form == "name":
        return "".join(f"{visible(each.name)}\n" for each in results if each.is_good)
    if form in {"table", "wide"}:
        limit = terminal.columns or _NARROW
        lines = [line for each in results for line in _lines(each, limit)]
        return "".join(f"{line}\n" for line in lines)
    data = {
        "apiVersion": "dractl/v1",
        "kind": "CelCasesResult",
        "cases": [_case(each) for each in results],
        "failed": sum(not each.is_good for each in results),
        "problems": [each.as_data() for each in problems],
    }
    return output.as_data(data, form)


def _case(result: Result) -> dict[str, object]:
    trial = result.trial
    return {
        "name": result.name,
        "expression": trial.text,
        "passed": result.is_good,
        "compiles": trial.error is None,
        "error": error_data(trial.error),
        "refused": trial.refusal or None,
        "selected": len(trial.selected),
        "of": len(trial.devices),
        "failing": trial.failing,
        "expectation": (
            None if result.difference is None else difference_data(result.difference)
        ),
    }


def _lines(result: Result, limit: int) -> Iterator[str]:
    trial = result.trial
    verdict = "ok  " if result.is_good else "FAIL"
    head = f"{verdict}  {visible(result.name)}: {visible(one_line(trial.text))}"
    first, *others = filled(head.split(" "), limit)
    yield first
    yield from (f"      {line}" for line in others)
    if result.is_good:
        return
    if trial.error is not None:
        yield from _indented(f"does not compile: {trial.error.issues[0].message}")
    elif trial.refusal:
        yield from _indented(f"the API server refuses it: {trial.refusal}")
    if trial.error is None and result.difference is not None:
        yield from (
            f"    {line}" for line in differences(result.difference, trial, limit - 4)
        )


def _indented(text: str) -> Iterator[str]:
    for line in filled(visible(text).split(" "), _NARROW - 6):
        yield f"      {line}"

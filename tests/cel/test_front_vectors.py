"""Compiling agrees with upstream's recorded answers: verdict, message, type, cost."""

from pathlib import Path

import pytest

from dractl.cel.checker import check
from dractl.cel.cost import estimate_cost
from dractl.cel.errors import SelectorCompileError
from dractl.cel.parser import parse
from tests.batches import batched
from tests.cel.recorded import ALL, SAMPLE, UPSTREAM, Recorded, recorded
from tests.scenarios import needs_shared

SAMPLED = list(recorded(SAMPLE))

PREFIX = "compilation failed: "
"""The API server puts this before messages that point into the source."""


def compiled(case: Recorded) -> tuple[str, str, int]:
    """Return the message of a refusal, or type and cost of what compiles."""
    source = case.expression
    try:
        checked = check(source, parse(source), case.environment)
    except SelectorCompileError as error:
        points = error.message.startswith("ERROR: ")
        return (PREFIX if points else "") + error.message, "", 0
    cost = estimate_cost(checked, case.environment)
    return "", str(checked.types[checked.root]), cost.maximum


def expected(case: Recorded) -> tuple[str, str, int]:
    """Return the same of what upstream answered."""
    refused = case.outcome == "CE"
    return (case.message if refused else "", case.kind, case.most_cost)


@batched(SAMPLED, ids=lambda case: case.expression)
def test_a_sampled_expression_compiles_as_upstream_compiles_it(case: Recorded) -> None:
    assert compiled(case) == expected(case)


def test_the_sample_holds_every_outcome() -> None:
    assert {case.outcome for case in SAMPLED} == {"CE", "RE", "true", "false"}


def first_line_only(answer: tuple[str, str, int]) -> tuple[str, str, int]:
    message, kind, cost = answer
    return message.partition("\n")[0], kind, cost


@needs_shared
@pytest.mark.parametrize("path", [ALL, UPSTREAM], ids=["all", "upstream"])
def test_every_recorded_expression_compiles_as_upstream_compiles_it(path: Path) -> None:
    # After a syntax error upstream goes on guessing; only its first complaint counts.
    distinct = {(case.expression, case.environment): case for case in recorded(path)}
    differing = [
        (case.expression, compiled(case), expected(case))
        for case in distinct.values()
        if first_line_only(compiled(case)) != first_line_only(expected(case))
    ]
    assert differing == []

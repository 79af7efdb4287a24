"""Evaluating agrees with upstream's recorded answers: outcome and message."""

from pathlib import Path

import pytest

from dractl.cel import SelectorCompileError, SelectorEvalError, compile_cached
from dractl.cel.device import read_device, whole
from dractl.cel.exact import exact_form
from dractl.cel.selector import Selector
from dractl.model.devices import Device
from tests.batches import batched
from tests.cel.recorded import ALL, SAMPLE, UPSTREAM, Recorded, devices, recorded
from tests.scenarios import needs_shared

SAMPLED = list(recorded(SAMPLE))
DEVICES = [read_device(fields) for fields in devices(SAMPLE)]


def answer(case: Recorded, device: Device) -> tuple[str, str]:
    """Return the outcome and, for a failed evaluation, its message."""
    try:
        matches = compile_cached(case.expression, case.environment).matches(device)
    except SelectorCompileError:
        return "CE", ""
    except SelectorEvalError as error:
        return "RE", error.message
    return str(matches).lower(), ""


def expected(case: Recorded) -> tuple[str, str]:
    return case.outcome, case.message if case.outcome == "RE" else ""


@batched(SAMPLED, ids=lambda case: case.expression)
def test_a_sampled_expression_answers_as_upstream_does(case: Recorded) -> None:
    assert answer(case, DEVICES[case.device]) == expected(case)


@needs_shared
@pytest.mark.parametrize("path", [ALL, UPSTREAM], ids=["all", "upstream"])
def test_every_recorded_expression_answers_as_upstream_does(path: Path) -> None:
    known = [read_device(fields) for fields in devices(path)]
    differing = [
        (case.expression, answer(case, known[case.device]), expected(case))
        for case in recorded(path)
        if answer(case, known[case.device]) != expected(case)
    ]
    assert differing == []


def exactly(selector: Selector, device: Device) -> object:
    """Return what the exact form says, which evaluates the same tree."""
    return exact_form(selector.root, selector.types)(whole(device))[0]


@batched(
    [case for case in SAMPLED if case.outcome in {"true", "false"}],
    ids=lambda case: case.expression,
)
def test_the_exact_form_gives_the_answers_of_the_fast_one(case: Recorded) -> None:
    selector = compile_cached(case.expression, case.environment)
    assert exactly(selector, DEVICES[case.device]) is (case.outcome == "true")

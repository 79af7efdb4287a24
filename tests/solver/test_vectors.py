"""dractl picks the devices that upstream's allocator and a real scheduler picked."""

from typing import Any

import pytest

from dractl.solver.allocator import Allocator
from tests.scenarios import Scenario
from tests.solver.recorded import (
    Outcome,
    Step,
    case_of,
    expected,
    lines,
    question,
    steps,
    upstream_cases,
)

RANDOM = [case_of(raw) for raw in lines("allocator-random")]
UPSTREAM = [case_of(raw) for raw in upstream_cases()]
ADVERSARIAL = list(lines("adversarial"))
STEPS = list(steps())


def mismatches(case: Scenario) -> dict[str, tuple[Outcome, list[Outcome]]]:
    """Return the nodes for which dractl does not say what upstream did."""
    asked = question(case)
    found = {}
    for node in asked.snapshot.nodes:
        ours = asked.outcome(node)
        theirs = [expected(answer) for answer in case.answers[node.name]]
        if ours not in theirs:
            found[node.name] = (ours, theirs)
    return found


@pytest.mark.parametrize("case", RANDOM, ids=lambda case: case.name)
def test_a_random_cluster_is_answered_as_upstream_did(case: Scenario) -> None:
    assert mismatches(case) == {}


@pytest.mark.skipif(not UPSTREAM, reason="upstream's cases are not here")
@pytest.mark.parametrize("case", UPSTREAM, ids=lambda case: case.name)
def test_a_case_of_upstreams_own_tests_is_answered_as_they_demand(
    case: Scenario,
) -> None:
    assert mismatches(case) == {}


@pytest.mark.parametrize("raw", ADVERSARIAL, ids=lambda raw: raw["name"])
def test_a_hard_case_is_solved_or_refused_without_a_timeout(
    raw: dict[str, Any],
) -> None:
    asked = question(case_of(raw))

    answer = Allocator(asked.snapshot).allocate(asked.snapshot.nodes[0], asked.claims)

    found = answer.allocations and [
        result.device.device for each in answer.allocations for result in each.results
    ]
    assert found == raw["expectDevices"]


def named(step: Step) -> str:
    return step.pod


@pytest.mark.parametrize("step", [s for s in STEPS if s.node], ids=named)
def test_a_pod_gets_the_devices_that_a_real_scheduler_gave_it(step: Step) -> None:
    node = step.question.snapshot.node_by_name[step.node or ""]

    assert step.question.outcome(node) == ("allocated", step.allocations)


@pytest.mark.parametrize(
    "step",
    [s for s in STEPS if not s.node and not s.message.startswith("running")],
    ids=named,
)
def test_no_node_fits_where_a_real_scheduler_found_none(step: Step) -> None:
    found = {step.question.outcome(node)[0] for node in step.nodes}

    assert found == {"none"}


@pytest.mark.parametrize(
    "step", [s for s in STEPS if s.message.startswith("running")], ids=named
)
def test_some_node_aborts_where_a_real_scheduler_stopped(step: Step) -> None:
    assert "aborted" in {step.question.outcome(node)[0] for node in step.nodes}


def test_the_recorded_sets_are_not_empty() -> None:
    assert len(RANDOM) >= 40
    assert len(ADVERSARIAL) >= 13
    assert len(STEPS) >= 10

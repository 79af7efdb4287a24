"""dractl picks the devices that upstream's allocator and a real scheduler picked."""

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from dractl.solver.allocator import Allocator
from tests.batches import batched
from tests.scenarios import Scenario, needs_shared
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


def scenarios(rows: Iterable[dict[str, Any]]) -> Iterator[Scenario]:
    yield from map(case_of, rows)


@batched(scenarios(lines("allocator-random")), ids=lambda case: case.name)
def test_a_random_cluster_is_answered_as_upstream_did(case: Scenario) -> None:
    assert mismatches(case) == {}


@needs_shared
@batched(scenarios(upstream_cases()), ids=lambda case: case.name)
def test_a_case_of_upstreams_own_tests_is_answered_as_they_demand(
    case: Scenario,
) -> None:
    assert mismatches(case) == {}


@batched(lines("adversarial"), ids=itemgetter("name"))
def test_a_hard_case_is_solved_or_refused_without_a_timeout(
    raw: dict[str, Any],
) -> None:
    asked = question(case_of(raw))

    answer = Allocator(asked.snapshot).allocate(asked.snapshot.nodes[0], asked.claims)

    found = answer.allocations and [
        result.device.device for each in answer.allocations for result in each.results
    ]
    assert found == raw["expectDevices"]


@batched(steps(), ids=lambda step: step.pod)
def test_a_pod_gets_what_a_real_scheduler_gave_it(step: Step) -> None:
    if step.node is not None:
        node = step.question.snapshot.node_by_name[step.node]
        assert step.question.outcome(node) == ("allocated", step.allocations)
        return
    found = {step.question.outcome(node)[0] for node in step.nodes}
    if step.message.startswith("running"):  # the scheduler stopped with an error
        assert "aborted" in found
    else:
        assert found == {"none"}


def test_the_recorded_sets_are_not_empty() -> None:
    assert len(list(lines("allocator-random"))) >= 40
    assert len(list(lines("adversarial"))) >= 13
    assert len(list(lines("replay"))) > 10

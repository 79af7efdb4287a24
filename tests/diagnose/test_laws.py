"""Laws that hold for whatever is explained in random clusters."""

import random
from collections.abc import Sequence

import pytest

from dractl.diagnose.answer import Cause, PodReport
from dractl.diagnose.table import CODES
from tests.diagnose.generated import (
    answers,
    documents,
    explained,
    judged,
    pod,
    snapshot,
)
from tests.solver.generate import Wire

pytestmark = pytest.mark.property

SEEDS = range(500)
FEWER = range(0, 500, 5)


def test_a_pod_is_stuck_if_and_only_if_the_scheduler_would_not_place_it() -> None:
    verdicts = [
        (seed, report.pod.meta.name, bool(report.causes), placement.node is None)
        for seed in SEEDS
        for report, placement in judged(seed)
    ]

    assert [each for each in verdicts if each[2] is not each[3]] == []
    assert sum(each[2] for each in verdicts) > 500
    assert sum(not each[2] for each in verdicts) > 500


@pytest.mark.parametrize("seed", [9183, 10255])
def test_a_request_that_fits_only_after_another_one_is_asked_for_is_not_blamed(
    seed: int,
) -> None:
    stuck = [
        report.pod.meta.name
        for report, placement in judged(seed)
        if report.causes and placement.node is not None
    ]

    assert stuck == []


def test_a_pod_that_nothing_keeps_lands_where_the_scheduler_would_put_it() -> None:
    places = [
        (seed, report.lands, placement.node)
        for seed in SEEDS
        for report, placement in judged(seed)
    ]

    assert [each for each in places if each[1] != each[2]] == []


def test_an_error_that_stops_the_scheduler_is_the_only_cause() -> None:
    found = [
        (seed, [cause.code for cause in report.causes])
        for seed in SEEDS
        for report, placement in judged(seed)
        if placement.aborted is not None
    ]

    assert [each for each in found if len(each[1]) != 1] == []
    assert len(found) > 100


def told() -> list[tuple[int, PodReport, Cause]]:
    """Return every cause that is told of any of the clusters."""
    return [
        (seed, report, cause)
        for seed in SEEDS
        for report in explained(seed).pods
        for cause in report.causes
    ]


def test_every_cause_is_one_that_the_table_knows_and_none_stays_unknown() -> None:
    assert {cause.code for _, _, cause in told()} <= set(CODES) - {"unknown"}


def test_blamed_nodes_exist_and_are_named_in_the_order_of_the_source() -> None:
    names = {seed: [n.name for n in snapshot(seed).nodes] for seed in SEEDS}
    found = [
        (seed, cause.nodes)
        for seed, _, cause in told()
        if list(cause.nodes) != [n for n in names[seed] if n in cause.nodes]
    ]

    assert found == []


def test_claims_and_requests_that_are_blamed_are_those_of_the_pod() -> None:
    found = [
        (seed, cause.claim, cause.request)
        for seed, report, cause in told()
        if not is_of_pod(report, cause)
    ]

    assert found == []


def is_of_pod(report: PodReport, cause: Cause) -> bool:
    wants = {link.claim: link.wants for link in report.links}
    if cause.claim is None:
        return cause.request is None
    base = (cause.request or "").partition("/")[0]
    return any(each.startswith(base) for each in wants[cause.claim])


def test_no_two_causes_of_a_pod_say_the_same() -> None:
    found = [
        (seed, report.pod.meta.name)
        for seed in SEEDS
        for report in explained(seed).pods
        if len({cause.message for cause in report.causes}) != len(report.causes)
    ]

    assert found == []


def test_no_fix_is_told_twice_for_a_cause() -> None:
    found = [
        (seed, cause.fixes)
        for seed, _, cause in told()
        if len(set(cause.fixes)) != len(cause.fixes)
    ]

    assert found == []


def test_replicas_are_told_the_same() -> None:
    found = [
        seed
        for seed in SEEDS
        if [each.causes for each in explained(seed).pods[::2]]
        != [each.causes for each in explained(seed).pods[1::2]]
    ]

    assert found == []


def split(seed: int) -> tuple[Sequence[Wire], list[Wire]]:
    """Return the other objects, and the pods in an order of their own."""
    pods = [each for each in documents(seed) if each["kind"] == "Pod"]
    others = [each for each in documents(seed) if each["kind"] != "Pod"]
    random.Random(seed).shuffle(pods)
    return others, pods


def test_the_order_of_the_pods_changes_no_answer() -> None:
    found = [
        seed
        for seed in FEWER
        for others, pods in [split(seed)]
        if answers(seed, [*others, *pods]) != answers(seed, documents(seed))
    ]

    assert found == []


def test_a_pod_by_itself_is_told_what_it_is_told_among_others() -> None:
    found = [
        (seed, name)
        for seed in FEWER
        for others, (first, *_) in [split(seed)]
        for name in [first["metadata"]["name"]]
        if answers(seed, [*others, first])[name] != answers(seed, documents(seed))[name]
    ]

    assert found == []


def test_a_pod_that_asks_for_nothing_changes_no_answer() -> None:
    found = [
        seed
        for seed in FEWER
        if answers(seed, [pod("idle", ()), *documents(seed)])
        != answers(seed, documents(seed))
    ]

    assert found == []

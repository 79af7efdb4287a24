import dataclasses
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from dractl.diagnose.changes import (
    Change,
    Trial,
    lands,
    unallocated,
    with_option,
    with_pod,
    with_spec,
)
from dractl.diagnose.explain import explain
from dractl.diagnose.world import World
from dractl.model.claims import Option
from dractl.solver.subjects import Subject, subject_of
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    causes,
    claim,
    cluster,
    gpu_class,
    gpus,
    held,
    node,
    only,
    pinned,
    pod,
    template,
    wish,
)

Setup = tuple[World, Subject]


def state(*documents: Wire, spec: Wire | None = None, **fields: Any) -> Setup:
    """Return a world in which a pod waits for two devices, and one is there."""
    snapshot = cluster(
        node("n1"), gpu_class(), *documents, pod("web", "claim/c", **fields),
        claim("c", spec or wish(2)),
    )  # fmt: skip
    world = World(snapshot)
    return world, subject_of(snapshot.pod_by_key["default", "web"], snapshot)


def tried(setup: Setup, *changes: Change) -> str | None:
    world, subject = setup
    return lands(world, subject, world.nodes, changes)


def with_count(option: Option, count: int) -> Option:
    return dataclasses.replace(option, count=count)


def count(number: int, request: str = "gpu", claim: str = "c") -> Change:
    edit = partial(with_count, count=number)
    return Change(f"{number} in {claim}/{request}", with_option(claim, request, edit))


FREE = Change("free mine", frees=(("default", "mine"),))
NOTHING = Change("pray")


def half() -> Setup:
    """Return a world in which one of the two devices is held."""
    return state(gpus("n1", "a", "b"), held("mine", "n1", "a"))


# -- what a change does


def test_without_changes_it_lands_where_it_fits() -> None:
    assert tried(state(gpus("n1", "a", "b"))) == "n1"
    assert tried(half()) is None


def test_an_edited_claim_is_asked_for() -> None:
    assert tried(half(), count(1)) == "n1"
    assert tried(half(), count(3)) is None


def test_a_freed_claim_gives_its_devices_back() -> None:
    assert tried(half(), FREE) == "n1"


def test_another_cluster_is_asked_about() -> None:
    world, subject = state(gpus("n1", "a"))
    other, _ = state(gpus("n1", "a", "b"))

    assert tried((world, subject), Change("elsewhere", moves=lambda: other)) == "n1"


def test_changes_are_made_together() -> None:
    setup = state(
        gpus("n1", "a", "b"), held("mine", "n1", "a"), nodeSelector={"zone": "b"}
    )
    anywhere = Change(
        "anywhere",
        with_pod(lambda each: dataclasses.replace(each, node_selector={})),
    )

    assert tried(setup, FREE) is None
    assert tried(setup, anywhere) is None
    assert tried(setup, FREE, anywhere) == "n1"


def test_the_first_node_that_takes_it_is_told() -> None:
    world, subject = state(node("n2"), gpus("n2", "a", "b"), gpus("n1", "a"))

    assert lands(world, subject, world.nodes, []) == "n2"


def test_nodes_that_the_pod_cannot_use_take_nothing() -> None:
    assert tried(state(gpus("n1", "a", "b"), nodeSelector={"zone": "b"})) is None


def test_an_error_is_no_place_to_land() -> None:
    text = f'device.attributes["{DRIVER}"].speed > 1'
    failing = wish(1, selectors=[{"cel": {"expression": text}}])

    assert tried(state(gpus("n1", "a"), spec=failing)) is None


def test_nothing_is_changed_by_trying() -> None:
    world, subject = half()
    before = (set(world.allocator.usage.dedicated), subject, world.snapshot)

    tried((world, subject), FREE, count(1))

    assert (world.allocator.usage.dedicated, subject, world.snapshot) == before
    assert tried((world, subject)) is None


def test_devices_of_ones_own_can_be_given_back() -> None:
    mine = held("mine", "gone", "a")
    mine["status"]["allocation"] |= pinned("gone")
    snapshot = cluster(
        node("n1"), gpu_class(), gpus("n1", "a"), mine, pod("web", "claim/mine")
    )
    world = World(snapshot)
    subject = subject_of(snapshot.pods[0], snapshot)
    (own,) = snapshot.claims

    assert tried((world, subject)) is None
    assert tried((world, subject), Change("anew", unallocated(own))) == "n1"


# -- what is edited


def test_only_the_request_that_is_named_is_edited() -> None:
    options = [{"name": n, "deviceClassName": "gpu", "count": 5} for n in ("a", "b")]
    spec: Wire = {
        "devices": {
            "requests": [
                {"name": "r", "firstAvailable": options},
                {"name": "s", "exactly": {"deviceClassName": "gpu", "count": 5}},
            ]
        }
    }
    _, subject = state(spec=spec)

    def counts(name: str) -> list[list[int]]:
        edited = with_option("c", name, partial(with_count, count=1))(subject)
        requests = edited.claims[0].spec.requests
        return [[option.count for option in each.options] for each in requests]

    assert counts("r/b") == [[5, 1], [5]]
    assert counts("r") == [[1, 1], [5]]
    assert counts("s") == [[5, 5], [1]]
    assert counts("x") == [[5, 5], [5]]


def test_only_the_claim_that_is_named_is_edited() -> None:
    _, subject = state()

    edited = with_spec("other", lambda spec: dataclasses.replace(spec, requests=()))

    assert edited(subject) == subject


# -- trials


def trial(setup: Setup) -> Trial:
    world, subject = setup
    return Trial(world, subject, world.nodes)


def texts(found: Sequence[tuple[Change, str]]) -> list[str]:
    return [change.text for change, _ in found]


def test_changes_that_suffice_are_told_in_their_order() -> None:
    found = trial(half()).single([count(3), count(1), NOTHING, FREE], most=9)

    assert texts(found) == ["1 in c/gpu", "free mine"]
    assert [node for _, node in found] == ["n1", "n1"]


def test_no_more_are_told_than_are_asked_for() -> None:
    assert texts(trial(half()).single([count(1), FREE], most=1)) == ["1 in c/gpu"]


def test_more_than_what_suffices_is_not_proposed() -> None:
    more = Change("free both", frees=(("default", "mine"), ("default", "other")))

    assert texts(trial(half()).single([FREE, more], most=9)) == ["free mine"]


def test_advice_cannot_be_tried() -> None:
    assert NOTHING.is_advice
    assert not FREE.is_advice
    assert texts(trial(half()).single([NOTHING], most=9)) == []


def test_one_change_of_each_choice_is_tried_together() -> None:
    setup = state(
        gpus("n1", "a", "b"), held("mine", "n1", "a"), nodeSelector={"zone": "b"}
    )
    bad = Change("bad", with_pod(lambda each: each))
    good = Change(
        "good", with_pod(lambda each: dataclasses.replace(each, node_selector={}))
    )

    found = trial(setup).together([[FREE], [bad, good]])

    assert found == ((FREE, good), "n1")


def test_what_does_not_suffice_together_is_not_told() -> None:
    assert trial(half()).together([[count(3)], [NOTHING]]) is None


@pytest.mark.parametrize("number", [0, 1, 4])
def test_only_two_or_three_choices_are_tried_together(number: int) -> None:
    assert trial(half()).together([[FREE]] * number) is None


# -- changes that look alike


def test_equal_templates_of_two_namespaces_are_different_ones() -> None:
    def elsewhere(document: Wire, namespace: str) -> Wire:
        metadata = {**document["metadata"], "namespace": namespace}
        return {**document, "metadata": metadata}

    snapshot = cluster(
        node("n1"),
        gpu_class(),
        gpus("n1", "a"),
        template("gpus", wish(1)),
        pod("web", "template/gpu"),
        elsewhere(template("gpus", wish(9)), "ml"),
        elsewhere(pod("web", "template/gpu"), "ml"),
    )

    fixes = {
        each.pod.meta.namespace: each.causes[0].fixes for each in explain(snapshot).pods
    }

    assert "name template gpus in the pod: fits on n1" in fixes["default"]
    assert "name template gpus in the pod: fits on n1" not in fixes["ml"]


def test_equal_requests_of_two_claims_are_changed_one_at_a_time() -> None:
    given = cluster(
        node("n1"), gpu_class(), gpus("n1", "a", "b", "c"),
        pod("web", "claim/c", "claim/d"), claim("c", wish(4)), claim("d", wish(5)),
    )  # fmt: skip

    assert [fix for each in causes(given) for fix in each.fixes if "fits" in fix] == []


def test_a_fix_that_only_some_node_allows_names_that_node() -> None:
    found = only(
        cluster(
            node("n1"), node("n2"), gpu_class(), gpus("n1", "a"), gpus("n2", "a", "b"),
            held("mine", "n1", "a"), held("other", "n2", "a"),
            pod("web", "claim/c"), claim("c", wish(2)),
        )
    )  # fmt: skip

    assert all(each.endswith("fits on n2") for each in found.fixes)


def test_a_fix_after_which_another_node_stops_the_scheduler_is_none() -> None:
    text = f'device.driver == "x" && device.attributes["{DRIVER}"].speed > 1'
    fast = {"name": "a", "attributes": {"speed": {"int": 5}}}

    found = only(
        cluster(
            node("n1"), node("n2"), gpu_class(), gpus("n1", fast), gpus("n2", "b"),
            pod("web", "claim/c"),
            claim("c", wish(1, selectors=[{"cel": {"expression": text}}])),
        )
    )  # fmt: skip

    assert [each for each in found.fixes if "fits on" in each] == []

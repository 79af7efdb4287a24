"""Which blames count: the nearest nodes, the smallest sets, the alternatives."""

from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.diagnose.survey import Survey
from dractl.diagnose.verdict import CHANGES, DIFFERS, LACKS, Blame
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    case_of,
    causes,
    claim,
    cluster,
    codes,
    gpu_class,
    gpus,
    held,
    node,
    pod,
    report,
    taint,
    wish,
)

Told = list[tuple[str, str | None, tuple[str, ...]]]


def state(*documents: Wire, spec: Wire | None = None, **fields: Any) -> Snapshot:
    wanted = claim("c", spec or wish())
    return cluster(gpu_class(), *documents, pod("web", "claim/c", **fields), wanted)


def told(snapshot: Snapshot) -> Told:
    """Return code, request and nodes of each cause."""
    return [(each.code, each.request, each.nodes) for each in causes(snapshot)]


def survey(snapshot: Snapshot) -> tuple[Survey, list[tuple[Blame, tuple[str, ...]]]]:
    found = case_of(snapshot).survey
    return found, [(each.blame, each.names) for each in found.found()]


def only_model(name: str, count: int = 1) -> Wire:
    text = f'device.attributes["{DRIVER}"].?model.orValue("") == "{name}"'
    return wish(count, selectors=[{"cel": {"expression": text}}])


def gpu(name: str, model: str, **fields: Any) -> Wire:
    return {"name": name, "attributes": {"model": {"string": model}}, **fields}


# -- the nodes that come nearest


def test_a_model_that_a_node_lacks_is_no_cause_if_another_node_has_it_busy() -> None:
    snapshot = state(
        node("n1"), node("n2"),
        gpus("n1", gpu("a", "A100")), gpus("n2", gpu("h", "H100")),
        held("mine", "n2", "h"), spec=only_model("H100"),
    )  # fmt: skip

    assert told(snapshot) == [("devices-in-use", "gpu", ("n2",))]


def test_too_few_devices_are_no_cause_if_another_node_has_enough_busy_ones() -> None:
    snapshot = state(
        node("n1"), node("n2"), gpus("n1", "a"), gpus("n2", "a", "b"),
        held("mine", "n2", "a"), spec=wish(2),
    )  # fmt: skip

    assert told(snapshot) == [("devices-in-use", "gpu", ("n2",))]


def test_wrong_devices_are_no_cause_if_another_node_has_too_few_right_ones() -> None:
    snapshot = state(
        node("n1"), node("n2"),
        gpus("n1", gpu("a", "A100"), gpu("b", "A100")), gpus("n2", gpu("h", "H100")),
        spec=only_model("H100", 2),
    )  # fmt: skip

    assert told(snapshot) == [("not-enough-devices", "gpu", ("n2",))]


def test_no_devices_at_all_are_no_cause_if_another_node_has_wrong_ones() -> None:
    snapshot = state(
        node("n1"), node("n2"), gpus("n2", gpu("a", "A100")), spec=only_model("H100")
    )

    assert told(snapshot) == [("selector-no-match", "gpu", ("n2",))]


def test_one_obstacle_comes_nearer_than_two() -> None:
    tainted = gpu("b", "A100", taints=[taint()])
    snapshot = state(
        node("n1"), node("n2"), gpus("n1", "a"), gpus("n2", tainted),
        held("mine", "n1", "a"), held("other", "n2", "b"),
    )  # fmt: skip

    assert told(snapshot) == [("devices-in-use", "gpu", ("n1",))]


def test_all_nodes_that_are_equally_near_are_blamed() -> None:
    tainted = gpu("b", "A100", taints=[taint()])
    snapshot = state(
        node("n1"), node("n2"), gpus("n1", "a"), gpus("n2", tainted),
        held("mine", "n1", "a"),
    )  # fmt: skip

    assert told(snapshot) == [
        ("devices-in-use", "gpu", ("n1",)),
        ("devices-tainted", "gpu", ("n2",)),
    ]
    assert report(snapshot).ways == ((0,), (1,))


def test_nodes_are_told_in_the_order_of_the_source() -> None:
    names = ["n3", "n1", "n2"]
    snapshot = state(
        *(node(name) for name in names),
        *(gpus(name, "a") for name in sorted(names)),
        *(held(f"h-{name}", name, "a") for name in sorted(names)),
    )

    assert told(snapshot) == [("devices-in-use", "gpu", ("n3", "n1", "n2"))]


@pytest.mark.parametrize(
    ("device", "holder", "level"),
    [
        ("H100", True, CHANGES),
        ("A100", False, DIFFERS),
    ],
    ids=["busy", "another"],
)
def test_the_level_tells_how_far_a_node_is(
    device: str, *, holder: bool, level: int
) -> None:
    mine = [held("mine", "n1", "a")] if holder else []
    _, found = survey(
        state(node("n1"), gpus("n1", gpu("a", device)), *mine, spec=only_model("H100"))
    )

    assert [blame.level for blame, _ in found] == [level]


# -- the smallest sets


def test_what_has_to_go_together_is_one_way() -> None:
    tainted = {"name": "a", "taints": [taint()]}
    snapshot = state(node("n1"), gpus("n1", tainted), held("mine", "n1", "a"))

    assert told(snapshot) == [
        ("devices-in-use", "gpu", ("n1",)),
        ("devices-tainted", "gpu", ("n1",)),
    ]
    assert report(snapshot).ways == ((0, 1),)
    assert report(snapshot).notes == ("all of these are in the way at once",)


def test_what_may_go_instead_is_another_way() -> None:
    tainted = {"name": "a", "taints": [taint()]}
    snapshot = state(node("n1"), gpus("n1", tainted, "b"), held("mine", "n1", "b"))

    assert report(snapshot).ways == ((0,), (1,))
    assert report(snapshot).notes == ("any one of these gone would do",)


def test_a_set_that_another_one_is_part_of_is_not_told() -> None:
    both = {"name": "a", "taints": [taint()]}
    snapshot = state(
        node("n1"), node("n2"), gpus("n1", both), gpus("n2", "b"),
        held("mine", "n1", "a"), held("other", "n2", "b"),
    )  # fmt: skip

    assert told(snapshot) == [("devices-in-use", "gpu", ("n2",))]


# -- beside devices


def test_a_node_that_the_pod_cannot_use_counts_with_its_devices() -> None:
    snapshot = state(
        node("n1"), gpus("n1", "a"), held("mine", "n1", "a"),
        nodeSelector={"zone": "b"},
    )  # fmt: skip

    assert [code for code, _, _ in told(snapshot)] == [
        "devices-in-use",
        "node-mismatch",
    ]
    assert report(snapshot).ways == ((0, 1),)


def test_a_node_where_nothing_is_free_comes_before_one_for_others_without() -> None:
    snapshot = state(
        node("n1"), node("n2", labels={"zone": "b"}),
        gpus("n1", "a"), gpus("n2", "a"),
        held("mine", "n1", "a"), held("other", "n2", "a"),
        nodeSelector={"zone": "b"},
    )  # fmt: skip

    assert told(snapshot) == [("devices-in-use", "gpu", ("n2",))]


# -- alternatives and several requests


def either(*options: Wire) -> Wire:
    named = [
        {"name": f"s{n}", **each["devices"]["requests"][0]["exactly"]}
        for n, each in enumerate(options)
    ]
    return {"devices": {"requests": [{"name": "r", "firstAvailable": named}]}}


def test_every_alternative_is_told_for_itself() -> None:
    snapshot = state(
        node("n1"), gpus("n1", gpu("a", "A100")), held("mine", "n1", "a"),
        spec=either(only_model("H100"), only_model("A100"), wish(5)),
    )  # fmt: skip

    assert [(code, request) for code, request, _ in told(snapshot)] == [
        ("selector-no-match", "r/s0"),
        ("devices-in-use", "r/s1"),
        ("not-enough-devices", "r/s2"),
    ]
    assert report(snapshot).ways == ((0,), (1,), (2,))


def test_of_very_many_choices_no_answer_is_given_without_asking_the_scheduler() -> None:
    # Only the last of 64 choices fits: more than are looked at.
    options = [only_model("no"), only_model("A100")]
    requests = []
    for number in range(6):
        (request,) = either(*options)["devices"]["requests"]
        requests.append({**request, "name": f"r{number}"})
    snapshot = state(
        node("n1"), gpus("n1", *(gpu(f"g{n}", "A100") for n in range(6))),
        spec={"devices": {"requests": requests}},
    )  # fmt: skip

    found, _ = survey(snapshot)

    assert found.is_open
    assert codes(snapshot) == []


def test_an_alternative_that_another_request_spoils_anyway_is_not_told() -> None:
    # Whichever alternative of r is looked at, s cannot be met: that alone counts.
    spec = either(wish(1), wish(9))
    spec["devices"]["requests"].append(
        {**only_model("H100")["devices"]["requests"][0], "name": "s"}
    )
    snapshot = state(node("n1"), gpus("n1", "a", "b"), spec=spec)

    assert [(code, request) for code, request, _ in told(snapshot)] == [
        ("selector-no-match", "s")
    ]


def test_what_others_hold_comes_nearer_than_a_constraint_between_requests() -> None:
    spec = two(wish(1), wish(1))
    spec["devices"]["constraints"] = [{"matchAttribute": f"{DRIVER}/model"}]
    snapshot = state(
        node("n1"), node("n2"),
        gpus("n1", gpu("a", "x"), gpu("b", "y")),
        gpus("n2", gpu("a", "x"), gpu("b", "x")),
        held("mine", "n2", "a"), spec=spec,
    )  # fmt: skip

    assert told(snapshot) == [("devices-in-use", None, ("n2",))]


def two(first: Wire, second: Wire) -> Wire:
    requests = [
        {"name": name, "exactly": each["devices"]["requests"][0]["exactly"]}
        for name, each in (("r", first), ("s", second))
    ]
    return {"devices": {"requests": requests}}


def test_two_requests_that_cannot_be_met_are_both_in_the_way() -> None:
    snapshot = state(
        node("n1"), gpus("n1", gpu("a", "A100")),
        spec=two(only_model("H100"), only_model("B200")),
    )  # fmt: skip

    assert [(code, request) for code, request, _ in told(snapshot)] == [
        ("selector-no-match", "r"),
        ("selector-no-match", "s"),
    ]
    assert report(snapshot).ways == ((0, 1),)


def test_requests_that_fit_one_by_one_and_not_together_are_the_claims_matter() -> None:
    snapshot = state(node("n1"), gpus("n1", "a", "b"), spec=two(wish(2), wish(1)))

    assert told(snapshot) == [("not-enough-devices", None, ("n1",))]


def test_requests_that_fit_on_different_nodes_only_are_the_claims_matter() -> None:
    snapshot = state(
        node("n1"), node("n2"), gpus("n1", gpu("a", "A100")),
        gpus("n2", gpu("h", "H100")),
        spec=two(only_model("A100"), only_model("H100")),
    )  # fmt: skip

    found, blames = survey(snapshot)

    assert [(b.level, b.code, b.request) for b, _ in blames] == [
        (LACKS, "not-enough-devices", "")
    ]
    assert [names for _, names in blames] == [("n1", "n2")]
    assert not found.is_open


# -- certainty


def test_a_node_that_fits_leaves_the_survey_open() -> None:
    found, blames = survey(state(node("n1"), gpus("n1", "a")))

    assert (found.is_open, blames) == (True, [])


def test_an_expression_that_fails_leaves_the_survey_open() -> None:
    text = f'device.attributes["{DRIVER}"].speed > 1'
    failing = wish(1, selectors=[{"cel": {"expression": text}}])

    found, _ = survey(state(node("n1"), gpus("n1", "a"), spec=failing))

    assert found.is_open


def test_what_is_certain_is_not_asked_again() -> None:
    found, _ = survey(state(node("n1"), gpus("n1", "a"), spec=wish(2)))

    assert not found.is_open


def test_a_device_without_an_attribute_is_not_taken_for_one_that_has_it() -> None:
    tied = wish(1)
    tied["devices"]["constraints"] = [{"matchAttribute": f"{DRIVER}/model"}]
    snapshot = state(
        node("n1"), node("n2"), gpus("n1", "a"), gpus("n2", gpu("h", "H100")), spec=tied
    )

    assert codes(snapshot) == []

"""Whether taints do anything depends on the release and its gates."""

import pytest

from dractl.api.spelling import taint
from dractl.model.cluster import Profile
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.availability import (
    bugs_of_rules,
    hindrances,
    known_bugs,
    missing_gates,
    rule_version,
)
from dractl.taints.fleet import Fleet
from dractl.taints.impact import Impact, impact
from dractl.taints.plan import Plan, plan
from dractl.taints.targets import Targets, resolved
from tests.builders import DRIVER, snapshot
from tests.taints.cluster import NOW, SLICES, User, user

ORDINARY = user("a", "n1/gpu-0")
BOTH_ON = {"DRADeviceTaints": True, "DRADeviceTaintRules": True}


@pytest.mark.parametrize(
    ("release", "version", "gates"),
    [
        ("1.32", None, ()),
        ("1.33", "v1alpha3", ("DRADeviceTaints",)),
        ("1.34", "v1alpha3", ("DRADeviceTaints",)),
        ("1.35", "v1alpha3", ("DRADeviceTaints", "DRADeviceTaintRules")),
        ("1.36", "v1beta2", ("DRADeviceTaintRules",)),
        ("1.37", "v1", ()),
    ],
)
def test_a_release_has_rules_in_a_version_behind_gates(
    release: str, version: str | None, gates: tuple[str, ...]
) -> None:
    profile = Profile.of(release)
    assert (rule_version(profile), missing_gates(profile)) == (version, gates)


def test_what_has_to_be_turned_on_is_told_with_what_can_be_done_instead() -> None:
    told, *instead = hindrances(Profile.of("1.36"))
    assert told.message == (
        "rules do nothing in Kubernetes 1.36 until the feature gate "
        "DRADeviceTaintRules is on in API server, scheduler and controller manager, "
        "and resource.k8s.io/v1beta2 is served"
    )
    assert told.hint == (
        "dractl render kubeadm --for-kubernetes 1.36 --feature DRADeviceTaintRules"
    )
    assert [each.code for each in instead] == [
        "instead-driver",
        "instead-node",
        "instead-selector",
    ]


def test_two_gates_are_told_as_two() -> None:
    told = hindrances(Profile.of("1.35"))[0]
    assert "gates DRADeviceTaints and DRADeviceTaintRules are on" in told.message


def test_a_release_without_rules_says_so() -> None:
    told, *instead = hindrances(Profile.of("1.32"))
    assert (told.code, told.hint) == (
        "no-rules-in-release",
        "upgrade the cluster, or choose another way",
    )
    assert [each.code for each in instead] == ["instead-node", "instead-selector"]


@pytest.mark.parametrize(
    ("release", "gates", "is_offered"),
    [
        ("1.34", {}, False),
        ("1.35", {}, False),
        ("1.35", {"DRADeviceTaints": True}, True),
        ("1.36", {}, True),
    ],
)
def test_what_drivers_taint_is_offered_where_it_counts(
    release: str, gates: dict[str, bool], *, is_offered: bool
) -> None:
    told = [each.code for each in hindrances(Profile.of(release, gates))]
    assert ("instead-driver" in told) is is_offered


@pytest.mark.parametrize(
    ("release", "gates"), [("1.37", {}), ("1.36", BOTH_ON), ("1.35", BOTH_ON)]
)
def test_with_the_gates_nothing_is_in_the_way(
    release: str, gates: dict[str, bool]
) -> None:
    assert hindrances(Profile.of(release, gates)) == ()


def bugs(found: User, mark: str, release: str) -> list[str]:
    known = snapshot(
        kubernetes=release,
        feature_gates={**BOTH_ON, "DRAExtendedResource": True}
        if release != "1.34"
        else {"DRADeviceTaints": True},
        slices=SLICES,
        claims=(found.claim,),
        pods=(found.pod,),
    )
    fleet = Fleet(known)
    made = plan(fleet, resolved(fleet, Targets((f"{DRIVER}/n1",))), [taint(mark)])
    weighed = impact(fleet, made, NOW)
    return [each.code for each in known_bugs(made, weighed, known.profile)]


@pytest.mark.parametrize(
    ("found", "mark", "release", "expected"),
    [
        (ORDINARY, "hot:NoExecute", "1.36", ["bug-rules-crash-scheduler"]),
        (
            user("a", "n1/gpu-0", is_special=True),
            "hot:NoExecute",
            "1.36",
            ["bug-rules-crash-scheduler", "bug-eviction-skips-extended"],
        ),
        (
            user("a", "n1/gpu-0", is_special=True),
            "hot:NoExecute",
            "1.37",
            ["bug-eviction-skips-extended"],
        ),
        (ORDINARY, "hot:NoSchedule", "1.37", []),
        (
            user("a", "n1/gpu-0"),
            "hot:NoExecute",
            "1.34",
            ["bug-tolerations-not-stored"],
        ),
        (user("a", "n2/gpu-0"), "hot:NoExecute", "1.34", []),
    ],
)
def test_bugs_of_the_release_that_a_plan_may_meet_are_told(
    found: User, mark: str, release: str, expected: list[str]
) -> None:
    assert bugs(found, mark, release) == expected


@pytest.mark.parametrize(
    ("server", "is_told"), [("v1.36.2", True), ("v1.36.3", False), ("", True)]
)
def test_a_server_with_the_fix_is_not_told_of_the_bug(
    server: str, *, is_told: bool
) -> None:
    profile = Profile.of("1.36", BOTH_ON)
    rule = DeviceTaintRule("r", Taint("hot", "", "NoSchedule"), driver=DRIVER)
    assert bool([*bugs_of_rules([rule], profile, server)]) is is_told


def test_a_removal_meets_no_bug() -> None:
    assert list(known_bugs(Plan(), Impact(), Profile.of("1.36", BOTH_ON))) == []

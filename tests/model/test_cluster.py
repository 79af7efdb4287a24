"""Releases, their feature gates, and what differs between them."""

import pytest

from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import (
    GATES,
    NEWEST,
    OLDEST,
    KubernetesVersion,
    Profile,
    stage,
)

RELEASES = [
    KubernetesVersion(1, minor) for minor in range(OLDEST.minor, NEWEST.minor + 1)
]
ORDER = "-abBGLx"


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_only_ever_matures(gate: str) -> None:
    stages = [stage(gate, release) for release in RELEASES]
    assert len(GATES[gate]) == len(RELEASES)
    assert stages == sorted(stages, key=ORDER.index)


@pytest.mark.parametrize(
    ("release", "on", "off"),
    [
        ("1.33", [], ["DynamicResourceAllocation", "DRAPrioritizedList"]),
        (
            "1.34",
            ["DynamicResourceAllocation", "DRAAdminAccess", "DRAPrioritizedList"],
            ["DRAPartitionableDevices", "DRADeviceTaints", "DRAConsumableCapacity"],
        ),
        (
            "1.36",
            ["DRAPartitionableDevices", "DRADeviceTaints", "DRAConsumableCapacity",
             "DRADeviceBindingConditions", "DRAExtendedResource"],
            ["DRADeviceTaintRules", "DRAListTypeAttributes", "DRADerivedAttributes"],
        ),
        ("1.37", ["DRADeviceTaintRules"], ["DRAListTypeAttributes"]),
    ],
)  # fmt: skip
def test_the_defaults_are_those_of_the_release(
    release: str, on: list[str], off: list[str]
) -> None:
    profile = Profile.of(release)
    assert [gate for gate in on if not profile.enabled(gate)] == []
    assert [gate for gate in off if profile.enabled(gate)] == []


def test_groups_set_what_is_in_their_stage_and_named_gates_win() -> None:
    profile = Profile.of("1.36", {"AllAlpha": True, "DRAListTypeAttributes": False})
    assert profile.enabled("DRAResourcePoolStatus")
    assert not profile.enabled("DRAListTypeAttributes")
    assert not Profile.of("1.36", {"AllBeta": False}).enabled("DRADeviceTaints")
    assert Profile.of("1.36", {"AllBeta": False}).enabled("DRAAdminAccess")


def test_an_unknown_gate_is_a_usage_error_that_names_a_near_one() -> None:
    with pytest.raises(DractlError) as caught:
        Profile.of("1.36", {"DRADeviceTaint": True})
    assert caught.value.status is ExitStatus.USAGE
    assert caught.value.hint == "did you mean DRADeviceTaints?"


def test_asking_for_a_gate_that_no_release_has_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        Profile.of("1.36").enabled("DRADeviceTaint")


@pytest.mark.parametrize("text", ["1.36", "v1.36.2", "v1.36.1-gke.100", " 1.36+ "])
def test_releases_are_read_as_clusters_state_them(text: str) -> None:
    assert KubernetesVersion.parse(text) == KubernetesVersion(1, 36)


@pytest.mark.parametrize("text", ["", "1", "x", "1.x", "one.two"])
def test_other_texts_are_no_release(text: str) -> None:
    with pytest.raises(DractlError, match="is not a Kubernetes version"):
        KubernetesVersion.parse(text)


def test_releases_beyond_the_table_read_as_its_nearest_column() -> None:
    newest = Profile.of(NEWEST)
    assert Profile.of("1.99").gates == newest.gates
    assert Profile.of("1.20").gates == Profile.of(OLDEST).gates

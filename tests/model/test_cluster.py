"""Releases, their feature gates, and what differs between them."""

import re

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
from tests.batches import batched

RELEASES = [
    KubernetesVersion(1, minor) for minor in range(OLDEST.minor, NEWEST.minor + 1)
]
DRA_GATES = frozenset(gate for gate in GATES if gate.startswith(("DRA", "Dynamic")))
# Stages come in this order, some are left out; what was removed never comes back.
MATURING = re.compile("-*a*b*B*G*L*x*")
ON_1_34 = {
    "DynamicResourceAllocation",
    "DRAAdminAccess",
    "DRAPrioritizedList",
    "DRAResourceClaimDeviceStatus",
    "DRASchedulerFilterTimeout",
}
ON_1_36 = ON_1_34 | {
    "DRAConsumableCapacity",
    "DRADeviceBindingConditions",
    "DRADeviceTaints",
    "DRAExtendedResource",
    "DRAPartitionableDevices",
    "DRAResourceClaimGranularStatusAuthorization",
}


@batched(GATES)
def test_a_gate_has_one_stage_per_release_and_only_ever_matures(gate: str) -> None:
    assert len(GATES[gate]) == len(RELEASES)
    assert MATURING.fullmatch(GATES[gate])


@batched(GATES)
def test_a_gate_of_the_table_is_known_to_some_release(gate: str) -> None:
    assert any(Profile.of(release).knows(gate) for release in RELEASES)


@pytest.mark.parametrize(
    ("release", "on"),
    [
        ("1.31", set()),
        ("1.32", set()),
        ("1.33", {"DRAResourceClaimDeviceStatus"}),
        ("1.34", ON_1_34),
        ("1.35", ON_1_34),
        ("1.36", ON_1_36),
        ("1.37", ON_1_36 | {"DRADeviceTaintRules"}),
    ],
)
def test_the_defaults_are_those_of_the_release(release: str, on: set[str]) -> None:
    assert Profile.of(release).gates & DRA_GATES == on


@pytest.mark.parametrize(
    ("gate", "release", "letter"),
    [
        ("DynamicResourceAllocation", "1.31", "a"),
        ("DynamicResourceAllocation", "1.33", "b"),
        ("DynamicResourceAllocation", "1.34", "G"),
        ("DynamicResourceAllocation", "1.35", "L"),
        ("DRAAdminAccess", "1.36", "L"),
        ("DRAPrioritizedList", "1.36", "G"),
        ("DRADeviceTaintRules", "1.34", "-"),
        ("DRADeviceTaintRules", "1.36", "b"),
        ("DRADeviceTaintRules", "1.37", "G"),
        ("DRAExtendedResource", "1.37", "L"),
        ("DRAListTypeAttributes", "1.36", "a"),
        ("DRAFractionalCapacityRange", "1.37", "b"),
    ],
)
def test_a_gate_is_at_the_stage_that_the_release_states(
    gate: str, release: str, letter: str
) -> None:
    assert stage(gate, KubernetesVersion.parse(release)) == letter


@pytest.mark.parametrize(
    ("gate", "release", "known"),
    [
        ("DRADeviceTaintRules", "1.34", False),
        ("DRADeviceTaintRules", "1.35", True),
        ("DRADerivedAttributes", "1.36", False),
        ("DRADerivedAttributes", "1.37", True),
        ("DRAAdminAccess", "1.31", False),
        ("DRAAdminAccess", "1.36", True),
    ],
)
def test_a_release_knows_the_gates_that_it_has(
    gate: str, release: str, *, known: bool
) -> None:
    assert Profile.of(release).knows(gate) is known


@pytest.mark.parametrize(
    ("wanted", "gate", "on"),
    [
        ({"AllAlpha": True}, "DRAResourcePoolStatus", True),
        ({"AllAlpha": True}, "DRADeviceTaintRules", False),
        ({"AllAlpha": True}, "DRADerivedAttributes", False),
        ({"AllAlpha": True}, "DRADeviceTaints", True),
        ({"AllAlpha": False}, "DRADeviceTaints", True),
        ({"AllBeta": True}, "DRADeviceTaintRules", True),
        ({"AllBeta": True}, "DRAResourcePoolStatus", False),
        ({"AllBeta": False}, "DRADeviceTaints", False),
        ({"AllBeta": False}, "DRAPrioritizedList", True),
        ({"AllBeta": False}, "DRAAdminAccess", True),
        ({"AllAlpha": True, "AllBeta": False}, "DRAResourcePoolStatus", True),
        ({"AllAlpha": True, "DRADeviceTaints": False}, "DRADeviceTaints", False),
        ({"AllAlpha": True, "DRAListTypeAttributes": False}, "DRAListTypeAttributes",
         False),
        ({"DRADeviceTaints": True, "AllBeta": False}, "DRADeviceTaints", True),
        ({"DRADeviceTaints": False}, "DRADeviceTaints", False),
        ({"DRAListTypeAttributes": True}, "DRAListTypeAttributes", True),
    ],
    ids=repr,
)  # fmt: skip
def test_groups_set_what_is_in_their_stage_and_named_gates_win(
    wanted: dict[str, bool], gate: str, *, on: bool
) -> None:
    assert Profile.of("1.36", wanted).enabled(gate) is on


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("DRADeviceTaint", "DRADeviceTaints"),
        ("DRAPrioritisedList", "DRAPrioritizedList"),
        ("AllAlfa", "AllAlpha"),
        ("dynamicResourceAllocation", "DynamicResourceAllocation"),
    ],
)
def test_an_unknown_gate_is_a_usage_error_that_names_a_near_one(
    wrong: str, near: str
) -> None:
    with pytest.raises(DractlError) as caught:
        Profile.of("1.36", {wrong: True})
    assert caught.value.code == "unknown-gate"
    assert caught.value.status is ExitStatus.USAGE
    assert caught.value.hint == f"did you mean {near}?"


def test_a_gate_that_is_like_no_other_gets_no_guess() -> None:
    with pytest.raises(DractlError) as caught:
        Profile.of("1.36", {"x" * 200: True})
    assert caught.value.hint == "check the spelling of the gate"
    assert len(str(caught.value)) < 150


def test_asking_for_a_gate_that_no_release_has_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        Profile.of("1.36").enabled("DRADeviceTaint")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.36", (1, 36)),
        ("v1.36", (1, 36)),
        ("1.36.2", (1, 36)),
        ("v1.36.1-gke.100", (1, 36)),
        ("v1.37.0-beta.0", (1, 37)),
        ("1.33.5+k3s1", (1, 33)),
        (" 1.36+ ", (1, 36)),
        ("1.4", (1, 4)),
    ],
)
def test_releases_are_read_as_clusters_state_them(
    text: str, version: tuple[int, int]
) -> None:
    assert KubernetesVersion.parse(text) == version


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.", ".36", "x", "1.x", "one.two", "vv1.36", "1.36x", "1,36", "-1.36",
     "1.3600", "1.\u0663", "1.36\n.2", "1" * 10**6],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_other_texts_are_no_release(text: str) -> None:
    with pytest.raises(DractlError, match="is not a Kubernetes version") as caught:
        KubernetesVersion.parse(text)
    assert caught.value.status is ExitStatus.USAGE
    assert len(str(caught.value)) < 100


def test_a_release_prints_without_its_patch() -> None:
    assert str(KubernetesVersion.parse("v1.36.2")) == "1.36"


@pytest.mark.parametrize(
    ("outside", "nearest"),
    [("1.99", NEWEST), ("2.0", NEWEST), ("1.20", OLDEST), ("0.36", OLDEST)],
)
def test_releases_beyond_the_table_read_as_its_nearest_column(
    outside: str, nearest: KubernetesVersion
) -> None:
    profile = Profile.of(outside)
    assert profile.gates == Profile.of(nearest).gates
    assert str(profile.version) == outside


def test_without_a_release_the_newest_one_counts() -> None:
    assert Profile.of() == Profile.of(NEWEST)


@pytest.mark.parametrize(
    ("release", "label"),
    [
        ("1.31", None),
        ("1.32", None),
        ("1.33", "resource.k8s.io/admin-access"),
        ("1.34", "resource.kubernetes.io/admin-access"),
        ("1.37", "resource.kubernetes.io/admin-access"),
    ],
)
def test_admin_access_needs_the_label_that_the_release_looks_at(
    release: str, label: str | None
) -> None:
    assert Profile.of(release).admin_access_label == label


@pytest.mark.parametrize(
    ("release", "reached"), [("1.34", False), ("1.36", True), ("1.100", True)]
)
def test_releases_are_compared_as_numbers(release: str, *, reached: bool) -> None:
    assert Profile.of(release).since(KubernetesVersion(1, 36)) is reached

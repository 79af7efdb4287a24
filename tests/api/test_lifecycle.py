"""Which versions of the API a release has."""

import pytest

from dractl.api.lifecycle import LIVES, life_in, versions_in
from dractl.api.versions import VERSIONS
from dractl.model.cluster import GATES, KubernetesVersion


@pytest.mark.parametrize(
    ("minor", "claims", "rules"),
    [
        (31, ["v1alpha3"], []),
        (33, ["v1beta2", "v1beta1", "v1alpha3"], ["v1alpha3"]),
        (34, ["v1", "v1beta2", "v1beta1"], ["v1alpha3"]),
        (37, ["v1", "v1beta2", "v1beta1"], ["v1", "v1beta2", "v1alpha3"]),
        (39, ["v1"], ["v1", "v1beta2"]),
    ],
)
def test_a_release_has_versions_from_the_newest_on(
    minor: int, claims: list[str], rules: list[str]
) -> None:
    release = KubernetesVersion(1, minor)

    assert versions_in("ResourceClaim", release) == claims
    assert versions_in("DeviceTaintRule", release) == rules
    assert versions_in("Pod", release) == []


def test_only_what_stays_is_on_without_a_flag() -> None:
    newest = KubernetesVersion(1, 37)

    on = {
        (kind, version)
        for kind in LIVES
        for version in versions_in(kind, newest)
        if (life := life_in(kind, version, newest)) is not None and life.is_on
    }

    assert on == {(kind, "v1") for kind in LIVES if kind != "ResourcePoolStatusRequest"}


def test_each_version_that_can_be_read_has_a_life() -> None:
    assert {pair for pair in VERSIONS if pair[1] not in LIVES.get(pair[0], {})} == set()


def test_gates_are_known() -> None:
    gates = {life.gate for lives in LIVES.values() for life in lives.values()}
    assert gates - {None} <= set(GATES)

"""Versions of drivers: their order, and what they change."""

import pytest

from tests.doctor.upgrade.asking import cluster, daemon, of_driver, said


@pytest.mark.parametrize(
    ("since", "to", "gone"),
    [
        ("25.3.2", "25.8.0", {"index", "minor", "parentIndex"}),
        ("25.8.1", "25.12.0", {"pcieBusID"}),
        ("25.12.0", "0.4.0", set()),
        ("0.4.1", "0.5.0", {"numa"}),
    ],
)
def test_versions_of_nvidia_lose_attributes(
    since: str, to: str, gone: set[str]
) -> None:
    question = of_driver(cluster(), to, since=since)

    assert {name for each in question.releases for name in each.gone} == gone


@pytest.mark.parametrize(
    ("older", "newer"),
    [("0.4.1-rc.1", "0.4.1"), ("25.12.0", "0.4.0"), ("v0.4.0-ubi9", "0.4.1")],
)
def test_versions_have_an_order(older: str, newer: str) -> None:
    assert of_driver(cluster(daemon(older)), newer).versions[0] is not None
    assert said("downgrade", of_driver(cluster(daemon(newer)), older))
    assert not said("downgrade", of_driver(cluster(daemon(older)), newer))


@pytest.mark.parametrize("other", ["v0.4.0", "0.4.0-ubi9", "0.4.0+build.rc"])
def test_other_builds_of_a_version_are_the_same(other: str) -> None:
    assert not said("downgrade", of_driver(cluster(daemon("v0.4.0")), other))
    assert not said("downgrade", of_driver(cluster(daemon(other)), "0.4.0"))

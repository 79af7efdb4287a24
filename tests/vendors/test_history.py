"""The order of drivers' versions, and what they change."""

import pytest

from dractl.vendors import VENDORS
from dractl.vendors.history import HISTORIES, version

NVIDIA = HISTORIES["gpu.nvidia.com"]


@pytest.mark.parametrize(
    "ordered",
    [
        ("25.3.0", "25.8.1", "25.12.0", "0.4.0-rc.1", "v0.4.0", "0.4.1", "0.5.0"),
        ("0.3.0", "0.4.0"),
        ("25.8.0", "25.10.0", "25.12.0-dev", "25.12.0"),
    ],
)
def test_calendar_versions_come_before_others(ordered: tuple[str, ...]) -> None:
    versions = [NVIDIA.version(each) for each in ordered]

    assert None not in versions
    assert versions == sorted(versions)  # type: ignore[type-var]  # none is None


def test_only_nvidia_had_a_calendar() -> None:
    assert version("25.12.0", {}) == (25, 12, 0, 1)
    assert NVIDIA.version("25.12.0") == NVIDIA.version("0.3.0")


@pytest.mark.parametrize("text", ["", "latest", "1", "0.4.x", "9" * 50, "0.4.1 beta"])
def test_what_is_no_version_is_none(text: str) -> None:
    assert version(text) is None


@pytest.mark.parametrize(
    ("current", "target", "releases"),
    [
        ("25.12.0", "0.4.0", ["0.4"]),
        ("25.8.0", "0.5.0", ["0.3", "0.4", "0.5"]),
        ("0.4.0", "0.4.1", []),
        ("0.4.1", "0.5.0-dev", ["0.5"]),
        ("0.5.0-dev", "0.5.0", []),
        ("", "0.4.0", ["0.2", "0.3", "0.4"]),
    ],
)
def test_between_are_the_releases_on_the_way(
    current: str, target: str, releases: list[str]
) -> None:
    assert [each.version for each in NVIDIA.between(current, target)] == releases


def test_every_history_is_of_a_known_driver_and_in_order() -> None:
    known = {driver.name for vendor in VENDORS for driver in vendor.drivers}

    for name, history in HISTORIES.items():
        versions = [history.version(each.version) for each in history.releases]
        assert name in known, name
        assert None not in versions
        assert versions == sorted(versions)  # type: ignore[type-var]  # none is None
        assert not history.newest or history.version(history.newest) is not None

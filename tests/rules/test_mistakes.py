"""Mistakes that users make, each a file whose first line names what is to be found."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from dractl.cli.findings import Finding
from dractl.cli.validation import validated
from dractl.model.cluster import Profile
from dractl.rules.world import World
from dractl.sources.files import load_snapshot
from tests.batches import batched

HERE = Path(__file__).parent
MISTAKES = sorted(HERE.glob("mistakes/*.yaml"))
CONTROLS = sorted(HERE.glob("controls/*.yaml"))
NEED_A_CLUSTER = {
    "04-admin-access",
    "11-misspelt-attribute",
    "13-class-missing",
    "32-template-missing",
}
ALONE = [each for each in MISTAKES if each.stem not in NEED_A_CLUSTER]
CLUSTER = World.of(load_snapshot(HERE / "cluster.yaml"), ())
PROFILE = Profile.of("1.36")


def found_in(files: Iterable[Path], world: World) -> list[Finding]:
    report = validated([str(each) for each in files], PROFILE, world)
    report.restricted("warning", ())
    return report.findings


def codes_in(file: Path, world: World) -> set[str]:
    """The codes, but for those that every beta version gets."""
    found = {each.code for each in found_in([file], world)}
    return found - {"version-off-by-default", "version-deprecated"}


def expected_of(file: Path) -> str:
    return file.read_text().partition("\n")[0].removeprefix("# ")


def named(file: Path) -> str:
    return file.stem


def test_there_are_32_mistakes_of_which_28_need_no_cluster() -> None:
    assert (len(MISTAKES), len(ALONE)) == (32, 28)


@batched(ALONE, ids=named)
def test_a_mistake_is_found_without_a_cluster(file: Path) -> None:
    assert expected_of(file) in codes_in(file, World())


@batched(MISTAKES, ids=named)
def test_a_mistake_is_found_with_a_cluster(file: Path) -> None:
    assert expected_of(file) in codes_in(file, CLUSTER)


@batched(MISTAKES, ids=named)
def test_a_mistake_is_found_on_a_line_of_its_file(file: Path) -> None:
    lines = file.read_text().split("\n")
    for each in found_in([file], CLUSTER):
        assert 1 < each.line < len(lines)
        assert lines[each.line - 1][each.column - 1 :].strip()


@pytest.mark.parametrize("file", CONTROLS, ids=named)
def test_nothing_is_found_in_what_is_right(file: Path) -> None:
    assert found_in([file], World()) == []
    assert found_in([file], CLUSTER) == []

"""What holds for every command: sources, permissions, help."""

from typing import Final

import pytest
from typer.core import TyperCommand, TyperGroup

from dractl.live.kinds import NEEDS
from tests.answers import from_yaml
from tests.cli.everything import READING, commands
from tests.cli.run import Runner

ALL: Final = dict(commands())
CHANGING: Final = {"migrate apply", "migrate rollback", "migrate verify"}
"""What a file cannot answer: these act on a live cluster, or ask it again."""


def options(command: TyperCommand | TyperGroup) -> set[str]:
    return {name for each in command.params for name in each.opts}


OPTION: Final = ("  -", "  VIEW")
TABLES: Final = {"allocate", "taint"}
"""What has names of devices in columns, which may be as long as they like."""
READERS: Final = sorted(
    name for name, each in ALL.items() if "--kubeconfig" in options(each)
)


@pytest.mark.parametrize("name", READERS)
def test_what_asks_a_cluster_says_which_permissions_it_needs(
    dractl: Runner, name: str
) -> None:
    ran = dractl(*name.split(), "--explain-permissions")
    assert (ran.status, ran.err) == (0, "")
    verbs = {verb for rule in from_yaml(ran.out)["rules"] for verb in rule["verbs"]}
    changes = verbs - {"get", "list", "watch"}
    assert not changes or NEEDS[name].changes or NEEDS[name].asks


@pytest.mark.parametrize("name", sorted(set(READERS) - CHANGING))
def test_what_asks_a_cluster_takes_a_file_or_the_sample(name: str) -> None:
    assert {"--snapshot", "--demo"} <= options(ALL[name])


@pytest.mark.parametrize("name", ALL)
def test_help_has_examples_and_fits_80_columns(dractl: Runner, name: str) -> None:
    ran = dractl(*name.split(), "--help")
    assert ran.status == 0
    wide = [each for each in ran.out.splitlines() if len(each) > 80]
    # Commands are there to be copied; what an argument can be is one word.
    assert [
        each for each in wide if not each.startswith(("    ", "  KIND", *OPTION))
    ] == []
    if name not in {"options", "completion"}:
        assert "Examples:" in ran.out
        assert "Exit status" in ran.out or name in {"migrate", "version"}


@pytest.mark.parametrize("group", [(), ("doctor",), ("migrate",)])
def test_what_a_command_does_fits_into_the_list_of_all(
    dractl: Runner, group: tuple[str, ...]
) -> None:
    lines = dractl(*group, "--help").out.splitlines()
    start = lines.index("Commands:")
    assert lines[start + 1].startswith("  ")
    assert [each for each in lines[start:] if each.endswith("...")] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (name, words)
        for name, variants in READING.items()
        for words in variants
        if "--snapshot" in words and name not in {*TABLES, "validate"}
    ],
)
def test_the_sample_cluster_is_told_in_80_columns(
    dractl: Runner, name: str, words: tuple[str, ...]
) -> None:
    start = words.index("--snapshot")
    argv = [*words[:start], "--demo", *words[start + 2 :]]
    ran = dractl(*name.split(), *argv)
    assert ran.status in {0, 1, 3}
    wide = [each for each in ran.out.splitlines() if len(each) > 80]
    assert [each for each in wide if not each.lstrip().startswith("$ ")] == []

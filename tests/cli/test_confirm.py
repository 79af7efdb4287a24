"""The question before a cluster is changed."""

import io

import pytest

from dractl.cli.confirm import confirmed
from dractl.cli.terminal import Terminal
from dractl.errors import DractlError, ExitStatus
from tests.cli.keyboard import Keyboard


def screen(keyboard: io.StringIO | None) -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), keyboard=keyboard)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("y\n", True), (" YES \n", True), ("n\n", False), ("\n", False), ("", False)],
    ids=["y", "yes", "n", "enter", "end"],
)
def test_only_yes_is_yes(typed: str, wanted: bool) -> None:
    asked = screen(Keyboard(typed))

    assert confirmed("delete it?", asked, yes=False) is wanted
    assert asked.err.getvalue() == "delete it? [y/N] "  # type: ignore[attr-defined] # StringIO


def test_who_has_said_yes_is_not_asked() -> None:
    assert confirmed("delete it?", screen(None), yes=True)


@pytest.mark.parametrize("keyboard", [None, io.StringIO("y\n")], ids=["none", "pipe"])
def test_nobody_can_be_asked_without_a_terminal(keyboard: io.StringIO | None) -> None:
    with pytest.raises(DractlError) as refused:
        confirmed("delete it?", screen(keyboard), yes=False)

    assert refused.value.status is ExitStatus.USAGE
    assert "--yes" in refused.value.hint

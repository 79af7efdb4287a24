"""The list of codes: a line for each, or as the terminal has room."""

import pytest

from dractl.cli import asked, doctoring, upgrading
from dractl.cli.text import NARROW


@pytest.mark.parametrize("module", [asked, doctoring, upgrading])
def test_on_a_terminal_titles_are_folded(module: object) -> None:
    explained = module.explained  # type: ignore[attr-defined]
    whole = explained("all").splitlines()
    folded = explained("all", NARROW).splitlines()

    assert max(map(len, folded)) <= NARROW < max(map(len, whole))
    codes = [each.split()[0] for each in folded if not each.startswith(" ")]
    assert codes == [each.split()[0] for each in whole]
    assert " ".join(" ".join(folded).split()) == " ".join(" ".join(whole).split())

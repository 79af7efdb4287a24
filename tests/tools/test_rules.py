import re

import pytest

from dractl.migrate.codes import CODES
from dractl.rules.check import RULES
from tests.batches import batched
from tests.cli.run import ROOT
from tools.rules import pages


@pytest.mark.parametrize("name", pages())
def test_a_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == pages()[name]


@batched(sorted({**RULES, **CODES}))
def test_a_manual_is_for_people(code: str) -> None:
    rule = RULES[code] if code in RULES else CODES[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert rule.title.endswith((".", "?"))
    assert len(rule.title) < 90

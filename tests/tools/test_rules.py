import re

import pytest

from dractl.rules.check import RULES
from tools.rules import PAGE, page


def test_the_page_of_rules_is_current() -> None:
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_manual_is_for_people(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert rule.title.endswith((".", "?"))
    assert len(rule.title) < 90

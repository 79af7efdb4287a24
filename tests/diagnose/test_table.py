import inspect
import re

import pytest

import dractl.diagnose.explain  # noqa: F401 it fills the table
from dractl.diagnose import table
from dractl.diagnose.table import CODES, ROWS, Stage, finders, judge_of, precedence
from tests.batches import batched
from tests.scenarios import SHARED

CONTRACT = SHARED / "design" / "contract.md"


def codes_of_contract() -> set[str]:
    """Return the codes of the table in the page on what users may rely on."""
    text = CONTRACT.read_text("utf-8")
    rows = text.partition("| code | it is the cause when |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in rows.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`([a-z-]+)`", " ".join(cells)))


@pytest.mark.skipif(not CONTRACT.is_file(), reason="the contract is not here")
def test_the_codes_are_those_that_users_may_rely_on() -> None:
    assert codes_of_contract() == set(CODES)


def test_no_code_is_there_twice() -> None:
    assert len(set(CODES)) == len(CODES)


@batched(CODES)
def test_every_code_has_a_function(code: str) -> None:
    assert [row for row in ROWS if row.code == code] or code == "unknown"


@batched(ROWS, ids=lambda row: f"{row.code} {row.stage.name}")
def test_every_function_says_what_its_cause_is(row: table.Row) -> None:
    functions = [each for each in (row.find, row.judge, row.tell) if each is not None]

    (function,) = functions
    assert (inspect.getdoc(function) or "").endswith(".")


def test_a_code_has_one_function_in_a_stage() -> None:
    judged = [(r.code, r.stage) for r in ROWS if r.judge or r.tell]

    assert len(set(judged)) == len(judged)


@pytest.mark.parametrize("stage", list(Stage)[:2], ids=lambda each: each.name)
def test_functions_come_in_the_order_of_the_codes(stage: Stage) -> None:
    places = [CODES.index(code) for code, _ in finders(stage)]

    assert places == sorted(places)
    assert places


def test_the_unknown_is_the_last_resort() -> None:
    assert CODES[-1] == "unknown"


def test_what_is_no_code_comes_after_all_codes() -> None:
    assert precedence("no such code") == len(CODES)
    assert precedence(CODES[0]) == 0


def test_a_code_that_does_not_exist_cannot_be_added() -> None:
    with pytest.raises(KeyError, match="no-such-code"):
        table.found_in_objects("no-such-code")(lambda _: iter(()))


def test_what_is_added_is_asked_in_its_stage_only() -> None:
    added = {code for code, _ in finders(Stage.OBJECTS)}

    assert "template-missing" in added
    assert "prepare-failed" not in added
    assert judge_of("selector-error").__doc__

"""Every scenario gets the answer that a user would accept."""

from typing import Final

from dractl.diagnose.table import CODES
from tests.batches import batched
from tests.diagnose.scenarios.reading import (
    Scenario,
    answer,
    read,
    scenario_files,
    symptoms,
)

SCENARIOS: Final = [read(file) for file in scenario_files()]
SYMPTOMS: Final = symptoms()
REPORTED: Final = {
    *(f"P{number:02d}" for number in range(1, 86)),
    "P42b", "P42c", "P58b",
}  # fmt: skip


@batched(SCENARIOS, ids=lambda each: each.name)
def test_the_answer_is_one_that_a_user_would_accept(scenario: Scenario) -> None:
    found = answer(scenario).shortfalls(scenario.expect)
    if scenario.wrong_today is None:
        assert found == []
    else:
        assert found != [], f"no longer so: {scenario.wrong_today}"


@batched(SCENARIOS, ids=lambda each: each.name)
def test_a_scenario_is_read_without_problems(scenario: Scenario) -> None:
    assert scenario.problems() == []


@batched(CODES)
def test_every_code_is_the_first_answer_of_some_scenario(code: str) -> None:
    assert code in {each.codes[0] for each in SCENARIOS if each.codes}


@batched(SCENARIOS, ids=lambda each: each.name)
def test_a_scenario_expects_only_codes_of_the_table(scenario: Scenario) -> None:
    assert set(scenario.codes) <= set(CODES)


def test_every_symptom_has_scenarios_or_a_reason_to_have_none() -> None:
    assert SYMPTOMS.keys() == REPORTED


@batched(sorted(SYMPTOMS))
def test_a_symptom_lists_the_scenarios_that_are_examples_of_it(symptom: str) -> None:
    examples = [each.name for each in SCENARIOS if symptom in each.symptoms]
    assert SYMPTOMS[symptom].get("scenario", []) == examples


@batched(sorted(SYMPTOMS))
def test_a_symptom_has_either_examples_or_a_reason(symptom: str) -> None:
    assert [key for key, value in SYMPTOMS[symptom].items() if value] in (
        ["scenario"],
        ["not_here"],
    )

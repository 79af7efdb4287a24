"""How validate tells of what older clusters and articles contain."""

from collections.abc import Mapping

import pytest

from dractl.legacy import found
from dractl.legacy.construct import TABLE
from dractl.model.cluster import Profile
from dractl.rules.check import RULES, Answer, check
from dractl.rules.world import World
from tests.legacy.test_found import CASES, ROLE, document, requests


def answer(given: object) -> Answer:
    return check(given, Profile.of("1.37"), World())


@pytest.mark.parametrize(("code", "case"), CASES.items(), ids=CASES)
def test_each_construct_is_told_of_once_with_its_history(
    code: str, case: tuple[Mapping[str, object], str]
) -> None:
    given, _ = case
    (old,) = found(given)

    messages = [each.message for each in answer(given).violations]
    unknown = [each for each in answer(given).violations if each.reason is not None]

    told = messages.count(old.message)
    moved = any(str(each.path).startswith(f"{old.path}.") for each in unknown)
    assert told == (0 if moved else 1)
    assert f"legacy-{code}" in RULES


def test_what_the_server_refuses_keeps_its_code_and_reason() -> None:
    given = document("ResourceClaim", status={"driverStatus": {}}, spec=requests())

    (said,) = (
        each
        for each in answer(given).violations
        if str(each.path) == "status.driverStatus"
    )

    assert (said.code, said.reason) == ("unknown-field", "BadRequest")
    assert said.fix == TABLE["driver-status"].fix


def test_what_is_only_to_be_moved_is_told_where_it_is() -> None:
    said = answer(document("ResourceClaimTemplate", spec=requests())).violations

    assert "legacy-template-without-spec" not in {each.code for each in said}
    assert any(
        each.fix is not None and "below `spec:`" in each.fix
        for each in said
        if str(each.path) == "spec.devices"
    )


def test_a_kind_without_rules_is_checked_where_it_has_something_old() -> None:
    plain = {**ROLE, "rules": []}

    assert not answer(plain).is_checked
    assert [each.code for each in answer(ROLE).violations] == [
        "legacy-rbac-resource-names"
    ]


def test_an_annotation_silences_these_too() -> None:
    notes = {"annotations": {"dractl.dev/ignore": "legacy-rbac-resource-names"}}

    said = answer({**ROLE, "metadata": notes})

    assert (said.violations, said.ignored) == ((), 1)


def test_today_has_nothing_old() -> None:
    request = {"name": "gpu", "exactly": {"deviceClassName": "gpu.example.com"}}
    given = document("ResourceClaim", spec=requests(request), metadata={"name": "a"})
    said = answer(given)

    assert said.violations == ()

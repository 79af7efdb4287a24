"""The examination as a whole."""

from itertools import pairwise

import pytest

from dractl.api.snapshot import Snapshot
from dractl.doctor.answer import rank
from dractl.doctor.case import Case
from dractl.doctor.registry import CHECKS, check
from dractl.doctor.run import examine
from dractl.rules.registry import Severity
from tests.batches import batched
from tests.doctor.healthy import NOW, claim, examined, healthy, info, template, wish


def test_no_check_says_anything_of_a_healthy_cluster() -> None:
    assert examined(healthy()).findings == ()


def test_what_is_told_of_every_cluster_is_told_on_demand() -> None:
    assert "known-bug-unmet" not in examined(healthy()).passed
    (listed,) = examined(healthy(), only=["known-bug-unmet"]).findings
    assert listed.severity is Severity.INFO


def test_findings_come_the_most_severe_first() -> None:
    documents = [info(served=[]), template("t", wish("none")), claim("unused")]
    ranks = [rank(each.severity) for each in examined(documents).findings]
    assert len(set(ranks)) == 3
    assert all(one <= other for one, other in pairwise(ranks))


def test_only_and_skip_choose_checks() -> None:
    two = ["driver-none", "release-old"]
    assert list(examined(healthy(), only=two).passed) == two
    left = examine(Case(Snapshot.from_documents(healthy()), NOW), skip=two).passed
    assert not set(two) & set(left)
    assert len(left) > len(two)


@batched(sorted(CHECKS))
def test_a_manual_has_a_title_and_says_more(code: str) -> None:
    row = CHECKS[code]
    assert row.title.endswith(".")
    assert len(row.manual) > len(row.title) or len(row.title) > 60


def test_a_code_is_taken_once() -> None:
    with pytest.raises(ValueError, match="release-old"):
        check("release-old", Severity.INFO)(CHECKS["release-old"].look)


def test_a_check_without_a_manual_is_no_check() -> None:
    def look(_case: Case) -> None:
        return None

    with pytest.raises(ValueError, match="silent"):
        check("silent", Severity.INFO)(look)  # type: ignore[arg-type]

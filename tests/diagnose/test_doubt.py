"""What seems to be absent, but was not read."""

import pytest

from dractl.diagnose.answer import Cause
from dractl.diagnose.doubt import certain
from dractl.model.cluster_info import Cause as Reason
from dractl.model.cluster_info import ClusterInfo, Gap

MISSING = Cause("template-missing", "template t does not exist", claim="c")


def info(kind: str, only: str | None = None) -> ClusterInfo:
    gap = Gap(kind, kind.lower() + "s", "", Reason.FORBIDDEN, only, "needs list")
    return ClusterInfo("1.36", None, (gap,))


def test_what_was_not_read_is_not_said_to_be_missing() -> None:
    (cause,) = certain([MISSING], info("ResourceClaimTemplate"))
    assert cause.code == "unknown"
    assert "resourceclaimtemplates may not be read" in cause.message
    assert cause.fixes == ("needs list",)
    assert cause.claim == "c"


@pytest.mark.parametrize(
    "known", [info("Event"), info("ResourceClaimTemplate", "training"), ClusterInfo()]
)
def test_what_was_read_stays_certain(known: ClusterInfo) -> None:
    assert certain([MISSING], known) == [MISSING]

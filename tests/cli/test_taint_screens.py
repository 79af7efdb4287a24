"""How `dractl taint` looks on a narrow terminal and to who wants no talk."""

import io
from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.cli import taintlists, taintplans
from dractl.cli.terminal import Terminal
from dractl.taints.fleet import Fleet
from dractl.taints.impact import impact
from dractl.taints.listing import taints_of
from dractl.taints.plan import plan
from dractl.taints.rules import Remarks
from dractl.taints.targets import Targets, resolved
from tests.apiserver.documents import rule
from tests.cli.tainted import GPU, cluster
from tests.taints.cluster import NOW, hot

REASON = "the fan makes a noise that the whole row of racks can hear at night"


def narrow() -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), columns=40)


def fleet(*more: dict[str, Any]) -> Fleet:
    documents = [*cluster(), *more]
    return Fleet(Snapshot.from_documents(documents, kubernetes="1.37"))


def longest_breakable(text: str) -> int:
    """Return the length of the longest line that has several words beside names."""
    lines = [line for line in text.splitlines() if len(line.split()) > 2]
    return max(map(len, lines))


def test_a_plan_fits_a_narrow_terminal() -> None:
    known = fleet()
    remarks = Remarks("alice", REASON, "2026-11-27T00:00:00Z")
    planned = plan(known, resolved(known, Targets((GPU,))), [hot(since=None)], remarks)

    shown = taintplans.text(
        planned, impact(known, planned, NOW), NOW, narrow(), is_whole=False
    )

    assert longest_breakable(shown) <= 40
    assert REASON in " ".join(shown.split())


def test_a_list_fits_a_narrow_terminal() -> None:
    made = rule() | {"apiVersion": "resource.k8s.io/v1"}
    made["metadata"]["annotations"] = {"dractl.dev/reason": REASON}
    found = taints_of(fleet(made), NOW)

    shown = taintlists.table(found, NOW, narrow())

    assert longest_breakable(shown) <= 40
    assert REASON in " ".join(shown.split())


def test_where_nothing_is_tainted_nothing_is_printed() -> None:
    found = taints_of(fleet(), NOW)

    assert taintlists.names(found.taints) == ""
    assert taintlists.table(found, NOW, narrow()) == ""
    assert taintlists.wide(found, NOW, narrow()) == ""

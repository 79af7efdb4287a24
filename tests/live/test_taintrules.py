"""Rules in a live cluster: applied and removed only as they were seen."""

from collections.abc import Callable

import pytest

from dractl.live.connection import Connection
from dractl.live.errors import ClusterError
from dractl.live.taintrules import Outcome, Result, TaintRules
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceSelector
from dractl.taints.fleet import Fleet
from dractl.taints.plan import PlannedRule, plan
from dractl.taints.rules import Remarks
from dractl.taints.targets import Resolved
from tests.apiserver import ApiServer, Fault, Kind
from tests.apiserver.client import Client
from tests.apiserver.documents import RULES
from tests.builders import snapshot

NAME = "gpu.example.com--maint"
PATH = f"{RULES}/{NAME}"


@pytest.fixture
def rules(connection: Connection) -> TaintRules:
    return TaintRules(connection, "v1beta2", "dractl")


def planned(
    rules: TaintRules, effect: str, remarks: Remarks | None = None
) -> PlannedRule:
    """Plan a taint beside what there is now."""
    standing = rules.read(NAME)
    seen = snapshot(rules=() if standing is None else (standing,))
    targets = Resolved((DeviceSelector("gpu.example.com"),))
    return plan(Fleet(seen), targets, [Taint("maint", "", effect)], remarks).rules[0]


def test_a_planned_rule_is_made_in_the_version_that_is_served(
    api_server: ApiServer, rules: TaintRules
) -> None:
    result = rules.apply(planned(rules, "NoSchedule", Remarks("alice", "a fan")))

    assert result == Result(NAME, Outcome.CREATED)
    made = api_server.object("DeviceTaintRule", NAME)
    assert made["spec"]["taint"]["key"] == "maint"
    assert made["metadata"]["annotations"] == {
        "dractl.dev/owner": "alice",
        "dractl.dev/reason": "a fan",
    }
    (request,) = [each for each in api_server.requests if each.method == "PATCH"]
    assert request.path == PATH


def test_a_plan_that_is_carried_out_twice_changes_nothing_more(
    rules: TaintRules,
) -> None:
    made = planned(rules, "NoSchedule")

    assert [rules.apply(made).outcome, rules.apply(made).outcome] == [
        Outcome.CREATED,
        Outcome.UNCHANGED,
    ]
    assert rules.apply(planned(rules, "NoSchedule")).outcome is Outcome.UNCHANGED


def test_what_is_not_said_any_more_is_taken_back(
    api_server: ApiServer, rules: TaintRules
) -> None:
    rules.apply(planned(rules, "NoSchedule", Remarks(until="2026-12-01T00:00:00Z")))

    result = rules.apply(planned(rules, "NoExecute"))

    assert result.outcome is Outcome.CHANGED
    made = api_server.object("DeviceTaintRule", NAME)
    assert made["metadata"].get("annotations", {}) == {}


def tainted(rules: TaintRules) -> PlannedRule:
    """Make a rule, and plan another effect."""
    rules.apply(planned(rules, "NoSchedule"))
    return planned(rules, "NoExecute")


def test_a_status_that_was_written_since_is_nobodys_change(
    api_server: ApiServer, rules: TaintRules
) -> None:
    change = tainted(rules)
    api_server.evict()

    assert rules.apply(change).outcome is Outcome.CHANGED


def relabelled(server: ApiServer) -> None:
    Client(server).send(
        "PATCH",
        PATH,
        {"metadata": {"labels": {"team": "ml"}}},
        {"Content-Type": "application/merge-patch+json"},
    )


def remade(server: ApiServer) -> None:
    rule = server.object("DeviceTaintRule", NAME)
    Client(server).send("DELETE", PATH)
    rule["metadata"] = {"name": NAME, "labels": rule["metadata"]["labels"]}
    Client(server).send("POST", RULES, rule | {"apiVersion": "resource.k8s.io/v1beta2"})


def removed(server: ApiServer) -> None:
    Client(server).send("DELETE", PATH)


@pytest.mark.parametrize(
    ("rival", "said"),
    [
        (relabelled, "it says maint:NoSchedule on gpu.example.com"),
        (remade, "it says maint:NoSchedule on gpu.example.com"),
        (removed, "somebody removed it meanwhile"),
    ],
)
def test_what_somebody_else_has_changed_since_is_left_alone(
    rival: Callable[[ApiServer], None],
    said: str,
    api_server: ApiServer,
    rules: TaintRules,
) -> None:
    change = tainted(rules)
    rival(api_server)
    before = api_server.objects("DeviceTaintRule")

    result = rules.apply(change)

    assert result.outcome is Outcome.OUTDATED
    assert said in result.message
    assert api_server.objects("DeviceTaintRule") == before


@pytest.mark.parametrize(
    ("rival", "outcome"),
    [
        (relabelled, Outcome.OUTDATED),
        (remade, Outcome.OUTDATED),
        (removed, Outcome.GONE),
    ],
)
def test_what_is_removed_is_what_was_seen(
    rival: Callable[[ApiServer], None],
    outcome: Outcome,
    api_server: ApiServer,
    rules: TaintRules,
) -> None:
    rules.apply(planned(rules, "NoSchedule"))
    standing = rules.read(NAME)
    assert standing is not None
    rival(api_server)

    assert rules.remove(standing).outcome is outcome


def test_a_status_does_not_keep_a_rule_from_being_removed(
    api_server: ApiServer, rules: TaintRules
) -> None:
    rules.apply(planned(rules, "NoSchedule"))
    standing = rules.read(NAME)
    assert standing is not None
    api_server.evict()

    assert rules.remove(standing) == Result(NAME, Outcome.REMOVED)
    assert api_server.objects("DeviceTaintRule") == []


def test_fields_of_another_manager_are_a_refusal(
    connection: Connection, rules: TaintRules
) -> None:
    TaintRules(connection, "v1beta2", "gitops").apply(planned(rules, "NoSchedule"))
    change = planned(rules, "NoExecute")

    with pytest.raises(ClusterError, match="somebody else manages fields of"):
        rules.apply(change)
    forcing = TaintRules(connection, "v1beta2", "dractl", forces=True)
    assert forcing.apply(change).outcome is Outcome.CHANGED


@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.TRUNCATE])
def test_a_lost_answer_does_not_hide_what_was_done(
    kind: Kind, api_server: ApiServer, rules: TaintRules
) -> None:
    api_server.faults.add(Fault(kind, "PATCH"), Fault(kind, "DELETE"))

    made = rules.apply(planned(rules, "NoSchedule"))
    standing = rules.read(NAME)
    assert standing is not None
    gone = rules.remove(standing)

    assert (made.outcome, gone.outcome) == (Outcome.CREATED, Outcome.REMOVED)
    assert api_server.faults.struck() == 2


@pytest.mark.parametrize("kind", [Kind.CONFLICT, Kind.INVALID])
def test_a_server_that_takes_no_guard_for_new_rules_gets_none(
    kind: Kind, api_server: ApiServer, rules: TaintRules
) -> None:
    api_server.faults.add(Fault(kind, "PATCH"))

    result = rules.apply(planned(rules, "NoSchedule"))

    assert result == Result(NAME, Outcome.CREATED)
    sent = [each.body for each in api_server.requests if each.method == "PATCH"]
    assert [b'"resourceVersion"' in body for body in sent] == [True, False]


def test_a_rule_that_is_not_valid_is_refused_after_all(
    api_server: ApiServer, rules: TaintRules
) -> None:
    api_server.faults.add(Fault(Kind.INVALID, "PATCH", times=None))

    with pytest.raises(ClusterError) as caught:
        rules.apply(planned(rules, "NoSchedule"))

    assert caught.value.http == 422
    assert api_server.faults.struck() == 2


def test_a_dry_run_leaves_everything_as_it_is(
    api_server: ApiServer, connection: Connection, rules: TaintRules
) -> None:
    trying = TaintRules(connection, "v1beta2", "dractl", is_dry=True)
    created = trying.apply(planned(rules, "NoSchedule"))
    change = tainted(rules)
    before = api_server.objects("DeviceTaintRule")
    assert change.before is not None

    changed, gone = trying.apply(change), trying.remove(change.before)

    assert [each.outcome for each in (created, changed, gone)] == [
        Outcome.CREATED,
        Outcome.CHANGED,
        Outcome.REMOVED,
    ]
    assert api_server.objects("DeviceTaintRule") == before

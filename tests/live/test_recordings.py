"""What becomes of the answers of a real 1.36.2 API server, one by one.

The messages are compared as a whole: what was asked, by whom, what is missing, and what
can be typed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dractl.api.component_metrics import gates
from dractl.api.decode import decode
from dractl.api.problems import Problem
from dractl.errors import DractlError
from dractl.live.connect import connect
from dractl.live.connection import Connection
from dractl.live.errors import ClusterError
from dractl.live.kinds import CLAIM, SLICE, Need
from dractl.live.lists import pages
from dractl.live.pages import Page
from dractl.live.place import Asked, Place
from dractl.live.reading import Scope, read
from dractl.live.target import Target
from tests.live.replaying import RECORDED, Replay, replaying
from tests.scenarios import needs_shared

pytestmark = needs_shared

RULE = Place("resource.k8s.io", "v1beta2", "devicetaintrules").of("maint-n0")
SLICES = Place("resource.k8s.io", "v1", "resourceslices")
CLAIMS = Place("resource.k8s.io", "v1", "resourceclaims", "default")
METRICS = "enabled feature gates of the API server (lines kept: the DRA ones)"
NONE = "status of a None rule: what NoExecute would evict"


@contextmanager
def asking(*notes: str, **options: Any) -> Iterator[tuple[Connection, Replay]]:
    """Connect to a server that gives the recorded answers."""
    with replaying(*notes) as server:
        target = Target(server=server.url, token="t", timeout=5.0, **options)
        connection = connect(target, lambda _: None)
        yield connection, server
        connection.close()


def refusal(
    note: str, ask: Callable[[Connection], object], *others: str
) -> tuple[ClusterError, str, str]:
    """Return what an answer becomes; SERVER stands for the address in its texts."""
    with asking(note, *others) as (connection, server):
        with pytest.raises(ClusterError) as caught:
            ask(connection)
        error = caught.value
        texts = (str(error), error.hint)
        told, hint = (text.replace(server.url, "SERVER") for text in texts)
    assert error.http == RECORDED[note]["response"]["status"]
    return error, told, hint


def sent(note: str) -> Any:
    return RECORDED[note]["request"]["body"]


# -- what the server is


def test_version_groups_and_gates() -> None:
    notes = ("server version", "api groups", METRICS)
    with asking(*notes) as (connection, _):
        info = read(connection, Need(()), Scope("default")).info

    assert info.kubernetes == "1.36"
    assert info.gates is not None
    assert info.gates["DRADeviceTaints"] is True
    metrics = RECORDED[METRICS]["response"]["body"]
    assert info.gates == gates(metrics.encode().splitlines())


def test_metrics_that_are_forbidden_leave_the_gates_open() -> None:
    notes = ("server version", "api groups", "metrics forbidden")
    with asking(*notes) as (connection, _):
        info = read(connection, Need(()), Scope("default")).info

    assert (info.kubernetes, info.gates, info.gaps) == ("1.36", None, ())


# -- lists


@pytest.mark.parametrize(
    ("note", "number"),
    [
        ("one page of slices", 3),
        ("next page", 3),
        ("claims of all namespaces", 2),
        ("claims in v1beta1", 2),
        ("slices in v1beta1", 2),
    ],
)
def test_a_page_has_objects_that_dractl_reads(note: str, number: int) -> None:
    body = RECORDED[note]["response"]["body"]
    with asking(note) as (connection, _):
        path = RECORDED[note]["request"]["path"].partition("?")[0]
        page = Page(connection.get(Asked("list", path=path)).body)

    items = list(page.items())
    assert items == body["items"]
    assert len(items) == number
    assert page.token == body["metadata"]["continue"]
    assert page.remaining == body["metadata"]["remainingItemCount"]
    head = {"apiVersion": body["apiVersion"], "kind": body["kind"].removesuffix("List")}
    decoded = [decode(head | each, "x") for each in items if isinstance(each, dict)]
    assert not any(isinstance(each, Problem | None) for each in decoded)


def test_the_next_page_is_asked_for_with_the_token_of_the_first() -> None:
    note = "one page of slices"
    with asking(note) as (connection, server):
        with pytest.raises(_Enough):
            pages(connection, SLICES, [("resourceVersion", "0")], _stop_at_second())
        token = RECORDED[note]["response"]["body"]["metadata"]["continue"]

    assert [path.partition("?")[2] for _, path, _ in server.asked] == [
        "resourceVersion=0&limit=500", f"limit=500&continue={token}",
    ]  # fmt: skip


class _Enough(Exception):
    """The recordings have no last page."""


def _stop_at_second() -> Callable[[int], None]:
    told: list[int] = []

    def on_page(remaining: int) -> None:
        told.append(remaining)
        if len(told) > 1:
            raise _Enough

    return on_page


def test_a_malformed_token() -> None:
    _, told, hint = refusal(
        "malformed continue token",
        lambda connection: pages(connection, SLICES, [], lambda _: None),
    )

    assert told == (
        "SERVER does not understand the request to list resourceslices.resource.k8s.io:"
        " invalid continue token: continue key is not valid: invalid character 'i' "
        "looking for beginning of value"
    )
    assert "report it" in hint


def test_a_table_is_no_list() -> None:
    with asking("a table, as kubectl get asks for it") as (connection, _):
        place = Place("resource.k8s.io", "v1", "resourceclaims")
        with pytest.raises(DractlError, match="with something that no API server says"):
            pages(connection, place, [], lambda _: None)


def test_events_of_an_evicted_pod() -> None:
    with asking("events of the evicted pod") as (connection, _):
        place = Place("", "v1", "events", "in-use")
        (page,) = pages(connection, place, [], lambda _: None)

    reasons = {each["reason"] for each in page.items() if isinstance(each, dict)}
    assert "DeviceTaintManagerEviction" in reasons


# -- refusals of reading


def test_a_claim_that_is_not_there() -> None:
    _, told, hint = refusal(
        "claim not found", lambda connection: connection.read(CLAIMS.of("nope"))
    )

    assert told == (
        "there is no resourceclaims.resource.k8s.io nope in namespace default"
    )
    assert hint == "check the name and the namespace"


def test_a_list_that_is_forbidden() -> None:
    _, told, hint = refusal(
        "forbidden list",
        lambda connection: connection.get(Asked("list", SLICES)),
    )

    assert told == (
        "user '(token)' may not list resourceslices.resource.k8s.io for the whole "
        "cluster"
    )
    assert hint == (
        'allow it with the rule {apiGroups: ["resource.k8s.io"], resources: '
        "[resourceslices], verbs: [list]}: kubectl create clusterrole "
        "dractl-list-resourceslices --verb=list "
        "--resource=resourceslices.resource.k8s.io && kubectl create "
        "clusterrolebinding dractl-list-resourceslices "
        "--clusterrole=dractl-list-resourceslices --user='(token)'"
    )


def test_claims_of_a_namespace_that_are_forbidden() -> None:
    _, told, hint = refusal(
        "forbidden claims in namespace",
        lambda connection: connection.get(Asked("list", CLAIMS)),
    )

    assert told == (
        "user '(token)' may not list resourceclaims.resource.k8s.io in namespace "
        "default"
    )
    assert (
        "kubectl create role dractl-list-resourceclaims -n default --verb=list "
        "--resource=resourceclaims.resource.k8s.io && kubectl create rolebinding "
        "dractl-list-resourceclaims -n default --role=dractl-list-resourceclaims "
    ) in hint


def test_credentials_that_are_not_accepted() -> None:
    _, told, hint = refusal(
        "unauthorized", lambda connection: connection.get(Asked("list", SLICES))
    )

    assert told == (
        "SERVER does not accept the credentials (asked to list "
        "resourceslices.resource.k8s.io)"
    )
    assert "kubectl auth whoami" in hint


def test_metrics_that_are_forbidden() -> None:
    _, told, hint = refusal(
        "metrics forbidden",
        lambda connection: connection.get(Asked("get", path="/metrics")),
    )

    assert told == "user '(token)' may not get /metrics"
    assert 'the rule {nonResourceURLs: ["/metrics"], verbs: [get]}' in hint
    assert (
        "kubectl create clusterrole dractl-get-metrics --verb=get "
        "--non-resource-url=/metrics && "
    ) in hint


# -- changes


@pytest.mark.parametrize(
    ("note", "effect"),
    [
        ("server-side apply, dry run", "NoExecute"),
        ("server-side apply of the None effect", "None"),
        ("apply the NoExecute effect", "NoExecute"),
    ],
)
def test_a_rule_is_applied(note: str, effect: str) -> None:
    is_dry = "dry run" in note
    with asking(note) as (connection, server):
        made = connection.apply(RULE, sent(note), manager="dractl", dry_run=is_dry)

    assert made == RECORDED[note]["response"]["body"]
    assert made["spec"]["taint"]["effect"] == effect
    ((method, path, body),) = server.asked
    assert (method, body) == ("PATCH", sent(note))
    assert ("dryRun=All" in path) is is_dry
    assert "fieldManager=dractl&fieldValidation=Strict" in path


@pytest.mark.parametrize("note", [NONE, "status after eviction"])
def test_a_rule_is_read_with_its_status(note: str) -> None:
    with asking(note) as (connection, _):
        assert connection.read(RULE) == RECORDED[note]["response"]["body"]


def test_a_field_that_another_manager_owns() -> None:
    note = "apply by another manager conflicts"
    error, told, hint = refusal(
        note, lambda connection: connection.apply(RULE, sent(note), manager="other")
    )

    assert told == (
        "somebody else manages fields of devicetaintrules.resource.k8s.io maint-n0: "
        '.spec.taint.effect (conflict with "dractl")'
    )
    assert "--force-conflicts" in hint
    assert [each.field for each in error.causes] == [".spec.taint.effect"]


def test_a_rule_is_deleted() -> None:
    with asking("delete the rule") as (connection, server):
        connection.delete(RULE, uid="bb7b799c")

    ((method, _, body),) = server.asked
    assert (method, body["preconditions"]) == ("DELETE", {"uid": "bb7b799c"})


def test_a_rule_that_is_gone_already() -> None:
    _, told, _ = refusal("delete it again", lambda connection: connection.delete(RULE))

    assert told == "there is no devicetaintrules.resource.k8s.io maint-n0"


def test_a_rule_that_breaks_the_rules_of_the_api() -> None:
    note = "invalid rule"
    error, told, hint = refusal(
        note, lambda connection: connection.apply(RULE, sent(note), manager="dractl")
    )

    assert told == (
        "the API server refuses to patch devicetaintrules.resource.k8s.io maint-n0: "
        'spec.taint.effect: Unsupported value: "PreferNoSchedule": supported values: '
        '"NoExecute", "NoSchedule", "None"'
    )
    assert hint == "correct what it names"
    assert error.causes[0].reason == "FieldValueNotSupported"


def test_a_version_that_is_not_served() -> None:
    note = "rule in v1 where v1 is not served"
    place = Place("resource.k8s.io", "v1", "devicetaintrules").of("maint-n0")
    _, told, hint = refusal(
        note, lambda connection: connection.apply(place, sent(note), manager="dractl")
    )

    assert told == "SERVER does not serve devicetaintrules in resource.k8s.io/v1"
    assert "--runtime-config" in hint


@pytest.mark.parametrize(
    ("note", "allowed"),
    [("can alice create rules?", False), ("can admin create rules?", True)],
)
def test_what_somebody_may_do(note: str, allowed: bool) -> None:
    rules = Place("resource.k8s.io", "v1beta2", "devicetaintrules")
    with asking(note) as (connection, server):
        assert connection.may(Asked("create", rules)) is allowed

    assert server.asked[0][2] == sent(note)


def test_resources_that_discovery_lists_are_those_that_are_read() -> None:
    body = RECORDED["resources of v1"]["response"]["body"]
    served = {
        each["name"]: (each["kind"], each["namespaced"]) for each in body["resources"]
    }

    for kind in (SLICE, CLAIM):
        assert served[kind.resource] == (kind.kind, kind.namespaced)

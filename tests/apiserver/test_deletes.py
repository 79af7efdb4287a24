"""Deleting objects, and the eviction of pods."""

import pytest

from tests.apiserver import ApiServer
from tests.apiserver.client import Client
from tests.apiserver.documents import DRA, PODS, RULE, claim, pod, rule

_EVICTION = {
    "apiVersion": "policy/v1",
    "kind": "Eviction",
    "metadata": {"name": "p", "namespace": "default"},
}


def test_a_pod_without_a_grace_period_goes_at_once(api_server: ApiServer) -> None:
    api_server.add(pod("p"))
    Client(api_server).send("DELETE", f"{PODS}/p", {"gracePeriodSeconds": 0})
    assert api_server.objects("Pod") == []


def test_a_pod_that_has_ended_goes_at_once(api_server: ApiServer) -> None:
    api_server.add(pod("p") | {"status": {"phase": "Succeeded"}})
    Client(api_server).send("DELETE", f"{PODS}/p")
    assert api_server.objects("Pod") == []


def test_a_pod_on_a_node_ends_with_its_kubelet(api_server: ApiServer) -> None:
    api_server.add([pod("p"), claim("c", ("p", "q"))])
    reply = Client(api_server).send("DELETE", f"{PODS}/p")
    assert reply.document["metadata"]["deletionGracePeriodSeconds"] == 30
    assert len(api_server.objects("Pod")) == 1
    api_server.end_pods()
    assert api_server.objects("Pod") == []
    (left,) = api_server.object("ResourceClaim", "c", "default")["status"][
        "reservedFor"
    ]
    assert left["name"] == "q"


def test_a_claim_that_nobody_uses_any_more_is_free(api_server: ApiServer) -> None:
    api_server.add([pod("p"), claim("c", ("p",))])
    Client(api_server).send("DELETE", f"{PODS}/p")
    api_server.end_pods()
    assert api_server.object("ResourceClaim", "c", "default")["status"] == {}


def test_finalizers_keep_an_object_until_they_are_gone(api_server: ApiServer) -> None:
    held = claim("c", ())
    held["metadata"]["finalizers"] = ["example.com/wait"]
    api_server.add(held)
    path = f"{DRA}/v1/namespaces/default/resourceclaims/c"
    Client(api_server).send("DELETE", path)
    (marked,) = api_server.objects("ResourceClaim")
    assert marked["metadata"]["deletionTimestamp"] == "2026-11-23T13:46:29Z"
    patch = {"metadata": {"finalizers": None}}
    headers = {"Content-Type": "application/merge-patch+json"}
    assert Client(api_server).send("PATCH", path, patch, headers).status == 200
    assert api_server.objects("ResourceClaim") == []


def test_a_dry_run_deletes_nothing(api_server: ApiServer) -> None:
    api_server.add([rule(), pod("p")])
    client = Client(api_server)
    assert client.send("DELETE", f"{RULE}?dryRun=All").status == 200
    assert client.send("DELETE", f"{PODS}/p", {"dryRun": ["All"]}).status == 200
    assert len(api_server.objects("DeviceTaintRule")) == 1
    assert "deletionTimestamp" not in api_server.objects("Pod")[0]["metadata"]


@pytest.mark.parametrize("field", ["uid", "resourceVersion"])
def test_preconditions_protect_another_object(
    field: str, api_server: ApiServer
) -> None:
    api_server.add(rule())
    options = {"preconditions": {field: "99"}}
    refused = Client(api_server).send("DELETE", RULE, options)
    assert (refused.status, refused.document["reason"]) == (409, "Conflict")
    own = api_server.objects("DeviceTaintRule")[0]["metadata"][field]
    options = {"preconditions": {field: own}}
    assert Client(api_server).send("DELETE", RULE, options).status == 200


def test_a_kind_that_is_not_shown_when_deleted_answers_with_a_status(
    api_server: ApiServer,
) -> None:
    api_server.add({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n0"}})
    reply = Client(api_server).send("DELETE", "/api/v1/nodes/n0").document
    assert (reply["kind"], reply["status"]) == ("Status", "Success")
    assert reply["details"]["kind"] == "nodes"


def test_a_collection_is_deleted_by_selector(api_server: ApiServer) -> None:
    api_server.add([pod("p", labels={"app": "a"}), pod("q")])
    path = f"{PODS}?labelSelector=app=a&gracePeriodSeconds=0"
    assert Client(api_server).send("DELETE", path).status == 200
    assert [each["metadata"]["name"] for each in api_server.objects("Pod")] == ["q"]


def test_an_evicted_pod_is_deleted(api_server: ApiServer) -> None:
    api_server.add(pod("p"))
    reply = Client(api_server).send("POST", f"{PODS}/p/eviction", _EVICTION)
    assert (reply.status, reply.document["status"]) == (201, "Success")
    assert "deletionTimestamp" in api_server.objects("Pod")[0]["metadata"]


def test_a_disruption_budget_forbids_an_eviction(api_server: ApiServer) -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "b"},
        "spec": {"selector": {"matchLabels": {"app": "a"}}},
        "status": {"disruptionsAllowed": 0},
    }
    far = pod("p", labels={"app": "a"}, namespace="far")
    api_server.add([pod("p", labels={"app": "a"}), pod("q"), budget, far])
    refused = Client(api_server).send("POST", f"{PODS}/p/eviction", _EVICTION)
    assert (refused.status, refused.document["reason"]) == (429, "TooManyRequests")
    (cause,) = refused.document["details"]["causes"]
    assert cause["reason"] == "DisruptionBudget"
    assert _evict(api_server, f"{PODS}/q") == 201
    assert _evict(api_server, "/api/v1/namespaces/far/pods/p") == 201


def _evict(server: ApiServer, path: str) -> int:
    return Client(server).send("POST", f"{path}/eviction", _EVICTION).status

"""Who may do what."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.apiserver import ADMIN, ApiServer, Rule, User
from tests.apiserver.client import Client
from tests.apiserver.documents import RULE, SLICES, pod, rule

_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def test_a_denial_is_for_its_namespace_alone() -> None:
    bob = User("bob", deny=(Rule("list", "", "pods", namespace="kube-system"),))
    with ApiServer(users=[bob]) as server:
        client = Client(server, "bob")
        assert client.get("/api/v1/namespaces/default/pods").status == 200
        refused = client.get("/api/v1/namespaces/kube-system/pods")
        assert client.get("/api/v1/pods").status == 200
    assert refused.document["details"] == {"kind": "pods"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 403),
        ("?fieldSelector=metadata.name%3Dmine", 200),
        ("?fieldSelector=metadata.name%3Dother", 403),
        ("?fieldSelector=metadata.name!%3Dmine", 403),
    ],
)
def test_a_right_to_one_name_lets_lists_of_that_name_alone(
    query: str, status: int
) -> None:
    bob = User("bob", allow=(Rule("list", "", "configmaps", name="mine"),))
    with ApiServer(users=[bob]) as server:
        path = "/api/v1/namespaces/default/configmaps"
        assert Client(server, "bob").get(f"{path}{query}").status == status


def test_rights_can_change_while_the_server_runs(api_server: ApiServer) -> None:
    api_server.access.change(replace(ADMIN, deny=(Rule("list"),)))
    assert Client(api_server).get(SLICES).status == 403


def test_an_apply_that_creates_needs_both_verbs() -> None:
    bob = User("bob", deny=(Rule("create", "resource.k8s.io"),))
    with ApiServer(users=[ADMIN, bob]) as server:
        assert Client(server, "bob").apply(RULE, rule(), "bob").status == 403
        assert Client(server).apply(RULE, rule(), "admin").status == 201
        assert Client(server, "bob").apply(RULE, rule(), "bob").status == 200


def test_a_review_of_a_subresource_is_about_it() -> None:
    bob = User("bob", deny=(Rule("create", "", "pods/eviction"),))
    attributes = {"verb": "create", "resource": "pods", "subresource": "eviction"}
    body = {"spec": {"resourceAttributes": attributes}}
    with ApiServer(users=[bob]) as server:
        reply = Client(server, "bob").send("POST", _REVIEW, body)
    assert reply.document["status"] == {"allowed": False}


def test_everybody_learns_who_they_are(api_server: ApiServer) -> None:
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    reply = Client(api_server, "alice").send("POST", path, {})
    assert reply.document["status"]["userInfo"] == {
        "username": "alice",
        "groups": ["system:authenticated"],
    }


def test_admin_plays_a_user_with_groups(api_server: ApiServer) -> None:
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    headers = {"Impersonate-User": "carol", "Impersonate-Group": "ops"}
    headers["Impersonate-Uid"] = "7"
    reply = Client(api_server).send("POST", path, {}, headers)
    assert reply.document["status"]["userInfo"] == {
        "username": "carol",
        "uid": "7",
        "groups": ["ops", "system:authenticated"],
    }
    assert api_server.requests[-1].user == "carol"


def test_who_is_played_has_only_their_own_rights(api_server: ApiServer) -> None:
    reply = Client(api_server).send(
        "GET", SLICES, headers={"Impersonate-User": "alice"}
    )
    assert reply.status == 403


def test_not_everybody_may_play_others(api_server: ApiServer) -> None:
    headers = {"Impersonate-User": "admin"}
    reply = Client(api_server, "alice").send("GET", SLICES, headers=headers)
    assert (reply.status, reply.document["details"]) == (
        403,
        {"name": "admin", "kind": "users"},
    )


@pytest.mark.parametrize("path", ["/version", "/readyz"])
def test_some_paths_need_no_token(path: str, api_server: ApiServer) -> None:
    assert Client(api_server, "").get(path).status == 200
    assert Client(api_server, "alice").get(path).status == 200


def test_other_paths_need_a_token(api_server: ApiServer) -> None:
    assert Client(api_server, "").get("/apis").status == 401


def test_a_new_token_helps_when_the_old_one_is_revoked(api_server: ApiServer) -> None:
    api_server.access.revoke(api_server.access.token("admin"))
    assert Client(api_server).get(SLICES).status == 401
    api_server.access.renew(ADMIN)
    assert Client(api_server).get(SLICES).status == 200


def test_a_kubeconfig_names_the_server_the_user_and_the_namespace(
    api_server: ApiServer, tmp_path: Path
) -> None:
    path = api_server.kubeconfig(tmp_path / "config", user="alice", namespace="team")
    content = yaml.safe_load(path.read_text("utf-8"))
    assert content["clusters"][0]["cluster"] == {"server": api_server.url}
    assert content["users"] == [{"name": "alice", "user": {"token": "alice-token-1"}}]
    assert content["contexts"][0]["context"]["namespace"] == "team"


def test_the_log_tells_what_was_asked(api_server: ApiServer) -> None:
    api_server.add(pod("p"))
    Client(api_server, "alice").get("/api/v1/pods?limit=5")
    (entry,) = api_server.requests
    assert (entry.method, entry.path, entry.query, entry.user, entry.status) == (
        "GET",
        "/api/v1/pods",
        {"limit": "5"},
        "alice",
        403,
    )

"""How the double serves: releases, versions, connections, TLS, another process."""

import http.client
import json
import ssl
import threading
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.apiserver import ApiServer
from tests.apiserver.certificates import Certificates, needs_openssl
from tests.apiserver.child import child_server
from tests.apiserver.client import Client
from tests.apiserver.documents import DRA, SLICES, slice_of, slices


@pytest.mark.parametrize(
    ("release", "versions"),
    [
        ("1.31", ["v1alpha3"]),
        ("1.32", ["v1beta1", "v1alpha3"]),
        ("1.33", ["v1beta2", "v1beta1", "v1alpha3"]),
        ("1.36", ["v1", "v1beta2", "v1beta1", "v1alpha3"]),
    ],
)
def test_a_release_serves_its_versions(release: str, versions: list[str]) -> None:
    with ApiServer(kubernetes=release) as server:
        group = Client(server).get(DRA).document
        minor = Client(server).get("/version").document["minor"]
    assert [each["version"] for each in group["versions"]] == versions
    assert f"1.{minor}" == release


@pytest.mark.parametrize(
    ("release", "version", "is_there"),
    [("1.36", "v1", False), ("1.37", "v1", True), ("1.34", "v1alpha3", True)],
)
def test_rules_are_served_where_the_release_has_them(
    release: str, version: str, is_there: bool
) -> None:
    with ApiServer(kubernetes=release) as server:
        resources = Client(server).get(f"{DRA}/{version}").document["resources"]
    names = [each["name"] for each in resources]
    assert ("devicetaintrules" in names) is is_there


def test_only_the_wished_versions_are_served() -> None:
    wishes = {"resource.k8s.io": ["v1beta1"], "policy": [], "kueue.x-k8s.io": ["v1"]}
    with ApiServer(served=wishes) as server:
        groups = Client(server).get("/apis").document["groups"]
        assert Client(server).get(SLICES).status == 404
        assert Client(server).get("/apis/policy").body == b"nothing here\n"
        kueue = Client(server).get("/apis/kueue.x-k8s.io/v1/clusterqueues")
    names = [each["name"] for each in groups]
    assert "policy" not in names
    assert kueue.names == []


@pytest.mark.parametrize(
    "path",
    [
        f"{DRA}/v9",
        f"{DRA}/v9/resourceslices",
        f"{DRA}/v1/namespaces/default/resourceslices",
        "/api/v1/pods/p",
        "/api/v1/namespaces/default/pods/p/attach",
    ],
)
def test_a_path_that_is_not_served_names_nothing(
    path: str, api_server: ApiServer
) -> None:
    reply = Client(api_server).get(path)
    assert (reply.status, reply.document["details"]) == (404, {})


def test_a_gate_can_be_off() -> None:
    with ApiServer(feature_gates={"DRADeviceTaints": False}) as server:
        metrics = Client(server).get("/metrics").body.decode()
    line = 'kubernetes_feature_enabled{name="DRADeviceTaints",stage="BETA"} 0'
    assert line in metrics.splitlines()


def test_a_kind_without_a_row_is_an_error_of_the_test(api_server: ApiServer) -> None:
    with pytest.raises(KeyError, match="no row"):
        api_server.add({"apiVersion": "v1", "kind": "Things", "metadata": {}})


def test_answers_are_dated_by_the_clock_of_the_server(api_server: ApiServer) -> None:
    reply = Client(api_server).get("/version")
    assert reply.headers["date"] == "Mon, 23 Nov 2026 13:46:29 GMT"


def test_connections_are_kept(api_server: ApiServer) -> None:
    connection = http.client.HTTPConnection(api_server.address, timeout=10)
    connection.request("GET", "/version")
    connection.getresponse().read()
    first = connection.sock
    connection.request("GET", "/version")
    connection.getresponse().read()
    assert connection.sock is first
    connection.close()


def test_a_server_ends_with_its_connections_and_threads() -> None:
    before = threading.active_count()
    with ApiServer() as server:
        server.add(slices(1))
        idle = http.client.HTTPConnection(server.address, timeout=10)
        idle.request("GET", "/version")
        idle.getresponse().read()
        watch = http.client.HTTPConnection(server.address, timeout=10)
        token = f"Bearer {server.access.token('admin')}"
        path = f"{SLICES}?watch=1"
        watch.request("GET", path, headers={"Authorization": token})
        watch.getresponse().readline()
        assert threading.active_count() > before
    idle.close()
    watch.close()
    assert threading.active_count() == before


@needs_openssl
def test_a_certificate_tells_who_asks(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    certificate, key = certificates.client("alice")
    trust = ssl.create_default_context(cafile=certificates.authority)
    trust.load_cert_chain(certificate, key)
    with ApiServer(certificates=certificates) as server:
        url = f"{server.url}/apis"
        with urllib.request.urlopen(url, context=trust) as reply:
            groups = json.load(reply)
        assert server.requests[-1].user == "alice"
    assert groups["kind"] == "APIGroupList"


@needs_openssl
def test_a_client_that_does_not_trust_the_server_is_no_trouble(
    tmp_path: Path,
) -> None:
    certificates = Certificates(tmp_path)
    with ApiServer(certificates=certificates) as server:
        connection = http.client.HTTPSConnection(server.address, timeout=10)
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.request("GET", "/version")
        connection.close()
        trust = ssl.create_default_context(cafile=certificates.authority)
        with urllib.request.urlopen(f"{server.url}/version", context=trust) as reply:
            assert reply.status == 200


def test_a_server_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    documents = tmp_path / "documents.json"
    documents.write_text(json.dumps([slice_of("n0")]), "utf-8")
    config = tmp_path / "config"
    with child_server(documents, config, "--kubernetes", "1.35") as url:
        user = yaml.safe_load(config.read_text("utf-8"))["users"][0]["user"]
        token = {"Authorization": f"Bearer {user['token']}"}
        asked = urllib.request.Request(url + SLICES, headers=token)
        with urllib.request.urlopen(asked) as reply:
            items = json.load(reply)["items"]
    assert [each["metadata"]["name"] for each in items] == ["n0"]

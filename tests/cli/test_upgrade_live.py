"""`dractl doctor upgrade` of a live cluster, and of a snapshot of it."""

import json
from pathlib import Path

import pytest

from tests.apiserver import ApiServer
from tests.apiserver.client import Client
from tests.cli.clusters import served
from tests.cli.run import Runner
from tests.doctor.upgrade.asking import cluster, daemon, hook

BETA = "resource.k8s.io/v1beta1"
DRIVER = ("--driver", "gpu.nvidia.com", "--to", "0.4.0")


@pytest.fixture
def server(api_server: ApiServer) -> ApiServer:
    """Return a server with a cluster whose driver is old and replaced at once."""
    old = daemon("v25.12.0", strategy={"maxUnavailable": "100%"})
    documents = cluster(old)
    api_server.add([each for each in documents if each["kind"] != "ClusterInfo"])
    return api_server


def test_a_live_cluster_and_its_snapshot_agree(
    dractl: Runner, server: ApiServer, tmp_path: Path
) -> None:
    live = served(server, tmp_path)
    path = str(tmp_path / "saved.json")
    assert dractl("snapshot", *live, "-A", "-f", path).status == 0
    one, other = (
        json.loads(dractl("doctor", "upgrade", *DRIVER, *way, "-o", "json").out)
        for way in (live, ["--snapshot", path])
    )

    assert (one["current"], one["verdict"]) == ("v25.12.0", "prepare")
    codes = {each["code"] for each in one["findings"]}
    assert {"chart-renamed", "crds-first", "no-way-back", "all-at-once"} <= codes
    assert one["findings"] == other["findings"]
    assert one["steps"] == other["steps"]


def test_a_live_cluster_tells_who_writes_old_versions(
    dractl: Runner, server: ApiServer, tmp_path: Path
) -> None:
    manifest = {
        "apiVersion": BETA,
        "kind": "ResourceClaimTemplate",
        "metadata": {"name": "old", "namespace": "default"},
        "spec": {"spec": {}},
    }
    path = f"/apis/{BETA}/namespaces/default/resourceclaimtemplates/old"
    assert Client(server).apply(path, manifest, "helm").status == 201
    options = ("--kubernetes", "1.38", "-o", "json")
    ran = dractl("doctor", "upgrade", *served(server, tmp_path), *options)

    gone = [
        each
        for each in json.loads(ran.out)["findings"]
        if each["code"] == "version-gone"
    ]
    assert [each["where"] for each in gone] == ["written by helm"]
    assert ran.status == 1


def test_the_role_that_it_takes_is_printed(dractl: Runner) -> None:
    ran = dractl("doctor", "upgrade", "--explain-permissions")

    assert ran.status == 0
    assert "daemonsets" in ran.out


def test_a_live_cluster_tells_gates_and_webhooks_of_a_driver(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    made = daemon("v0.4.0", gates="DynamicMIG=true,MPSSupport=true")
    documents = cluster(made, hook())
    api_server.add([each for each in documents if each["kind"] != "ClusterInfo"])
    live, path = served(api_server, tmp_path), str(tmp_path / "saved.json")
    assert dractl("snapshot", *live, "-A", "-f", path).status == 0

    for way in (live, ["--snapshot", path]):
        ran = dractl("doctor", "upgrade", *DRIVER, *way, "-o", "json")
        codes = {each["code"] for each in json.loads(ran.out)["findings"]}
        assert {"driver-gates", "webhook-fails"} <= codes
        assert ran.status == 1

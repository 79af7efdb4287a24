"""`dractl snapshot`."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apiserver.access import ADMIN, Rule, User
from tests.apiserver.faults import Fault, Kind
from tests.apiserver.server import ApiServer
from tests.cli import wire
from tests.cli.processes import Piped, piped
from tests.cli.run import Runner

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "worker", "namespace": "team", "managedFields": [{"a": 1}]},
    "spec": {
        "containers": [
            {
                "name": "main",
                "image": "registry.example.com/app:1",
                "env": [{"name": "TOKEN", "value": "planted-secret"}],
            }
        ],
        "resourceClaims": [{"name": "gpu", "resourceClaimName": "mine"}],
    },
    "status": {"phase": "Pending"},
}
HELD: dict[str, Any] = {
    **wire.claim("held", "other"),
    "status": {
        "allocation": {
            "devices": {
                "results": [
                    {
                        "request": "gpu",
                        "driver": wire.DRIVER,
                        "pool": "n1",
                        "device": "gpu-0",
                    }
                ]
            }
        }
    },
}


@pytest.fixture
def cluster(
    api_server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ApiServer:
    api_server.add(
        [
            wire.node("n1"),
            wire.device_class("gpu", f'device.driver == "{wire.DRIVER}"'),
            wire.resource_slice("n1", wire.device("gpu-0")),
            wire.claim("mine", "team"),
            wire.claim("waits", "other"),
            HELD,
            POD,
        ]
    )
    monkeypatch.setenv("KUBECONFIG", str(api_server.kubeconfig(tmp_path / "config")))
    return api_server


def items(text: str) -> list[dict[str, Any]]:
    document = json.loads(text)
    assert (document["apiVersion"], document["kind"]) == ("v1", "List")
    found: list[dict[str, Any]] = document["items"]
    return found


def names(text: str) -> list[str]:
    return [f"{each['kind']}/{each['metadata']['name']}" for each in items(text)]


EVERYTHING = [
    "ClusterInfo/cluster",
    "Node/n1",
    "DeviceClass/gpu",
    "ResourceSlice/n1-gpu-1",
    "ResourceClaim/held",
    "ResourceClaim/waits",
    "ResourceClaim/mine",
    "Pod/worker",
]


def test_everything_is_in_one_list_in_a_stable_order(
    dractl: Runner, cluster: ApiServer
) -> None:
    del cluster
    ran = dractl("snapshot")
    assert (ran.status, ran.err) == (0, "8 objects\n")
    assert names(ran.out) == EVERYTHING


def test_the_file_gives_the_answer_that_the_cluster_gives(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    del cluster
    file = str(tmp_path / "state.json.gz")
    assert dractl("snapshot", "-f", file).out == ""
    live = dractl("explain", "-A", "-o", "json")

    assert dractl("explain", "--snapshot", file, "-o", "json") == live
    assert live.status == 1


def test_it_holds_no_secret_and_nothing_that_only_the_server_needs(
    dractl: Runner, cluster: ApiServer
) -> None:
    del cluster
    out = dractl("snapshot").out
    assert "TOKEN" in out
    assert "planted-secret" not in out
    assert "managedFields" not in out


@pytest.mark.parametrize("name", ["state.json", "state.json.gz"])
def test_the_same_state_gives_the_same_bytes_even_if_requests_fail(
    dractl: Runner, cluster: ApiServer, tmp_path: Path, name: str
) -> None:
    first, second = tmp_path / f"1-{name}", tmp_path / f"2-{name}"
    dractl("snapshot", "-f", str(first))
    cluster.faults.add(
        Fault(Kind.INTERNAL_ERROR, every=5, times=None),
        Fault(Kind.DROP_BEFORE, every=7, times=None),
    )

    ran = dractl("snapshot", "-f", str(second))

    assert ran.status == 0
    assert cluster.faults.struck() > 2
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[:2] == (b"\x1f\x8b" if name.endswith("gz") else b'{"')


def test_an_empty_namespace_is_none_as_for_kubectl(
    dractl: Runner, cluster: ApiServer
) -> None:
    del cluster
    assert dractl("snapshot", "-n", "") == dractl("snapshot")


def test_one_namespace_keeps_what_holds_devices_elsewhere(
    dractl: Runner, cluster: ApiServer
) -> None:
    del cluster
    ran = dractl("snapshot", "-n", "team")
    assert [each for each in names(ran.out) if "Claim" in each or "Pod" in each] == [
        "ResourceClaim/held",
        "ResourceClaim/mine",
        "Pod/worker",
    ]
    (info,) = (each for each in items(ran.out) if each["kind"] == "ClusterInfo")
    assert {"kind": "Pod", "cause": "left-out", "only": "team"}.items() <= next(
        each for each in info["unread"] if each["kind"] == "Pod"
    ).items()


def test_what_may_not_be_read_is_said_now_and_by_who_reads_the_file(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    cluster.access.change(User(ADMIN.name, deny=(Rule("list", "", "events"),)))
    file = str(tmp_path / "state.json")

    ran = dractl("snapshot", "-f", file)

    assert ran.status == 0
    assert "events may not be read (needs list on events)" in ran.err
    told = dractl("explain", "--snapshot", file).err
    assert "not checked: events may not be read" in told


def test_that_few_may_read_roles_is_no_warning(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    denied = Rule("list", "rbac.authorization.k8s.io")
    cluster.access.change(User(ADMIN.name, deny=(denied,)))
    file = str(tmp_path / "state.json")

    ran = dractl("snapshot", "-f", file)

    assert ran.status == 0
    assert "warning" not in ran.err
    note, _ = ran.err.splitlines()
    assert note == (
        "without roles, rolebindings, clusterroles, clusterrolebindings, which may "
        "not be read"
    )
    told = dractl("doctor", "--snapshot", file, "--only", "claim-status-writers").out
    assert told.count("may not be read") == 1


def test_redaction_replaces_names_and_says_what_it_left(
    dractl: Runner, cluster: ApiServer
) -> None:
    del cluster
    out = dractl("snapshot", "--redact").out
    assert wire.DRIVER in out
    for name in ('"worker"', '"team"', '"n1"', "registry.example.com", '"mine"'):
        assert name not in out


def test_what_kubectl_saved_is_cleaned_and_redacted(
    dractl: Runner, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.yaml"
    saved.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": [POD]}))

    ran = dractl("snapshot", "--snapshot", str(saved), "--redact")

    assert ran.status == 0
    (pod,) = items(ran.out)
    assert pod["metadata"] == {"name": "pod-1", "namespace": "namespace-1"}
    assert "planted-secret" not in ran.out


def test_what_a_reader_judges_by_is_not_for_the_file(dractl: Runner) -> None:
    ran = dractl("snapshot", "--demo", "--kubernetes-version", "1.35")
    assert (ran.status, ran.out) == (2, "")
    assert "a snapshot is of what there is" in ran.err


def test_a_file_that_cannot_be_written_is_named(dractl: Runner, tmp_path: Path) -> None:
    ran = dractl("snapshot", "--demo", "-f", str(tmp_path / "none" / "state.json"))
    assert (ran.status, ran.out) == (3, "")
    assert "cannot be written: No such file or directory" in ran.err


@pytest.fixture
def running(cluster: ApiServer, tmp_path: Path) -> Iterator[Piped]:
    """Run a snapshot that waits for one of its answers."""
    cluster.faults.add(Fault(Kind.LATENCY, path="*/pods", seconds=20))
    with piped("snapshot", "-f", str(tmp_path / "state.json")) as process:
        end = time.monotonic() + 20
        while not any("resourceclaims" in each.path for each in list(cluster.requests)):
            assert time.monotonic() < end
            time.sleep(0.05)
        yield process


@pytest.mark.parametrize("how", ["interrupt", "kill"])
def test_what_is_ended_leaves_no_file(running: Piped, tmp_path: Path, how: str) -> None:
    (tmp_path / "state.json").write_text("old")
    before = sorted(each.name for each in tmp_path.iterdir())

    running.send_signal(2 if how == "interrupt" else 9)
    out, err = running.communicate()

    assert (running.returncode, out, err) == (
        130 if how == "interrupt" else -9,
        "",
        "",
    )
    assert (tmp_path / "state.json").read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == before


def test_gzip_has_neither_name_nor_time(dractl: Runner, tmp_path: Path) -> None:
    file = tmp_path / "state.json.gz"
    dractl("snapshot", "--demo", "-f", str(file))
    assert file.read_bytes()[3:8] == bytes(5)
    assert json.loads(gzip.decompress(file.read_bytes()))["kind"] == "List"

"""What the files of a node tell of a driver."""

import json
import os
import stat
import zlib
from pathlib import Path

import pytest

from dractl.hardware.nodestate import node_state
from dractl.model.nodestate import NodeState, PreparedClaim

DRIVER = "gpu.example.com"
UID = "139cdb46-f989-4f17-9561-ca10cfb509a6"
KUBELET = "var/lib/kubelet"


def put(root: Path, path: str, text: str) -> None:
    file = root / KUBELET / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def listen(root: Path, path: str) -> None:
    file = root / KUBELET / path
    file.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(file, stat.S_IFSOCK | 0o600)


def state_of(*entries: object) -> str:
    """Return the kubelet's file with claims."""
    data = json.dumps({"kind": "DRACheckpoint", "ClaimInfoStateList": entries})
    return json.dumps({"Data": data, "Checksum": zlib.crc32(data.encode())})


def entry(uid: str, driver: str = DRIVER) -> object:
    state: object = {driver: {"Devices": []}}
    return {"ClaimUID": uid, "ClaimName": "c", "Namespace": "a", "DriverState": state}


def test_a_node_without_files_tells_nothing(tmp_path: Path) -> None:
    assert node_state(tmp_path, DRIVER) == NodeState()
    assert node_state(tmp_path, DRIVER).is_rolling is None
    assert node_state(tmp_path, "../..") == NodeState()


def test_sockets_are_those_of_the_driver(tmp_path: Path) -> None:
    for name in (
        f"plugins_registry/{DRIVER}-reg.sock",
        f"plugins_registry/{DRIVER}-{UID}-reg.sock",
        f"plugins_registry/other.{DRIVER}-reg.sock",
        f"plugins/{DRIVER}/dra-{UID}.sock",
    ):
        listen(tmp_path, name)
    put(tmp_path, f"plugins/{DRIVER}/dra.sock", "no socket")

    found = node_state(tmp_path, DRIVER)

    assert [(each.path.rpartition("/")[2], each.pod) for each in found.sockets] == [
        (f"{DRIVER}-{UID}-reg.sock", UID),
        (f"{DRIVER}-reg.sock", ""),
        (f"dra-{UID}.sock", UID),
    ]
    assert found.is_rolling is True


def test_the_kubelet_tells_claims_of_the_driver(tmp_path: Path) -> None:
    put(tmp_path, "dra_manager_state", state_of(entry("1"), entry("2", "other"), 3))

    found = node_state(tmp_path, DRIVER)

    assert found.claims == (PreparedClaim("1", "a", "c"),)
    assert [each.flaw for each in found.checkpoints] == [""]


def test_what_real_kubelets_write_has_the_right_checksum(tmp_path: Path) -> None:
    # As a kubelet writes it, with the checksum that it has there.
    data = (
        '{"kind":"DRACheckpoint","apiVersion":"checkpoint.dra.kubelet.k8s.io/v1",'
        '"ClaimInfoStateList":[{"ClaimUID":"067798be-454e-4be4-9047-1aa06aea63f7",'
        '"ClaimName":"example","Namespace":"default","PodUIDs":'
        '{"139cdb46-f989-4f17-9561-ca10cfb509a6":{}},"DriverState":'
        '{"test-driver.cdi.k8s.io":{"Devices":[{"PoolName":"worker-1","DeviceName":'
        '"dev-1","RequestNames":["test request"],"CDIDeviceIDs":'
        '["example.com/example=cdi-example"]}]}}}]}'
    )
    written = json.dumps({"Data": data, "Checksum": 1656016162})
    put(tmp_path, "dra_manager_state", written)

    [found] = node_state(tmp_path, "test-driver.cdi.k8s.io").claims
    assert str(found) == "default/example"


def test_a_driver_tells_claims_in_its_newest_form(tmp_path: Path) -> None:
    own = {
        "checksum": 0,
        "v9": {"preparedClaims": {"old": {}}},
        "v10": {"preparedClaims": {"1": {"name": "c", "namespace": "a"}, "2": None}},
    }
    put(tmp_path, f"plugins/{DRIVER}/checkpoint.json", json.dumps(own))
    assert list(map(str, node_state(tmp_path, DRIVER).claims)) == ["a/c", "UID 2"]

    # What the kubelet knows by name is told by name.
    put(tmp_path, "dra_manager_state", state_of(entry("2")))
    assert list(map(str, node_state(tmp_path, DRIVER).claims)) == ["a/c", "a/c"]


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", "it is no JSON"),
        ("[]", "it is no JSON object"),
        ("[" * 100_000, "it is no JSON"),
        ('{"Data": "{}", "Checksum": 1}', "its checksum is wrong"),
        (r'{"Data": "\ud800", "Checksum": 1}', "its checksum is wrong"),
        (
            json.dumps({"Data": "x", "Checksum": zlib.crc32(b"x")}),
            "it is no JSON",
        ),
    ],
)
def test_a_broken_state_is_told(tmp_path: Path, text: str, flaw: str) -> None:
    put(tmp_path, "dra_manager_state", text)
    [found] = node_state(tmp_path, DRIVER).checkpoints
    assert (found.flaw, found.claims) == (flaw, ())


def test_a_broken_checkpoint_is_told(tmp_path: Path) -> None:
    put(tmp_path, f"plugins/{DRIVER}/checkpoint.json", '{"v2": ')
    [found] = node_state(tmp_path, DRIVER).checkpoints
    assert found.path == f"/var/lib/kubelet/plugins/{DRIVER}/checkpoint.json"
    assert found.flaw == "it is no JSON"


def test_an_unknown_form_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "dra_manager_state", '{"version": "v1", "entries": []}')
    found = node_state(tmp_path, DRIVER)
    assert found.checkpoints == ()
    assert "in a form that is not known" in found.unread[0]


@pytest.mark.parametrize(
    "inner", [{"v2": []}, {"v2": {"preparedClaims": [1]}}, {"v9999": {}}, {}]
)
def test_odd_checkpoints_have_no_claims(tmp_path: Path, inner: object) -> None:
    put(tmp_path, f"plugins/{DRIVER}/checkpoint.json", json.dumps(inner))
    assert node_state(tmp_path, DRIVER).claims == ()

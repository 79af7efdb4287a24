import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dractl.demo import PATH
from tests.answers import validate
from tests.apiserver.server import ApiServer
from tests.cli import wire
from tests.cli.clusters import served
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/diff.v1.json").read_text("utf-8"))
V = {"v": {"version": "1.0.0"}}
NEWER = {"v": {"version": "2.0.0"}}


def devices(count: int, attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [wire.device(f"gpu-{number}", attributes) for number in range(count)]


@pytest.fixture
def old(tmp_path: Path) -> str:
    """Return the path of a cluster with two nodes."""
    return wire.written(
        tmp_path / "old.yaml",
        wire.node("n1"),
        wire.node("n2"),
        wire.resource_slice("n1", *devices(8, V)),
        wire.resource_slice("n2", *devices(2, V)),
        wire.claim("mine"),
    )


@pytest.fixture
def new(tmp_path: Path) -> str:
    """Return the path of that cluster on the next day."""
    tainted = wire.device("gpu-7", V)
    tainted["taints"] = [{"key": "a.example/hot", "effect": "NoExecute"}]
    return wire.written(
        tmp_path / "new.yaml",
        wire.node("n1"),
        wire.resource_slice("n1", *devices(7, NEWER), tainted, generation=2),
        wire.claim("mine"),
        wire.claim("other", "team"),
    )


def test_what_changed_alike_is_told_once(dractl: Runner, old: str, new: str) -> None:
    ran = dractl("diff", old, new)
    assert ran.status == 1
    assert ran.err == "14 changes: 1 node, 2 pools, 10 devices, 1 claim\n"
    assert ran.out == (
        "NODES\n"
        "  - n2: gone\n"
        "\n"
        "POOLS\n"
        "  - gpu.example.com/n2: gone\n"
        "  ~ gpu.example.com/n1: changed\n"
        "      generation: 1 -> 2\n"
        "\n"
        "DEVICES\n"
        "  ~ 7 devices of gpu.example.com/n1 "
        "(gpu-0, gpu-1, gpu-2, gpu-3, gpu-4, gpu-5,\n"
        "      1 more): changed\n"
        "      attribute gpu.example.com/v: 1.0.0 -> 2.0.0\n"
        "  ~ gpu.example.com/n1/gpu-7: changed\n"
        "      now: taint a.example/hot:NoExecute\n"
        "\n"
        "CLAIMS\n"
        "  + team/other: new, without devices\n"
    )


def test_a_namespace_is_compared_alone(dractl: Runner, old: str, new: str) -> None:
    ran = dractl("diff", old, new, "-n", "default", "-o", "name")
    assert "resourceclaim" not in ran.out
    ran = dractl("diff", old, new, "-n", "team", "-o", "name")
    assert ran.out.splitlines()[-1] == "resourceclaim/team/other"


def test_the_other_way_round_things_come_instead_of_going(
    dractl: Runner, old: str, new: str
) -> None:
    codes = dractl("diff", new, old, "-o", "wide").out
    assert "node-added" in codes
    assert "claim-removed" in codes


def test_json_and_yaml_say_the_same(dractl: Runner, old: str, new: str) -> None:
    document = json.loads(dractl("diff", old, new, "-o", "json").out)
    validate(document, SCHEMA)
    assert yaml.safe_load(dractl("diff", old, new, "-o", "yaml").out) == document
    assert document["summary"]["device-changed"] == 8


def test_a_cluster_is_no_other_than_itself(dractl: Runner, old: str) -> None:
    assert dractl("diff", old, old) == dractl("diff", str(PATH), "--demo")
    ran = dractl("diff", old, old)
    assert (ran.status, ran.out, ran.err) == (0, "", "nothing is different\n")


def test_a_live_cluster_is_compared_with_its_snapshot(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.add([wire.node("n1"), wire.claim("mine")])
    live = served(api_server, tmp_path)
    saved = str(tmp_path / "saved.json.gz")
    assert dractl("snapshot", "-A", "-f", saved, *live).status == 0
    assert dractl("diff", saved, "-A", *live).status == 0
    api_server.add([wire.claim("later"), wire.claim("elsewhere", "team")])
    ran = dractl("diff", saved, "-A", "-o", "name", *live)
    assert ran.status == 1
    assert sorted(ran.out.splitlines()) == [
        "resourceclaim/default/later",
        "resourceclaim/team/elsewhere",
    ]
    ran = dractl("diff", saved, *live)
    assert "elsewhere" not in ran.out
    assert "only namespace default was compared; -A: all" in ran.err


def test_what_a_snapshot_could_not_see_is_told(
    dractl: Runner, old: str, tmp_path: Path
) -> None:
    gap = {
        "kind": "Pod", "resource": "pods", "group": "", "cause": "forbidden",
        "needs": "list pods",
    }  # fmt: skip
    info = {"apiVersion": "dractl/v1", "kind": "ClusterInfo", "unread": [gap]}
    documents = [*yaml.safe_load_all(Path(old).read_text("utf-8")), info]
    blind = wire.written(tmp_path / "blind.yaml", *documents)
    ran = dractl("diff", old, blind)
    assert (ran.status, ran.out) == (3, "")
    assert "pods not compared: after: pods may not be read" in ran.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "missing argument"),
        (["a", "b", "--demo"], "exclude each other"),
        (["a", "b", "--context", "c"], "exclude each other"),
        (["-", "-"], "stdin can be read only once"),
        (["a", "b", "-n", "x", "-A"], "exclude each other"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    dractl: Runner, argv: list[str], said: str
) -> None:
    ran = dractl("diff", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_file_that_is_not_there_is_an_error(dractl: Runner, old: str) -> None:
    assert dractl("diff", old, "/no/such/file").status == 3
    assert dractl("diff", "/no/such/file", old).status == 3

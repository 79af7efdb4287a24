import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.answers import from_yaml, validate
from tests.apiserver import ApiServer
from tests.cli import wire
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/top.v1.json").read_text())
HOSTILE = "\x1b[2J\u202e\n[red]<script>"
VIEWS = (
    "nodes", "classes", "drivers", "namespaces", "models", "pools", "devices",
    "claims", "partitions", "quotas",
)  # fmt: skip
GIVEN = {"driver": wire.DRIVER, "pool": "n1", "device": "gpu-0", "request": "gpu"}


def allocated(name: str = "a", pod: str = "p") -> wire.Wire:
    user = {"resource": "pods", "name": pod, "uid": "u"}
    allocation = {"devices": {"results": [GIVEN]}}
    status = {"allocation": allocation, "reservedFor": [user]}
    return {**wire.claim(name), "status": status}


def pod(phase: str) -> wire.Wire:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default", "uid": "u"},
        "spec": {"nodeName": "n1", "containers": [{"name": "c"}]},
        "status": {"phase": phase},
    }


def objects(*more: wire.Wire, model: str = "A") -> list[wire.Wire]:
    text = {"model": {"string": model}}
    return [
        {**wire.node("n1"), "metadata": {"name": "n1", "labels": {"rack": "1"}}},
        wire.node("n2"),
        wire.device_class("gpu", f'device.driver == "{wire.DRIVER}"'),
        wire.resource_slice("n1", *(wire.device(f"gpu-{n}", text) for n in range(2))),
        wire.resource_slice("n2", *(wire.device(f"gpu-{n}", text) for n in range(2))),
        *more,
    ]


def written(folder: Path, *more: wire.Wire, model: str = "A") -> str:
    return wire.written(folder / "cluster.yaml", *objects(*more, model=model))


def answer(dractl: Runner, *argv: str) -> dict[str, Any]:
    ran = dractl("top", *argv, "-o", "json")
    assert ran.status == 0
    document: dict[str, Any] = json.loads(ran.out)
    validate(document, SCHEMA)
    return document


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("view", ["", *VIEWS])
@pytest.mark.parametrize("shape", ["table", "wide", "json", "yaml", "name", "csv"])
def test_every_view_in_every_format(dractl: Runner, view: str, shape: str) -> None:
    words = [view] if view else []
    ran = dractl("top", *words, "--demo", "-o", shape)
    assert ran.status == 0
    assert ran.out or view == "quotas"
    if shape == "table" and ran.out:
        assert max(map(len, ran.out.splitlines())) <= 80
    if shape in {"json", "yaml"}:
        document = json.loads(ran.out) if shape == "json" else from_yaml(ran.out)
        validate(document, SCHEMA)
        assert document["view"] == (view or "overview")


def test_overview_of_the_sample(dractl: Runner) -> None:
    out = dractl("top", "--demo").out
    words = " ".join(out.split())
    assert "96 devices for 6 nodes: 53 free, 1 partly in use, 19 in use" in words
    assert "22 unusable for want of counters; partitions overlap: of the 54" in words
    assert "free or partly in use, 37 can be had at once" in words
    assert "NVIDIA L40S: 2 free (1 of them partly in use), all on l40s-1" in out
    assert "7 free on 2 nodes, but at most 4 on one (h100-1)" in out
    assert "tainted gpu.nvidia.com/xid=79:NoSchedule by the driver" in out
    assert "NVIDIA A100-SXM4-40GB 1g.5gb     8 more  2 in use" in out


def test_nothing_is_wrong_with_a_healthy_cluster(
    dractl: Runner, tmp_path: Path
) -> None:
    path = written(tmp_path, allocated(), pod("Running"))
    assert "WHAT IS WRONG\n  nothing\n" in dractl("top", "--snapshot", path).out
    document = answer(dractl, "--snapshot", path)
    assert document["breaches"] == document["idle"] == []


def test_nodes_that_are_gone_are_not_counted(dractl: Runner, tmp_path: Path) -> None:
    gone = wire.resource_slice("n9", wire.device("gpu-0"))
    out = dractl("top", "--snapshot", written(tmp_path, gone)).out
    assert out.startswith("5 devices for 2 nodes: 4 free, 1 unusable")
    assert "node n9 does not exist" in out


def test_what_is_wrong(dractl: Runner, tmp_path: Path) -> None:
    path = written(tmp_path, allocated(), allocated("b"), pod("Succeeded"))
    document = answer(dractl, "--snapshot", path)
    assert [each["code"] for each in document["breaches"]] == ["device-twice"]
    assert [each["idle"] for each in document["idle"]] == ["pod p has ended"] * 2
    out = dractl("top", "--snapshot", path).out
    assert "allocated 2 times: claim default/a, claim" in " ".join(out.split())
    assert "claim default/a has 1 device and no pod that runs: pod p has" in out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--node", "n1"], [["n1", "2", "1", "0", "1", "0", "0"]]),
        (["-l", "rack=1"], [["n1", "2", "1", "0", "1", "0", "0"]]),
        (["-l", "!rack"], [["n2", "2", "2", "0", "0", "0", "0"]]),
        (["-n", "default"], [["n1", "1", "0", "0", "1", "0", "0"]]),
        (["-n", "other"], []),
        (
            ["--sort", "free", "--class", "gpu", "--driver", wire.DRIVER],
            [
                ["n2", "2", "2", "0", "0", "0", "0"],
                ["n1", "2", "1", "0", "1", "0", "0"],
            ],
        ),
    ],
)
def test_narrowed_and_sorted(
    dractl: Runner, tmp_path: Path, words: list[str], expected: list[list[str]]
) -> None:
    path = written(tmp_path, allocated())
    ran = dractl("top", "nodes", "--snapshot", path, *words, "-o", "csv")
    head, *found = rows(ran.out)
    assert head[:7] == [
        "NODE",
        "TOTAL",
        "FREE",
        "PARTLY",
        "USED",
        "TAINTED",
        "UNUSABLE",
    ]
    assert [each[:7] for each in found] == expected


def test_without_headers(dractl: Runner, tmp_path: Path) -> None:
    path = written(tmp_path)
    words = ("top", "nodes", "--snapshot", path, "--no-headers")
    assert dractl(*words).out.split()[0] == "n1"
    assert len(rows(dractl(*words, "-o", "csv").out)) == 2


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["nodes"], ["node/n1", "node/n2"]),
        (["classes"], ["deviceclass.resource.k8s.io/gpu"]),
        (["claims"], ["resourceclaim.resource.k8s.io/a"]),
        (["namespaces"], ["namespace/default"]),
        (["devices", "--node", "n2"], [f"{wire.DRIVER}/n2/gpu-{n}" for n in range(2)]),
        (["--by", "model"], ["A"]),
        (["--by", "owner"], []),
    ],
)
def test_names(
    dractl: Runner, tmp_path: Path, words: list[str], names: list[str]
) -> None:
    path = written(tmp_path, allocated())
    assert dractl("top", *words, "--snapshot", path, "-o", "name").out.split() == names


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nodes", "--by", "model"], "--by is a view of its own"),
        (["nodes", "--sort", "colour"], "there is no column 'colour'"),
        (["--class", "gpus"], "no class is called 'gpus'"),
        (["--driver", "gpu"], "no driver is called 'gpu'"),
        (["--node", "n3"], "no node is called 'n3'"),
        (["--by", "modle"], "no device has an attribute or a capacity 'modle'"),
        (["-l", "a in ("], "--selector"),
        (["moons"], "moons"),
    ],
)
def test_wrong_usage(
    dractl: Runner, tmp_path: Path, words: list[str], message: str
) -> None:
    ran = dractl("top", *words, "--snapshot", written(tmp_path))
    assert ran.status == 2
    assert message in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("shape", ["table", "wide", "name", "csv", "json", "yaml"])
@pytest.mark.parametrize("words", [[], ["models"], ["devices"], ["--by", "model"]])
def test_hostile_names_are_text(
    dractl: Runner, tmp_path: Path, words: list[str], shape: str
) -> None:
    path = written(tmp_path, model=HOSTILE)
    ran = dractl("top", *words, "--snapshot", path, "-o", shape)
    assert ran.status == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_spreadsheets_run_nothing(dractl: Runner, tmp_path: Path) -> None:
    path = written(tmp_path, model="=cmd|' /C calc'!A0")
    ran = dractl("top", "models", "--snapshot", path, "-o", "csv")
    assert rows(ran.out)[1][0] == "'=cmd|' /C calc'!A0"


def test_unreadable_objects_are_told(dractl: Runner, tmp_path: Path) -> None:
    broken = {**wire.claim("broken"), "spec": {"devices": []}}
    ran = dractl("top", "--snapshot", written(tmp_path, broken))
    assert ran.status == 3
    assert "ResourceClaim default/broken spec.devices: must be" in ran.err
    assert "4 devices for 2 nodes: 4 free" in ran.out


def test_nothing_published(dractl: Runner, tmp_path: Path) -> None:
    ran = dractl(
        "top", "--snapshot", wire.written(tmp_path / "c.yaml", wire.node("n1"))
    )
    assert ran.status == 0
    assert ran.out == (
        "no devices: there are no ResourceSlices; dractl doctor may tell why\n"
        "\nWHAT IS WRONG\n  nothing\n"
    )


def test_many_nodes_are_few_lines(dractl: Runner, tmp_path: Path) -> None:
    """Of many nodes those come first that have most; of what is wrong, a few."""
    cordoned = [
        {**wire.node(f"c{each:02}"), "spec": {"unschedulable": True}}
        for each in range(30)
    ]
    slices = [
        wire.resource_slice(each["metadata"]["name"], wire.device("gpu-0"))
        for each in cordoned
    ]
    path = written(tmp_path, allocated(), *cordoned, *slices)
    out = dractl("top", "--snapshot", path).out
    assert len(out.splitlines()) < 50
    assert "node c04 is cordoned" in out
    assert "node c05 is cordoned" not in out
    assert "  and 25 more like these\n" in out
    nodes = out[out.index("\nNODE") :].split()
    assert nodes[7] == "n2"
    assert nodes[14] == "n1"
    assert out.endswith("and 12 more: dractl top nodes\n")


def test_many_quotas_are_few_lines(dractl: Runner, tmp_path: Path) -> None:
    """Those that are nearly used up come first."""
    key = "gpu.deviceclass.resource.k8s.io/devices"
    quotas = [
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "q", "namespace": f"team-{number:02}"},
            "spec": {"hard": {key: str(number)}},
        }
        for number in reversed(range(30))
    ]
    out = dractl("top", "--snapshot", written(tmp_path, *quotas)).out
    told = out[out.index("QUOTAS") :].splitlines()
    assert told[1].startswith(f"  team-00: 0 of 0 {key}")
    assert "  and 10 more: dractl top quotas" in told
    assert "team-29" not in out


def test_devices_of_several_nodes_are_told_beside_those_of_one(
    dractl: Runner, tmp_path: Path
) -> None:
    text = {"model": {"string": "A"}}
    fabric = wire.resource_slice("all", *(wire.device(f"f{n}", text) for n in range(3)))
    del fabric["spec"]["nodeName"]
    fabric["spec"]["allNodes"] = True
    path = written(tmp_path, fabric)
    out = " ".join(dractl("top", "--snapshot", path).out.split())
    assert "7 devices for 2 nodes: 7 free" in out
    assert "4 free on 2 nodes, but at most 2 on one (n1); besides 3 that" in out
    (spread,) = answer(dractl, "--snapshot", path)["spreads"]
    assert (spread["free"], spread["ofSeveralNodes"]) == (4, 3)


def test_wide_columns_share_the_screen(dractl: Runner, tmp_path: Path) -> None:
    """A model is not cut to nothing while another column has all the room."""
    path = written(tmp_path, allocated("c" * 60), model="Example Accelerator 80GB")
    row = dractl("top", "devices", "--snapshot", path).out.splitlines()[1]
    assert "Example Accelerator 80GB" in row
    assert len(row) == 80


def test_huge_names_take_no_time(dractl: Runner, tmp_path: Path) -> None:
    path = written(tmp_path, model="m" * 200_000)
    ran = dractl("top", "devices", "--snapshot", path)
    assert max(map(len, ran.out.splitlines())) <= 80


def test_live(dractl: Runner, api_server: ApiServer, tmp_path: Path) -> None:
    api_server.add(objects(allocated(), pod("Running")))
    config = api_server.kubeconfig(tmp_path / "config", namespace="other")
    document = answer(dractl, "claims", "--kubeconfig", str(config))
    assert [each["name"] for each in document["claims"]] == ["a"]
    document = answer(dractl, "claims", "--kubeconfig", str(config), "-n", "other")
    assert document["claims"] == []
    assert document["summary"]["total"] == 0


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["p"], {"pools", "partitions"}),
        (["--by", "arch"], {"architecture"}),
        (["--by", "own"], {"owner"}),
        (["--sort", "f"], {"free"}),
        (["-l", "kubernetes.io/h"], {"kubernetes.io/hostname"}),
    ],
)
def test_completion(dractl: Runner, words: list[str], offered: set[str]) -> None:
    out = dractl("__complete", "top", "--demo", *words).out.splitlines()
    assert set(out[:-1]) == offered

"""`dractl top` of several clusters, of several snapshots, and of one that changes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.answers import validate
from tests.apiserver import ApiServer
from tests.capacity.exposition import parsed
from tests.cli import wire
from tests.cli.later import adding_later
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/top.v1.json").read_text("utf-8"))
CLASS = wire.device_class("gpu", f'device.driver == "{wire.DRIVER}"')
SLICE = wire.resource_slice("n1", wire.device("gpu-0"), wire.device("gpu-1"))


def claim(name: str, device: str, at: str = "") -> wire.Wire:
    result = {
        "driver": wire.DRIVER, "pool": "n1", "device": device, "request": "gpu",
    }  # fmt: skip
    made = {
        **wire.claim(name),
        "status": {"allocation": {"devices": {"results": [result]}}},
    }
    if at:
        made["metadata"]["creationTimestamp"] = at
    return made


# -- several clusters


@pytest.fixture
def contexts(
    api_server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return a kubeconfig with three contexts, the last of which nobody answers at."""
    api_server.add([wire.node("n1"), CLASS, SLICE, claim("a", "gpu-0")])
    file = api_server.kubeconfig(tmp_path / "config")
    config = yaml.safe_load(file.read_text())
    [known] = config["contexts"]
    server = {"server": "https://127.0.0.1:9"}
    config["clusters"].append({"name": "gone", "cluster": server})
    config["contexts"] = [
        {"name": name, "context": {**known["context"], **more}}
        for name, more in (("one", {}), ("two", {}), ("far", {"cluster": "gone"}))
    ]
    file.write_text(yaml.safe_dump(config))
    monkeypatch.setenv("KUBECONFIG", str(file))
    return file


@pytest.mark.usefixtures("contexts")
def test_one_table_has_all_clusters(dractl: Runner) -> None:
    ran = dractl("top", "classes", "--contexts", "one,two")
    assert ran.status == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        ["CONTEXT", "CLASS", "TOTAL", "FREE", "PARTLY", "USED", "TAINTED", "UNUSABLE"],
        ["one", "gpu", "2", "1", "0", "1", "0", "0"],
        ["two", "gpu", "2", "1", "0", "1", "0", "0"],
    ]


@pytest.mark.usefixtures("contexts")
def test_a_cluster_that_does_not_answer_does_not_lose_the_rest(dractl: Runner) -> None:
    argv = ["--contexts", "all", "--request-timeout", "1s"]
    ran = dractl("top", "classes", *argv, "-o", "json")

    assert ran.status == 3
    assert "context far is left out" in ran.err
    found = json.loads(ran.out)
    validate(found, SCHEMA)
    assert [each["context"] for each in found["contexts"]] == ["far", "one", "two"]
    assert [each["result"] is None for each in found["contexts"]] == [
        True,
        False,
        False,
    ]


@pytest.mark.usefixtures("contexts")
def test_series_of_clusters_are_told_apart(dractl: Runner) -> None:
    ran = dractl("top", "--contexts", "one,two", "--format", "prometheus")
    found = [each for each in parsed(ran.out) if each.name == "dractl_devices"]
    assert {dict(each.labels)["context"] for each in found} == {"one", "two"}


@pytest.mark.usefixtures("contexts")
def test_names_begin_with_their_context(dractl: Runner) -> None:
    ran = dractl("top", "nodes", "--contexts", "one", "-o", "name")
    assert ran.out == "one/node/n1\n"


@pytest.mark.parametrize(
    "argv",
    [
        ["--contexts", "a", "--demo"],
        ["--contexts", "a,,b"],
        ["--contexts", "a", "--context", "b"],
        ["--contexts", "a", "--headroom"],
        ["--contexts", "a", "--history", "x"],
        ["--history", "x", "--demo"],
        ["--history", "x", "--remove", "n1"],
    ],
)
def test_wrong_usage(dractl: Runner, argv: list[str]) -> None:
    assert dractl("top", *argv).status == 2


# -- several snapshots


def moments(folder: Path) -> list[str]:
    """Return two files, the newer one first."""
    base = [wire.node("n1"), CLASS, SLICE]
    times = ("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z")
    newer = [claim("a", "gpu-0", times[0])]
    older = [claim("a", "gpu-0", times[1]), claim("b", "gpu-1", times[1])]
    return [
        wire.written(folder / "1.yaml", *base, *newer),
        wire.written(folder / "2.yaml", *base, *older),
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["GROUP USED PEAK WHEN NOW", "gpu 2 1 2 2026-03-01T00:00:00Z 1/2"]),
        (
            ["-o", "wide"],
            [
                "GROUP 2026-03-01T00:00:00Z 2026-03-02T00:00:00Z PEAK WHEN NOW",
                "gpu 2/2 1/2 2 2026-03-01T00:00:00Z 1/2",
            ],
        ),
    ],
)
def test_history_goes_by_time(
    dractl: Runner, tmp_path: Path, options: list[str], expected: list[str]
) -> None:
    one, two = moments(tmp_path)
    ran = dractl("top", "--history", one, "--history", two, *options)
    assert [" ".join(line.split()) for line in ran.out.splitlines()] == expected
    assert "2 snapshots, from 2026-03-01T00:00:00Z to 2026-03-02T00:00:00Z" in ran.err


def test_history_as_data(dractl: Runner, tmp_path: Path) -> None:
    moments(tmp_path)
    pattern = str(tmp_path / "*.yaml")
    ran = dractl("top", "drivers", "--history", pattern, "-o", "json")
    found: dict[str, Any] = json.loads(ran.out)

    validate(found, SCHEMA)
    assert found["by"] == "driver"
    assert [each["allocated"] for each in found["courses"][0]["counts"]] == [2, 1]
    rows = dractl("top", "--history", pattern, "-o", "csv").out.splitlines()
    assert rows[1:] == [
        "gpu,2026-03-01T00:00:00Z,2,0,0,2,0,0",
        "gpu,2026-03-02T00:00:00Z,2,1,0,1,0,0",
    ]


def test_snapshots_of_one_time_are_told_apart(dractl: Runner, tmp_path: Path) -> None:
    files = [
        wire.written(tmp_path / name, wire.node("n1"), CLASS, SLICE)
        for name in ("b.yaml", "a.yaml")
    ]
    ran = dractl("top", "--history", files[0], "--history", files[1], "-o", "json")
    assert json.loads(ran.out)["moments"] == files


def test_a_snapshot_that_is_not_there(dractl: Runner, tmp_path: Path) -> None:
    assert dractl("top", "--history", str(tmp_path / "*.json")).status == 3


# -- one that changes


@pytest.fixture
def later(api_server: ApiServer) -> Iterator[Callable[..., None]]:
    """Return a function that adds objects once the watch of slices runs."""
    with adding_later(api_server, "resourceslices") as start:
        yield start


@pytest.mark.usefixtures("contexts")
def test_each_new_answer_is_printed(dractl: Runner, later: Callable[..., None]) -> None:
    later(wire.resource_slice("n2", wire.device("gpu-0")))
    ran = dractl("top", "drivers", "--context", "one", "--watch", "--timeout", "1500ms")

    assert ran.status == 0
    first, _, second = ran.out.partition("\n\n")
    assert first.splitlines()[1].split()[1:3] == ["2", "1"]
    assert second.splitlines()[1].split()[1] == "3"
    assert "devices are free" in ran.err

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dractl.cel import compile_selector
from tests.answers import validate
from tests.cli import wire
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/attributes.v1.json").read_text())
HOSTILE = "\x1b[2J\u202e\n[red]"


def answer(dractl: Runner, *argv: str) -> dict[str, Any]:
    ran = dractl("attributes", *argv, "-o", "json")
    document: dict[str, Any] = json.loads(ran.out)
    validate(document, SCHEMA)
    return document


def named(document: dict[str, Any]) -> list[str]:
    return [each["name"] for each in document["attributes"]]


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    """Return the path of a cluster with two nodes, and types of every kind."""
    return wire.written(
        tmp_path / "cluster.yaml",
        wire.node("n1"),
        wire.node("n2"),
        wire.device_class("gpu", f'device.driver == "{wire.DRIVER}"'),
        wire.device_class("a", f'device.attributes["{wire.DRIVER}"].model == "A"'),
        wire.device_class("broken", "device.drivr"),
        wire.resource_slice(
            "n1",
            wire.device("gpu-0", {"model": {"string": "A"}}, {"memory": "40Gi"}),
            wire.device("gpu-1", {"model": {"string": "B"}}, {"memory": "80Gi"}),
        ),
        wire.resource_slice("n2", wire.device("old", {"gone": {"int": 1}})),
        wire.resource_slice(
            "n2", wire.device("gpu-0", {"v": {"version": "1.2.3"}}), generation=2
        ),
    )


def test_every_name_comes_with_its_type_its_devices_and_its_values(
    dractl: Runner, cluster: str
) -> None:
    ran = dractl("attributes", "--snapshot", cluster)
    assert (ran.status, ran.err) == (0, "3 devices (judged as Kubernetes 1.37)\n")
    assert ran.out == (
        "gpu.example.com: 3 devices\n"
        "NAME    TYPE      DEVICES  VALUES\n"
        "memory  capacity  2        40Gi, 80Gi\n"
        "model   string    2        A, B\n"
        "v       version   1        1.2.3\n"
    )


def test_the_sample_cluster_fits_80_columns_and_the_schema(dractl: Runner) -> None:
    ran = dractl("attributes", "--demo")
    assert max(map(len, ran.out.splitlines())) <= 80
    document = answer(dractl, "--demo")
    assert document["devices"] == 96
    assert yaml.safe_load(dractl("attributes", "--demo", "-o", "yaml").out) == document


def test_every_snippet_selects_as_many_devices_as_have_the_value(
    dractl: Runner,
) -> None:
    for each in answer(dractl, "--demo")["attributes"]:
        ran = dractl("cel", each["snippet"], "--demo", "-o", "json")
        document = json.loads(ran.out)
        assert document["failing"] == 0
        assert document["selected"] >= each["values"][0]["devices"]


def test_wide_shows_an_expression_to_copy(dractl: Runner, cluster: str) -> None:
    ran = dractl("attributes", "--snapshot", cluster, "model", "-o", "wide")
    text = ran.out.splitlines()[-1]
    assert text.endswith(
        f'has(device.attributes["{wire.DRIVER}"].model) && '
        f'device.attributes["{wire.DRIVER}"].model == "A"'
    )


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["--class", "gpu"], ["memory", "model", "v"]),
        (["--class", "a"], ["memory", "model"]),
        (["--node", "n2"], ["v"]),
        (["--driver", wire.DRIVER, "--node", "n1"], ["memory", "model"]),
        (["MOD"], ["model"]),
        (["m*l"], ["model"]),
        (["gpu.example.com/*"], ["memory", "model", "v"]),
    ],
    ids=" ".join,
)
def test_options_narrow_down_what_is_listed(
    dractl: Runner, cluster: str, argv: list[str], names: list[str]
) -> None:
    document = answer(dractl, "--snapshot", cluster, *argv)
    assert named(document) == [f"{wire.DRIVER}/{each}" for each in names]


def test_a_device_on_which_the_class_fails_does_not_count(
    dractl: Runner, cluster: str
) -> None:
    ran = dractl("attributes", "--snapshot", cluster, "--class", "a")
    assert "gpu.example.com: 1 device\n" in ran.out
    assert (
        "warning: class a fails on 1 device, such as gpu.example.com/n2/gpu-0: "
        "no such key: model\n"
    ) in ran.err


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (["--class", "gpuu"], "no class is called 'gpuu'", "did you mean gpu?"),
        (["--driver", "x"], "no driver is called 'x'", "there are gpu.example.com"),
        (["--node", "n3"], "no node is called 'n3'", "there are n1, n2"),
    ],
)
def test_an_unknown_name_is_wrong_usage_and_the_right_one_is_offered(
    dractl: Runner, cluster: str, argv: list[str], message: str, hint: str
) -> None:
    ran = dractl("attributes", "--snapshot", cluster, *argv)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"error: {message}\nhint: {hint}\n"


def test_a_class_that_does_not_compile_is_named(dractl: Runner, cluster: str) -> None:
    ran = dractl("attributes", "--snapshot", cluster, "--class", "broken")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("error: class broken: CEL compile error: ")


def test_a_name_that_nothing_has_is_a_no(dractl: Runner, cluster: str) -> None:
    ran = dractl("attributes", "modell", "--snapshot", cluster)
    assert (ran.status, ran.out) == (1, "")
    assert "named like 'modell'; did you mean model?" in ran.err


@pytest.mark.parametrize("form", ["table", "wide", "name"])
def test_no_devices_are_said_and_fine(
    dractl: Runner, tmp_path: Path, form: str
) -> None:
    empty = wire.written(tmp_path / "empty.yaml", wire.node("n1"))
    ran = dractl("attributes", "--snapshot", empty, "-o", form)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == (
        "no devices, for the source has no ResourceSlices "
        "(judged as Kubernetes 1.37)\n"
        "drivers publish theirs: see kubectl get resourceslices\n"
    )


def test_types_that_differ_and_lists_are_warned_of(
    dractl: Runner, tmp_path: Path
) -> None:
    mixed = wire.written(
        tmp_path / "mixed.yaml",
        wire.resource_slice(
            "n1",
            wire.device("a", {"x": {"string": "1"}, "l": {"ints": [1, 2]}}),
            wire.device("b", {"x": {"version": "1.0.0"}, "none": {}}),
        ),
    )
    argv = ("attributes", "--snapshot", mixed, "--kubernetes-version")
    ran = dractl(*argv, "1.36")
    assert "x     string|version  2        1, 1.0.0\n" in ran.out
    assert "l     ints            1        [1, 2]\n" in ran.out
    assert "none  <none>          1        <none>\n" in ran.out
    for warning in (
        "gpu.example.com/x is on some devices a string, on others a version: ",
        "gpu.example.com/none has no value on 1 device: every selector fails there",
        "gpu.example.com/l: every selector fails on a device with a list",
    ):
        assert f"warning: {warning}" in ran.err
    assert "a list" not in dractl(*argv, "1.37").err
    on = dractl(*argv, "1.36", "--feature-gates", "DRAListTypeAttributes=true")
    assert "a list" not in on.err


def test_hostile_text_reaches_no_terminal_raw(dractl: Runner, tmp_path: Path) -> None:
    hostile = wire.written(
        tmp_path / "hostile.yaml",
        wire.node("n1"),
        wire.resource_slice(
            "n1",
            wire.device(
                "gpu-0",
                {
                    HOSTILE: {"string": HOSTILE * 40},
                    "long": {"strings": [HOSTILE] * 60},
                    f"{HOSTILE}/x": {"version": "1.0.0"},
                },
                {f"c{HOSTILE}": "1e21"},
            ),
        ),
    )
    for form in ("table", "wide", "json", "yaml", "name"):
        ran = dractl("attributes", "--snapshot", hostile, "-o", form)
        assert ran.status == 0
        assert (ran.out + ran.err).replace("\n", "").isprintable()
    snippets = [each["snippet"] for each in answer(
        dractl, "--snapshot", hostile
    )["attributes"]]  # fmt: skip
    gates = {"DRAListTypeAttributes": True}
    assert all(compile_selector(each, feature_gates=gates) for each in snippets)


def test_what_was_left_out_keeps_an_answer_from_being_complete(
    dractl: Runner, tmp_path: Path
) -> None:
    bad = wire.resource_slice("n1", {"name": 5})
    path = wire.written(tmp_path / "bad.yaml", bad, wire.node("n1"))
    ran = dractl("attributes", "--snapshot", path, "-o", "json")
    validate(json.loads(ran.out), SCHEMA)
    assert ran.status == 3
    assert len(json.loads(ran.out)["problems"]) == 1

"""`dractl migrate plan`."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dractl.demo import PLUGINS
from dractl.migrate.codes import CODES
from tests.answers import validate
from tests.apiserver import ApiServer
from tests.cli.clusters import served
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/migrate-plan.v1.json").read_text("utf-8"))
EXAMPLE = str(ROOT / "examples/device-plugin.yaml")
SECTIONS = [
    "HOW MANY CAN GO BY WHICH ROUTE",
    "WHO ASKS FOR WHAT",
    "WHAT BECOMES OF SELECTORS ON NODE LABELS",
    "WHAT THE PLUGINS ARE TOLD",
    "FINDINGS",
    "WHAT ELSE KNOWS THE OLD NAMES",
    "DOES AS MUCH FIT AFTER",
    "STAGES",
]


def plan(dractl: Runner, *argv: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        dractl("migrate", "plan", *argv, "-o", "json").out
    )
    validate(found, SCHEMA)
    return found


def test_the_sample_shows_what_a_plan_has(dractl: Runner) -> None:
    ran = dractl("migrate", "plan", "--demo")

    lines = ran.out.splitlines()
    assert [each for each in lines if each and not each.startswith(" ")] == SECTIONS
    assert str(ROOT) not in ran.out
    assert ran.status == 1
    assert "1 error" in ran.err


def test_what_is_held_up_comes_first_and_what_stays_last(dractl: Runner) -> None:
    table = dractl("migrate", "plan", "--demo").out.split("\n\n", 1)[0].splitlines()

    units = [each.split()[:2] for each in table[2:]]
    assert units[0] == ["nvidia.com/gpu", "unclear"]
    assert units[1:3] == [
        ["nvidia.com/gpu", "time-slice"],
        ["nvidia.com/gpu", "partition"],
    ]
    assert units[-1] == ["acme.example/npu", "device"]


def test_a_reason_for_both_routes_is_told_once(dractl: Runner) -> None:
    out = dractl("migrate", "plan", "--demo").out
    first = out.split("WHO ASKS FOR WHAT\n", 1)[1].split("\n\n", 1)[0]

    assert first.count("has several meanings here") == 1
    assert "      - as above\n" in first.partition("route extended-resource")[2]


def test_lines_fit_a_terminal_where_words_do(dractl: Runner) -> None:
    lines = dractl("migrate", "plan", "--demo").out.splitlines()

    assert [
        each
        for each in lines
        if len(each) > 80 and len(max(each.split(), key=len)) < 60
    ] == []


def test_every_finding_of_the_sample_has_a_manual(dractl: Runner) -> None:
    found = plan(dractl, "--demo")

    listed = [*found["findings"], *(f for u in found["users"] for f in u["findings"])]
    assert listed
    assert {each["code"] for each in listed} <= CODES.keys()
    assert {each["severity"] for each in listed if each["code"] in CODES} == {
        str(CODES[each["code"]].severity) for each in listed
    }


def test_what_is_safe_ends_well(dractl: Runner) -> None:
    ran = dractl("migrate", "plan", "--demo", "--resource", "gpu.intel.com/i915")

    assert ran.status == 0
    assert "safe: as many pods are placed after as before" in ran.out


def test_files_need_no_cluster(dractl: Runner) -> None:
    ran = dractl("migrate", "plan", EXAMPLE)

    assert ran.status == 0
    assert f"{EXAMPLE}:" in ran.out
    assert "no nodes" in ran.out


def test_a_snapshot_of_the_sample_plans_alike(dractl: Runner, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(dractl("snapshot", "--snapshot", str(PLUGINS)).out)

    def told(*source: str) -> Any:
        return [
            (each["object"]["name"], each["route"], each["meanings"][0]["unit"])
            for each in plan(dractl, *source)["users"]
        ]

    assert sorted(told("--snapshot", str(saved))) == sorted(told("--demo"))


def test_a_configuration_beside_the_files_tells_the_meaning(
    dractl: Runner, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "kind: ConfigMap\nmetadata: {name: plugin}\ndata:\n  any: |\n"
        "    version: v1\n    sharing: {timeSlicing: {resources: "
        "[{name: nvidia.com/gpu, replicas: 4}]}}\n"
    )
    pod = tmp_path / "pod.yaml"
    pod.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
        "  - {name: main, resources: {limits: {nvidia.com/gpu: 1}}}\n"
    )

    (user,) = plan(dractl, str(pod), "-f", str(config))["users"]

    assert user["meanings"][0]["unit"] == "time-slice"
    assert user["meanings"][0]["replicas"] == 4


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("kind: ConfigMap\n", 0),
        ("kind: Pod\nspec: [1]\n", 0),
        ("kind: Pod\nmetadata: 3\nspec: {containers: [{resources: {limits: 1}}]}\n", 0),
        (
            (
                "kind: Pod\nspec: {containers: [{name: 1, resources: "
                "{limits: {nvidia.com/gpu: [x]}}}]}\n"
            ),
            1,
        ),
        ("a: [\n", 3),
        ("- 1\n", 3),
    ],
)
def test_documents_may_be_anything(
    dractl: Runner, tmp_path: Path, text: str, status: int
) -> None:
    file = tmp_path / "any.yaml"
    file.write_text(text)

    ran = dractl("migrate", "plan", str(file))

    assert ran.status == status
    assert "Traceback" not in ran.err


def test_an_object_that_is_malformed_ends_as_a_file_in_part(
    dractl: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "node.yaml"
    file.write_text("apiVersion: v1\nkind: Node\nmetadata: {labels: {}}\n")

    ran = dractl("migrate", "plan", EXAMPLE, str(file))
    told = plan(dractl, EXAMPLE, str(file))["problems"]

    assert ran.status == 3
    assert "Node metadata.name: is missing" in ran.err
    assert [each["path"] for each in told] == ["metadata.name"]


def test_a_chart_is_to_be_rendered_first(dractl: Runner, tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text("metadata:\n  name: {{ .Release.Name }}\n")
    advice = "it is a template of Helm: helm template CHART | dractl migrate plan -"

    alone = dractl("migrate", "plan", str(tmp_path))
    beside = dractl("migrate", "plan", str(tmp_path), EXAMPLE)

    assert (alone.status, beside.status) == (3, 3)
    assert f"hint: {advice}" in alone.err
    assert advice in beside.err.splitlines()


def test_a_label_that_no_node_has_makes_no_pools(dractl: Runner) -> None:
    ran = dractl("migrate", "plan", "--demo", "--pool-label", "example.com/pol")

    assert "warning: no node has the label example.com/pol" in ran.err


def test_what_cannot_be_read_is_told_and_the_rest_is_planned(
    dractl: Runner, tmp_path: Path
) -> None:
    missing = str(tmp_path / "missing.yaml")

    ran = dractl("migrate", "plan", EXAMPLE, missing)

    assert ran.status == 3
    assert "Deployment inference/rerank" in ran.out
    assert f"left out: {missing}: cannot be read" in ran.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--route", "both"], "'both' is not one of"),
        (["--driver-schema", "nvidia"], "is not VENDOR=VERSION"),
        (["--wave-size", "0"], "greater than or equal to 1"),
        (["-n", "a", "-A"], "exclude each other"),
        (["--explain", "ambigous-resource"], "there is no finding"),
        (["-", "--snapshot", "-"], "stdin can be read only once"),
        (["--kubernetes-version", "x"], "'x'"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(
    dractl: Runner, argv: list[str], message: str
) -> None:
    ran = dractl("migrate", "plan", EXAMPLE, *argv)

    assert ran.status == 2
    assert message in ran.err


def test_a_finding_is_explained(dractl: Runner) -> None:
    ran = dractl("migrate", "plan", "--explain", "ambiguous-resource")

    assert ran.out.startswith("ambiguous-resource (error)\n\n")
    assert len(dractl("migrate", "plan", "--explain", "all").out.splitlines()) == len(
        CODES
    )


def test_names_and_yaml_and_wide_say_the_same(dractl: Runner) -> None:
    names = dractl("migrate", "plan", EXAMPLE, "-o", "name").out
    read = yaml.safe_load(dractl("migrate", "plan", EXAMPLE, "-o", "yaml").out)
    header, line = dractl("migrate", "plan", EXAMPLE, "-o", "wide").out.splitlines()

    assert names == "deployment.apps/rerank\n"
    assert read == plan(dractl, EXAMPLE)
    assert header.startswith("NAMESPACE  WORKLOAD")
    assert line.startswith("inference  Deployment/rerank  3")


def test_what_is_ambiguous_becomes_nothing_yet(dractl: Runner) -> None:
    _, *lines = dractl("migrate", "plan", "--demo", "-o", "wide").out.splitlines()

    (line,) = [each for each in lines if "CronJob/evaluate" in each]
    assert "somebody has to choose one  - " in line
    assert "DeviceClass" not in line


def test_the_group_alone_prints_its_help(dractl: Runner) -> None:
    ran = dractl("migrate")

    assert (ran.status, ran.err) == (0, "")
    assert "Commands:" in ran.out


def test_a_live_cluster_is_planned_as_the_same_one_saved(
    dractl: Runner, tmp_path: Path
) -> None:
    projects = ("k8s.cni.cncf.io", "monitoring.coreos.com", "nvidia.com")
    with ApiServer(served={each: ["v1"] for each in projects}) as server:
        server.add(json.loads(PLUGINS.read_text("utf-8")))
        live = plan(dractl, "-A", *served(server, tmp_path))
    saved = plan(dractl, "--demo")

    assert _told(live) == _told(saved)
    assert {each["subject"] for each in live["settings"]} == {
        each["subject"] for each in saved["settings"]
    }
    assert live["proof"]["verdict"] == saved["proof"]["verdict"]


@pytest.mark.parametrize(
    ("options", "names"),
    [([], ["rerank"]), (["-A"], ["rerank"]), (["-n", "inference"], ["rerank"]),
     (["-n", "other"], [])],
)  # fmt: skip
def test_files_of_any_namespace_are_planned_beside_a_cluster(
    dractl: Runner,
    api_server: ApiServer,
    tmp_path: Path,
    options: list[str],
    names: list[str],
) -> None:
    argv = (EXAMPLE, *options, *served(api_server, tmp_path))

    found = plan(dractl, *argv)

    assert [each["object"]["name"] for each in found["users"]] == names


def _told(found: dict[str, Any]) -> list[Any]:
    return sorted(
        [each["object"]["name"], each["route"], each["meanings"], each["targets"]]
        for each in found["users"]
    )

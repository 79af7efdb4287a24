"""`dractl doctor upgrade`: what it prints, its exit status, and what it takes."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from dractl.doctor.upgrade.registry import DRIVERS, RELEASES
from tests.answers import validate
from tests.cli.clusters import Saver
from tests.cli.run import ROOT, Runner
from tests.doctor.healthy import template
from tests.doctor.upgrade.asking import cluster, daemon

SCHEMA = json.loads((ROOT / "schemas/output/upgrade.v1.json").read_text())
HOSTILE = "\x1b[2J\u202e\n<b>&"
DRIVER = ("--driver", "gpu.nvidia.com")


def test_a_plain_upgrade_of_a_driver(dractl: Runner, saved: Saver) -> None:
    place = saved(*cluster())
    ran = dractl("doctor", "upgrade", *DRIVER, "--to", "0.4.1", "--snapshot", place)

    assert ran.status == 0
    assert ran.out.startswith("gpu.nvidia.com v0.4.0 -> 0.4.1: can go as it is")
    assert "\nSTEPS\n  1. keep what there is now\n" in ran.out
    assert "\nINTERRUPTED\n" in ran.out
    assert all(len(each) <= 80 for each in ran.out.splitlines() if "$ " not in each)


@pytest.mark.parametrize("driver", ["gpu.nvidia.com", "gpu.amd.com", "dra.net"])
def test_what_was_not_checked_of_other_drivers_is_left_out(
    dractl: Runner, driver: str
) -> None:
    ran = dractl("doctor", "upgrade", "--driver", driver, "--demo", "-o", "json")
    said = {each["code"]: each["why"] for each in json.loads(ran.out)["skipped"]}
    told = f"no pod looks like that of driver {driver}"
    assert said["driver-not-ready"] == told
    whole = dractl("doctor", "--demo", "-o", "json")
    said = {each["code"]: each["why"] for each in json.loads(whole.out)["skipped"]}
    assert said["driver-not-ready"].endswith(
        "gpu.amd.com, gpu.intel.com, gpu.nvidia.com"
    )


@pytest.mark.parametrize(
    "asked", [(*DRIVER, "--to", "0.4.0"), ("--kubernetes", "1.36")]
)
def test_where_it_is_there_already_nothing_is_to_be_done(
    dractl: Runner, saved: Saver, asked: tuple[str, ...]
) -> None:
    ran = dractl("doctor", "upgrade", *asked, "--snapshot", saved(*cluster()))

    assert ran.status == 0
    assert "there is nothing to upgrade" in ran.out.splitlines()[0]
    assert not {"STEPS", "INTERRUPTED"} & set(ran.out.splitlines())


def test_manifests_for_a_release_that_is_there_are_looked_at(
    dractl: Runner, saved: Saver, tmp_path: Path
) -> None:
    old = {**template("t", {}), "apiVersion": "resource.k8s.io/v1alpha3"}
    file = tmp_path / "old.yaml"
    file.write_text(yaml.safe_dump(old))
    place = saved(*cluster())
    asked = ("--kubernetes", "1.36", "-f", str(file), "--snapshot", place)
    ran = dractl("doctor", "upgrade", *asked)

    assert ran.status == 1
    assert "needs steps before" in ran.out.splitlines()[0]
    assert "[version-gone]" in ran.out
    assert "kubeadm" not in ran.out


def test_a_driver_that_only_claims_know_can_be_asked_about(
    dractl: Runner, saved: Saver
) -> None:
    driver = "gone.example.com"
    result = {"request": "r", "driver": driver, "pool": "p", "device": "d"}
    held = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "c", "namespace": "default"},
        "spec": {},
        "status": {"allocation": {"devices": {"results": [result]}}},
    }
    place = saved(*cluster(held))
    ran = dractl("doctor", "upgrade", "--driver", driver, "--snapshot", place)

    assert ran.status == 0
    assert "claims that hold its devices: 1" in ran.out


def test_steps_come_first(dractl: Runner, saved: Saver) -> None:
    place = saved(*cluster(daemon("v25.12.0")))
    ran = dractl("doctor", "upgrade", *DRIVER, "--to", "0.4.0", "--snapshot", place)

    assert ran.status == 1
    assert "needs steps before" in ran.out
    assert ran.out.index("[crds-first]") < ran.out.index("[chart-renamed]")


def test_what_must_not_be_done(dractl: Runner, saved: Saver) -> None:
    place = saved(*cluster())
    ran = dractl("doctor", "upgrade", *DRIVER, "--to", "25.12.0", "--snapshot", place)

    assert ran.status == 1
    assert "do not do it" in ran.out
    assert "STEPS" not in ran.out


@pytest.mark.parametrize(
    "options",
    [
        ("--demo", *DRIVER),
        ("--demo", "--driver", "gpu.amd.com", "--from", "0.1.0", "--to", "1.0"),
        ("--demo", "--driver", "gpu.nvidia.com", "--to", "25.3.0", "--from", "0.5.0"),
        ("--demo", "--kubernetes", "1.38"),
    ],
)
def test_data_follows_the_schema(dractl: Runner, options: tuple[str, ...]) -> None:
    as_json = dractl("doctor", "upgrade", "-o", "json", *options)
    as_yaml = dractl("doctor", "upgrade", "-o", "yaml", *options)

    validate(json.loads(as_json.out), SCHEMA)
    assert yaml.safe_load(as_yaml.out) == json.loads(as_json.out)


def test_junit_has_a_case_for_each_code(dractl: Runner, saved: Saver) -> None:
    place = saved(*cluster(daemon("v25.12.0")))
    options = ("--to", "0.4.0", "--snapshot", place, "-o", "junit")
    ran = dractl("doctor", "upgrade", *DRIVER, *options)

    (suite,) = ET.fromstring(ran.out)
    assert suite.get("name") == "dractl doctor upgrade"
    failed = {each.get("name") for each in suite if each.find("failure") is not None}
    assert failed == {"chart-renamed", "crds-first"}
    assert {each.get("name") for each in suite} >= set(DRIVERS.rows) - {"all-at-once"}


def test_names_are_for_scripts(dractl: Runner) -> None:
    ran = dractl("doctor", "upgrade", "--demo", "--kubernetes", "1.37", "-o", "name")

    assert "bug-goes" in ran.out.splitlines()


@pytest.mark.parametrize("code", [*DRIVERS.rows, *RELEASES.rows, "pool-incomplete"])
def test_manuals(dractl: Runner, code: str) -> None:
    ran = dractl("doctor", "upgrade", "--explain", code)

    assert ran.status == 0
    assert ran.out.startswith(f"{code} (")


def test_all_manuals_are_listed(dractl: Runner) -> None:
    ran = dractl("doctor", "upgrade", "--explain", "all")

    assert len(ran.out.splitlines()) == len(DRIVERS.rows) + len(RELEASES.rows)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "either --driver NAME or --kubernetes"),
        (("--driver", "a", "--kubernetes", "1.37"), "either --driver NAME"),
        (("--kubernetes", "next"), "is not a Kubernetes version"),
        (("--kubernetes", "1.37", "--to", "0.4"), "versions of a driver"),
        (("--kubernetes", "1.37", "--root", "/"), "--root has the files of a driver"),
        (("--driver", "gpu.nvidia.com", "--to", "new"), "--to: 'new' is not a version"),
        (("--driver", "gpu.nvidia.con"), "did you mean gpu.nvidia.com?"),
        (("--kubernetes", "2.0"), "there is no Kubernetes 2.0"),
        (("--kubernetes", "1." + "9" * 10_000), "is not a Kubernetes version"),
        (("--driver", "gpu.nvidia.com", "--to", "0." + "9" * 10_000), "not a version"),
        (("--driver", "gpu.nvidia.com", "--to", "v1.2.3-$(rm)"), "not a version"),
        (("--explain", "chart-rename"), "did you mean chart-renamed?"),
    ],
)
def test_wrong_usage(dractl: Runner, options: tuple[str, ...], said: str) -> None:
    ran = dractl("doctor", "upgrade", "--demo", *options)

    assert ran.status == 2
    assert said in ran.err


def test_files_of_a_node_are_looked_at(
    dractl: Runner, saved: Saver, tmp_path: Path
) -> None:
    place = saved(*cluster())
    folder = tmp_path / "node/var/lib/kubelet/plugins/gpu.nvidia.com"
    folder.mkdir(parents=True)
    asked = ("--to", "0.4.1", "--snapshot", place, "--root", str(tmp_path / "node"))
    ran = dractl("doctor", "upgrade", *DRIVER, *asked)
    assert ran.status == 0
    assert "checkpoint-broken: below --root are no files" in ran.out

    prepared = {"uid-1": {"name": f"c{HOSTILE}", "namespace": "a"}}
    own = {"v2": {"preparedClaims": prepared}}
    (folder / "checkpoint.json").write_text(json.dumps(own))
    ran = dractl("doctor", "upgrade", *DRIVER, *asked)
    assert ran.status == 0
    assert "1 claim prepared here that the cluster does not have" in ran.out
    assert "\x1b" not in ran.out

    (folder / "checkpoint.json").write_text("{")
    ran = dractl("doctor", "upgrade", *DRIVER, *asked)
    assert ran.status == 1
    assert "[checkpoint-broken]" in ran.out

    ran = dractl("doctor", "upgrade", *DRIVER, "--demo", "--root", f"{folder}/none")
    assert ran.status == 3
    assert "is no folder" in ran.err


def test_folders_of_manifests_are_read(dractl: Runner, tmp_path: Path) -> None:
    inner = tmp_path / "charts"
    inner.mkdir()
    old = {**template("old"), "apiVersion": "resource.k8s.io/v1beta1"}
    (inner / "t.yaml").write_text(yaml.safe_dump(old))
    options = ("--demo", "--kubernetes", "1.38", "-f", str(tmp_path), "-R")
    ran = dractl("doctor", "upgrade", *options)

    assert ran.status == 1
    assert f"dractl convert {inner / 't.yaml'} --to v1 --in-place" in ran.out


def test_names_are_shown_as_text(dractl: Runner, saved: Saver) -> None:
    asking = template(HOSTILE)
    text = f'device.attributes["gpu.nvidia.com"].numa == 0 && "{HOSTILE[4:5]}" != ""'
    exactly = asking["spec"]["spec"]["devices"]["requests"][0]["exactly"]
    exactly["selectors"] = [{"cel": {"expression": text}}]
    odd = daemon("v0.4.0", release=HOSTILE)
    options = ("--to", "0.5.0", "--snapshot", saved(*cluster(odd, asking)))

    for output in ("table", "wide", "name", "junit"):
        ran = dractl("doctor", "upgrade", *DRIVER, *options, "-o", output)
        assert "attribute-gone" in ran.out
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out
        if output == "junit":
            ET.fromstring(ran.out)

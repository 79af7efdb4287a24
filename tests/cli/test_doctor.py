"""`dractl doctor`: what it prints, its exit status, and what it takes."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from dractl.cli.examinations import Suite, junit, names, text
from dractl.cli.terminal import Terminal
from dractl.doctor.answer import Examination, Finding
from dractl.doctor.registry import CHECKS
from dractl.model.cluster import Profile
from dractl.rules.registry import Severity
from tests.answers import validate
from tests.cli.clusters import Saver
from tests.cli.run import ROOT, Runner
from tests.doctor.healthy import (
    claim,
    device_class,
    gpus,
    healthy,
    info,
    node,
    template,
    wish,
)

HOSTILE = "\x1b[2J\u202e\n<b>&"
SCHEMA = json.loads((ROOT / "schemas/output/doctor.v1.json").read_text())
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: users, namespace: default}
rules:
- apiGroups: [resource.k8s.io]
  resources: [resourceclaims]
  verbs: [create]
  resourceNames: [large-gpu]
"""
KUBEADM = """
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: feature-gates
    value: DRADeviceTaint=true
"""


def screen() -> Terminal:
    """Return a terminal of no width."""
    return Terminal(io.StringIO(), io.StringIO())


def test_a_healthy_cluster_is_ready(dractl: Runner, saved: Saver) -> None:
    ran = dractl("doctor", "--snapshot", saved(*healthy()), "-q")

    assert ran.status == 0
    assert ran.out.startswith("ready for DRA on Kubernetes 1.36: ")
    assert "\nWARNING" not in ran.out
    assert "\nPASSED\n" in ran.out


def test_the_sample_cluster_is_ready_with_warnings(dractl: Runner) -> None:
    ran = dractl("doctor", "--demo", "-q")

    assert ran.status == 0
    assert ran.out.startswith("ready for DRA on Kubernetes 1.36: ")
    assert (
        "WARNING class-missing: A claim that waits, or a template, names a "
        "DeviceClass\n"
        "  that is not there.\n"
        "  - DeviceClass/npu.example.com: it is not there, and named by\n"
        "    ResourceClaim/research/wants-npu-devices-d5eea,\n"
        "    ResourceClaimTemplate/research/wants-npu\n"
        "  fix: make the class: drivers bring theirs along; or name one that is\n"
        "       there\n"
        "    $ kubectl get deviceclasses\n"
    ) in ran.out
    assert "  and 6 more: -o wide lists them\n" in ran.out
    commands = ("    $ ", "      $ ")
    lines = [each for each in ran.out.splitlines() if not each.startswith(commands)]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("codes", "heads"),
    [
        ("class-missing", ["WARNING"]),
        ("driver-not-registered", ["NOT"]),
        ("pool-invalid", ["PASSED"]),
        ("class-missing,pool-invalid", ["WARNING", "PASSED"]),
    ],
)
def test_only_what_passed_is_told_to_have_passed(
    dractl: Runner, codes: str, heads: list[str]
) -> None:
    for more in ((), ("-o", "wide")):
        ran = dractl("doctor", "--demo", "--only", codes, *more)
        _, *blocks = ran.out.split("\n\n")
        assert [each.split()[0] for each in blocks] == heads
        assert "0 checks" not in ran.out


@pytest.mark.parametrize(
    ("level", "status"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)]
)
def test_fail_on_says_what_is_bad(dractl: Runner, level: str, status: int) -> None:
    only = ("--only", "class-missing")
    assert dractl("doctor", "--demo", *only, "--fail-on", level).status == status


def test_an_error_is_status_1(dractl: Runner, saved: Saver) -> None:
    pool = {"name": "n1", "generation": 1, "resourceSliceCount": 2}
    ran = dractl(
        "doctor", "--snapshot", saved(info(), node("n1"), gpus("n1", pool=pool))
    )
    assert ran.status == 1
    assert ran.out.startswith("not ready for DRA")
    assert "ERROR pool-incomplete: " in ran.out


def test_what_may_not_be_read_is_no_success(dractl: Runner, saved: Saver) -> None:
    unread = [
        {"kind": "Node", "resource": "nodes", "group": "", "cause": "forbidden"},
    ]
    ran = dractl("doctor", "--snapshot", saved(info(unread=unread), gpus("n1")))
    assert ran.status == 3
    assert "kubelet-skew" in ran.out
    assert ": nodes may not be read\n" in ran.out


def test_wide_leaves_nothing_out(dractl: Runner) -> None:
    ran = dractl("doctor", "--demo", "-o", "wide")
    assert "-o wide lists them" not in ran.out
    assert "pool-incomplete, " in ran.out


def test_what_is_to_know_is_told_where_it_is_asked_for(
    dractl: Runner, saved: Saver
) -> None:
    path = saved(*healthy(), device_class("unused", "device.driver == 'none'"))
    asked = ("doctor", "--snapshot", path, "-q")

    ran = dractl(*asked)

    assert ran.status == 0
    assert "INFO" not in ran.out
    assert "\nTO KNOW\n  class-selects-nothing: -v tells what\n" in ran.out
    for more in (
        ("-o", "wide"),
        ("--only", "class-selects-nothing"),
        ("--fail-on", "info"),
    ):
        assert "INFO class-selects-nothing: " in dractl(*asked, *more).out


@pytest.mark.parametrize("output_format", ["json", "yaml"])
def test_the_data_is_as_the_schema_says(dractl: Runner, output_format: str) -> None:
    ran = dractl("doctor", "--demo", "-o", output_format)
    read = json.loads if output_format == "json" else yaml.safe_load
    document = read(ran.out)
    validate(document, SCHEMA)
    assert document["ready"] is True
    assert sum(document["summary"].values()) == len(document["findings"])


def test_names_are_code_and_subject(dractl: Runner) -> None:
    ran = dractl("doctor", "--demo", "-o", "name", "--only", "class-missing")
    assert ran.out == "class-missing DeviceClass/npu.example.com\n"


def test_junit_has_a_case_for_each_check(dractl: Runner) -> None:
    codes = "class-missing,gate-differs,pool-invalid"
    options = ("--only", codes, "--fail-on", "warning")
    ran = dractl("doctor", "--demo", "-o", "junit", *options)
    suite = ET.fromstring(ran.out)[0]
    inner = {each.get("name"): [one.tag for one in each] for each in suite}
    assert inner == {
        "class-missing": ["failure"], "gate-differs": ["skipped"], "pool-invalid": [],
    }  # fmt: skip
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")


def test_files_of_configuration_are_looked_at(dractl: Runner, tmp_path: Path) -> None:
    path = tmp_path / "kubeadm.yaml"
    path.write_text(KUBEADM)
    ran = dractl("doctor", "--demo", "-f", str(path), "--only", "gate-unknown")
    assert ran.status == 1
    assert "did you mean DRADeviceTaints?" in ran.out
    assert f"{path}:2" in ran.out.replace("\n    ", "")


def test_config_maps_of_kubeadm_and_answers_of_kubelets_are_files_too(
    dractl: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "all.json"
    data = {"ClusterConfiguration": KUBEADM.replace("v1beta4", "v1beta3")}
    items = [
        {"apiVersion": "v1", "kind": "ConfigMap", "data": data},
        {"kubeletconfig": {"featureGates": {"DRAConsumableCapacity": False}}},
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}},
        {"odd": 1},
    ]
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    ran = dractl("doctor", "-f", str(path), "-o", "json")
    document = json.loads(ran.out)
    found = {each["code"]: each for each in document["findings"]}
    assert set(found) == {"gate-unknown", "gate-differs", "configuration-form"}
    assert found["configuration-form"]["commands"] == []
    assert found["gate-unknown"]["where"].endswith(" ClusterConfiguration)")
    assert found["gate-differs"]["subject"] == "DRAConsumableCapacity"
    said = [each["why"].partition(": ")[2] for each in document["skipped"]]
    assert "ConfigMap configures no component" in said
    assert "a document without kind configures no component" in said


def test_checks_that_exclude_each_other_are_wrong_usage(dractl: Runner) -> None:
    both = ("--only", "gate-off", "--skip", "gate-off")
    ran = dractl("doctor", "--demo", *both)
    assert (ran.status, ran.out) == (2, "")


@pytest.mark.parametrize(
    ("stated", "options", "release"),
    [
        ("", (), "1.37"),
        ("kubernetesVersion: v1.35.1", (), "1.35"),
        ("kubernetesVersion: stable-1", (), "1.37"),
        ("kubernetesVersion: [1]", (), "1.37"),
        ("kubernetesVersion: v1.35.1", ("--kubernetes-version", "1.34"), "1.34"),
    ],
)
def test_files_are_judged_where_no_cluster_is_named(
    dractl: Runner, tmp_path: Path, stated: str, options: tuple[str, ...], release: str
) -> None:
    path = tmp_path / "kubeadm.yaml"
    path.write_text(KUBEADM + stated)
    ran = dractl("doctor", "-f", str(path), *options)
    assert ran.status == 1
    assert ran.err == (
        f"no cluster is named: the files are judged for Kubernetes {release}\n"
    )
    assert ran.out.startswith(
        f"as far as files tell, not ready for DRA on Kubernetes {release}: 1 error"
    )
    assert "WARNING" not in ran.out


def test_a_role_is_judged_where_no_cluster_is_named(
    dractl: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "role.yaml"
    path.write_text(ROLE)
    ran = dractl("doctor", "-f", str(path))
    assert ran.status == 0
    assert "WARNING resource-names: " in ran.out
    assert "Role/default/users: it allows create of resourceclaims" in ran.out


@pytest.mark.parametrize("kind", ["ResourceClaim", "Pod", "ResourceClass"])
def test_files_without_configuration_need_a_cluster(
    dractl: Runner, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(f"kind: {kind}\nmetadata: {{name: a}}\n")
    ran = dractl("doctor", "-f", str(path))
    assert (ran.status, ran.out) == (3, "")
    assert "no cluster is named, and the files hold no configuration" in ran.err
    assert "dractl validate" in ran.err


def test_a_context_that_is_not_there_is_told_in_spite_of_files(
    dractl: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "kubeadm.yaml"
    path.write_text(KUBEADM)
    ran = dractl("doctor", "-f", str(path), "--context", "none")
    assert (ran.status, ran.out) == (3, "")


def test_a_file_that_is_broken_is_no_success(dractl: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: KubeletConfiguration\n--- \n- 3\n")
    (tmp_path / "b.yaml").write_text("a: [b")
    only = ("--only", "gate-off")
    ran = dractl("doctor", "--demo", "-f", str(tmp_path), *only, "-o", "json")
    assert ran.status == 3
    assert len(json.loads(ran.out)["problems"]) == 2
    assert ran.err.count("left out: ") == 2


def test_a_manual_can_be_read(dractl: Runner) -> None:
    ran = dractl("doctor", "--explain", "gate-off")
    assert ran.out.startswith("gate-off (error)\n\nThe feature gate Dynamic")
    listed = dractl("doctor", "--explain", "all").out.splitlines()
    assert [each.split()[0] for each in listed] == sorted(CHECKS)


@pytest.mark.parametrize("option", ["--only", "--skip", "--explain"])
def test_a_code_that_does_not_exist_is_wrong_usage(dractl: Runner, option: str) -> None:
    ran = dractl("doctor", "--demo", option, "gate-of")
    assert (ran.status, ran.out) == (2, "")
    assert "there is no check 'gate-of'" in ran.err
    assert "did you mean gate-off?" in ran.err


def test_a_file_that_is_not_there_is_no_traceback(dractl: Runner) -> None:
    ran = dractl("doctor", "--demo", "-f", "/none.yaml")
    assert ran.status in {2, 3}
    assert "Traceback" not in ran.err


def test_hostile_text_is_shown_as_text() -> None:
    finding = Finding(
        "gate-off", Severity.ERROR, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,)
    )
    answer = Examination(profile=Profile.of("1.36"), findings=(finding,))
    printed = text(answer, screen(), whole=True, least=Severity.INFO) + names(answer)
    printed += junit(answer, Suite(Severity.ERROR))
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    ET.fromstring(junit(answer, Suite(Severity.ERROR)))


def test_many_findings_of_a_check_are_told_together(
    dractl: Runner, saved: Saver
) -> None:
    documents = [claim(f"c{each}", wish(f"none-{each}")) for each in range(7)]
    documents += [template(f"t{each}", wish("none-0")) for each in range(5)]
    path = saved(*healthy(), *documents)
    ran = dractl("doctor", "--snapshot", path, "--only", "class-missing")
    assert ran.out.count("  - DeviceClass/none-") == 5
    assert "  and 2 more: -o wide lists them\n" in ran.out
    assert "ResourceClaimTemplate/default/t1 and 3 more" in " ".join(ran.out.split())


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_a_manual_fits_80_columns(dractl: Runner, code: str) -> None:
    ran = dractl("doctor", "--explain", code)
    assert max(map(len, ran.out.splitlines())) <= 80

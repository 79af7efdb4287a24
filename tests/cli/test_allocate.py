import gzip
import json
import shutil
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml

from dractl.cli.allocate import PolicyOption
from dractl.demo import PATH
from dractl.solver.placement import Policy
from tests.answers import validate
from tests.cli.run import ROOT, Runner, program

SCHEMA = json.loads((ROOT / "schemas/output/allocate.v1.json").read_text())


def answer(dractl: Runner, *argv: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dractl("allocate", *argv, "-o", "json").out)
    return document


def node(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}


def device_class() -> dict[str, Any]:
    selector = {"cel": {"expression": 'device.driver == "gpu.example.com"'}}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": {"name": "gpu"},
        "spec": {"selectors": [selector]},
    }


def resource_slice(node: str, *devices: str) -> dict[str, Any]:
    pool = {"name": node, "generation": 1, "resourceSliceCount": 1}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": f"{node}-gpu"},
        "spec": {
            "driver": "gpu.example.com",
            "pool": pool,
            "nodeName": node,
            "devices": [{"name": each} for each in devices],
        },
    }


def claim(name: str, count: int = 1, namespace: str | None = None) -> dict[str, Any]:
    exactly = {"deviceClassName": "gpu", "count": count}
    place = {} if namespace is None else {"namespace": namespace}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": name, **place},
        "spec": {"devices": {"requests": [{"name": "gpu", "exactly": exactly}]}},
    }


CLUSTER = (
    node("n1"),
    node("n2"),
    device_class(),
    resource_slice("n1", "gpu-0"),
    resource_slice("n2", "gpu-0", "gpu-1"),
)


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    """Return the path of a small cluster with nothing pending."""
    return written(tmp_path / "cluster.yaml", *CLUSTER)


def written(path: Path, *documents: dict[str, Any]) -> str:
    path.write_text(yaml.safe_dump_all(documents))
    return str(path)


def where(document: dict[str, Any]) -> list[str | None]:
    return [each["node"] for each in document["placements"]]


def test_the_sample_cluster_shows_what_fits_and_every_kind_of_trouble(
    dractl: Runner,
) -> None:
    document = answer(dractl, "--demo")
    validate(document, SCHEMA)
    pods = {(each["pod"] or each["claims"][0])["name"]: each for each in
            document["placements"]}  # fmt: skip
    assert {name: each["node"] for name, each in pods.items() if each["node"]} == {
        "nccl-test": "h100-1",
        "embed-2": "a100-1",
        "rerank-1": "l40s-1",
        "transcode-1": "flex-1",
        "legacy-cuda": "a100-1",
        "spare-mi300x": "mi300x-1",
    }
    told = {
        name: " | ".join(
            [each["reason"] or each["aborted"], *(g["reason"] for g in each["nodes"])]
        )
        for name, each in pods.items()
        if not each["node"]
    }
    for name, word in {
        "wants-blackwell": "no device passes the selectors",
        "wants-eight": "in use",
        "wants-whole-mig": "counters",
        "wants-that-gpu": "tainted",
        "wants-one-root": "resource.kubernetes.io/pcieRoot",
        "wants-npu": "npu.example.com does not exist",
        "unguarded-cel": "no such key: partitionProfile",
        "all-the-nics": "limit of 32",
    }.items():
        assert word in told.pop(name)
    assert told == {}


def test_devices_below_one_root_are_given_together(dractl: Runner) -> None:
    first = answer(dractl, "--demo")["placements"][0]["claims"][0]["allocation"]
    names = [each["device"] for each in first["devices"]["results"]]
    assert names == ["gpu-4", "pci-0000-9a-00-0"]


def test_some_that_do_not_fit_make_exit_status_1(dractl: Runner) -> None:
    ran = dractl("allocate", "--demo")
    assert ran.status == 1
    assert ran.err == "placed 6 of 14 (judged as Kubernetes 1.36)\n"
    assert "NOT PLACED" in ran.out


def test_all_placed_makes_exit_status_0(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    wanted = written(tmp_path / "claims.yaml", claim("a", 2), claim("b"))
    ran = dractl("allocate", wanted, "--snapshot", cluster, "-o", "name")
    assert ran.status == 0
    assert ran.out.splitlines() == [
        "resourceclaim.resource.k8s.io/a",
        "resourceclaim.resource.k8s.io/b",
    ]


def test_nothing_pending_is_said_and_fine(dractl: Runner, cluster: str) -> None:
    ran = dractl("allocate", "--snapshot", cluster)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "nothing is pending (judged as Kubernetes 1.37)\n"


def test_quiet_leaves_only_the_answer(dractl: Runner) -> None:
    ran = dractl("allocate", "--demo", "-q")
    assert (ran.status, ran.err) == (1, "")


def test_a_pod_brings_the_claims_of_its_template(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    template = claim("two", 2)
    template |= {"kind": "ResourceClaimTemplate", "spec": {"spec": template["spec"]}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {
            "containers": [{"name": "main", "image": "x"}],
            "resourceClaims": [{"name": "g", "resourceClaimTemplateName": "two"}],
        },
    }
    wanted = written(tmp_path / "pod.yaml", template, pod)
    document = answer(dractl, wanted, "--snapshot", cluster)
    assert where(document) == ["n2"]
    assert document["placements"][0]["pod"] == {"namespace": "default", "name": "web"}


def test_files_are_asked_for_and_not_what_else_waits(
    dractl: Runner, tmp_path: Path
) -> None:
    busy = written(tmp_path / "cluster.yaml", *CLUSTER, claim("waiting"))
    wanted = written(tmp_path / "claim.yaml", claim("mine"))
    document = answer(dractl, wanted, "--snapshot", busy)
    assert [each["claims"][0]["name"] for each in document["placements"]] == ["mine"]


def test_files_that_hold_a_cluster_need_no_other(
    dractl: Runner, tmp_path: Path
) -> None:
    everything = written(tmp_path / "all.yaml", *CLUSTER, claim("a"))
    assert where(answer(dractl, everything)) == ["n1"]


def test_a_node_can_be_asked_for(dractl: Runner, cluster: str, tmp_path: Path) -> None:
    wanted = written(tmp_path / "claim.yaml", claim("a"))
    document = answer(dractl, wanted, "--snapshot", cluster, "--node", "n2")
    assert where(document) == ["n2"]


def test_an_unknown_node_is_wrong_usage(dractl: Runner) -> None:
    ran = dractl("allocate", "--demo", "--node", "h100-9")
    assert (ran.status, ran.out) == (2, "")
    assert "'h100-9'" in ran.err


def test_each_policy_of_the_solver_can_be_chosen(
    dractl: Runner, tmp_path: Path
) -> None:
    everything = written(tmp_path / "all.yaml", *CLUSTER, *map(claim, "ab"))
    found = {
        each: where(answer(dractl, everything, "--policy", each)) for each in Policy
    }
    assert found[Policy.FIRST] == ["n1", "n2"]
    assert found[Policy.PACK] != [None, None]
    choices = typing.get_args(typing.get_args(PolicyOption)[0])
    assert set(choices) == set(Policy)


def test_a_namespace_narrows_what_is_placed(dractl: Runner) -> None:
    document = answer(dractl, "--demo", "-n", "video")
    assert [each["pod"]["name"] for each in document["placements"]] == ["transcode-1"]


def test_a_namespace_is_given_to_files_that_name_none(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    wanted = written(tmp_path / "claim.yaml", claim("a"))
    document = answer(dractl, wanted, "--snapshot", cluster, "-n", "ml")
    assert document["placements"][0]["claims"][0]["namespace"] == "ml"


def test_a_file_of_another_namespace_is_wrong_usage(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    wanted = written(tmp_path / "claim.yaml", claim("a", namespace="web"))
    ran = dractl("allocate", wanted, "--snapshot", cluster, "-n", "ml")
    assert ran.status == 2
    assert "ResourceClaim 'a' is in 'web', but --namespace says 'ml'" in ran.err


def test_release_and_gates_are_the_ones_to_judge_by(dractl: Runner) -> None:
    ran = dractl(
        "allocate", "--demo", "--kubernetes-version", "1.35",
        "--feature-gates", "AllBeta=true,DRAPartitionableDevices=false",
    )  # fmt: skip
    assert "judged as Kubernetes 1.35" in ran.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--demo", "--snapshot", "x"], "--demo and --snapshot exclude each other"),
        (["--demo", "-v", "-q"], "--verbose and --quiet exclude each other"),
        (["--demo", "-A", "-n", "x"], "--namespace and --all-namespaces exclude"),
        (["-", "--snapshot", "-"], "stdin can be read only once"),
        (["--demo", "--feature-gates", "DRAAdminAccess"], "is not GATE=true"),
        (["--demo", "--feature-gates", "NoSuchGate=true"], "'NoSuchGate'"),
        (
            ["--demo", "--kubernetes-version", "new"],
            "'new' is not a Kubernetes version",
        ),
        (["--demo", "--policy", "best"], "'best' is not one of"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_wrong_usage_says_what_is_wrong(
    dractl: Runner, argv: list[str], message: str
) -> None:
    ran = dractl("allocate", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
    assert "\nhint: " in ran.err or "\n" not in ran.err.strip()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"kind: [",
        b"\x00\x01\x02\xff",
        b"[" * 100_000,
        b"a: &a [*a]\n",
        b"{}",
        b"null",
        b'{"kind": "ResourceClaim", "apiVersion": "resource.k8s.io/v1"}',
    ],
    ids=["empty", "json", "yaml", "binary", "deep", "cycle", "object", "null", "claim"],
)
def test_a_snapshot_that_is_none_never_ends_in_a_traceback(
    dractl: Runner, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    ran = dractl("allocate", "--snapshot", str(path))
    assert ran.status in {0, 3}
    assert "bad.yaml" in ran.err or "nothing is pending" in ran.err
    assert "bug" not in ran.err


def test_a_missing_file_is_named(dractl: Runner, tmp_path: Path) -> None:
    ran = dractl("allocate", "--snapshot", str(tmp_path / "gone.yaml"))
    assert (ran.status, ran.out) == (3, "")
    assert "gone.yaml: cannot be read: No such file or directory" in ran.err


def test_a_bad_object_in_a_file_is_told_and_the_rest_still_answered(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    bad = claim("bad")
    bad["spec"]["devices"]["requests"] = 7
    wanted = written(tmp_path / "claims.yaml", bad, claim("good"))
    ran = dractl("allocate", wanted, "--snapshot", cluster, "-o", "json")
    document = json.loads(ran.out)
    validate(document, SCHEMA)
    assert (ran.status, where(document)) == (3, ["n1"])
    assert [each["name"] for each in document["problems"]] == ["bad"]
    assert "warning: left out: " in ran.err
    assert "spec.devices.requests" in ran.err


def test_hostile_names_reach_no_terminal_raw(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    wanted = written(tmp_path / "claims.yaml", claim("\x1b[2J\u202e[red]x", 9))
    for output in ("table", "wide", "json", "yaml", "name", "claims"):
        ran = dractl("allocate", wanted, "--snapshot", cluster, "-o", output)
        assert (ran.out + ran.err).replace("\n", "").isprintable()


@pytest.mark.parametrize("form", ["file", "gzip", "folder", "stdin"])
def test_a_snapshot_can_come_as(form: str, tmp_path: Path) -> None:
    data = PATH.read_bytes()
    (tmp_path / "state").mkdir()
    shutil.copy(PATH, tmp_path / "state")
    (tmp_path / "state.gz").write_bytes(gzip.compress(data))
    path = {
        "file": str(PATH),
        "gzip": str(tmp_path / "state.gz"),
        "folder": str(tmp_path / "state"),
        "stdin": "-",
    }[form]
    ran = program("allocate", "--snapshot", path, "-o", "name", stdin=data)
    assert ran.status == 1
    assert "resourceclaim.resource.k8s.io/spare-mi300x" in ran.out.splitlines()


def test_claims_can_be_printed_with_the_status_that_they_would_get(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    wanted = written(tmp_path / "claims.yaml", claim("a", 2), claim("b", 99))
    ran = dractl("allocate", wanted, "--snapshot", cluster, "-o", "claims")
    document = answer(dractl, wanted, "--snapshot", cluster)
    (item,) = yaml.safe_load(ran.out)["items"]
    assert item["metadata"]["name"] == "a"
    assert (
        item["status"]["allocation"]
        == (document["placements"][0]["claims"][0]["allocation"])
    )


def test_what_was_left_out_keeps_an_answer_from_being_complete(
    dractl: Runner, cluster: str, tmp_path: Path
) -> None:
    bad = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": 5}}
    snapshot = tmp_path / "cluster"
    snapshot.mkdir()
    shutil.copy(cluster, snapshot / "good.yaml")
    written(snapshot / "bad.yaml", bad)
    wanted = written(tmp_path / "claims.yaml", claim("a", 2))
    ran = dractl("allocate", wanted, "--snapshot", str(snapshot), "-o", "name")
    assert ran.out == "resourceclaim.resource.k8s.io/a\n"
    assert "left out" in ran.err
    assert ran.status == 3

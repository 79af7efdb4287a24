"""`dractl render fleet` and `discover-job`: clusters for tests, and pods that look."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.run import Runner

NODES = ["--nodes", "3", "--seed", "7"]


def test_a_claim_can_be_tried_on_a_fleet(dractl: Runner, tmp_path: Path) -> None:
    fleet, claim = tmp_path / "fleet.yaml", tmp_path / "claim.yaml"
    fleet.write_text(
        dractl("render", "fleet", *NODES, "2 gpu.nvidia.com model=H100; 2 dra.net").out
    )
    claim.write_text(
        dractl(
            "render", "claim", "--same", "pcieRoot",
            "1 gpu.nvidia.com model=H100; 1 dra.net",
        ).out
    )  # fmt: skip
    ran = dractl("allocate", str(claim), "--snapshot", str(fleet))

    assert ran.status == 0
    assert "gpu.nvidia.com/node-0/gpu-0 dra.net/node-0/dra-0\n" in ran.out


def test_a_fleet_is_the_same_each_time(dractl: Runner) -> None:
    arguments = ["render", "fleet", *NODES, "--vendor", "amd", "--count", "2"]
    first = dractl(*arguments)

    assert first.status == 0
    assert dractl(*arguments).out == first.out
    assert first.out.count("kind: Node\n") == 3


def test_in_json_a_fleet_is_one_list(dractl: Runner) -> None:
    words = ["render", "fleet", *NODES, "2 gpu.nvidia.com"]

    listed = json.loads(dractl(*words, "-o", "json").out)

    assert listed["kind"] == "List"
    assert listed["items"] == list(yaml.safe_load_all(dractl(*words).out))


def test_what_pods_do_not_see_is_told(dractl: Runner) -> None:
    ran = dractl("render", "discover-job", "--image", "r.example/dractl:1")

    assert ran.status == 0
    assert yaml.safe_load(ran.out)["kind"] == "DaemonSet"
    assert ran.err.splitlines() == [
        (
            "the pods mount the host's files: the namespace needs the label "
            "pod-security.kubernetes.io/enforce=privileged where Pod Security is "
            "enforced"
        ),
        "which drivers the kubelet knows is for root to see: --run-as-root",
        "files of CDI are seen with --with-cdi, which makes folders on nodes",
        "without NVML there is less to say of NVIDIA GPUs: --runtime-class nvidia",
        "afterwards: dractl discover --from-pods",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["discover-job"], "no image is named, and dractl publishes none"),
        (["discover-job", "--image", "a", "2"], "discover-job looks at all"),
        (["claim", "--nodes", "2"], "--nodes says nothing about a claim"),
        (["fleet", "--nodes", "0", "1 gpu.nvidia.com"], "one node at least"),
        (["fleet", "--nodes", "99999999", "1 gpu.nvidia.com"], "100,000 at most"),
        (["fleet", "--name", "a_b", "1 gpu.nvidia.com, else 2 dra.net"], "refuses"),
        (["class", "--with-cdi"], "--with-cdi says nothing about a class"),
        (["class", "--run-as-root"], "--run-as-root says nothing about a class"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_orders_that_make_no_sense_are_refused(
    dractl: Runner, arguments: list[str], message: str
) -> None:
    ran = dractl("render", *arguments)

    assert ran.status == 2
    assert message in ran.err

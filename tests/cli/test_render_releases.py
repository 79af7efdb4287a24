import json
from pathlib import Path

import pytest

from dractl.manifests.presets import VENDOR_NAMES
from tests.cli.manifests import NV, faults, objects
from tests.cli.run import Runner

RELEASES = ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]
WISHES = {
    "plain": (*NV,),
    "many": (*NV, "--count", "4", "--where", "model=H100", "--where", "memory>=79Gi"),
    "all": (*NV, "--all", "--where", "cudaComputeCapability>=9.0"),
    "same": (*NV, "--count", "2", "--same", "pcieRoot"),
    "words": ("2 gpu.nvidia.com architecture=Hopper|Ampere same=pcieRoot",),
    "two": ("gpu: 1 gpu.nvidia.com; nic: 1 dra.net rdma=true", "--same", "pcieRoot"),
    "more": (
        "1 gpu.amd.com",
        "--request",
        "1 gpu.amd.com",
        "--request",
        "nic: dra.net",
    ),
    "config": (*NV, "--config", '{"kind": "GpuConfig"}'),
    "placed": (*NV, "--name", "mine", "--namespace", "team-a"),
}
GATED = {
    "else": ((*NV, "2 model=H100 memory>=79Gi, else 4 model=L4"), "1.34"),
    "or": ((*NV, "--where", "model=H100", "--or", "4: model=L4"), "1.34"),
    "tolerate": ((*NV, "--tolerate", "gpu.nvidia.com/xid:NoSchedule"), "1.36"),
    "capacity": ((*NV, "--capacity", "memory=10Gi"), "1.36"),
    "distinct": ((*NV, "--count", "2", "--distinct", "pcieRoot"), "1.36"),
    "admin": ((*NV, "--admin-access", "--namespace", "monitor"), "1.34"),
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())
@pytest.mark.parametrize("kind", ["claim", "template", "pod"])
def test_every_release_accepts_what_is_made_for_it(
    dractl: Runner, kind: str, wish: tuple[str, ...], release: str
) -> None:
    ran = dractl("render", kind, *wish, "--for-kubernetes", release)
    assert ran.status == 0, ran.err
    assert [faults(each, release, {}) for each in objects(ran.out)] in ([[]], [[], []])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("wish", "since"), GATED.values(), ids=GATED.keys())
def test_what_a_release_would_drop_is_refused(
    dractl: Runner, wish: tuple[str, ...], since: str, release: str
) -> None:
    ran = dractl("render", "claim", *wish, "--for-kubernetes", release)
    if release >= since:
        assert ran.status == 0, ran.err
        assert [faults(each, release, {}) for each in objects(ran.out)] == [[]]
    else:
        assert (ran.status, ran.out) == (1, "")
        assert f"Kubernetes {release} drops" in ran.err
        assert f"--for-kubernetes {since}" in ran.err


def test_a_gate_that_the_cluster_has_lets_it_pass(dractl: Runner) -> None:
    gate = "DRAPrioritizedList"
    wish = ("render", "claim", *GATED["else"][0], "--for-kubernetes", "1.33")
    assert f"feature gate {gate} is alpha" in dractl(*wish).err
    ran = dractl(*wish, "--feature-gates", f"{gate}=true")
    assert ran.status == 0
    [made] = objects(ran.out)
    assert faults(made, "1.33", {gate: True}) == []


@pytest.mark.parametrize("version", ["v1", "v1beta2", "v1beta1", "v1alpha3"])
@pytest.mark.parametrize("kind", ["claim", "template", "class", "slice"])
def test_every_version_can_be_had(dractl: Runner, kind: str, version: str) -> None:
    ran = dractl("render", kind, *NV, "--api-version", version)
    assert ran.status == 0, ran.err
    [made] = objects(ran.out)
    assert made["apiVersion"] == f"resource.k8s.io/{version}"
    newest = "1.33" if version == "v1alpha3" else "1.37"
    assert faults(made, newest, {}) == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("vendor", VENDOR_NAMES)
def test_classes_of_vendors_are_valid_in_every_release(
    dractl: Runner, vendor: str, release: str
) -> None:
    ran = dractl("render", "class", "--vendor", vendor, "--for-kubernetes", release)
    assert ran.status == 0, ran.err
    [made] = objects(ran.out)
    assert faults(made, release, {}) == []


def test_a_rule_needs_its_gate(dractl: Runner) -> None:
    rule = ("render", "taint-rule", "gpu.nvidia.com", "x.com/hot:NoSchedule")
    ran = dractl(*rule, "--for-kubernetes", "1.36")
    assert ran.status == 1
    assert "DRADeviceTaintRules is beta, off by default" in ran.err
    gates = ("--feature-gates", "DRADeviceTaintRules=true")
    made = dractl(*rule, "--for-kubernetes", "1.36", *gates)
    assert objects(made.out)[0]["apiVersion"] == "resource.k8s.io/v1beta2"


@pytest.mark.parametrize(
    "arguments",
    [
        ("claim", *NV, "--for-kubernetes", "1.33", "--api-version", "v1"),
        ("taint-rule", "gpu.nvidia.com", "x.com/a:None", "--api-version", "v1beta1"),
        ("rbac", "--restrict-class", "a", "--only-namespace", "b", "--for-kubernetes",
         "1.33"),
    ],
)  # fmt: skip
def test_what_a_release_does_not_have_is_a_no(
    dractl: Runner, arguments: tuple[str, ...]
) -> None:
    ran = dractl("render", *arguments)
    assert ran.status in {1, 2}
    assert ran.out == ""


def test_a_snapshot_says_for_which_release(dractl: Runner, tmp_path: Path) -> None:
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n1"},
        "status": {"nodeInfo": {"kubeletVersion": "v1.33.2"}},
    }
    cluster = tmp_path / "cluster.json"
    cluster.write_text(json.dumps(node))

    made = dractl("render", "claim", *NV, "--snapshot", str(cluster))
    plain = dractl("render", "claim", *NV, "--for-kubernetes", "1.33")

    assert made.out == plain.out
    assert "resource.k8s.io/v1beta2" in made.out


def test_a_release_beside_a_snapshot_counts(dractl: Runner, tmp_path: Path) -> None:
    cluster = tmp_path / "cluster.json"
    cluster.write_text('{"apiVersion": "v1", "kind": "List", "items": []}')
    argv = ("render", "claim", *NV, "--for-kubernetes", "1.33")

    assert dractl(*argv, "--snapshot", str(cluster)).out == dractl(*argv).out

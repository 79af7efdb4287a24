import json
from pathlib import Path
from typing import get_args

import pytest

from dractl.cel.parser import parse
from dractl.cli.render import Kind, Vendor
from dractl.manifests.presets import PRESETS, VENDOR_NAMES
from tests.cli.manifests import NV, faults, objects
from tests.cli.run import Runner


def test_options_offer_every_vendor_and_kind() -> None:
    assert get_args(Vendor) == VENDOR_NAMES
    assert "rbac" in get_args(Kind)
    assert len({each.name for each in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("class", ("--vendor", "intel", "--extended-resource", "intel.com/gpu")),
        ("slice", ("--node", "n1", "--driver", "gpu.example.com", "--count", "8",
                   "--where", "model=A", "--where", "memory=40Gi", "--where",
                   "driverVersion=1.2.0", "--taint", "x.com/bad=fan:NoSchedule")),
        ("taint-rule", ("gpu.nvidia.com/n1/gpu-0", "x.com/hot=very:NoExecute")),
        ("taint-rule", ("gpu.nvidia.com", "x.com/hot:NoSchedule")),
        ("taint-rule", ("--all", "--taint", "x.com/hot:None")),
    ],
)  # fmt: skip
def test_other_kinds_are_valid(
    dractl: Runner, kind: str, arguments: tuple[str, ...]
) -> None:
    ran = dractl("render", kind, *arguments)
    assert ran.status == 0, ran.err
    [made] = objects(ran.out)
    assert faults(made, "1.37", {}) == []


def test_an_empty_taint_rule_must_be_meant(dractl: Runner) -> None:
    ran = dractl("render", "taint-rule", "x.com/hot:NoSchedule")
    assert ran.status == 2
    assert "every device of the cluster" in ran.err


@pytest.mark.parametrize("workload", ["pod", "deployment", "job"])
def test_a_workload_is_wired_to_its_template(dractl: Runner, workload: str) -> None:
    ran = dractl("render", "pod", *NV, "--as", workload, "--name", "train")
    template, made = objects(ran.out)
    assert made["kind"].lower() == workload
    spec = made["spec"] if workload == "pod" else made["spec"]["template"]["spec"]
    assert template["metadata"]["name"] == "train"
    assert spec["resourceClaims"] == [
        {"name": "devices", "resourceClaimTemplateName": "train"}
    ]
    assert spec["containers"][0]["resources"] == {"claims": [{"name": "devices"}]}


def test_a_constraint_is_about_the_alternative_in_which_it_stands(
    dractl: Runner,
) -> None:
    ran = dractl("render", "claim", *NV, "2 model=H100 same=pcieRoot, else 4 model=L4")
    devices = objects(ran.out)[0]["spec"]["devices"]
    assert devices["constraints"] == [
        {
            "requests": ["gpu/option-1"],
            "matchAttribute": "resource.kubernetes.io/pcieRoot",
        }
    ]


def test_a_policy_keeps_a_class_to_namespaces(dractl: Runner) -> None:
    ran = dractl(
        "render", "rbac", "--restrict-class", "big", "--only-namespace", "team-a"
    )  # fmt: skip
    policy, binding = objects(ran.out)
    assert policy["kind"] == "ValidatingAdmissionPolicy"
    assert policy["spec"]["matchConstraints"]["resourceRules"][0]["resources"] == [
        "resourceclaims",
        "resourceclaimtemplates",
    ]
    assert binding["spec"]["policyName"] == policy["metadata"]["name"]
    expressions = [
        *(each["expression"] for each in policy["spec"]["variables"]),
        *(each["expression"] for each in policy["spec"]["validations"]),
    ]
    assert all(map(parse, expressions))
    [term] = binding["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"]
    assert (term["operator"], term["values"]) == ("NotIn", ["team-a"])


def test_a_policy_needs_somebody_who_may(dractl: Runner) -> None:
    assert dractl("render", "rbac", "--restrict-class", "big").status == 2


@pytest.mark.parametrize(
    ("release", "asks_more"), [("1.35", False), ("1.36", True), ("1.37", True)]
)
def test_drivers_need_more_verbs_since_136(
    dractl: Runner, release: str, *, asks_more: bool
) -> None:
    ran = dractl("render", "rbac", "--role", "driver", *NV, "--for-kubernetes", release)
    assert ("associated-node:update" in ran.out) is asks_more


def test_a_driver_is_kept_to_the_slices_of_its_node(dractl: Runner) -> None:
    account = ("--service-account", "gpu-system/plugin")
    ran = dractl("render", "rbac", "--role", "driver", *NV, *account)
    role, binding, policy, bound = objects(ran.out)
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert bound["spec"]["policyName"] == policy["metadata"]["name"]
    [condition] = policy["spec"]["matchConditions"]
    assert '"system:serviceaccount:gpu-system:plugin"' in condition["expression"]


def test_attributes_that_drivers_call_differently_are_refused(dractl: Runner) -> None:
    wish = "gpu: 1 gpu.nvidia.com; nic: 1 dra.net"
    ran = dractl("render", "claim", wish, "--same", "numaNode")
    assert ran.status == 2
    assert "dra.net/numaNode, resource.kubernetes.io/numaNode" in ran.err


def test_comments_name_the_gates_that_a_manifest_takes(dractl: Runner) -> None:
    ran = dractl("render", "claim", *NV, "--capacity", "memory=1Gi")
    assert ran.out.startswith(
        "# Needs the feature gate DRAConsumableCapacity (capacity), "
        "on by default since 1.36.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("claim", *NV, "--count", "33"), "32 devices at most"),
        (("claim", *NV, "--where", "memory>=80Gi"), "memory>=79Gi finds them"),
        (("class", *NV), "--extended-resource nvidia.com/gpu"),
        (
            ("claim", *NV, "--admin-access", "--namespace", "monitor"),
            "resource.kubernetes.io/admin-access=true",
        ),
        (("claim", *NV, "--for-kubernetes", "1.33"), "does not serve"),
    ],
)
def test_what_to_know_goes_to_stderr(
    dractl: Runner, arguments: tuple[str, ...], note: str
) -> None:
    ran = dractl("render", *arguments)
    assert ran.status == 0
    assert note in ran.err
    assert dractl("render", *arguments, "-q").err == ""


def test_a_quota_counts_devices_by_class_and_claims(dractl: Runner) -> None:
    ran = dractl("render", "quota", "8 gpu.nvidia.com; 2 dra.net", "--claims", "10")
    assert objects(ran.out)[0]["spec"]["hard"] == {
        "gpu.nvidia.com.deviceclass.resource.k8s.io/devices": "8",
        "dra.net.deviceclass.resource.k8s.io/devices": "2",
        "count/resourceclaims.resource.k8s.io": "10",
    }


@pytest.mark.parametrize(
    ("release", "served"),
    [("1.31", "v1alpha3"), ("1.32", "v1beta1"), ("1.33", "v1beta2")],
)
def test_kubeadm_serves_the_api_where_it_is_off(
    dractl: Runner, release: str, served: str
) -> None:
    cluster, kubelet = objects(
        dractl("render", "kubeadm", "--for-kubernetes", release).out
    )
    assert cluster["apiServer"]["extraArgs"] == [
        {"name": "feature-gates", "value": "DynamicResourceAllocation=true"},
        {"name": "runtime-config", "value": f"resource.k8s.io/{served}=true"},
    ]
    assert kubelet["featureGates"] == {"DynamicResourceAllocation": True}


def test_kubeadm_turns_on_what_a_gate_depends_on(dractl: Runner) -> None:
    ran = dractl(
        "render", "kubeadm", "--for-kubernetes", "1.35", "--feature",
        "DRADeviceTaintRules",
    )  # fmt: skip
    [cluster] = objects(ran.out)
    assert cluster["scheduler"]["extraArgs"][0]["value"] == (
        "DRADeviceTaintRules=true,DRADeviceTaints=true"
    )


def test_json_is_one_document(dractl: Runner) -> None:
    made = json.loads(dractl("render", "pod", *NV, "-o", "json").out)
    assert [each["kind"] for each in made["items"]] == ["ResourceClaimTemplate", "Pod"]
    alone = json.loads(dractl("render", "claim", *NV, "-o", "json").out)
    assert alone["kind"] == "ResourceClaim"


def test_settings_come_from_a_file(dractl: Runner, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("apiVersion: resource.nvidia.com/v1beta1\nkind: GpuConfig\n")
    ran = dractl("render", "claim", *NV, "--config", f"driver=gpu.nvidia.com,@{file}")
    [config] = objects(ran.out)[0]["spec"]["devices"]["config"]
    assert config["opaque"]["parameters"]["kind"] == "GpuConfig"


def test_words_of_strangers_stay_in_their_comment(dractl: Runner) -> None:
    ran = dractl("render", "claim", *NV, "1 brand='a\nkind: Evil'")
    assert objects(ran.out)[0]["kind"] == "ResourceClaim"
    assert len(objects(ran.out)) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("claim",),
        ("claim", *NV, "--name", "Not_A_Name"),
        ("claim", *NV, "--count", "0"),
        ("claim", *NV, "--count", "2", "--all"),
        ("claim", *NV, "2 model=H100", "--count", "2"),
        ("claim", *NV, "--where", "colour=red"),
        ("claim", *NV, "--extended-resource", "a.com/b"),
        ("claim", *NV, "--tolerate", "a:Never"),
        ("claim", *NV, "--capacity", "memory"),
        ("claim", *NV, "--admin-access", "1 model=H100, else 1"),
        ("claim", *NV, "--config", "nonsense"),
        ("claim", *NV, "--driver", "gpu.amd.com"),
        ("claim", *NV, "--for-kubernetes", "1.12"),
        ("class",),
        ("slice", *NV, "--all"),
        ("quota",),
        ("rbac",),
        ("kubeadm", "--feature", "NoSuchGate"),
        ("taint-rule", "gpu.nvidia.com", "broken"),
    ],
)
def test_orders_that_make_no_sense_are_wrong_usage(
    dractl: Runner, arguments: tuple[str, ...]
) -> None:
    ran = dractl("render", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: ")

"""Pods with claims in the place of extended resources."""

import pytest
import yaml

from dractl.migrate.answer import Meaning
from dractl.migrate.inputs import Route
from dractl.migrate.memory import MIGRATED
from dractl.model.cluster import Profile
from dractl.rules.server import judged
from tests.migrate.builders import documents, inputs, snapshot
from tests.migrate.rewriting import (
    CHAT,
    GPU,
    IS_A100,
    applied,
    counts,
    pods,
    rewrite,
    template,
)


def test_replaces_amounts_and_labels_and_nothing_else() -> None:
    made = rewrite(CHAT)
    (expected,) = documents(CHAT)
    spec = expected["spec"]["template"]["spec"]
    spec["nodeSelector"] = {"zone": "b"}
    spec["containers"][0]["resources"] = {
        "limits": {"cpu": 1},
        "claims": [{"name": "devices", "request": "main"}],
    }
    entry = {"name": "devices", "resourceClaimTemplateName": "chat-devices"}
    spec["resourceClaims"] = [entry]
    assert made.documents == {0: expected}
    found = made.documents[0]["spec"]["template"]["spec"]
    assert [*found] == ["nodeSelector", "containers", "tolerations", "resourceClaims"]
    assert made.findings == ()


def test_keeps_what_is_not_touched_as_it_is() -> None:
    given = inputs(CHAT)[0].document
    made = rewrite(CHAT).documents[0]
    old, new = given["spec"]["template"]["spec"], made["spec"]["template"]["spec"]
    assert new["containers"][1] == old["containers"][1]
    assert [*made] == [*given]
    assert [*new["containers"][0]] == [*old["containers"][0]]


def test_makes_a_template_that_says_what_was_before() -> None:
    found = template(rewrite(CHAT))
    note = found["metadata"]["annotations"].pop(MIGRATED)
    assert found == {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaimTemplate",
        "metadata": {
            "name": "chat-devices",
            "namespace": "inference",
            "annotations": {},
        },
        "spec": {
            "spec": {
                "devices": {
                    "requests": [
                        {
                            "name": "main",
                            "exactly": {
                                "deviceClassName": "gpu.nvidia.com",
                                "selectors": [{"cel": {"expression": IS_A100}}],
                                "allocationMode": "ExactCount",
                                "count": 2,
                            },
                        }
                    ]
                }
            }
        },
    }
    assert note.startswith('{"requests":{"main":"nvidia.com/gpu"},"moved":[{"label":')
    assert len(note) < 1024


CRON = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - {name: train, resources: {limits: {nvidia.com/gpu: 1}}}
"""
RAY = """
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: ray}
spec:
  headGroupSpec:
    template:
      spec:
        containers:
        - {name: head, resources: {limits: {nvidia.com/gpu: 1}}}
  workerGroupSpecs:
  - groupName: small
    template:
      spec:
        containers:
        - {name: worker, resources: {limits: {nvidia.com/gpu: 4}}}
  - groupName: large
    template:
      spec:
        containers:
        - {name: worker, resources: {limits: {nvidia.com/gpu: 8}}}
"""


def test_finds_pods_deep_in_a_document() -> None:
    made = rewrite(CRON)
    assert template(made)["metadata"]["name"] == "nightly-devices"
    assert "namespace" not in template(made)["metadata"]


def test_names_templates_of_several_pods_after_their_places() -> None:
    made = rewrite(RAY)
    assert [each["metadata"]["name"] for each in made.added[0]] == [
        "ray-headgroupspec-devices",
        "ray-workergroupspecs-0-devices",
        "ray-workergroupspecs-1-devices",
    ]


def test_names_templates_within_the_limits() -> None:
    long = pods(f"a {GPU}=1").replace("name: it", f"name: {'x' * 90}.y")
    name = template(rewrite(long))["metadata"]["name"]
    assert len(name) <= 63
    assert name != template(rewrite(long.replace(".y", ".z")))["metadata"]["name"]


TAKEN = """
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: chat-devices, namespace: inference}
spec:
  spec:
    devices:
      requests: [{name: other, exactly: {deviceClassName: other.example.com}}]
"""


def test_takes_another_name_where_it_is_taken() -> None:
    in_file = rewrite(f"{CHAT}---{TAKEN}")
    in_cluster = rewrite(CHAT, cluster=snapshot(TAKEN))
    name = template(in_file)["metadata"]["name"]
    assert name.startswith("chat-devices-")
    assert template(in_cluster)["metadata"]["name"] == name
    elsewhere = TAKEN.replace("inference", "other")
    made = rewrite(f"{CHAT}---{elsewhere}")
    assert template(made)["metadata"]["name"] == "chat-devices"


def test_uses_a_template_that_says_the_same() -> None:
    said = yaml.safe_dump(template(rewrite(CHAT)))
    made = rewrite(f"{CHAT}---\n{said}")
    assert made.added == {}
    entry = made.documents[0]["spec"]["template"]["spec"]["resourceClaims"][0]
    assert entry["resourceClaimTemplateName"] == "chat-devices"
    in_cluster = rewrite(CHAT, cluster=snapshot(said))
    assert template(in_cluster)["metadata"]["name"] == "chat-devices"


def test_keeps_the_claims_that_are_there() -> None:
    text = pods(f"a {GPU}=1", rest="  resourceClaims: [{name: devices}]\n").replace(
        "resources: {", "resources: {claims: [{name: devices}], "
    )
    spec = rewrite(text).documents[0]["spec"]
    assert [each["name"] for each in spec["resourceClaims"]] == ["devices", "devices-2"]
    assert spec["containers"][0]["resources"]["claims"] == [
        {"name": "devices"},
        {"name": "devices-2", "request": "a"},
    ]


def _aligned(text: str) -> object:
    made = rewrite(text, align="resource.kubernetes.io/pcieRoot")
    return template(made)["spec"]["spec"]["devices"].get("constraints")


def test_aligns_the_devices_of_a_request() -> None:
    attribute = "resource.kubernetes.io/pcieRoot"
    wanted = [{"requests": ["a"], "matchAttribute": attribute}]
    assert _aligned(pods(f"a {GPU}=2", f"b {GPU}=1")) == wanted
    queued = CHAT.replace(
        "labels: {app: chat}", "labels: {kueue.x-k8s.io/queue-name: q}"
    )
    assert _aligned(queued) is None
    codes = [each.code for each in rewrite(queued, align=attribute).findings]
    assert codes == ["not-aligned"]


def test_leaves_pods_as_they_are_if_their_class_has_the_name() -> None:
    mig = "nvidia.com/mig-1g.5gb"
    text = f"{pods(f'a {mig}=1')}---\n{pods(f'a {mig}=1').replace('it', 'that')}"
    made = rewrite(text, {mig: Meaning("partition")}, route=Route.EXTENDED)
    assert made.documents == {}
    (found,) = made.shared
    assert found["spec"]["extendedResourceName"] == mig
    assert MIGRATED in found["metadata"]["annotations"]
    there = snapshot(
        "apiVersion: resource.k8s.io/v1\nkind: DeviceClass\n"
        f"metadata: {{name: {found['metadata']['name']}}}\n"
        f"spec: {{extendedResourceName: {mig}}}"
    )
    meant = {mig: Meaning("partition")}
    again = rewrite(text, meant, route=Route.EXTENDED, cluster=there)
    assert again.shared == ()


def test_makes_a_class_for_claims_without_the_name() -> None:
    meant = {GPU: Meaning("mps-share", replicas=4)}
    made = rewrite(pods(f"a {GPU}=1"), meant)
    (found,) = made.shared
    exactly = template(made)["spec"]["spec"]["devices"]["requests"][0]["exactly"]
    assert exactly["deviceClassName"] == found["metadata"]["name"]
    assert "config" in found["spec"]
    assert "extendedResourceName" not in found["spec"]


QUOTA = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: gpus, namespace: ns}
spec: {hard: {requests.nvidia.com/gpu: 4}}
"""


def test_takes_quotas_along() -> None:
    made = rewrite(f"{pods(f'a {GPU}=1')}---{QUOTA}")
    assert made.documents[1]["spec"]["hard"] == {
        "requests.nvidia.com/gpu": 4,
        "gpu.nvidia.com.deviceclass.resource.k8s.io/devices": 4,
    }


LIMITS = """
apiVersion: v1
kind: LimitRange
metadata: {name: usual, namespace: ns}
spec: {limits: [{type: Container, default: {nvidia.com/gpu: 1, cpu: 1}}]}
"""


def test_takes_limits_away_for_good() -> None:
    made = rewrite(f"{pods(f'a {GPU}=1')}---{LIMITS}")
    limits = [{"type": "Container", "default": {"cpu": 1}}]
    assert made.documents[1]["spec"]["limits"] == limits
    (found,) = made.findings
    assert (found.code, found.subject) == ("not-reversible", "LimitRange ns/usual")


MACHINE = """
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: desk}
spec:
  template:
    spec:
      domain:
        devices:
          gpus:
          - {name: left, deviceName: nvidia.com/GA100_A100, tag: t}
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (pods(f"a {GPU}=1", rest="  resourceClaims: {a: 1}\n"), "resourceClaims is no"),
        (
            pods(f"a {GPU}=1").replace("resources: {", "resources: {claims: 7, "),
            "claims is no list",
        ),
        (pods("a", rest=f"  resources: {{limits: {{{GPU}: 1}}}}\n"), "only containers"),
        (MACHINE, "changed by hand"),
        (pods(f"a {GPU}=33"), "32 devices at most"),
    ],
)
def test_leaves_what_cannot_have_claims(text: str, message: str) -> None:
    made = rewrite(text)
    assert (made.documents, made.added) == ({}, {})
    (found,) = made.findings
    assert found.code == "not-rewritten"
    assert message in found.message


def test_takes_hostile_names_for_names() -> None:
    text = pods(f"a {GPU}=1", f"b {GPU}=1").replace("name: a\n", "name: 'A_ü/'\n")
    text = text.replace("name: b\n", "name: [b]\n").replace("name: it", "name: null")
    made = rewrite(text)
    assert counts(made) == {"a": 1, "devices": 1}
    assert template(made)["metadata"]["name"] == "pod-devices"


@pytest.mark.parametrize("release", ["1.32", "1.33", "1.34", "1.35", "1.36", "1.37"])
def test_writes_what_the_release_accepts(release: str) -> None:
    gates = {"DynamicResourceAllocation": True}
    profile = Profile.of(release, gates)
    text = "---\n".join([CHAT, pods(f"a {GPU}=1", init=f"i {GPU}=2"), CRON, RAY])
    for each in applied(text, rewrite(text, kubernetes=release)):
        answer = judged(each, profile)
        ours = each["kind"] == "ResourceClaimTemplate"
        if ours or each["metadata"]["name"] == "it":
            assert (answer.status, answer.dropped) == (201, ()), answer.violations
        if ours:
            best = {"1.32": "v1beta1", "1.33": "v1beta2"}.get(release, "v1")
            assert each["apiVersion"] == f"resource.k8s.io/{best}"

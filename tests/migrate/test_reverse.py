"""From claims back to extended resources."""

from typing import Any

import pytest
import yaml

from dractl.migrate.answer import Meaning, Rewrite
from dractl.migrate.inputs import Route, Shares
from dractl.migrate.memory import MIGRATED
from dractl.migrate.reverse import reversed_
from tests.migrate.builders import documents, inputs, order
from tests.migrate.rewriting import CHAT, EFA, GPU, PRODUCT, applied, pods, rewrite
from tests.migrate.test_rewrite import CRON, QUOTA, RAY

AFFINITY = f"""
apiVersion: v1
kind: Pod
metadata: {{name: it, namespace: ns}}
spec:
  nodeSelector: {{nvidia.com/gpu.present: "true", {PRODUCT}: NVIDIA-A100}}
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions:
          - {{key: {PRODUCT}, operator: In, values: [NVIDIA-A100]}}
          - {{key: zone, operator: In, values: [a, b]}}
          - {{key: nvidia.com/gpu.present, operator: Exists}}
        - matchExpressions:
          - {{key: {PRODUCT}, operator: In, values: [NVIDIA-A100]}}
          matchFields: [{{key: metadata.name, operator: In, values: [n1]}}]
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 5
        preference:
          matchExpressions:
          - {{key: nvidia.com/gpu.present, operator: Exists}}
      - weight: 7
        preference:
          matchExpressions:
          - {{key: nvidia.com/gpu.present, operator: Exists}}
          - {{key: zone, operator: In, values: [a]}}
  containers:
  - {{name: a, image: x, resources: {{limits: {{nvidia.com/gpu: 1}}}}}}
"""
ONLY = f"""
apiVersion: v1
kind: Pod
metadata: {{name: it}}
spec:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{{key: {PRODUCT}, operator: NotIn, values: [T4]}}]
  containers:
  - {{name: a, image: x, resources: {{limits: {{nvidia.com/gpu: 1}}}}}}
"""
EITHER = ONLY.replace(
    "values: [T4]}]",
    "values: [T4]}]\n        - matchExpressions: [{key: zone, operator: Exists}]",
)


def back(found: list[Any], **wishes: Any) -> tuple[list[Any], Rewrite]:
    """Return what the documents become on the way back."""
    text = yaml.safe_dump_all(found)
    made = reversed_(inputs(text), order(**wishes))
    return applied(text, made), made


def plain(value: Any) -> Any:
    """Return documents with amounts as numbers, once each, limits being enough."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: plain(each) for key, each in value.items()}
    if isinstance(amounts := found.get("resources"), dict):
        told = {**(amounts.pop("requests", {})), **(amounts.pop("limits", {}))}
        return {**found, "resources": {**amounts, **told}}
    return found


@pytest.mark.parametrize(
    "text",
    [
        CHAT,
        CRON,
        RAY,
        AFFINITY,
        ONLY,
        EITHER,
        f"{CHAT}---\n{CRON}---\n{RAY}",
        pods(f"a {GPU}=1", f"b {GPU}=2", init=f"i {GPU}=1;j {GPU}=4"),
        pods(f"a {GPU}=3", init=f"i {GPU}=1;s+ {GPU}=1;j {GPU}=7"),
        pods(f"a {GPU}=1 nvidia.com/mig-2g.10gb=2 cpu=3"),
        pods("a gpu.intel.com/monitoring=1", f"b {GPU}=1"),
        f"{pods(f'a {GPU}=1')}---{QUOTA}",
        pods(f"a {GPU}=8 {EFA}=32", f"b {GPU}=1 {EFA}=1"),
        pods(f"a {GPU}=20", f"b {GPU}=20", init=f"i {GPU}=30;j {GPU}=2;k {GPU}=41"),
        AFFINITY.replace(f"{GPU}: 1", f"{GPU}: 8, {EFA}: 32"),
    ],
)
@pytest.mark.parametrize("release", ["1.32", "1.36"])
def test_comes_back_as_it_was(text: str, release: str) -> None:
    meanings = {"nvidia.com/mig-2g.10gb": Meaning("partition")}
    there = applied(text, rewrite(text, meanings, kubernetes=release))
    again, made = back(there, kubernetes=release)
    assert plain(again) == plain(documents(text))
    assert made.findings == ()


def test_brings_back_what_no_count_tells() -> None:
    cores, memory = "aws.amazon.com/neuroncore", "nvidia.com/gpumem"
    meanings = {
        cores: Meaning("core", replicas=2),
        memory: Meaning("fraction"),
        GPU: Meaning("fraction"),
    }
    text = pods(f"a {cores}=5", f"b {GPU}=1 {memory}=3000")
    again, made = back(applied(text, rewrite(text, meanings)))
    assert plain(again) == plain(documents(text))
    assert made.findings == ()


def test_brings_back_one_claim_of_two() -> None:
    containers = [f"{name} {GPU}=16" for name in "abc"]
    there = applied(text := pods(*containers, init=f"i {GPU}=40"), rewrite(text))
    (pod, *_), made = back([there[0], there[2]])
    init, *others = pod["spec"]["initContainers"] + pod["spec"]["containers"]
    assert [[*each["resources"]] for each in (init, *others)] == [
        ["claims"], ["claims"], ["claims"], ["limits"],
    ]  # fmt: skip
    assert {each["name"] for each in init["resources"]["claims"]} == {"devices"}
    assert [each.code for each in made.findings] == ["claim-stays"]


def test_moves_requirements_out_of_affinities() -> None:
    spec = rewrite(AFFINITY).documents[0]["spec"]
    assert "nodeSelector" not in spec
    found = spec["affinity"]["nodeAffinity"]
    required = found["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"] == [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]},
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]},
    ]
    preferred = found["preferredDuringSchedulingIgnoredDuringExecution"]
    zone = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}
    assert preferred == [{"weight": 7, "preference": zone}]
    assert "affinity" not in rewrite(ONLY).documents[0]["spec"]


def test_leaves_terms_of_which_only_some_would_be_empty() -> None:
    made = rewrite(EITHER)
    assert (
        made.documents[0]["spec"]["affinity"]
        == (documents(EITHER)[0]["spec"]["affinity"])
    )
    assert [each.code for each in made.findings] == ["requirement-stays"]


def test_takes_classes_of_its_own_away() -> None:
    mig = "nvidia.com/mig-1g.5gb"
    text = pods(f"a {mig}=1")
    meant = {mig: Meaning("partition")}
    there = applied(text, rewrite(text, meant, route=Route.EXTENDED))
    assert len(there) == 2
    again, made = back(there)
    assert again == documents(text)
    assert made.findings == ()


def test_says_that_devices_are_no_longer_shared() -> None:
    shared = {GPU: Meaning("time-slice", replicas=4)}
    text = CHAT.replace("nvidia.com/gpu: 2", "nvidia.com/gpu: 1")
    there = applied(text, rewrite(text, shared, shares=Shares.CLAIM))
    again, made = back(there)
    limits = again[0]["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert limits == {"limits": {"cpu": 1, GPU: 1}}
    assert len(again) == 1
    assert [each.code for each in made.findings] == ["not-reversible"]
    assert "share" in made.findings[0].message


MACHINE = """
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: desk}
spec:
  template:
    spec:
      resourceClaims: [{name: gpu, resourceClaimTemplateName: theirs}]
      domain: {devices: {gpus: [{name: left, claimName: gpu, requestName: one}]}}
"""
CLAIMING = """
apiVersion: v1
kind: Pod
metadata: {name: it, namespace: ns}
spec:
  resourceClaims: [{name: mine, resourceClaimTemplateName: theirs}]
  containers:
  - {name: a, resources: {claims: [{name: mine, request: one}], limits: {cpu: 1}}}
  - {name: b, resources: {claims: [{name: mine}]}}
"""


def theirs(request: str, rest: str = "") -> str:
    """Return a template that somebody else wrote, with a pod that uses it."""
    return (
        f"{CLAIMING}---\napiVersion: resource.k8s.io/v1\n"
        "kind: ResourceClaimTemplate\nmetadata: {name: theirs, namespace: ns}\n"
        f"spec: {{spec: {{devices: {{requests: [{request}]{rest}}}}}}}\n"
    )


ONE = "{name: one, exactly: {deviceClassName: gpu.nvidia.com, count: 2%s}}"


def test_reads_templates_of_others() -> None:
    again, made = back(documents(theirs(ONE % "")))
    (pod,) = again
    assert "resourceClaims" not in pod["spec"]
    first, second = pod["spec"]["containers"]
    assert first["resources"] == {"limits": {"cpu": 1, GPU: 2}}
    assert second["resources"] == {"limits": {GPU: 2}}
    assert [each.message for each in made.findings] == [
        "lost: that containers a and b share devices"
    ]


def test_names_claims_that_no_container_has() -> None:
    text = theirs(ONE % "").replace("claims: [{name: mine, request: one}], ", "")
    _, made = back(documents(text.replace("resources: {claims: [{name: mine}]}", "")))
    assert [each.message for each in made.findings] == [
        "lost: the devices of claim mine, which no container has"
    ]


SELECTED = ", selectors: [{cel: {expression: 'device.driver == \"gpu.nvidia.com\"'}}]"
MIG = """{name: one, exactly: {deviceClassName: mig.nvidia.com, selectors: [{cel: {
expression: 'has(device.attributes["gpu.nvidia.com"].profile) &&
  device.attributes["gpu.nvidia.com"].profile == "1g.5gb"'}}]}}"""


def test_reads_the_resource_from_selectors() -> None:
    again, _ = back(documents(theirs(MIG)))
    limits = again[0]["spec"]["containers"][1]["resources"]["limits"]
    assert limits == {"nvidia.com/mig-1g.5gb": 1}


@pytest.mark.parametrize(
    ("text", "lost", "place"),
    [
        (theirs(ONE % SELECTED), "selectors of request one", "requests/0/exactly"),
        (theirs(ONE % ", capacity: {requests: {memory: 1Gi}}"), "capacity", "capacity"),
        (theirs(ONE % ", tolerations: [{operator: Exists}]"), "tolerations", "tolera"),
        (theirs(ONE % ", adminAccess: true"), "admin access", "adminAccess"),
        (theirs(ONE % "", ", constraints: [{matchAttribute: a/b}]"), "constr", "const"),
        (theirs(ONE % "", ", config: [{opaque: {driver: x}}]"), "config", "config"),
    ],
)
def test_names_what_is_lost(text: str, lost: str, place: str) -> None:
    found = inputs(text)
    for each in found:
        each.locate = lambda steps: "/".join(map(str, steps))
    made = reversed_(found, order())
    said = [each for each in made.findings if lost in each.message]
    assert [each.code for each in said] == ["not-reversible"]
    assert place in said[0].where
    assert 0 in made.documents
    assert made.removed == {1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CLAIMING, "its ResourceClaimTemplate theirs is not among what was read"),
        (theirs("{name: one, firstAvailable: [{name: x}]}"), "one has alternatives"),
        (
            theirs("{name: one, exactly: {deviceClassName: nobody.example.com}}"),
            "no extended resource is known for request one, class nobody.example.com",
        ),
        (theirs(ONE % ", allocationMode: All"), "how much of it container a asked for"),
        (MACHINE, "devices of virtual machines are changed by hand"),
        (theirs("7"), "has alternatives"),
        (theirs(""), "it has no requests"),
    ],
)
def test_leaves_what_cannot_come_back(text: str, message: str) -> None:
    made = reversed_(inputs(text), order())
    assert (made.documents, made.removed) == ({}, frozenset())
    assert {each.code for each in made.findings} >= {"claim-stays"}
    assert any(message in each.message for each in made.findings)


def test_keeps_a_template_that_another_pod_needs() -> None:
    other = CLAIMING.replace("name: it", "name: other").replace("request: one", "x: y")
    blocked = other.replace("resourceClaims:", "ephemeralContainers: []\n  rest:")
    text = theirs(ONE % "") + "---\n" + blocked
    assert reversed_(inputs(text), order()).removed == frozenset()


def test_says_more_where_somebody_has_changed_a_template() -> None:
    there = applied(CHAT, rewrite(CHAT))
    there[1]["spec"]["spec"]["devices"]["requests"][0]["exactly"]["count"] = 3
    again, made = back(there)
    spec = again[0]["spec"]["template"]["spec"]
    assert spec["containers"][0]["resources"]["limits"][GPU] == 3
    assert [each.message for each in made.findings] == [
        "lost: selectors of request main"
    ]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "x",
        "[]",
        '{"requests": 7, "spec": ""}',
        '{"requests": {"main": 7}, "spec": ""}',
        '{"requests": {}, "amounts": {"main": {"a/b": true}}, "spec": ""}',
        '{"requests": {}, "moved": [{"label": "a", "values": []}], "spec": ""}',
        (
            '{"requests": {}, "moved": [{"label": "a", "values": ["b"], "at": "x/0/0", '
            '"operator": "In"}], "spec": ""}'
        ),
        "[" * 9999,
    ],
)
def test_goes_by_the_rows_where_a_note_is_none(note: str) -> None:
    there = applied(CHAT, rewrite(CHAT))
    there[1]["metadata"]["annotations"][MIGRATED] = note
    again, made = back(there)
    spec = again[0]["spec"]["template"]["spec"]
    assert spec["containers"][0]["resources"]["limits"] == {"cpu": 1, GPU: 2}
    assert spec["nodeSelector"] == {"zone": "b"}
    assert [each.code for each in made.findings] == ["not-reversible"]


def test_keeps_templates_that_pods_of_any_namespace_may_need() -> None:
    there = applied(CHAT, rewrite(CHAT))
    del there[1]["metadata"]["namespace"]
    other = documents(CLAIMING.replace("theirs", "chat-devices"))[0]
    for each in other["spec"]["containers"]:
        del each["resources"]
    other["spec"]["resourceClaims"][0] |= {"name": None}
    _, made = back([*there, other])
    assert made.removed == frozenset()


def test_leaves_other_resources_where_only_some_are_wished() -> None:
    there = applied(CHAT, rewrite(CHAT))
    again, made = back(there, resources=frozenset({"amd.com/gpu"}))
    assert again == there
    assert made.findings == ()


@pytest.mark.parametrize("value", ["null", "7", "[]", "{}", "[7, null, {}]", "'x'"])
@pytest.mark.parametrize(
    "field",
    [
        "  resourceClaims: %s\n  containers: [{resources: {claims: [{name: a}]}}]",
        (
            "  resourceClaims: [{name: a, resourceClaimTemplateName: %s}]\n"
            "  containers: [{}]"
        ),
        (
            "  resourceClaims: [{name: a, resourceClaimTemplateName: it}]\n"
            "  containers: %s"
        ),
        (
            "  resourceClaims: [{name: a, resourceClaimTemplateName: it}]\n"
            "  containers: [{resources: {claims: %s}}]"
        ),
        (
            "  containers: []\n---\napiVersion: resource.k8s.io/v1\n"
            "metadata: {name: it}\nkind: ResourceClaimTemplate\nspec: %s"
        ),
    ],
)
def test_survives_values_of_any_type(field: str, value: str) -> None:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: it}\nspec:\n"
    made = reversed_(inputs(head + field % value), order())
    assert made.documents == {} or "resourceClaims" not in made.documents[0]["spec"]

"""What labels, amounts and layouts of nodes say, and where configurations differ."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.migrate.told import GPU, codes, gathered, means, node, pod

ONE = "a whole device"
PRODUCT = "nvidia.com/gpu.product"
STRATEGY = "nvidia.com/mig.strategy"
LAYOUT = "nvidia.com/mig.config"
GKE = "cloud.google.com/gke"
MIG = "nvidia.com/mig-1g.5gb"


def gfd(**values: str) -> dict[str, str]:
    """Return labels of GPU Feature Discovery; `_` is a dash."""
    return {
        f"nvidia.com/gpu.{key.replace('_', '-')}": value
        for key, value in values.items()
    }


@pytest.mark.parametrize(
    ("labels", "resource", "expected"),
    [
        (gfd(product="NVIDIA-L4"), GPU, ONE),
        (gfd(sharing_strategy="none", replicas="1"), GPU, ONE),
        (gfd(product="Tesla-T4-SHARED"), GPU, "a time slice of a device"),
        (
            gfd(product="Tesla-T4-SHARED", replicas="4", sharing_strategy="mps"),
            GPU,
            "one of 4 MPS shares of a device",
        ),
        (
            gfd(product="Tesla-T4", replicas="4", sharing_strategy="time-slicing"),
            f"{GPU}.shared",
            "one of 4 time slices of a device",
        ),
        (gfd(product="A100-MIG-1g.5gb"), GPU, "a partition 1g.5gb"),
        (gfd(product="A100-MIG-1g.5gb.me"), GPU, "a partition 1g.5gb+me"),
        (
            gfd(product="A100-MIG-1g.5gb-SHARED", replicas="3"),
            GPU,
            "one of 3 time slices of a partition 1g.5gb",
        ),
        ({f"{MIG}.count": "7"}, MIG, "a partition 1g.5gb"),
        (
            {f"{MIG}.replicas": "2", **gfd(sharing_strategy="time-slicing")},
            MIG,
            "one of 2 time slices of a partition 1g.5gb",
        ),
        ({f"{GKE}-accelerator": "nvidia-l4"}, GPU, ONE),
        (
            {
                f"{GKE}-accelerator": "nvidia-tesla-a100",
                f"{GKE}-gpu-partition-size": "2g.10gb",
            },
            GPU,
            "a partition 2g.10gb",
        ),
        (
            {
                f"{GKE}-gpu-sharing-strategy": "mps",
                f"{GKE}-max-shared-clients-per-gpu": "5",
            },
            GPU,
            "one of 5 MPS shares of a device",
        ),
        (gfd(count="2"), GPU, "one of 4 time slices of a device"),
        (
            {"amd.com/gpu.compute-memory-partition": "CPX_NPS4"},
            "amd.com/gpu",
            "a partition cpx_nps4",
        ),
        ({"amd.com/compute-memory-partition": "spx_nps1"}, "amd.com/gpu", ONE),
    ],
)
def test_labels(labels: Mapping[str, str], resource: str, expected: str) -> None:
    """Labels of a node tell it alone, and together with what a pod selects."""
    found = gathered("", node(labels=labels, resource=resource))
    assert means(found, resource) == [expected]
    assert found.meanings(resource)[0].nodes == ("n1",)
    assert not found.meanings(resource)[0].is_assumed


@pytest.mark.parametrize(
    "labels",
    [
        {},
        gfd(family="ampere"),
        gfd(replicas="x", sharing_strategy="odd"),
        gfd(replicas="9" * 60),
        {STRATEGY: "single"},
        {PRODUCT: "A100-MIG-INVALID"},
    ],
)
def test_labels_that_tell_nothing(labels: Mapping[str, str]) -> None:
    """A whole device is assumed, and said to be."""
    found = gathered("", node(labels=labels))
    assert means(found) == [ONE]
    assert found.meanings(GPU)[0].is_assumed


@pytest.mark.parametrize(
    ("resource", "label"),
    [
        (GPU, f"{GKE}-gpu-partition-size"),
        (GPU, PRODUCT),
        ("amd.com/gpu", "amd.com/gpu.compute-memory-partition"),
    ],
)
@pytest.mark.parametrize("value", ['1g.5gb+"', "1g.5gb.A", 'a"b', "\n"])
def test_labels_that_name_no_profile(resource: str, label: str, value: str) -> None:
    """A profile goes into CEL and commands, so that not any text is one."""
    told = f"X-MIG-{value}" if label == PRODUCT else value
    user = pod(resources=f"{resource}: 1")
    user = replace(user, spec={**user.spec, "nodeSelector": {label: told}})
    (meaning,) = gathered("").meanings(resource, user)
    assert (meaning.unit, meaning.profile) == ("partition", "")


def test_layouts_with_what_is_no_profile() -> None:
    """The MIG manager refuses it, so that it is no layout."""
    text = LAYOUTS.replace("{1g.5gb.me: 1}", "{some: 1}")
    found = gathered(text, node(labels={LAYOUT: "media", **SINGLE}))
    says = [row.says for row in found.settings if row.kind == "MIG layout"]
    assert not [each for each in says if each.startswith("media")]
    assert any("'some'" in each.message for each in found.findings)


def test_labels_are_listed_once_for_equal_nodes() -> None:
    """A fleet of equal nodes is one row."""
    labels = gfd(product="NVIDIA-L4", count="8")
    nodes = "".join(node(f"n{number}", labels) for number in range(5))
    rows = gathered("", nodes).settings
    assert [(row.subject, row.says, row.means) for row in rows] == [
        (
            "nodes n0, n1, n2 and 2 more",
            "label nvidia.com/gpu.product=NVIDIA-L4",
            "nvidia.com/gpu is a whole device",
        )
    ]
    assert rows[0].nodes == ("n0", "n1", "n2", "n3", "n4")


AFFINITY = (
    "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    f"{{nodeSelectorTerms: [{{matchExpressions: [{{key: {GKE}-gpu-partition-size, "
    "operator: In, values: [1g.5gb, 2g.10gb]}]}]}}}"
)
FLEET = (
    node("whole", gfd(product="NVIDIA-L4"))
    + node("cut", gfd(product="A100-MIG-1g.5gb"), taint="mig")
    + node("other", resource="amd.com/gpu")
)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", [ONE]),
        ("tolerations: [{operator: Exists}]", [ONE, "a partition 1g.5gb"]),
        ("nodeName: cut", ["a partition 1g.5gb"]),
        ("nodeSelector: {host: whole}", [ONE]),
        ("nodeSelector: {host: elsewhere}", [ONE]),
        (
            "nodeSelector: {nvidia.com/gpu.product: H100-MIG-2g.20gb}",
            ["a partition 2g.20gb"],
        ),
        (f"nodeSelector: {{{LAYOUT}: all-1g.10gb}}", ["a partition 1g.10gb"]),
        (f"nodeSelector: {{{LAYOUT}: all-disabled, {STRATEGY}: single}}", [ONE]),
        (AFFINITY, ["a partition 1g.5gb", "a partition 2g.10gb"]),
        (AFFINITY.replace("1g.5gb, 2g.10gb", ""), [ONE]),
        ("nodeSelector: [1]", [ONE, "a partition 1g.5gb"]),
        ("affinity: {nodeAffinity: 3}", [ONE, "a partition 1g.5gb"]),
    ],
)
def test_nodes_for_the_pods(spec: str, expected: list[str]) -> None:
    """Only nodes count on which the pods can be; of none, what they select by."""
    assert means(gathered("", FLEET), user=pod(spec)) == expected


def test_shares_that_only_the_amount_tells() -> None:
    """Labels say that a GPU is shared, and the amount by how many."""
    for product in ("L4", "L4-SHARED"):
        found = gathered("", node(labels=gfd(product=product, count="2")))
        assert means(found) == ["one of 4 time slices of a device"]


def test_nodes_whose_plugin_is_gone() -> None:
    """They tell it only where no other node does."""
    gone = node("gone", gfd(product="A100-MIG-1g.5gb"), amount=0)
    assert means(gathered("", gone)) == ["a partition 1g.5gb"]
    assert means(gathered("", gone + node("n1", gfd(product="L4")))) == [ONE]


def test_taint_with_the_name_of_the_resource() -> None:
    """The cluster may add the toleration."""
    found = gathered("", node(labels=gfd(product="A100-MIG-1g.5gb"), taint=GPU))
    assert means(found, user=pod()) == ["a partition 1g.5gb"]


def test_hami() -> None:
    """Pods that name a part of a GPU mean that part."""
    found = gathered("", FLEET)
    user = pod(resources="nvidia.com/gpu: 1, nvidia.com/gpumem: 3000")
    expected = ["a part of a device, by its memory or cores"]
    assert means(found, user=user) == expected
    assert means(found, "nvidia.com/gpumem", user) == expected


PLUGIN = """
apiVersion: v1
kind: ConfigMap
metadata: {name: plugin, namespace: gpu}
data:
  any: |
    version: v1
    flags: {migStrategy: none}
    sharing: {timeSlicing: {resources: [{name: nvidia.com/gpu, replicas: 4}]}}
"""
LAYOUTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: mig, namespace: gpu}
data:
  config.yaml: |
    version: v1
    mig-configs:
      all-disabled: [{devices: all, mig-enabled: false}]
      all-1g.5gb: [{devices: all, mig-enabled: true, mig-devices: {1g.5gb: 7}}]
      media: [{devices: all, mig-enabled: true, mig-devices: {1g.5gb.me: 1}}]
      half:
      - {devices: [0], mig-enabled: false}
      - {devices: [1], mig-enabled: true, mig-devices: {1g.5gb: 2, 2g.10gb: 2}}
      bad: [{devices: all, mig-enabled: true, mig-devices: [1g.5gb]}]
"""
DAEMONS = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: plugin, namespace: gpu}
spec:
  template:
    spec:
      containers:
      - name: c
        image: registry.example.com/k8s-device-plugin:v0.20.0
        args: [--mig-strategy, mixed]
        env: [{name: MIG_STRATEGY, value: single}]
"""
SINGLE = {STRATEGY: "single"}


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("all-1g.5gb", "a partition 1g.5gb"),
        ("media", "a partition 1g.5gb+me"),
        ("all-disabled", ONE),
        ("half", "a partition of unknown profile"),
    ],
)
def test_layouts(layout: str, expected: str) -> None:
    """The layout of a node tells the profile, if nothing else does."""
    labels = {LAYOUT: layout, f"{LAYOUT}.state": "success", **SINGLE}
    found = gathered(LAYOUTS, node(labels=labels))
    assert means(found) == [expected]
    assert f"label {LAYOUT}={layout}" in found.meanings(GPU)[0].evidence
    rows = [row.says for row in found.settings if row.kind == "MIG layout"]
    assert rows == [
        "all-disabled: MIG off",
        "all-1g.5gb: 1g.5gb",
        "media: 1g.5gb+me",
        "half: 1g.5gb, 2g.10gb",
    ]
    assert "config-unreadable" in codes(found)


@pytest.mark.parametrize(
    ("text", "labels", "amount", "code", "words"),
    [
        (PLUGIN, gfd(product="L4", replicas="1"), 8, "sharing-contradiction", ONE),
        (
            PLUGIN,
            gfd(product="L4-SHARED", replicas="2"),
            8,
            "sharing-contradiction",
            "one of 4 time slices of a device by ConfigMap gpu/plugin, any",
        ),
        (
            PLUGIN,
            gfd(product="L4-SHARED", replicas="4", sharing_strategy="mps"),
            8,
            "sharing-contradiction",
            "one of 4 MPS shares",
        ),
        (PLUGIN, {STRATEGY: "mixed"}, 8, "mig-strategy-contradiction", "the label"),
        (PLUGIN + "---" + DAEMONS, {}, 8, "mig-strategy-contradiction", "a flag"),
        (DAEMONS, {STRATEGY: "none"}, 8, "mig-strategy-contradiction", "mixed"),
        ("", gfd(count="2", replicas="2"), 8, "amount-contradiction", "8 of"),
        (
            LAYOUTS,
            {LAYOUT: "all-1g.5gb", f"{LAYOUT}.state": "failed"},
            8,
            "mig-layout-unsettled",
            "state=failed",
        ),
        (
            LAYOUTS,
            {LAYOUT: "half", **SINGLE},
            8,
            "mig-layout-unfit",
            "unlike devices",
        ),
        (
            LAYOUTS,
            {LAYOUT: "all-1g.5gb", STRATEGY: "none"},
            8,
            "mig-layout-unfit",
            "strategy is none",
        ),
        ("", {PRODUCT: "A-MIG-INVALID"}, 8, "mig-layout-unfit", "INVALID"),
        (LAYOUTS, {LAYOUT: "lost"}, 8, "config-missing", "mig.config=lost"),
    ],
)
def test_contradictions(
    text: str, labels: Mapping[str, str], amount: int, code: str, words: str
) -> None:
    """What does not fit together is told once for all nodes where it is so."""
    nodes = node("n1", labels, amount=amount) + node("n2", labels, amount=amount)
    found = gathered(text, nodes)
    told = [each for each in found.findings if each.code == code]
    assert {each.code for each in found.findings} <= {code, "config-unreadable"}
    assert words in told[0].message
    if code != "mig-strategy-contradiction" or labels:
        assert "nodes n1, n2" in told[0].message
    assert told[0].fix


@pytest.mark.parametrize(
    ("text", "labels", "amount"),
    [
        (PLUGIN, gfd(product="L4-SHARED", replicas="4", count="2"), 8),
        (PLUGIN, gfd(product="L4-SHARED", count="2"), 8),
        (DAEMONS, {STRATEGY: "mixed"}, 8),
        ("", gfd(count="8"), 7),
        (
            "version: v1\nflags: {migStrategy: single}",
            {PRODUCT: "A100-MIG-1g.5gb", LAYOUT: "all-1g.5gb", **SINGLE},
            8,
        ),
        ("", gfd(count="1", replicas="1") | {STRATEGY: "mixed"}, 4),
    ],
)
def test_no_contradiction(text: str, labels: Mapping[str, str], amount: int) -> None:
    """Labels that do not say all, and devices out of work, are none."""
    assert not codes(gathered(text, node(labels=labels, amount=amount)))


DRIVER = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: dra, namespace: gpu}
spec:
  template:
    spec:
      containers:
      - name: gpus
        image: registry.example.com/nvidia/k8s-dra-driver-gpu:v0.4.1
        env: [{name: FEATURE_GATES, value: "MPSSupport=false,DynamicMIG=STATE"}]
"""
SLICE = """
---
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: s}
spec:
  driver: gpu.nvidia.com
  nodeName: n1
  pool: {name: n1, generation: 1, resourceSliceCount: 2}
  sharedCounters: [{name: gpu-0-counter-set, counters: {memory: {value: 1Gi}}}]
"""


def test_mig_manager_beside_dynamic_mig() -> None:
    """Both cut GPUs: the driver removes what it does not know."""
    cut, whole = ({LAYOUT: name} for name in ("all-1g.5gb", "all-disabled"))
    code = ["mig-manager-with-dynamic-mig"]
    driver = DRIVER.replace("STATE", "true")
    assert codes(gathered(driver, node(labels=cut))) == code
    assert codes(gathered("", node(labels=cut) + SLICE)) == code
    assert not codes(gathered(driver, node(labels=whole)))
    assert not codes(gathered(DRIVER.replace("STATE", "false"), node(labels=cut)))

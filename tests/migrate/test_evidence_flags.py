"""How plugins are started, what a mapping decides, and what nobody would write."""

from itertools import product
from typing import Any

import pytest

from dractl.migrate import evidence
from dractl.migrate.evidence.codes import CODES, finding
from dractl.migrate.inputs import Input
from dractl.vendors.plugins import Extended, Plugin
from tests.batches import batched
from tests.migrate.builders import inputs, order, snapshot
from tests.migrate.told import GPU, codes, gathered, means, node, pod

XE = "gpu.intel.com/xe"


def daemon(image: str, args: str = "[]", env: str = "[]", spec: str = "") -> str:
    """Return a DaemonSet with one container."""
    return (
        "\n---\napiVersion: apps/v1\nkind: DaemonSet\n"
        "metadata: {name: plugin, namespace: gpu}\nspec:\n  template:\n    spec:\n"
        f"      {spec}\n      containers:\n      - name: c\n"
        f"        image: registry.example.com/{image}:1\n"
        f"        args: {args}\n        env: {env}\n"
    )


INTEL = "intel-gpu-plugin"
NVIDIA = "nvidia/k8s-device-plugin"


@pytest.mark.parametrize(
    ("image", "args", "env", "said"),
    [
        (NVIDIA, "[--mig-strategy=mixed]", "[]", ["--mig-strategy=mixed"]),
        (NVIDIA, "[--mig-strategy, mixed]", "[]", ["--mig-strategy=mixed"]),
        (
            NVIDIA,
            "[]",
            "[{name: MIG_STRATEGY, value: mixed}]",
            ["MIG_STRATEGY=mixed"],
        ),
        (
            NVIDIA,
            "[--mig-strategy=none]",
            "[{name: MIG_STRATEGY, value: mixed}]",
            ["--mig-strategy=none"],
        ),
        (
            NVIDIA,
            "[--mig-strategy=$(MIG_STRATEGY)]",
            "[{name: MIG_STRATEGY, value: mixed}]",
            ["MIG_STRATEGY=mixed"],
        ),
        (
            "rocm/k8s-device-plugin",
            "[-logtostderr=true, -resource_naming_strategy=mixed]",
            "[]",
            ["-resource_naming_strategy=mixed"],
        ),
        (
            INTEL,
            "[-enable-monitoring, -shared-dev-num, '3']",
            "[]",
            ["-shared-dev-num=3", "-enable-monitoring=true"],
        ),
        (
            NVIDIA,
            "[]",
            "[{name: CONFIG_FILE, value: /config/any}]",
            ["CONFIG_FILE=/config/any"],
        ),
        ("shop/cart", "[]", "[{name: CONFIG_FILE, value: /etc/cart.yaml}]", []),
        (NVIDIA, "{a: b}", "[3, {name: [x]}, {name: MIG_STRATEGY, value: {}}]", []),
    ],
)
def test_flags(image: str, args: str, env: str, said: list[str]) -> None:
    """A flag counts more than a variable; both only where they are a plugin's."""
    rows = gathered(daemon(image, args, env)).settings
    assert [row.says for row in rows] == said
    assert all(row.means and row.subject == "DaemonSet gpu/plugin" for row in rows)


def test_slices_of_intel() -> None:
    """The plugin lets several pods share a GPU; on which nodes, its pods tell."""
    text = daemon(INTEL, "[-shared-dev-num=3]", spec="nodeSelector: {host: n1}")
    assert means(gathered(text), XE) == ["one of 3 time slices of a device"]
    nodes = node("n1", resource=XE) + node("n2", resource=XE)
    found = gathered(text, nodes)
    expected = ["one of 3 time slices of a device", "a whole device"]
    assert means(found, XE) == expected
    assert [each.is_assumed for each in found.meanings(XE)] == [False, True]
    user = pod("nodeSelector: {host: n2}", f"{XE}: 1")
    assert means(found, XE, user) == ["a whole device"]
    assert means(found, "gpu.intel.com/monitoring") == ["a whole device"]
    one = gathered(daemon(INTEL, "[-shared-dev-num=1]"))
    assert means(one, XE) == ["a whole device"]
    assert not one.meanings(XE)[0].is_assumed


CRS = """
---
apiVersion: deviceplugin.intel.com/v1
kind: GpuDevicePlugin
metadata: {name: gpu}
spec: {sharedDevNum: 5, enableMonitoring: true}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: other}
spec: {mig: {strategy: mixed}}
---
apiVersion: nvidia.com/v1
kind: ClusterPolicy
metadata: {name: gpus}
spec:
  mig: {strategy: mixed}
  sandboxWorkloads: {enabled: true}
  migManager: {enabled: true, config: {name: layouts, default: all-disabled}}
"""


def test_objects_of_operators() -> None:
    """Operators have the flags of their plugins as fields."""
    found = gathered(CRS)
    assert means(found, XE) == ["one of 5 time slices of a device"]
    assert [(row.subject, row.says) for row in found.settings] == [
        ("GpuDevicePlugin gpu", "spec.sharedDevNum: 5"),
        ("GpuDevicePlugin gpu", "spec.enableMonitoring: true"),
        ("ClusterPolicy gpus", "spec.mig.strategy: mixed"),
        ("ClusterPolicy gpus", "spec.migManager.enabled: true"),
        ("ClusterPolicy gpus", "spec.migManager.config.name: layouts"),
        ("ClusterPolicy gpus", "spec.migManager.config.default: all-disabled"),
        ("ClusterPolicy gpus", "spec.sandboxWorkloads.enabled: true"),
    ]
    assert means(found) == ["a whole device"]
    assert means(found, "nvidia.com/mig-2g.10gb") == ["a partition 2g.10gb"]


def test_strategy_of_an_operator_is_for_all_nodes() -> None:
    """`single` may be nobody's choice: without MIG it means whole devices."""
    found = gathered(daemon(NVIDIA, "[--mig-strategy=single]"))
    assert means(found) == ["a whole device"]
    assert found.meanings(GPU)[0].is_assumed
    assert found.meanings(GPU)[0].evidence


@pytest.mark.parametrize(
    ("resource", "expected", "is_assumed"),
    [
        (GPU, "a whole device", True),
        ("nvidia.com/gpu.shared", "a time slice of a device", True),
        ("nvidia.com/mig-1g.5gb", "a partition 1g.5gb", True),
        ("nvidia.com/mig-1g.10gb.me.all", "a partition 1g.10gb+me.all", True),
        ("nvidia.com/mig-1g.12gb-me", "a partition 1g.12gb-me", True),
        (
            "nvidia.com/mig-1g.5gb.shared",
            "a time slice of a partition 1g.5gb",
            True,
        ),
        ("nvidia.com/mig-", "a partition of unknown profile", True),
        ("aws.amazon.com/neuroncore", "a core of a device", False),
        ("habana.ai/gaudi", "a whole device", False),
        ("acme.example.com/asic", "a whole device", True),
        ("", "a whole device", True),
    ],
)
def test_names_alone(resource: str, expected: str, *, is_assumed: bool) -> None:
    """A name that can mean several things is assumed to mean the usual one."""
    found = gathered("")
    assert means(found, resource) == [expected]
    assert found.meanings(resource)[0].is_assumed is is_assumed


def test_a_mapping_decides() -> None:
    """What the user teaches counts, where nodes leave it open and where they do not."""
    nodes = node("a", {"nvidia.com/gpu.product": "L4"}) + node(
        "b", {"nvidia.com/gpu.product": "L4-SHARED", "nvidia.com/gpu.replicas": "4"}
    )
    for unit, expected in (
        ("device", "a whole device"),
        ("time-slice", "one of 4 time slices of a device"),
        ("core", "a core of a device"),
    ):
        row = Extended(GPU, "gpu.nvidia.com", unit=unit)  # type: ignore[arg-type]
        wishes = order(plugins=(Plugin("mine", (row,)),))
        found = evidence.gathered((), snapshot(nodes), wishes)
        assert means(found) == [expected]


OPERATOR = "sriovnetwork.openshift.io"
ODD: list[Any] = [None, 3, "x", [], [None], {}, {"x": None}, True, 1.5, [[1]], {"": {}}]


PLACES = [
    ("flags",),
    ("flags", "migStrategy"),
    ("sharing",),
    ("sharing", "timeSlicing"),
    ("sharing", "mps", "resources"),
    ("resources", "gpus"),
    ("imex", "channelIDs"),
    ("mig-configs",),
    ("mig-configs", "a"),
    ("resourceList",),
    ("configList",),
    ("metadata", "annotations"),
    ("metadata", "ownerReferences"),
    ("spec",),
    ("spec", "mig"),
    ("spec", "nicSelector"),
    ("spec", "template", "spec", "containers"),
    ("spec", "template", "spec", "nodeSelector"),
    ("config", "map"),
    ("devicePlugin", "config"),
    ("data",),
]


@batched(list(product(PLACES, ODD)))
def test_values_of_any_type(case: tuple[tuple[str, ...], object]) -> None:
    """No type of a value stops the evidence of the rest from being gathered."""
    place, odd = case
    document: dict[str, Any] = {"version": "v1"}
    inner: Any = document
    for step in place[:-1]:
        inner = inner.setdefault(step, {})
    inner[place[-1]] = odd
    kinds: tuple[dict[str, str], ...] = (
        {},
        {"kind": "ConfigMap"},
        {"kind": "DaemonSet", "apiVersion": "apps/v1"},
        {"kind": "ClusterPolicy", "apiVersion": "nvidia.com/v1"},
        {"kind": "SriovNetworkNodePolicy", "apiVersion": f"{OPERATOR}/v1"},
        {"kind": "NetworkAttachmentDefinition", "apiVersion": "k8s.cni.cncf.io/v1"},
    )
    odd_ones = [
        Input({**document, **kind}, "x", number, is_file=True, texts={"a": document})
        for number, kind in enumerate(kinds)
    ]
    good = inputs(daemon(INTEL, "[-shared-dev-num=3]"))
    found = evidence.gathered([*odd_ones, *good], snapshot(""), order())
    assert means(found, XE) == ["one of 3 time slices of a device"]
    assert set(codes(found)) <= CODES.keys()


def test_codes() -> None:
    """A finding has the severity of its code."""
    for code, (severity, meaning) in CODES.items():
        made = finding(code, "m")
        assert (made.code, made.severity) == (code, severity)
        assert meaning

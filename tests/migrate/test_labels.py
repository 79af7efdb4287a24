"""Requirements on node labels, and what becomes of them."""

from collections.abc import Mapping
from typing import Any

import pytest

from dractl.cel import compile_selector
from dractl.migrate.labels import Translated, translated
from dractl.vendors.plugins import Unit
from tests.migrate.builders import snapshot
from tests.migrate.label_cases import AMD, GPU, INTEL, MIG, SELECTORS, G
from tests.migrate.labelled import (
    NOBODY,
    PREFERRED,
    REQUIRED,
    SLICE,
    affinity,
    codes,
    translation,
    user_of,
)


@pytest.mark.parametrize("said", SELECTORS)
def test_a_label_becomes_a_guarded_selector_that_compiles(said: str) -> None:
    label, _, value = said.partition("=")
    resources, expected = SELECTORS[said]
    found = translation({"nodeSelector": {label: value}}, resources)
    (moved,) = found.moved
    assert moved.expression.endswith(expected)
    assert moved.expression.startswith("has(")
    assert compile_selector(moved.expression).max_cost < 1_000_000
    assert moved.steps == ("spec", "nodeSelector", label)
    assert (moved.label, moved.operator, moved.values) == (label, "In", (value,))
    assert moved.resource == next(iter(resources))
    assert "label-moved" in codes(found)
    assert ("product-name-lossy" in codes(found)) == (".replace(" in expected)


@pytest.mark.parametrize(
    ("operator", "values", "label", "expected"),
    [
        ("In", ["turing", "ampere"], "gpu.family", 'in ["Turing", "Ampere"]'),
        (
            "NotIn",
            ["turing"],
            "gpu.family",
            f'!(has({G}.architecture) && {G}.architecture == "Turing")',
        ),
        ("Exists", [], "gpu.family", f"has({G}.architecture)"),
        ("DoesNotExist", [], "gpu.family", f"!(has({G}.architecture))"),
        ("Gt", ["40000"], "gpu.memory", '.compareTo(quantity("40001Mi")) >= 0'),
        ("Lt", ["40000"], "gpu.memory", '.compareTo(quantity("40000Mi")) < 0'),
        ("Gt", ["7"], "gpu.compute.major", '.compareTo(semver("8.0.0")) >= 0'),
        ("Lt", ["9"], "gpu.compute.major", '.compareTo(semver("9.0.0")) < 0'),
        ("Gt", ["5"], "gpu.compute.minor", ".minor() > 5"),
        ("In", ["0", "6"], "gpu.compute.minor", ".minor() in [0, 6]"),
        ("Gt", ["10"], "gpu.multiprocessors", '.compareTo(quantity("10")) > 0'),
    ],
)
def test_every_operator_has_its_expression(
    operator: str, values: list[str], label: str, expected: str
) -> None:
    spec = affinity([(f"nvidia.com/{label}", operator, values)])
    (moved,) = translation(spec).moved
    assert moved.expression.endswith(expected)
    compile_selector(moved.expression)
    assert moved.steps[-3:] == (0, "matchExpressions", 0)


def test_several_majors_are_a_range_each() -> None:
    spec = affinity([("nvidia.com/gpu.compute.major", "In", ["8", "9"])])
    (moved,) = translation(spec).moved
    assert moved.expression.count("compareTo") == 4
    assert " || " in moved.expression
    compile_selector(moved.expression)


def test_a_published_device_tells_the_exact_name() -> None:
    spec = {"nodeSelector": {"nvidia.com/gpu.product": "NVIDIA-RTX-TM-6000"}}
    found = translation(spec, cluster=snapshot(SLICE))
    (moved,) = found.moved
    assert moved.expression.endswith('productName == "NVIDIA RTX (TM) 6000"')
    assert "product-name-lossy" not in codes(found)


@pytest.mark.parametrize(
    ("label", "value", "suits"),
    [
        ("gpu.compute.major", "8", True),
        ("gpu.compute.major", "9", False),
        ("gpu.compute.minor", "6", True),
        ("gpu.memory", "49140", True),
        ("gpu.memory", "81559", False),
        ("gpu.family", "ampere", True),
        ("gpu.product", "NVIDIA-RTX-6000", False),
    ],
)
def test_expressions_select_what_the_label_did_and_never_fail(
    label: str, value: str, *, suits: bool
) -> None:
    cluster = snapshot(SLICE)
    (moved,) = translation({"nodeSelector": {f"nvidia.com/{label}": value}}).moved
    selector = compile_selector(moved.expression)
    whole, bare = cluster.slices[0].devices
    assert selector.matches(whole) is suits
    assert selector.matches(bare) is False


def test_a_mig_product_tells_the_profile_too() -> None:
    spec = {"nodeSelector": {"nvidia.com/gpu.product": "NVIDIA-A30-MIG-1g.6gb"}}
    resources: Mapping[str, Unit] = {"nvidia.com/gpu": "partition"}
    (moved,) = translation(spec, resources, profile="1g.6gb").moved
    assert f'{G}.productName.replace(" ", "-") == "NVIDIA-A30"' in moved.expression
    assert f'{G}.profile == "1g.6gb"' in moved.expression


@pytest.mark.parametrize(
    ("label", "value", "resources", "code"),
    [
        ("nvidia.com/gpu.count", "8", GPU, "label-kept"),
        ("nvidia.com/gpu.machine", "DGX", GPU, "label-kept"),
        ("nvidia.com/gpu.clique", "a.1", GPU, "label-kept"),
        ("nvidia.com/vgpu.present", "true", GPU, "label-kept"),
        ("nvidia.com/mig-2g.10gb.count", "1", MIG, "label-kept"),
        ("feature.node.kubernetes.io/cpu-cpuid.AVX512F", "true", GPU, "label-kept"),
        ("feature.node.kubernetes.io/kernel-version.major", "6", GPU, "label-kept"),
        ("feature.node.kubernetes.io/pci-10de.present", "true", AMD, "label-kept"),
        ("cloud.google.com/gke-accelerator", "nvidia-tesla-t4", GPU, "label-kept"),
        ("karpenter.k8s.aws/instance-gpu-name", "l40s", GPU, "label-kept"),
        ("eks.amazonaws.com/instance-gpu-name", "l40s", GPU, "label-kept"),
        ("kubernetes.azure.com/accelerator", "nvidia", GPU, "label-kept"),
        ("node.kubernetes.io/instance-type", "p5.48xlarge", GPU, "label-kept"),
        ("nvidia.com/gpu.product", "Tesla-T4", AMD, "label-kept"),
        ("cloud.google.com/gke-gpu-partition-size", "1g.5gb", GPU, "label-kept"),
        ("nvidia.com/gpu.family", "unheard-of", GPU, "label-unclear"),
        ("nvidia.com/gpu.memory", "much", GPU, "label-unclear"),
        ("amd.com/gpu.vram", "a-lot", AMD, "label-unclear"),
        ("nvidia.com/cuda.driver-version.full", "new", GPU, "label-unclear"),
        ("gpu.intel.com/device-id.0380-56c0.present", "false", INTEL, "label-unclear"),
    ],
)
def test_what_stays_is_explained(
    label: str, value: str, resources: Mapping[str, Unit], code: str
) -> None:
    found = translation({"nodeSelector": {label: value}}, resources)
    assert not found.moved
    (finding,) = found.findings
    assert finding.code == code
    assert finding.where == "app.yaml:1"
    assert finding.subject == "Pod chat"
    assert finding.message.startswith(f"{label} In {value}: ")


@pytest.mark.parametrize(
    ("label", "resources"),
    [
        ("nvidia.com/gpu.present", GPU),
        ("nvidia.com/gpu.deploy.dcgm", GPU),
        ("nvidia.com/mig.strategy", GPU),
        ("nvidia.com/mig.config", MIG),
        ("nvidia.com/gpu.replicas", GPU),
        ("nvidia.com/gpu.sharing-strategy", GPU),
        ("nvidia.com/gfd.timestamp", GPU),
        ("cloud.google.com/gke-gpu-sharing-strategy", GPU),
        ("feature.node.kubernetes.io/pci-10de.present", GPU),
        ("feature.node.kubernetes.io/pci-0302_10de.present", GPU),
        ("feature.node.kubernetes.io/pci-1002.present", AMD),
        ("intel.feature.node.kubernetes.io/gpu", INTEL),
    ],
)
def test_what_means_nothing_goes(label: str, resources: Mapping[str, Unit]) -> None:
    found = translation({"nodeSelector": {label: "true"}}, resources)
    (moved,) = found.moved
    assert (moved.resource, moved.expression) == ("", "")
    assert moved.why
    assert codes(found) == ["label-gone"]


def test_labels_that_nobody_knows_are_no_ones_business() -> None:
    found = translation({"nodeSelector": {"disk": "ssd", "team": "a"}})
    assert found == Translated()


def test_every_resource_of_the_driver_gets_the_selector() -> None:
    both = {**GPU, **MIG, **AMD}
    found = translation({"nodeSelector": {"nvidia.com/gpu.family": "hopper"}}, both)
    assert [each.resource for each in found.moved] == [*GPU, *MIG]
    assert len({each.steps for each in found.moved}) == 1


def test_terms_of_which_any_is_enough_move_together() -> None:
    spec = affinity(
        [
            ("nvidia.com/gpu.family", "In", ["hopper"]),
            ("nvidia.com/gpu.memory", "Gt", ["90000"]),
        ],
        [("nvidia.com/gpu.compute.major", "In", ["10"])],
    )
    found = translation(spec)
    first, *others = found.moved
    assert [each.steps[-3] for each in found.moved] == [0, 0, 1]
    assert not any(each.expression for each in others)
    assert '"Hopper"' in first.expression
    assert "90001Mi" in first.expression
    assert "10.0.0" in first.expression
    compile_selector(first.expression)
    assert codes(found) == ["label-moved"] * 3


@pytest.mark.parametrize(
    "terms",
    [
        ([("nvidia.com/gpu.family", "In", ["hopper"])], [("zone", "In", ["a"])]),
        (
            [("nvidia.com/gpu.family", "In", ["hopper"])],
            [("nvidia.com/gpu.family", "In", ["x"])],
        ),
        ([("nvidia.com/gpu.family", "In", ["hopper"])], []),
    ],
)
def test_terms_stay_together(terms: tuple[list[tuple[str, str, list[str]]]]) -> None:
    found = translation(affinity(*terms))
    assert not found.moved
    assert codes(found)[0] == "label-kept"
    assert "one of several terms" in found.findings[0].message


def test_a_term_that_goes_takes_the_others_along() -> None:
    spec = affinity(
        [("nvidia.com/gpu.present", "Exists", [])],
        [("nvidia.com/gpu.family", "In", ["hopper"])],
    )
    found = translation(spec)
    assert [each.expression for each in found.moved] == ["", ""]
    assert codes(found) == ["label-gone", "label-gone"]


def test_in_one_term_each_requirement_is_for_itself() -> None:
    spec = affinity(
        [
            ("zone", "In", ["a"]),
            ("nvidia.com/gpu.family", "In", ["hopper"]),
            ("nvidia.com/gpu.count", "Gt", ["4"]),
        ]
    )
    found = translation(spec)
    assert [each.steps[-1] for each in found.moved] == [1]
    assert codes(found) == ["label-moved", "label-kept"]


def test_preferences_are_told_and_stay() -> None:
    wanted = {"key": "nvidia.com/gpu.family", "operator": "In", "values": ["hopper"]}
    other = {"key": "zone", "operator": "In", "values": ["a"]}
    terms = [
        {"weight": 1, "preference": {"matchExpressions": [each]}}
        for each in (wanted, other)
    ]
    found = translation({"affinity": {"nodeAffinity": {PREFERRED: terms}}})
    assert not found.moved
    assert codes(found) == ["preferred-lost"]


@pytest.mark.parametrize(
    "spec",
    [
        {"nodeSelector": ["a"]},
        {"nodeSelector": {"nvidia.com/gpu.memory": 81559, 3: "x"}},
        {"nodeSelector": None, "affinity": 1},
        {"affinity": {"nodeAffinity": {REQUIRED: []}}},
        {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [1, None]}}}},
        affinity([("nvidia.com/gpu.family", "", [])]),
        {"affinity": {"nodeAffinity": {PREFERRED: {"a": 1}}}},
        {"affinity": {"nodeAffinity": {PREFERRED: [{"preference": [3]}, 4]}}},
    ],
)
def test_malformed_requirements_are_left_alone(spec: Mapping[str, Any]) -> None:
    assert not translation(spec).moved


def test_odd_operators_are_unclear() -> None:
    spec = affinity([("nvidia.com/gpu.family", "Near", ["hopper"])])
    assert codes(translation(spec)) == ["label-unclear"]


def test_without_a_target_nothing_moves() -> None:
    user = user_of({"nodeSelector": {"nvidia.com/gpu.family": "hopper"}}, GPU)
    assert translated(user, {}, NOBODY) == Translated()

"""Requirements on node labels, and what becomes of them."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from dractl.api.snapshot import Snapshot
from dractl.cel import compile_selector
from dractl.migrate.answer import Asking, Meaning, Target, User
from dractl.migrate.labels import Translated, translated
from dractl.migrate.targets import target
from dractl.vendors.plugins import Extended, Label, Plugin, Unit
from tests.migrate.builders import inputs, order, snapshot
from tests.migrate.label_cases import AMD, GPU, INTEL, MIG, SELECTORS, G

_NOBODY = Snapshot.from_documents((), kubernetes="1.36")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _user(spec: Mapping[str, Any], resources: Mapping[str, Unit]) -> User:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "chat"},
        "spec": {"containers": [{"name": "main"}], **spec},
    }
    asks = tuple(Asking("main", ("spec",), each, 1) for each in resources)
    return User(inputs(yaml.safe_dump(pod))[0], ("spec",), pod["spec"], asks)  # type: ignore[arg-type]


def _targets(resources: Mapping[str, Unit], profile: str = "") -> dict[str, Target]:
    found = {
        each: target(each, Meaning(unit, profile), order())
        for each, unit in resources.items()
    }
    return {each: made for each, made in found.items() if made is not None}


def _translated(
    spec: Mapping[str, Any],
    resources: Mapping[str, Unit] = GPU,
    cluster: Snapshot = _NOBODY,
    profile: str = "",
) -> Translated:
    user = _user(spec, resources)
    return translated(user, _targets(resources, profile), cluster)


def _affinity(*terms: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    wire = [
        {
            "matchExpressions": [
                {"key": key, "operator": operator, "values": values}
                for key, operator, values in term
            ]
        }
        for term in terms
    ]
    return {"affinity": {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": wire}}}}


def _codes(found: Translated) -> list[str]:
    return [each.code for each in found.findings]


def _has(name: str) -> str:
    return f"has({name}) && "


@pytest.mark.parametrize("said", SELECTORS)
def test_a_label_becomes_a_guarded_selector_that_compiles(said: str) -> None:
    label, _, value = said.partition("=")
    resources, expected = SELECTORS[said]
    found = _translated({"nodeSelector": {label: value}}, resources)
    (moved,) = found.moved
    assert moved.expression.endswith(expected)
    assert moved.expression.startswith("has(")
    assert compile_selector(moved.expression).max_cost < 1_000_000
    assert moved.steps == ("spec", "nodeSelector", label)
    assert (moved.label, moved.operator, moved.values) == (label, "In", (value,))
    assert moved.resource == next(iter(resources))
    assert "label-moved" in _codes(found)
    assert ("product-name-lossy" in _codes(found)) == (".replace(" in expected)


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
    spec = _affinity([(f"nvidia.com/{label}", operator, values)])
    (moved,) = _translated(spec).moved
    assert moved.expression.endswith(expected)
    compile_selector(moved.expression)
    assert moved.steps[-3:] == (0, "matchExpressions", 0)


def test_several_majors_are_a_range_each() -> None:
    spec = _affinity([("nvidia.com/gpu.compute.major", "In", ["8", "9"])])
    (moved,) = _translated(spec).moved
    assert moved.expression.count("compareTo") == 4
    assert " || " in moved.expression
    compile_selector(moved.expression)


_SLICE = """
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: a}
spec:
  driver: gpu.nvidia.com
  nodeName: a
  pool: {name: a, generation: 1, resourceSliceCount: 1}
  devices:
  - name: gpu-0
    attributes:
      productName: {string: NVIDIA RTX (TM) 6000}
      cudaComputeCapability: {version: 8.6.0}
      architecture: {string: Ampere}
    capacity: {memory: {value: 49140Mi}}
  - {name: gpu-1}
"""


def test_a_published_device_tells_the_exact_name() -> None:
    spec = {"nodeSelector": {"nvidia.com/gpu.product": "NVIDIA-RTX-TM-6000"}}
    found = _translated(spec, cluster=snapshot(_SLICE))
    (moved,) = found.moved
    assert moved.expression.endswith('productName == "NVIDIA RTX (TM) 6000"')
    assert "product-name-lossy" not in _codes(found)


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
    cluster = snapshot(_SLICE)
    (moved,) = _translated({"nodeSelector": {f"nvidia.com/{label}": value}}).moved
    selector = compile_selector(moved.expression)
    whole, bare = cluster.slices[0].devices
    assert selector.matches(whole) is suits
    assert selector.matches(bare) is False


def test_a_mig_product_tells_the_profile_too() -> None:
    spec = {"nodeSelector": {"nvidia.com/gpu.product": "NVIDIA-A30-MIG-1g.6gb"}}
    resources: Mapping[str, Unit] = {"nvidia.com/gpu": "partition"}
    (moved,) = _translated(spec, resources, profile="1g.6gb").moved
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
    found = _translated({"nodeSelector": {label: value}}, resources)
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
    found = _translated({"nodeSelector": {label: "true"}}, resources)
    (moved,) = found.moved
    assert (moved.resource, moved.expression) == ("", "")
    assert moved.why
    assert _codes(found) == ["label-gone"]


def test_a_shared_partition_is_known_by_its_profile() -> None:
    value = "NVIDIA-A30-MIG-1g.6gb.me-SHARED"
    resources: Mapping[str, Unit] = {"nvidia.com/gpu": "time-slice"}
    spec = {"nodeSelector": {"nvidia.com/gpu.product": value}}
    (moved,) = _translated(spec, resources, profile="1g.6gb+me").moved
    assert moved.expression.endswith(f'{G}.profile == "1g.6gb+me"')


_PRODUCTS = ("NVIDIA-A30-MIG-1g.6gb", "NVIDIA-H100-MIG-1g.10gb")


@pytest.mark.parametrize(
    ("name", "profile", "is_one"),
    [
        ("NVIDIA A30", "1g.6gb", True),
        ("NVIDIA H100", "1g.10gb", True),
        ("NVIDIA A30", "1g.10gb", False),
        ("NVIDIA H100", "1g.6gb", False),
        ("NVIDIA L4", "1g.6gb", False),
    ],
)
def test_products_and_their_profiles_go_together(
    name: str, profile: str, *, is_one: bool
) -> None:
    device = {
        "driver": "gpu.nvidia.com",
        "attributes": {"productName": {"string": name}, "profile": {"string": profile}},
    }
    resources: Mapping[str, Unit] = {"nvidia.com/gpu": "partition"}
    for operator, suits in (("In", is_one), ("NotIn", not is_one)):
        spec = _affinity([("nvidia.com/gpu.product", operator, [*_PRODUCTS])])
        (moved,) = _translated(spec, resources, profile="1g.6gb").moved
        assert compile_selector(moved.expression).matches(device) is suits


def test_not_in_suits_devices_without_the_value() -> None:
    spec = _affinity([("nvidia.com/gpu.family", "NotIn", ["ampere"])])
    selector = compile_selector(_translated(spec).moved[0].expression)
    whole, bare = snapshot(_SLICE).slices[0].devices
    assert selector.matches(bare)
    assert not selector.matches(whole)


@pytest.mark.parametrize(
    ("operator", "values"),
    [("Gt", ["1", "2"]), ("Lt", []), ("In", []), ("Exists", ["x"]), ("In", ["(x)"])],
)
def test_what_no_scheduler_reads_stays(operator: str, values: list[str]) -> None:
    for label in ("nvidia.com/gpu.memory", "nvidia.com/gpu.product"):
        found = _translated(_affinity([(label, operator, values)]), MIG)
        assert not found.moved
        assert _codes(found) == ["label-unclear"]


@pytest.mark.parametrize(
    ("driver", "name", "expected"),
    [
        ("ascend.project-hami.io", "index", '"].index > 3'),
        ("x.test", "cores", '"].cores.compareTo(quantity("3")) > 0'),
        ("x.test", "y.test/cores", 'device.capacity["y.test"].cores.compareTo'),
    ],
)
def test_taught_numbers_are_of_the_driver_s_kind(
    driver: str, name: str, expected: str
) -> None:
    row = Label("a.test/n", "device", driver=driver, name=name, reading="number")
    resource = "a.test/x"
    taught = Plugin("a", (Extended(resource, driver),), (row,))
    made = target(resource, Meaning("device"), order(plugins=(taught,)))
    assert made is not None
    spec = _affinity([("a.test/n", "Gt", ["3"])])
    (moved,) = translated(
        _user(spec, {resource: "device"}), {resource: made}, _NOBODY
    ).moved
    assert expected in moved.expression
    compile_selector(moved.expression)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_taught_profile_that_no_value_tells_stays(rows: int) -> None:
    row = Label("a.test/p", "device", driver="x.test", name="p", reading="profile")
    taught = Plugin("a", (Extended("a.test/x", "x.test"),), (row,) * rows)
    made = target("a.test/x", Meaning("device"), order(plugins=(taught,)))
    assert made is not None
    user = _user({"nodeSelector": {"a.test/p": "large"}}, {"a.test/x": "device"})
    found = translated(user, {"a.test/x": made}, _NOBODY)
    assert not found.moved
    assert _codes(found) == ["label-unclear"]


def test_labels_that_nobody_knows_are_no_ones_business() -> None:
    found = _translated({"nodeSelector": {"disk": "ssd", "team": "a"}})
    assert found == Translated()


def test_every_resource_of_the_driver_gets_the_selector() -> None:
    both = {**GPU, **MIG, **AMD}
    found = _translated({"nodeSelector": {"nvidia.com/gpu.family": "hopper"}}, both)
    assert [each.resource for each in found.moved] == [*GPU, *MIG]
    assert len({each.steps for each in found.moved}) == 1


def test_terms_of_which_any_is_enough_move_together() -> None:
    spec = _affinity(
        [
            ("nvidia.com/gpu.family", "In", ["hopper"]),
            ("nvidia.com/gpu.memory", "Gt", ["90000"]),
        ],
        [("nvidia.com/gpu.compute.major", "In", ["10"])],
    )
    found = _translated(spec)
    first, *others = found.moved
    assert [each.steps[-3] for each in found.moved] == [0, 0, 1]
    assert not any(each.expression for each in others)
    assert '"Hopper"' in first.expression
    assert "90001Mi" in first.expression
    assert "10.0.0" in first.expression
    compile_selector(first.expression)
    assert _codes(found) == ["label-moved"] * 3


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
    found = _translated(_affinity(*terms))
    assert not found.moved
    assert _codes(found)[0] == "label-kept"
    assert "one of several terms" in found.findings[0].message


def test_a_term_that_goes_takes_the_others_along() -> None:
    spec = _affinity(
        [("nvidia.com/gpu.present", "Exists", [])],
        [("nvidia.com/gpu.family", "In", ["hopper"])],
    )
    found = _translated(spec)
    assert [each.expression for each in found.moved] == ["", ""]
    assert _codes(found) == ["label-gone", "label-gone"]


def test_in_one_term_each_requirement_is_for_itself() -> None:
    spec = _affinity(
        [
            ("zone", "In", ["a"]),
            ("nvidia.com/gpu.family", "In", ["hopper"]),
            ("nvidia.com/gpu.count", "Gt", ["4"]),
        ]
    )
    found = _translated(spec)
    assert [each.steps[-1] for each in found.moved] == [1]
    assert _codes(found) == ["label-moved", "label-kept"]


def test_preferences_are_told_and_stay() -> None:
    wanted = {"key": "nvidia.com/gpu.family", "operator": "In", "values": ["hopper"]}
    other = {"key": "zone", "operator": "In", "values": ["a"]}
    terms = [
        {"weight": 1, "preference": {"matchExpressions": [each]}}
        for each in (wanted, other)
    ]
    found = _translated({"affinity": {"nodeAffinity": {_PREFERRED: terms}}})
    assert not found.moved
    assert _codes(found) == ["preferred-lost"]


@pytest.mark.parametrize(
    "spec",
    [
        {"nodeSelector": ["a"]},
        {"nodeSelector": {"nvidia.com/gpu.memory": 81559, 3: "x"}},
        {"nodeSelector": None, "affinity": 1},
        {"affinity": {"nodeAffinity": {_REQUIRED: []}}},
        {"affinity": {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [1, None]}}}},
        _affinity([("nvidia.com/gpu.family", "", [])]),
        {"affinity": {"nodeAffinity": {_PREFERRED: {"a": 1}}}},
        {"affinity": {"nodeAffinity": {_PREFERRED: [{"preference": [3]}, 4]}}},
    ],
)
def test_malformed_requirements_are_left_alone(spec: Mapping[str, Any]) -> None:
    assert not _translated(spec).moved


def test_odd_operators_are_unclear() -> None:
    spec = _affinity([("nvidia.com/gpu.family", "Near", ["hopper"])])
    assert _codes(_translated(spec)) == ["label-unclear"]


def test_without_a_target_nothing_moves() -> None:
    user = _user({"nodeSelector": {"nvidia.com/gpu.family": "hopper"}}, GPU)
    assert translated(user, {}, _NOBODY) == Translated()

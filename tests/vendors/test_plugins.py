"""What device plugins call things: every row of the mapping, and laws of all rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from dractl.api.versions import HUB
from dractl.cel import compile_selector
from dractl.migrate.answer import Meaning, Target
from dractl.migrate.filling import filled
from dractl.migrate.inputs import Shares
from dractl.migrate.targets import known, resource_of, row_of, target, why_none
from dractl.model.cluster import Profile
from dractl.model.names import is_extended_resource, label_key, label_value
from dractl.rules.check import check
from dractl.rules.registry import RULES, Severity
from dractl.rules.world import World
from dractl.vendors import VENDORS
from dractl.vendors.labels_clouds import CLOUDS
from dractl.vendors.labels_nfd import NFD
from dractl.vendors.plugins import Extended, Label, filled_pattern
from tests.migrate.builders import order

_NVIDIA = 'device.attributes["gpu.nvidia.com"]'
_AMD = 'device.attributes["gpu.amd.com"]'
_INTEL = 'device.attributes["gpu.intel.com"]'
_WHOLE = Meaning("device")
_PART = Meaning("partition")


@dataclass(frozen=True)
class Row:
    """A row of the mapping: what a resource in a meaning has to become.

    `keeper` is the class with which pods stay as they are, `shipped` tells that the
    driver's chart has it; `said` is a word of the differences.
    """

    resource: str
    meaning: Meaning
    driver: str
    device_class: str
    expressions: tuple[str, ...] = ()
    capacity: Mapping[str, str] = field(default_factory=dict)
    keeper: str | None = None
    shipped: bool = False
    said: str = ""
    is_admin: bool = False
    schemas: Mapping[str, str] = field(default_factory=dict)


_ROWS = (
    Row(
        "nvidia.com/gpu", _WHOLE, "gpu.nvidia.com", "gpu.nvidia.com",
        keeper="gpu.nvidia.com", shipped=True, said="do not ask for a GPU see none",
    ),
    Row(
        "nvidia.com/gpu", Meaning("partition", "1g.5gb"), "gpu.nvidia.com",
        "mig.nvidia.com", (f'{_NVIDIA}.profile == "1g.5gb"',),
        said="hands out whole GPUs",
    ),
    Row(
        "nvidia.com/mig-1g.5gb", _PART, "gpu.nvidia.com", "mig.nvidia.com",
        (f'{_NVIDIA}.profile == "1g.5gb"',), keeper="mig-1g.5gb.nvidia.com",
        said="depends on the GPU",
    ),
    *(
        Row(
            f"nvidia.com/mig-{name}", _PART, "gpu.nvidia.com", "mig.nvidia.com",
            (f'{_NVIDIA}.profile == "{profile}"',), keeper=f"mig-{name}.nvidia.com",
        )
        for name, profile in (
            ("1g.5gb.me", "1g.5gb+me"), ("1g.24gb.gfx", "1g.24gb+gfx"),
            ("1g.5gb.me.all", "1g.5gb+me.all"), ("2g.10gb-me", "2g.10gb-me"),
        )
    ),
    *(
        Row(
            name, Meaning("time-slice", replicas=4), "gpu.nvidia.com",
            "gpu.nvidia.com", capacity={"shares": "1"}, keeper=keeper,
            shipped=name == "nvidia.com/gpu", said="ConsumableShares",
        )
        for name, keeper in (
            ("nvidia.com/gpu", "gpu.nvidia.com"),
            ("nvidia.com/gpu.shared", "gpu.shared.nvidia.com"),
        )
    ),
    Row(
        "nvidia.com/mig-1g.5gb.shared", Meaning("time-slice", replicas=2),
        "gpu.nvidia.com", "mig.nvidia.com", (f'{_NVIDIA}.profile == "1g.5gb"',),
        {"shares": "1"}, "mig-1g.5gb.shared.nvidia.com",
    ),
    Row(
        "nvidia.com/gpu", Meaning("mps-share", replicas=4), "gpu.nvidia.com",
        "gpu-mps-4.nvidia.com", said="MPSSupport",
    ),
    Row(
        "nvidia.com/gpu.shared", Meaning("mps-share"), "gpu.nvidia.com",
        "gpu.shared-mps.nvidia.com", said="defaultPinnedDeviceMemoryLimit",
    ),
    Row(
        "nvidia.com/GA100_A100_PCIe_40GB", _WHOLE, "gpu.nvidia.com",
        "vfio.gpu.nvidia.com",
        (
            (f'{_NVIDIA}.productName.replace(" ", "_").replace("/", "_")'
            '.replace(".", "_").replace("-", "").replace("[", "").replace("]", "")'
            '.replace("(", "").replace(")", "") == "GA100_A100_PCIe_40GB"'),
        ),
        keeper="ga100-a100-pcie-40gb.nvidia.com", said="virtual machines",
    ),
    Row(
        "nvidia.com/pgpu", _WHOLE, "gpu.nvidia.com", "vfio.gpu.nvidia.com",
        keeper="pgpu.nvidia.com", said="alpha",
    ),
    Row(
        "nvidia.com/gpumem", Meaning("fraction"), "gpu.nvidia.com", "gpu.nvidia.com",
        capacity={"memory": "{}Mi"}, said="does not limit",
    ),
    Row(
        "amd.com/gpu", _WHOLE, "gpu.amd.com", "gpu.amd.com", keeper="gpu.amd.com",
        shipped=True, said="deviceClass.extendedResourceName=amd.com/gpu",
    ),
    Row(
        "amd.com/gpu", _WHOLE, "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.type == "amdgpu"',), keeper="gpu-extended.amd.com",
        schemas={"amd": "0.1"},
    ),
    Row(
        "amd.com/gpu", _WHOLE, "gpu.amd.com", "gpu.amd.com-spx",
        keeper="gpu.amd.com-spx", shipped=True, schemas={"amd": "auto-partition"},
    ),
    Row(
        "amd.com/cpx_nps4", _PART, "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.partitionProfile == "cpx_nps4"',), keeper="cpx-nps4.amd.com",
        said="pciBusID",
    ),
    Row(
        "amd.com/spx_nps1", _PART, "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.computePartition == "spx"', f'{_AMD}.memoryPartition == "nps1"'),
        {"partitions": "1"}, "spx-nps1.amd.com", schemas={"amd": "auto-partition"},
    ),
    Row(
        "amd.com/gpu", Meaning("partition", "cpx_nps4"), "gpu.amd.com", "gpu.amd.com",
        (f'{_AMD}.partitionProfile == "cpx_nps4"',), keeper="gpu-cpx-nps4.amd.com",
    ),
    Row(
        "gpu.intel.com/i915", _WHOLE, "gpu.intel.com", "gpu.intel.com",
        (f'{_INTEL}.driver == "i915"',), keeper="i915.gpu.intel.com",
        said="enableDRAExtendedResources",
    ),
    Row(
        "gpu.intel.com/i915", Meaning("time-slice", replicas=3), "gpu.intel.com",
        "gpu.intel.com", (f'{_INTEL}.driver == "i915"',), said="-shared-dev-num",
    ),
    Row(
        "gpu.intel.com/xe", _WHOLE, "gpu.intel.com", "gpu.intel.com",
        (f'{_INTEL}.driver == "xe"',), keeper="xe.gpu.intel.com",
    ),
    Row(
        "gpu.intel.com/monitoring", _WHOLE, "gpu.intel.com", "gpu.intel.com",
        is_admin=True, said="admin access",
    ),
    Row(
        "gpu.intel.com/xe_monitoring", _WHOLE, "gpu.intel.com", "gpu.intel.com",
        (f'{_INTEL}.driver == "xe"',), is_admin=True,
    ),
    *(
        Row(
            f"habana.ai/{name}", _WHOLE, "gaudi.intel.com", "gaudi.intel.com",
            keeper=f"{name}.habana.ai", said="runtime class habana",
        )
        for name in ("gaudi", "gaudi2")
    ),
    Row(
        "qat.intel.com/generic", _WHOLE, "qat.intel.com", "qat.intel.com",
        keeper="generic.qat.intel.com",
    ),
    Row(
        "qat.intel.com/cy", _WHOLE, "qat.intel.com", "qat.intel.com",
        (
            ('device.attributes["qat.intel.com"].services in '
            '["sym;asym", "asym;sym"]'),
        ),
        keeper="cy.qat.intel.com",
    ),
    Row(
        "qat.intel.com/dc", _WHOLE, "qat.intel.com", "qat.intel.com",
        ('device.attributes["qat.intel.com"].services == "dc"',),
        keeper="dc.qat.intel.com",
    ),
    *(
        Row(
            name, _WHOLE, "sriovnetwork.k8snetworkplumbingwg.io",
            "sriovnetwork.k8snetworkplumbingwg.io",
            (
                ('device.attributes["k8s.cni.cncf.io"].resourceName in '
                f'["{name}", "{name.partition("/")[2]}"]'),
            ),
            keeper=keeper, said="SriovResourcePolicy",
        )
        for name, keeper in (
            ("openshift.io/nic_a", "nic-a.openshift.io"),
            ("mellanox.com/mlnx_sriov", "mlnx-sriov.mellanox.com"),
            ("intel.com/intel_sriov_net", "intel-sriov-net.intel.com"),
            ("nvidia.com/hostdev", "hostdev.nvidia.com"),
        )
    ),
    Row(
        "rdma/hca_shared_devices_a", _WHOLE, "dra.net", "hca-shared-devices-a.rdma",
        keeper="hca-shared-devices-a.rdma", said="one ResourceClaim",
    ),
    Row(
        "vpc.amazonaws.com/efa", _WHOLE, "dra.net", "efa.networking.k8s.aws",
        keeper="efa.vpc.amazonaws.com", said="pcieRoot",
    ),
    *(
        Row(
            f"aws.amazon.com/{name}", _WHOLE, "neuron.aws.com", "neuron.aws.com",
            ('device.attributes["neuron.aws.com"].resourceType == "neuron_device"',),
            keeper=f"{name}.aws.amazon.com", said="whole",
        )
        for name in ("neuron", "neurondevice")
    ),
    Row(
        "aws.amazon.com/neuroncore", Meaning("core"), "neuron.aws.com",
        "neuron.aws.com",
        ('device.attributes["neuron.aws.com"].resourceType == "neuron_device"',),
    ),
    Row(
        "google.com/tpu", _WHOLE, "tpu.google.com", "tpu.google.com",
        keeper="tpu-extended.google.com", said="TPU slice",
    ),
    Row(
        "rebellions.ai/npu", _WHOLE, "npu.rebellions.ai", "npu.rebellions.ai",
        keeper="npu.rebellions.ai", shipped=True,
    ),
    *(
        Row(
            f"rebellions.ai/{name}", _WHOLE, "npu.rebellions.ai", "npu.rebellions.ai",
            (
                ('device.attributes["npu.rebellions.ai"].productName.startsWith('
                f'"{begin}")'),
            ),
            keeper=f"{name.lower()}.rebellions.ai", said=begin,
        )
        for name, begin in (("ATOM", "RBLN-CA"), ("REBEL", "RBLN-CR"))
    ),
    Row(
        "huawei.com/Ascend910B", _WHOLE, "ascend.project-hami.io",
        "npu-910b.project-hami.io",
        ('device.attributes["ascend.project-hami.io"].model.contains("910B")',),
        keeper="ascend910b.huawei.com",
    ),
)  # fmt: skip


def _target(row: Row, kubernetes: str = "1.36", **wishes: object) -> Target:
    wished = order(kubernetes, schemas=row.schemas, **wishes)
    found = target(row.resource, row.meaning, wished)
    assert found is not None
    return found


def _name(row: Row) -> str:
    how = "-".join(row.schemas.values())
    return " ".join(filter(None, (row.resource, row.meaning.unit, how)))


every_row = pytest.mark.parametrize("row", _ROWS, ids=_name)


@every_row
def test_a_resource_becomes_what_the_mapping_says(row: Row) -> None:
    found = _target(row)
    assert (found.driver, found.device_class) == (row.driver, row.device_class)
    assert len(found.expressions) == len(row.expressions)
    for text, expected in zip(found.expressions, row.expressions, strict=True):
        assert text.endswith(expected)
        assert text.startswith("has(")
    assert dict(found.capacity) == row.capacity
    assert found.is_admin is row.is_admin
    assert row.said in " ".join((*found.row.differences, found.row.decision))


@every_row
def test_pods_stay_as_they_are_where_the_mapping_says(row: Row) -> None:
    found = _target(row)
    assert found.keeper == row.keeper
    document = found.class_document
    if row.shipped:
        assert document is None
    elif row.keeper is not None:
        assert document is not None
        assert document["metadata"]["name"] == row.keeper
        assert document["spec"]["extendedResourceName"] == row.resource


@every_row
def test_classes_to_be_made_pass_our_rules(row: Row) -> None:
    document = _target(row).class_document
    if document is None:
        return
    profile = Profile.of("1.36")
    violations = check(dict(document), profile, World()).violations
    bad = [each for each in violations if _is_bad(each.code)]
    assert document["apiVersion"] == HUB
    assert not bad


def _is_bad(code: str) -> bool:

    return RULES[code].severity is not Severity.INFO


@every_row
def test_a_target_is_the_same_every_time(row: Row) -> None:
    assert _target(row) == _target(row)


_NO_WAY_BACK = {
    "rdma/hca_shared_devices_a": "its own class tells the name",
    "nvidia.com/pgpu": "as well as nvidia.com/gpgpu",
    "aws.amazon.com/neurondevice": "a former name",
    "gpu.intel.com/xe_monitoring": "a former name",
    "habana.ai/gaudi2": "as well as habana.ai/gaudi",
}


@pytest.mark.parametrize(
    "row",
    [
        each
        for each in _ROWS
        if each.meaning in {_WHOLE, _PART} and each.resource not in _NO_WAY_BACK
    ],
    ids=_name,
)
def test_the_way_back_leads_to_the_resource(row: Row) -> None:
    found = _target(row)
    expressions = (*found.expressions, 'device.driver != "a.node.label"')
    back = resource_of(found.device_class, expressions, order(schemas=row.schemas))
    assert back == (None if found.row.decision else row.resource)


@pytest.mark.parametrize(
    "row", [each for each in _ROWS if each.resource in _NO_WAY_BACK], ids=_name
)
def test_where_several_names_are_meant_there_is_no_way_back(row: Row) -> None:
    found = _target(row)
    assert resource_of(found.device_class, found.expressions, order()) != row.resource


_STAYS = (
    "nvidia.com/GRID_A10-12Q", "nvidia.com/NVIDIA_A10-12Q", "xilinx.com/fpga-a-0",
    "fpga.intel.com/af-d8424dc4", "fpga.intel.com/region-ce48969398",
    "dsa.intel.com/wq-user-shared", "iaa.intel.com/wq-user-dedicated",
    "dlb.intel.com/pf", "sgx.intel.com/enclave", "npu.intel.com/accel",
    "furiosa.ai/rngd", "cambricon.com/mlu", "iluvatar.ai/gpu", "metax-tech.com/gpu",
    "mthreads.com/gpu", "hygon.com/dcu", "enflame.com/gcu", "tenstorrent.com/n150",
    "squat.ai/video", "smarter-devices/snd", "devices.kubevirt.io/kvm",
)  # fmt: skip


@pytest.mark.parametrize("resource", _STAYS)
def test_what_has_no_driver_is_known_and_stays(resource: str) -> None:
    assert known(resource, order())
    assert target(resource, _WHOLE, order()) is None
    assert why_none(resource, _WHOLE, order())


@pytest.mark.parametrize(
    ("resource", "meaning", "said"),
    [
        ("nvidia.com/gpucores", Meaning("fraction"), "no limit of compute"),
        ("nvidia.com/gpumem-percentage", Meaning("fraction"), "bytes"),
        ("gpu.intel.com/millicores", Meaning("fraction"), "cannot be asked for"),
        ("huawei.com/Ascend910-2c", _PART, "virtual NPU"),
        ("nvidia.com/gpu", _PART, "profile"),
        ("habana.ai/gaudi", Meaning("time-slice"), "time-slice"),
        ("example.com/widget", _WHOLE, "no device plugin is known"),
    ],
)
def test_why_there_is_no_target(resource: str, meaning: Meaning, said: str) -> None:
    assert target(resource, meaning, order()) is None
    assert said in why_none(resource, meaning, order())


@pytest.mark.parametrize(
    ("resource", "unit"),
    [
        ("nvidia.com/gpu", "fraction"),
        ("nvidia.com/gpumem", "fraction"),
        ("aws.amazon.com/neuroncore", "core"),
        ("qat.intel.com/sym-dc", "device"),
        ("huawei.com/Ascend910B", "device"),
    ],
)
def test_a_human_has_to_choose(resource: str, unit: str) -> None:
    found = target(resource, Meaning(unit), order())  # type: ignore[arg-type]
    assert found is not None
    assert found.row.decision


@pytest.mark.parametrize(
    ("kubernetes", "wishes"),
    [
        ("1.35", {}),
        ("1.36", {"schemas": {"nvidia": "0.4"}}),
        ("1.36", {"shares": Shares.CLAIM}),
    ],
)
def test_shares_without_capacity_come_from_one_claim(
    kubernetes: str, wishes: Mapping[str, object]
) -> None:
    meaning = Meaning("time-slice", replicas=4)
    found = target("nvidia.com/gpu", meaning, order(kubernetes, **wishes))
    assert found is not None
    assert not found.capacity
    assert found.keeper is None


@pytest.mark.parametrize(("replicas", "part"), [(0, None), (4, 25), (3, 33)])
def test_mps_shares_the_threads(replicas: int, part: int | None) -> None:
    meaning = Meaning("mps-share", replicas=replicas)
    found = target("nvidia.com/gpu", meaning, order())
    assert found is not None
    assert found.class_document is not None
    assert "extendedResourceName" not in found.class_document["spec"]
    (config,) = found.class_document["spec"]["config"]
    sharing = config["opaque"]["parameters"]["sharing"]
    assert sharing["strategy"] == "MPS"
    limits = sharing.get("mpsConfig", {})
    assert limits.get("defaultActiveThreadPercentage") == part


def test_a_configuration_tells_more_than_a_name() -> None:
    driver = "sriovnetwork.k8snetworkplumbingwg.io"
    text = f'device.attributes["{driver}"].PFName == "ens1f0"'
    for resource in ("example.com/fast", "nvidia.com/BF3_VFS", "openshift.io/a"):
        found = target(resource, _WHOLE, order(), {resource: (text,)})
        assert found is not None
        assert (found.driver, found.expressions) == (driver, (text,))
    net = 'device.attributes["dra.net"].ifName == "eth1"'
    found = target("example.com/rdma", _WHOLE, order(), {"example.com/rdma": (net,)})
    assert found is not None
    assert found.driver == "dra.net"
    assert found.class_document is not None
    assert net in str(found.class_document["spec"]["selectors"])


# -- laws

_PLUGINS = tuple(plugin for vendor in VENDORS for plugin in vendor.plugins)
_EXTENDED = tuple(row for plugin in _PLUGINS for row in plugin.extended)
_LABELS = (*(row for plugin in _PLUGINS for row in plugin.labels), *NFD, *CLOUDS)
_DRIVERS = {driver.name: driver for vendor in VENDORS for driver in vendor.drivers}
_NO_PLUGIN = {
    "cpu": "the kubelet's own CPU manager was before it",
    "memory": "the kubelet's own memory manager was before it",
    "example": "it is made up",
}

every_extended = pytest.mark.parametrize(
    "row", _EXTENDED, ids=lambda row: f"{row.pattern} {row.unit} {row.mode}".strip()
)


def test_vendors_with_a_driver_have_a_plugin_or_say_why() -> None:
    for vendor in VENDORS:
        has_rows = any(plugin.extended for plugin in vendor.plugins)
        if vendor.drivers:
            assert has_rows is (vendor.name not in _NO_PLUGIN), vendor.name


@every_extended
def test_drivers_and_classes_are_those_of_the_vendors(row: Extended) -> None:
    assert is_extended_resource(filled_pattern(row.pattern, "x"))
    if not row.driver:
        assert row.decision
        assert not (row.device_class)
        assert not (row.conditions)
        assert not (row.capacity)
        return
    driver = _DRIVERS[row.driver]
    classes = {each.name for each in (*driver.classes, *driver.partitioned)}
    assert not row.device_class or row.device_class in classes or row.decision
    assert set(row.capacity) <= driver.capacity
    assert not row.capacity_since or row.capacity_since in driver.schemas
    assert not row.mode or row.mode in {*driver.schemas, "auto-partition"}


@every_extended
def test_conditions_compile(row: Extended) -> None:
    if row.driver:
        for text in filled(row, filled_pattern(row.pattern, "a1"), "a_1"):
            assert compile_selector(text).max_cost < 1_000_000


def test_the_first_row_wins_and_none_is_hidden_wholly() -> None:
    """A row that another of the same unit and mode comes before everywhere is dead."""
    for number, row in enumerate(_EXTENDED):
        name = filled_pattern(row.pattern, _example(row.pattern))
        found = row_of(name, row.unit, _PLUGINS, {"amd": row.mode})
        assert found is not None, name
        assert found[1] is row, (name, number)
        assert [each for each in _EXTENDED if each == row] == [row]


def _example(pattern: str) -> str:
    """Return what can stand for the wildcards of a pattern."""
    words = {
        "amd.com/?px_nps?": "cpx_nps4",
        "nvidia.com/[A-Z]*": "GA100",
        "habana.ai/gaudi[0-9]": "2",
        "intel.com/*sriov*": "a_sriov_b",
        "nvidia.com/*sriov*": "a_sriov_b",
        "huawei.com/Ascend*-*": "910-2c",
        "nvidia.com/NVIDIA_*Q": "A10-12",
    }
    return words.get(pattern, "sym-dc" if pattern.startswith("qat") else "x")


@pytest.mark.parametrize("row", _LABELS, ids=lambda row: f"{row.pattern} {row.name}")
def test_label_rows_make_sense(row: Label) -> None:
    assert not label_key(filled_pattern(row.pattern, "x"))
    if row.fate != "device":
        assert row.why
        assert not row.name
        return
    driver = _DRIVERS[row.driver]
    names = {*driver.attributes, *driver.capacity}
    assert row.name in names
    is_amount = row.name in driver.capacity
    assert is_amount is (row.reading in {"mebibytes", "gibibytes", "number"})
    is_version = driver.attributes.get(row.name) == "version"
    assert is_version is (row.reading in {"major", "minor", "patch", "version"})
    classes = {each.name for each in driver.classes}
    assert row.device_class in {"", *classes}
    assert bool(row.table) is (row.reading in {"table", "named"})


def test_traces_say_what_they_are_worth() -> None:
    for plugin in _PLUGINS:
        for trace in plugin.traces:
            assert trace.advice
        patterns = [(each.place, each.pattern) for each in plugin.traces]
        assert len(set(patterns)) == len(patterns)


def test_switches_are_labels_of_nodes() -> None:
    for plugin in _PLUGINS:
        switch = plugin.switch
        for key, value in {**switch.off, **switch.on}.items():
            assert not label_key(key)
            assert not label_value(value)
        if any(row.driver for row in plugin.extended):
            assert switch.note


def test_images_tell_plugins_apart() -> None:
    for plugin in _PLUGINS:
        if any(row.driver for row in plugin.extended):
            assert plugin.images
        for image in plugin.images:
            assert image == image.lower()

"""What device plugins call things: every row of the mapping, and laws of all rows."""

import re
from collections.abc import Mapping

import pytest

from dractl.api.versions import HUB
from dractl.cel import compile_selector
from dractl.migrate.answer import Meaning, Target
from dractl.migrate.filling import filled, needs_part
from dractl.migrate.inputs import Shares
from dractl.migrate.readings import KINDS, TEXTS, kind_of
from dractl.migrate.targets import known, resource_of, row_of, target, why_none
from dractl.model.cluster import Profile
from dractl.model.names import (
    dns_subdomain,
    is_extended_resource,
    label_key,
    label_value,
)
from dractl.rules.check import check
from dractl.rules.registry import RULES, Severity
from dractl.rules.world import World
from dractl.vendors import VENDORS
from dractl.vendors.labels_clouds import CLOUDS
from dractl.vendors.labels_nfd import NFD
from dractl.vendors.plugins import Extended, Label, Plugin, filled_pattern
from tests.batches import batched
from tests.migrate.builders import order
from tests.vendors.mapped import PART, ROWS, WHOLE, Row


def _target(row: Row, kubernetes: str = "1.36", **wishes: object) -> Target:
    wished = order(kubernetes, schemas=row.schemas, **wishes)
    found = target(row.resource, row.meaning, wished)
    assert found is not None
    return found


def _name(row: Row) -> str:
    how = "-".join(row.schemas.values())
    return " ".join(filter(None, (row.resource, row.meaning.unit, how)))


every_row = batched(ROWS, ids=_name)


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
        for each in ROWS
        if each.meaning in {WHOLE, PART} and each.resource not in _NO_WAY_BACK
    ],
    ids=_name,
)
def test_the_way_back_leads_to_the_resource(row: Row) -> None:
    found = _target(row)
    expressions = (*found.expressions, 'device.driver != "a.node.label"')
    back = resource_of(found.device_class, expressions, order(schemas=row.schemas))
    assert back == (None if found.row.decision else row.resource)


@pytest.mark.parametrize(
    "row", [each for each in ROWS if each.resource in _NO_WAY_BACK], ids=_name
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
    assert target(resource, WHOLE, order()) is None
    assert why_none(resource, WHOLE, order())


@pytest.mark.parametrize(
    ("resource", "meaning", "said"),
    [
        ("nvidia.com/gpucores", Meaning("fraction"), "no limit of compute"),
        ("nvidia.com/gpumem-percentage", Meaning("fraction"), "bytes"),
        ("gpu.intel.com/millicores", Meaning("fraction"), "cannot be asked for"),
        ("huawei.com/Ascend910-2c", WHOLE, "virtual NPU"),
        ("nvidia.com/gpu", PART, "profile"),
        ("habana.ai/gaudi", Meaning("time-slice"), "time-slice"),
        ("example.com/widget", WHOLE, "no device plugin is known"),
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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("openshift.io/nic_a", "openshift.io/nic-a"),
        ("openshift.io/NIC-a", "openshift.io/nic-a"),
        ("openshift.io/nic__a", "openshift.io/nic_a"),
        ("rdma/a.-b", "rdma/a.b"),
        (f"{'a' * 240}.com/rdma_a", f"{'a' * 240}.org/rdma_a"),
    ],
)
def test_resources_that_look_alike_have_classes_of_their_own(
    one: str, other: str
) -> None:
    named = Extended("*/*", "dra.net")
    wished = order(plugins=(Plugin("any", (named,)),))
    names = []
    for resource in (one, other):
        found = target(resource, WHOLE, wished)
        assert found is not None
        assert found.keeper is not None
        assert not dns_subdomain(found.keeper)
        names.append(found.keeper)
    assert len(set(names)) == len(names)


@every_row
def test_nothing_is_left_to_fill_in(row: Row) -> None:
    found = _target(row)
    texts = (*found.expressions, *found.capacity.values(), found.device_class)
    assert not [text for text in texts if re.search(r"\{\w*\}", text)]


@pytest.mark.parametrize(
    ("replicas", "part"), [(0, None), (4, 25), (3, 33), (100, 1), (200, 1)]
)
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
        found = target(resource, WHOLE, order(), {resource: (text,)})
        assert found is not None
        assert (found.driver, found.expressions) == (driver, (text,))
    net = 'device.attributes["dra.net"].ifName == "eth1"'
    found = target("example.com/rdma", WHOLE, order(), {"example.com/rdma": (net,)})
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

every_extended = batched(
    _EXTENDED, ids=lambda row: f"{row.pattern} {row.unit} {row.mode}".strip()
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
        profile = "x" if needs_part(row) else ""
        found = row_of(name, row.unit, _PLUGINS, {"amd": row.mode}, profile)
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


@batched(_LABELS, ids=lambda row: f"{row.pattern} {row.name}")
def test_label_rows_make_sense(row: Label) -> None:
    assert not label_key(filled_pattern(row.pattern, "x"))
    if row.fate != "device":
        assert row.why
        assert not row.name
        return
    driver = _DRIVERS[row.driver]
    names = {*driver.attributes, *driver.capacity}
    assert row.name in names
    assert kind_of(row) in KINDS.get(row.reading, TEXTS)
    classes = {each.name for each in driver.classes}
    assert row.device_class in {"", *classes}
    assert bool(row.table) is (row.reading in {"table", "named", "profile"})


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


def test_plugins_that_a_driver_follows_are_known_by_images() -> None:
    for plugin in _PLUGINS:
        if any(row.driver for row in plugin.extended):
            assert plugin.images
        for image in plugin.images:
            assert image == image.lower()

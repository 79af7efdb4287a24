import dataclasses
from typing import Any

import pytest

from dractl.cel.selector import compile_selector
from dractl.discovery.inventory import inventory
from dractl.discovery.slices import slices
from dractl.model.cluster import Profile
from dractl.model.hosts import HostFacts, MigDevice, Nvml, NvmlGpu, NvmlState
from dractl.rules.check import check
from dractl.rules.world import World
from dractl.vendors.base import Found, Wishes
from dractl.vendors.nvidia import NVIDIA
from dractl.vendors.nvidia_profiles import device_name, profile_name
from tests.hosts.nvml.parts import A100_40GB, H100_80GB
from tests.hosts.reading import facts_beside, host_facts
from tests.vendors.builders import attribute, device, found, names, only
from tests.vendors.nvidia_hosts import (
    INFORMATION,
    PROC,
    a100,
    function,
    machine,
    profiles,
    told,
)

ENGINES = {
    "copyEngines": {"value": "3"},
    "decoders": {"value": "2"},
    "encoders": {"value": "0"},
    "jpegEngines": {"value": "0"},
    "memory": {"value": "19968Mi"},
    "multiprocessors": {"value": "42"},
    "ofaEngines": {"value": "0"},
}


def on_demand(facts: HostFacts, schema: str = "0.5") -> list[Found]:
    return found(NVIDIA, facts, schemas={"nvidia": schema}, partitionable=True)


# -- names


@pytest.mark.parametrize("table", [A100_40GB, H100_80GB], ids=["A100", "H100"])
def test_profiles_are_named_as_nvml_names_them(table: Any) -> None:
    total = {A100_40GB: 40960, H100_80GB: 81559}[table] << 20
    named = [(each.name, profile_name(each, total)) for each in profiles(table)]

    assert [name for name, _ in named] == [name for _, name in named]


@pytest.mark.parametrize(
    ("index", "name"),
    [
        (0x0, "1g.5gb"),
        (0x7, "1g.5gb+me"),
        (0xA, "1g.5gb+gfx"),
        (0xD, "1g.5gb-me"),
        (0xF, "1g.5gb+me.all"),
        (0x11, None),
    ],
)
def test_kinds_of_profiles_have_endings(index: int, name: str | None) -> None:
    profile = dataclasses.replace(profiles()[0], index=index)

    assert profile_name(profile, 40960 << 20) == name


def test_without_memory_there_is_no_name() -> None:
    assert profile_name(profiles()[0], 0) is None


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ("1g.12gb", "gpu-0-mig-1g12gb-19-4"),
        ("1g.5gb+me", "gpu-0-mig-1g5gb-me-19-4"),
        ("1g.5gb+me.all", "gpu-0-mig-1g5gb-meall-19-4"),
    ],
)
def test_devices_are_named_by_profile_and_place(profile: str, name: str) -> None:
    assert device_name(0, profile, 19, 4) == name


# -- partitions that are there


def test_partitions_are_published_instead_of_the_gpu() -> None:
    whole, first, *others = found(NVIDIA, host_facts("dgx-a100"))[:6]

    assert (whole.device, whole.why_not) == (None, "its MIG partitions are the devices")
    assert device(first)["name"] == "gpu-2-mig-3g20gb-9-4"
    assert device(first)["capacity"] == dict(
        sorted({
            **ENGINES,
            **{f"memorySlice{number}": {"value": "1"} for number in (4, 5, 6, 7)},
        }.items())
    )  # fmt: skip
    assert attribute(first, "parentUUID") == "GPU-00000000-0000-4000-8000-000000000007"
    assert attribute(first, "uuid") == "MIG-00000000-0000-5000-8000-000000000009"
    assert attribute(first, "profile") == "3g.20gb"
    assert (first.kind, first.parent, first.model) == (
        "partition",
        "0000:07:00.0",
        "NVIDIA A100-SXM4-40GB 3g.20gb",
    )
    assert names(others) == [
        "gpu-2-mig-2g10gb-14-0",
        "gpu-2-mig-1g5gb-19-2",
        "gpu-2-mig-1g5gb-19-3",
        None,
    ]


def test_mig_without_partitions_publishes_nothing() -> None:
    (gpu,) = found(NVIDIA, machine(a100()))

    assert gpu.device is None
    assert gpu.why_not.startswith("MIG mode is on, but there are no partitions")


def test_a_partition_of_unknown_place_is_listed() -> None:
    mig = MigDevice("MIG-1", gpu_instance=2, compute_instance=0)
    _, part = found(NVIDIA, machine(a100(migs=(mig,))))

    assert part.why_not.startswith("its profile and place may not be read by this user")
    assert (part.device, dict(part.details)) == (
        None,
        {"uuid": "MIG-1", "gpuInstance": "2"},
    )


def test_a_partition_of_unknown_profile_is_listed() -> None:
    mig = MigDevice("MIG-1", 2, 0, 77, 0, 1, 1)
    _, part = found(NVIDIA, machine(a100(migs=(mig,))))

    assert part.why_not == "the driver does not know its profile (77)"


def test_a_partition_that_is_divided_again_stops_the_driver() -> None:
    mig = MigDevice("MIG-1", 2, 0, 9, 4, 4, 1)
    _, part = found(NVIDIA, machine(a100(migs=(mig,))))

    assert part.device is None
    assert part.why_not.startswith("its compute instance has 1 of 3 slices")


def test_a_mode_that_changes_is_named() -> None:
    (gpu,) = found(NVIDIA, machine(a100(mig_mode=False)))

    assert gpu.warnings == ("MIG mode goes on with the next reset",)


# -- partitions on demand


def test_partitions_draw_from_counters_of_their_gpu() -> None:
    devices = on_demand(machine(a100(minor=3)))
    part = next(e for e in devices if e.device and "3g20gb-9-4" in e.device["name"])
    slices_taken = {f"memory-slice-{number}": {"value": "1"} for number in (4, 5, 6, 7)}

    assert device(part)["consumesCounters"] == [
        {
            "counterSet": "gpu-3-counter-set",
            "counters": {
                "copy-engines": {"value": "3"},
                "decoders": {"value": "2"},
                "encoders": {"value": "0"},
                "jpeg-engines": {"value": "0"},
                "memory": {"value": "19968Mi"},
                **slices_taken,
                "multiprocessors": {"value": "42"},
                "ofa-engines": {"value": "0"},
            },
        }
    ]
    assert device(part)["capacity"] == ENGINES
    assert "uuid" not in device(part)["attributes"]


def test_counters_are_the_most_of_all_profiles() -> None:
    part = on_demand(machine(a100(minor=3)))[1]
    (counters,) = part.counters

    assert counters["name"] == "gpu-3-counter-set"
    amounts = {name: each["value"] for name, each in counters["counters"].items()}
    assert amounts == {
        "copy-engines": "7",
        "decoders": "5",
        "encoders": "0",
        "jpeg-engines": "1",
        "memory": "40192Mi",
        **{f"memory-slice-{number}": "1" for number in range(8)},
        "multiprocessors": "98",
        "ofa-engines": "1",
    }


def test_there_is_a_device_for_each_place() -> None:
    gpu, *parts = on_demand(machine(a100()))

    assert gpu.device is None
    assert len(parts) == 7 + 3 + 2 + 1 + 1 + 7 + 4
    assert names(parts) == sorted(map(str, names(parts)))


@pytest.mark.parametrize(
    ("schema", "architecture", "mig", "whole", "parts"),
    [
        ("0.5", "Ampere", False, True, False),
        ("0.5", "Ampere", True, False, True),
        ("0.5", "Hopper", False, True, True),
        ("0.5", "Blackwell", True, True, True),
        ("0.4", "Ampere", False, True, False),
        ("0.3", "Ampere", False, True, True),
        ("0.3", "Ampere", True, True, True),
    ],
)
def test_what_is_published_depends_on_how_the_mode_changes(
    schema: str, architecture: str, *, mig: bool, whole: bool, parts: bool
) -> None:
    gpu = a100(architecture=architecture, mig_mode=mig, mig_pending=mig)
    listed = names(on_demand(machine(gpu), schema))

    assert ("gpu-0" in listed) is whole
    assert any(name and "mig" in name for name in listed) is parts


def test_the_whole_gpu_consumes_all() -> None:
    gpu = a100(architecture="Hopper", mig_mode=False, mig_pending=False)
    whole = on_demand(machine(gpu))[0]
    (counters,) = whole.counters

    assert device(whole)["consumesCounters"] == [
        {"counterSet": counters["name"], "counters": counters["counters"]}
    ]
    assert device(whole)["capacity"]["memory"] == {"value": "40192Mi"}


def test_a_gpu_without_mig_is_published_as_ever() -> None:
    assert on_demand(machine(told())) == found(NVIDIA, machine(told()))


def test_a_vgpu_is_not_divided() -> None:
    gpu = a100(mig_mode=False, mig_pending=False, is_virtual=True)

    assert names(on_demand(machine(gpu))) == ["gpu-0"]


def test_partitions_that_dra_did_not_make_are_named() -> None:
    whole = on_demand(host_facts("dgx-a100"))[0]

    (warning,) = whole.warnings
    assert warning.startswith("it has 4 MIG partitions that DRA did not make")


def test_schema_0_3_leaves_attributes_out() -> None:
    gpu = a100(addressing_mode="HMM")
    then = device(on_demand(machine(gpu), "0.3")[1])["attributes"]
    now = device(on_demand(machine(gpu), "0.4")[1])["attributes"]

    assert set(now) - set(then) == {"addressingMode", "resource.kubernetes.io/pcieRoot"}


# -- as a whole


@pytest.mark.parametrize(
    ("name", "release", "schema"),
    [
        ("hgx-h100", "1.34", "0.4"),
        ("hgx-h100", "1.37", "0.5"),
        ("dgx-a100", "1.35", "0.3"),
        ("dgx-a100", "1.36", "0.4"),
    ],
)
def test_slices_with_partitions_pass_our_rules(
    name: str, release: str, schema: str
) -> None:
    profile = Profile.of(release, {"DRAPartitionableDevices": True})
    wishes = Wishes(profile, {"nvidia": schema}, partitionable=True)
    whole = inventory(host_facts(name), wishes, (NVIDIA,), "node-0")

    listed = list(slices(whole, profile))
    assert len(listed) > 1
    assert [
        v for each in listed for v in check(each, profile, World()).violations
    ] == []


@pytest.mark.parametrize(("kind", "count"), [("gpu", 5), ("mig", 11), ("vfio", 0)])
def test_classes_select_their_kind(kind: str, count: int) -> None:
    selector = compile_selector(
        'device.driver == "gpu.nvidia.com" && '
        f'device.attributes["gpu.nvidia.com"].type == "{kind}"'
    )
    published = [
        {"driver": each.driver, "attributes": each.device["attributes"], "capacity": {}}
        for each in found(NVIDIA, host_facts("dgx-a100"))
        if each.device is not None
    ]

    assert sum(map(selector.matches, published)) == count


# -- without NVML


@pytest.mark.parametrize("schema", ["0.3", "0.5", "0.5-vfio"])
def test_a_divided_gpu_is_not_taken_for_a_whole_one_without_nvml(schema: str) -> None:
    facts = facts_beside("dgx-a100", Nvml(NvmlState.FORBIDDEN, hint="be root"))
    first, second, *others = (
        each
        for each in found(NVIDIA, facts, schemas={"nvidia": schema})
        if each.device is None or "vfio" not in each.device["name"]
    )

    assert names([first, second, others[0]]) == [None, None, "gpu-0"]
    assert (
        first.why_not
        == second.why_not
        == (
            "MIG is on: its partitions are the devices, which only NVML can name "
            "(NVML: this user may not ask it; be root)"
        )
    )


def test_a_divided_gpu_that_may_not_be_opened_is_not_taken_for_a_whole_one() -> None:
    closed = NvmlGpu(0, failures={"handle": "NO_PERMISSION"})
    instance = {"capabilities/gpu5/mig/gi1/access": "DeviceFileMinor: 12"}
    facts = machine(
        closed, pci=(function(),), proc_nvidia={PROC: INFORMATION} | instance
    )
    gpu = only(NVIDIA, facts)

    assert gpu.device is None
    assert gpu.why_not.startswith("MIG is on")
    assert "run it as root" in gpu.warnings[0]

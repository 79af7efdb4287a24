"""What --compare says is not checked, because the machine cannot know it."""

from dataclasses import replace
from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.discovery.comparison import Comparison, comparison, ways
from dractl.discovery.inventory import inventory
from dractl.discovery.slices import slices
from dractl.model.hosts import Nvml, NvmlState, PciDevice
from dractl.vendors.base import Wishes
from tests.discovery.builders import attributes
from tests.discovery.test_comparison import NODE, PROFILE
from tests.hosts.reading import facts_beside, host_facts


def test_what_only_nvml_knows_is_not_checked_without_it() -> None:
    facts = host_facts("cloud-t4")
    own = slices(inventory(facts, Wishes(PROFILE), node="n0"), PROFILE)
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")
    silent = replace(facts, nvml=Nvml(NvmlState.NO_LIBRARY))

    found = comparison(ways(silent, Wishes(PROFILE), "n0"), cluster)
    assert {each.code for each in found.differences} <= {"driver-not-registered"}
    [note] = [each for each in found.notes if "gpu.nvidia.com" in each]
    assert "brand" in note
    assert "(NVML: there is no libnvidia-ml.so.1)" in note


@pytest.mark.parametrize("state", [NvmlState.NO_DRIVER, NvmlState.FAILED])
def test_gpus_are_not_gone_where_nvml_cannot_be_asked(state: NvmlState) -> None:
    told = host_facts("dgx-a100")
    own = slices(inventory(told, Wishes(PROFILE), node="n0"), PROFILE)
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")
    silent = facts_beside("dgx-a100", Nvml(state, "CODE"))

    found = comparison(ways(silent, Wishes(PROFILE), "n0"), cluster)
    assert {each.code for each in found.differences} <= {"driver-not-registered"}
    [note] = [each for each in found.notes if "not checked of gpu" in each]
    assert "which devices there are" in note


def test_gpus_that_no_kernel_driver_has_are_gone_without_nvml() -> None:
    facts = host_facts("cloud-t4")
    own = slices(inventory(facts, Wishes(PROFILE), node="n0"), PROFILE)
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")
    pci = tuple(replace(each, driver=None) for each in facts.pci)
    bare = replace(facts, pci=pci, nvml=Nvml(NvmlState.NO_DRIVER), modules={})

    found = comparison(ways(bare, Wishes(PROFILE), "n0"), cluster)
    assert "device-gone" in {each.code for each in found.differences}


def changed(host: str, driver: str, **fields: Any) -> Comparison:
    """Compare a host with its slices, in whose devices fields say something else."""
    facts = host_facts(host)
    documents = [
        each
        for each in slices(inventory(facts, Wishes(PROFILE), node="n0"), PROFILE)
        if each["spec"]["driver"] == driver
    ]
    for each in documents:
        for published_ in each["spec"]["devices"]:
            for name, value in fields.items():
                is_map = isinstance(value, dict)
                published_[name] = published_.get(name, {}) | value if is_map else value
    cluster = Snapshot.from_documents([NODE, *documents], kubernetes="1.36")
    return comparison(ways(facts, Wishes(PROFILE), "n0"), cluster)


@pytest.mark.parametrize(
    ("host", "driver", "fields", "note"),
    [
        (
            "flex-170",
            "gpu.intel.com",
            {
                "attributes": attributes(health="Healthy"),
                "taints": [{"key": "HealthIssues-memory", "effect": "NoExecute"}],
            },
            "health, taint HealthIssues-memory (xpumd)",
        ),
        (
            "gaudi-3",
            "gaudi.intel.com",
            {"attributes": attributes(healthy=False, serial="S1")},
            "healthy, serial (HLML)",
        ),
        (
            "rdma-nics",
            "dra.net",
            {
                "attributes": {
                    "gce.dra.net/block": {"string": "b"},
                    **attributes(ebpf=True),
                }
            },
            "gce.dra.net/block (the cloud's metadata service); ebpf (tc and eBPF)",
        ),
        (
            "cloud-t4",
            "gpu.nvidia.com",
            {
                "attributes": attributes(gpuModuleID=3, partition1=4),
                "capacity": {"shares": {"value": "4"}},
                "allowMultipleAllocations": True,
            },
            (
                "gpuModuleID, partition1 (its gate FabricManagerPartitioning); "
                "shares, allowMultipleAllocations (its gate ConsumableShares)"
            ),
        ),
    ],
    ids=["intel", "gaudi", "dranet", "nvidia"],
)
def test_what_the_machine_cannot_know_is_one_note_and_no_difference(
    host: str, driver: str, fields: dict[str, Any], note: str
) -> None:
    found = changed(host, driver, **fields)

    mine = [each.code for each in found.differences if each.driver == driver]
    assert set(mine) <= {"driver-not-registered", "partition-unmanaged"}
    assert f"not checked of {driver}: {note}" in found.notes


def test_a_lost_gpu_that_the_driver_does_not_taint_is_no_difference() -> None:
    facts = host_facts("cloud-t4")
    own = slices(inventory(facts, Wishes(PROFILE), node="n0"), PROFILE)
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")
    gpus = tuple(replace(each, lost="GPU_IS_LOST") for each in facts.nvml.gpus)
    ill = replace(facts, nvml=replace(facts.nvml, gpus=gpus))

    found = comparison(ways(ill, Wishes(PROFILE, {"nvidia": "0.5"}), "n0"), cluster)
    assert "taint-differs" not in {each.code for each in found.differences}


@pytest.mark.parametrize(
    ("host", "driver"),
    [("flex-170", "gpu.intel.com"), ("mi300x", "gpu.amd.com")],
    ids=["intel", "amd"],
)
def test_memory_is_not_checked_where_none_is_known(host: str, driver: str) -> None:
    facts = host_facts(host)
    own = slices(inventory(facts, Wishes(PROFILE), node="n0"), PROFILE)
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")
    blind = replace(
        facts,
        pci=tuple(map(_without_memory, facts.pci)),
        kfd=tuple(replace(each, banks=()) for each in facts.kfd),
    )

    found = comparison(ways(blind, Wishes(PROFILE), "n0"), cluster)
    assert "memory" not in {each.subject for each in found.differences}
    assert any(f"not checked of {driver}: memory" in each for each in found.notes)


def _without_memory(function: PciDevice) -> PciDevice:
    kept = {
        name: text for name, text in function.texts.items() if "lmem_total" not in name
    }
    return replace(function, texts=kept)

from dractl.cel import compile_selector
from dractl.model.hosts import PlatformGpu, Sriov
from dractl.vendors.amd import AMD
from dractl.vendors.base import Wishes
from tests.vendors.builders import attribute, device, found, names, only
from tests.vendors.instincts import GPU, gpu, kfd, machine, modes


def test_each_mode_is_a_device_with_auto_partition() -> None:
    modes_of_it = found(AMD, machine(gpu()), partitionable=True)

    assert names(modes_of_it) == [
        "gpu-0-spx-nps1",
        "gpu-0-dpx-nps1",
        "gpu-0-dpx-nps2",
        "gpu-0-qpx-nps1",
        "gpu-0-cpx-nps1",
        "gpu-0-cpx-nps4",
    ]
    assert {each.counters[0]["name"] for each in modes_of_it} == {"gpu-0-mutex"}


def test_claims_share_a_mode_by_its_partitions() -> None:
    cpx = device(found(AMD, machine(gpu()), partitionable=True)[5])

    assert cpx["allowMultipleAllocations"] is True
    assert cpx["capacity"]["partitions"] == {
        "value": "8",
        "requestPolicy": {"default": "1", "validValues": ["1"]},
    }
    assert cpx["capacity"]["memory"] == {
        "value": "64Gi",
        "requestPolicy": {"default": "8Gi", "validValues": ["8Gi"]},
    }
    assert cpx["consumesCounters"] == [
        {"counterSet": "gpu-0-mutex", "counters": {"partition-mode": {"value": "1"}}}
    ]


def test_a_whole_gpu_is_not_shared_with_auto_partition() -> None:
    spx = device(found(AMD, machine(gpu()), partitionable=True)[0])

    assert "allowMultipleAllocations" not in spx
    assert spx["capacity"]["partitions"] == {"value": "1"}
    assert "partitionProfile" not in spx["attributes"]


def test_only_whole_gpus_are_the_extended_resource_with_auto_partition() -> None:
    (driver,) = AMD.drivers
    _, spx = Wishes(partitionable=True).classes(driver)
    selector = compile_selector(spx.selector)

    selected = [
        each.device["name"]
        for each in found(AMD, machine(gpu()), partitionable=True)
        if each.device and selector.matches({"driver": driver.name, **each.device})
    ]

    assert (selected, spx.extended_resource) == (["gpu-0-spx-nps1"], "amd.com/gpu")


def test_a_mode_that_the_gpu_does_not_have_is_told() -> None:
    texts = modes("SPX", available_compute_partition="SPX, CPX")

    dpx = found(AMD, machine(gpu(texts=texts)), partitionable=True)[1]

    assert dpx.warnings == ("the driver offers dpx, which this GPU does not have",)


def test_a_divided_gpu_is_as_large_as_a_whole_one() -> None:
    xcps = tuple(PlatformGpu(f"amdgpu_xcp_{n}", (n,), (128 + n,)) for n in range(2, 9))
    parts = tuple(kfd(render, simd_count=152) for render in (128, *range(130, 137)))
    facts = machine(gpu(texts=modes("CPX")), xcps=xcps, kfd=parts)

    spx, dpx, *_ = found(AMD, facts, partitionable=True)

    assert device(spx)["capacity"] == {
        "partitions": {"value": "1"},
        "memory": {"value": "512Gi"},
        "computeUnits": {"value": "304"},
        "simdUnits": {"value": "1216"},
    }
    assert device(dpx)["capacity"]["memory"] == {
        "value": "512Gi",
        "requestPolicy": {"default": "256Gi", "validValues": ["256Gi"]},
    }
    assert spx.warnings == ()


def test_the_taint_that_allocations_bring_is_told_and_not_published() -> None:
    *_, cpx = found(AMD, machine(gpu()), partitionable=True)

    assert "taints" not in device(cpx)
    assert cpx.details["taint"] == (
        "gpu.amd.com/memory-partition-conflict:NoExecute while claims of the node's "
        "pods use another memory mode than nps4"
    )


def test_gpus_without_modes_stay_whole_with_auto_partition() -> None:
    facts = machine(gpu(texts={}))

    assert names(found(AMD, facts, partitionable=True)) == ["gpu-1-128"]


def test_a_gpu_for_virtual_machines_needs_a_gate_of_the_driver() -> None:
    each = only(AMD, machine(gpu(driver="vfio-pci", iommu_group="42")))

    assert each.device is None
    assert "VFIOPassthrough" in each.why_not


def test_virtual_functions_draw_slots_of_their_physical_function() -> None:
    physical = gpu(driver="gim", sriov=Sriov(total=8, enabled=8))
    virtual = gpu(
        "0000:65:02.0", driver=None, iommu_group="51", sriov=Sriov(parent=GPU, index=0)
    )

    _, each = found(AMD, machine(physical, virtual), schemas={"amd": "1.0-vfio"})

    assert device(each)["name"] == "gpu-vfio-0"
    assert attribute(each, "isVF") is True
    assert attribute(each, "partitionProfile") == "cpx"
    assert each.counters == (
        {
            "name": "pf-0000-65-00-0-counter-set",
            "counters": {"vf-slots": {"value": "8"}},
        },
    )
    assert device(each)["consumesCounters"][0]["counters"] == {
        "vf-slots": {"value": "1"}
    }


def test_gpus_for_virtual_machines_are_numbered_by_their_groups() -> None:
    first = gpu("0000:05:00.0", driver="vfio-pci", iommu_group="9")
    second = gpu("0000:06:00.0", driver="vfio-pci", iommu_group="10")

    both = found(AMD, machine(first, second), schemas={"amd": "1.0-vfio"})

    # As texts: "10" is before "9".
    assert names(both) == ["gpu-vfio-1", "gpu-vfio-0"]

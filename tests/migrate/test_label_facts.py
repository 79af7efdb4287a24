"""What node labels tell of devices."""

import pytest

from dractl.migrate.label_facts import told_by_labels
from dractl.migrate.targets import plugins
from tests.migrate.builders import order

LABELS = tuple(row for plugin in plugins(order()) for row in plugin.labels)


@pytest.mark.parametrize(
    ("key", "value", "attributes"),
    [
        ("gpu.product", "NVIDIA-L4", {"productName": {"string": "NVIDIA L4"}}),
        ("gpu.product", "Tesla-T4-SHARED", {"productName": {"string": "Tesla T4"}}),
        (
            "gpu.product",
            "NVIDIA-A30-MIG-1g.6gb",
            {"productName": {"string": "NVIDIA A30"}, "profile": {"string": "1g.6gb"}},
        ),
        ("gpu.family", "ada-lovelace", {"architecture": {"string": "Ada Lovelace"}}),
        ("gpu.family", "unheard-of", {}),
        (
            "cuda.driver-version.full",
            "560.035.03",
            {"driverVersion": {"version": "560.35.3"}},
        ),
        ("cuda.driver-version.full", "new", {}),
        ("cuda.driver-version.full", "1.2.3.4", {}),
        ("gpu.count", "8", {}),
    ],
)
def test_a_label_tells_an_attribute(
    key: str, value: str, attributes: dict[str, object]
) -> None:
    found = told_by_labels(
        {f"nvidia.com/{key}": value}, LABELS, "gpu.nvidia.com", "nvidia.com/gpu"
    )

    assert found[0] == attributes


def test_parts_of_a_version_are_put_together() -> None:
    labels = {
        "nvidia.com/gpu.compute.major": "8",
        "nvidia.com/gpu.compute.minor": "6",
        "nvidia.com/cuda.driver.minor": "1",  # without its major number
    }
    found, _ = told_by_labels(labels, LABELS, "gpu.nvidia.com", "nvidia.com/gpu")

    assert found == {"cudaComputeCapability": {"version": "8.6.0"}}


@pytest.mark.parametrize(
    ("value", "capacity"),
    [("15360", {"memory": {"value": "15360Mi"}}), ("lots", {}), ("", {})],
)
def test_memory_is_told_in_mebibytes(value: str, capacity: dict[str, object]) -> None:
    labels = {"nvidia.com/gpu.memory": value}
    found = told_by_labels(labels, LABELS, "gpu.nvidia.com", "nvidia.com/gpu")

    assert found[1] == capacity


def test_labels_of_the_partitions_come_before_those_of_all_devices() -> None:
    labels = {
        "nvidia.com/gpu.memory": "40960",
        "nvidia.com/mig-1g.5gb.memory": "4864",
        "nvidia.com/mig-1g.5gb.count": "7",
        "nvidia.com/mig-2g.10gb.memory": "9856",
    }
    part = told_by_labels(labels, LABELS, "gpu.nvidia.com", "nvidia.com/mig-1g.5gb")
    whole = told_by_labels(labels, LABELS, "gpu.nvidia.com", "nvidia.com/gpu")

    assert part[1]["memory"] == {"value": "4864Mi"}
    assert part[0] == {"profile": {"string": "1g.5gb"}}
    assert whole == ({}, {"memory": {"value": "40960Mi"}})


def test_labels_of_other_drivers_tell_nothing() -> None:
    labels = {"nvidia.com/gpu.memory": "15360"}

    assert told_by_labels(labels, LABELS, "gpu.amd.com", "amd.com/gpu") == ({}, {})


def test_an_id_is_in_the_name_of_a_label() -> None:
    labels = {"gpu.intel.com/device-id.0380-56c0.present": "true"}
    found, _ = told_by_labels(labels, LABELS, "gpu.intel.com", "gpu.intel.com/i915")

    assert found == {"pciId": {"string": "0x56c0"}}


def test_memory_of_amd_is_told_in_gibibytes() -> None:
    labels = {"amd.com/gpu.vram": "192G"}
    found = told_by_labels(labels, LABELS, "gpu.amd.com", "amd.com/gpu")

    assert found[1] == {"memory": {"value": "192Gi"}}

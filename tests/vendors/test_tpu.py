"""Google's TPUs."""

from typing import Any

import pytest

from dractl.model.hosts import PciDevice
from dractl.vendors.tpu import TPU
from tests.hosts.reading import host_facts
from tests.vendors.builders import (
    attribute,
    found,
    host,
    names,
    nodes,
    only,
    pci,
    published,
    reasons,
)


def _chip(address: str, device: int, **fields: Any) -> PciDevice:
    return pci(address, 0x1AE0, device, **{"class_code": 0x120000, **fields})


def _passed(address: str, group: str, device: int = 0x006F) -> PciDevice:
    return _chip(address, device, driver="vfio-pci", iommu_group=group)


def test_chips_have_the_names_of_their_iommu_groups() -> None:
    devices = found(TPU, host_facts("tpu-v5e"))
    assert {each.model for each in devices} == {"TPU v5e"}
    assert published(devices) == {
        "9": {"brand": "Google", "chipCount": 3, "index": 2},
        "10": {"brand": "Google", "chipCount": 3, "index": 0},
        "11": {"brand": "Google", "chipCount": 3, "index": 1},
    }
    assert reasons(devices) == {"0000:00:07.0": "no kernel driver is bound"}


def test_older_chips_have_the_names_of_their_device_nodes() -> None:
    chips = [_chip(f"0000:00:0{n}.0", 0x005E, driver="tpu_v4") for n in (4, 5)]
    facts = host(*chips, nodes=nodes("/dev/accel0", "/dev/accel1", "/dev/vfio/vfio"))
    assert names(found(TPU, facts)) == ["accel0", "accel1"]


def test_what_the_kernel_says_of_a_device_node_counts_more_than_the_order() -> None:
    chips = [
        _chip("0000:00:04.0", 0x005E, driver="tpu_v4", accels=("accel1",)),
        _chip("0000:00:05.0", 0x005E, driver="tpu_v4", accels=("accel0",)),
    ]
    facts = host(*chips, nodes=nodes("/dev/accel0", "/dev/accel1"))
    assert names(found(TPU, facts)) == ["accel1", "accel0"]


@pytest.mark.parametrize(
    ("device", "generation"), [(0x0062, "v5p"), (0x006F, "v6e")], ids=["v5p", "v6e"]
)
def test_a_generation_of_one_name_is_told(device: int, generation: str) -> None:
    facts = host(_passed("0000:00:04.0", "7", device), nodes=nodes("/dev/vfio/7"))
    assert attribute(only(TPU, facts), "tpuGen") == generation


@pytest.mark.parametrize(
    ("subsystem", "model", "why_not"),
    [
        (0x004E, "TPU v2", "the driver does not know TPU v2 yet"),
        (0x004F, "TPU v3", "there is no /dev/vfio/7"),
        (None, "TPU v2 or v3", "there is no /dev/vfio/7"),
    ],
)
def test_v2_and_v3_differ_by_their_subsystem(
    subsystem: int | None, model: str, why_not: str
) -> None:
    chip = _chip(
        "0000:00:04.0",
        0x0027,
        subsystem_device=subsystem,
        driver="vfio-pci",
        iommu_group="7",
    )
    one = only(TPU, host(chip))
    assert (one.model, one.why_not) == (model, why_not)


def test_a_chip_that_the_driver_does_not_know_yet_is_not_published() -> None:
    facts = host(_passed("0000:00:04.0", "7", 0x0076), nodes=nodes("/dev/vfio/7"))
    assert only(TPU, facts).why_not == "the driver does not know TPU v7x yet"


def test_groups_of_other_devices_are_warned_of() -> None:
    facts = host(
        _passed("0000:00:04.0", "7"), nodes=nodes("/dev/vfio/7", "/dev/vfio/20")
    )
    (warning,) = only(TPU, facts).warnings
    assert warning == (
        "/dev/vfio has other groups too (20), which the driver takes for chips; then "
        "it publishes nothing"
    )


def test_a_chip_of_another_kernel_driver_has_no_file() -> None:
    chip = _chip("0000:00:04.0", 0x0063, driver="tpu_common")
    assert only(TPU, host(chip)).why_not == (
        "tpu_common is bound, and no file in /dev is its chip's"
    )


@pytest.mark.parametrize(
    ("device", "class_code", "count"),
    [
        pytest.param(0x0042, 0x020000, 0, id="gVNIC"),
        pytest.param(0x001F, 0x010802, 0, id="a disk"),
        pytest.param(0x0099, 0x020000, 0, id="a new network card"),
        pytest.param(0x0099, 0x120000, 1, id="a new chip"),
    ],
)
def test_not_all_of_google_is_a_tpu(device: int, class_code: int, count: int) -> None:
    card = pci("0000:00:04.0", 0x1AE0, device, class_code=class_code)
    assert len(found(TPU, host(card))) == count

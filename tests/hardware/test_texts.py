from pathlib import Path

import pytest

from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of, host_facts

TEXTS = {
    "unique_id": "c0ffee",
    "drm/card1/lmem_total_bytes": "14294967296",
    "drm/other/lmem_total_bytes": "1",
    "qat/state": "up",
    "nvme/nvme0/model": "SAMSUNG MZQL2",
    "serial": "secret",
}


@pytest.mark.parametrize(
    ("vendor", "class_", "names"),
    [
        (0x1002, 0x120000, ["unique_id"]),
        (0x1002, 0x020000, []),
        (0x8086, 0x038000, ["drm/card1/lmem_total_bytes"]),
        (0x8086, 0x0B4000, ["qat/state"]),
        (0x144D, 0x010802, ["nvme/nvme0/model"]),
        (0x10DE, 0x030200, []),
    ],
    ids=["amd-gpu", "amd-nic", "intel-gpu", "qat", "nvme", "nvidia-gpu"],
)
def test_what_is_read_of_a_function_depends_on_its_vendor_and_class(
    tmp_path: Path, vendor: int, class_: int, names: list[str]
) -> None:
    made = Machine("test", "A host")
    made.root("pci0000:00")
    made.function(
        "0000:00:01.0",
        under="pci0000:00",
        vendor=vendor,
        device=1,
        class_=class_,
        texts=TEXTS,
    )

    facts = facts_of(made.tree, tmp_path)

    assert facts.pci[0].texts == {name: TEXTS[name] for name in names}


def test_the_model_of_a_board_is_in_the_device_tree() -> None:
    assert host_facts("board").texts == {
        "sys/firmware/devicetree/base/model": "Raspberry Pi 4 Model B Rev 1.4"
    }

import pytest

from dractl.hardware.addresses import addresses, last_address, pcie_root

UP = "../../../devices"


@pytest.mark.parametrize(
    ("address", "target", "root"),
    [
        ("0000:65:00.0", f"{UP}/pci0000:64/0000:64:00.0/0000:65:00.0", "pci0000:64"),
        ("0000:00:02.0", "/sys/devices/pci0000:00/0000:00:02.0", "pci0000:00"),
        ("0000:01:00.0", f"{UP}/platform/pcie/pci0000:00/0000:01:00.0", None),
        (
            "0001:00:00.0",
            f"{UP}/LNXSYSTM:00/ACPI0004:00/VMBUS:00/x/pci0001:00/0001:00:00.0",
            None,
        ),
        (
            "10000:e1:00.0",
            f"{UP}/pci0000:e0/0000:e0:00.5/pci10000:e0/10000:e1:00.0",
            None,
        ),
        ("0000:65:00.0", f"{UP}/pci0000:64/0000:66:00.0", None),
        ("0000:65:00.0", "../../../../devices/pci0000:64/0000:65:00.0", None),
        ("0000:65:00.0", "", None),
    ],
    ids=[
        "below-a-bridge",
        "absolute",
        "device-tree",
        "hyper-v",
        "vmd",
        "another-function",
        "elsewhere",
        "no-link",
    ],
)
def test_the_root_is_what_the_upstream_helper_says(
    address: str, target: str, root: str | None
) -> None:
    assert pcie_root(address, target) == root


def test_the_addresses_of_a_path_come_from_the_bridge_down() -> None:
    path = "sys/devices/pci0000:64/0000:64:00.0/0000:65:00.0/net/eth0"

    assert addresses(path) == ("0000:64:00.0", "0000:65:00.0")


def test_what_has_no_function_has_no_address() -> None:
    assert last_address("sys/devices/virtual/net/lo") is None

from pathlib import Path

from dractl.model.hosts import RdmaDevice, RdmaPort
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of, host_facts


def test_a_device_and_its_ports_are_read(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    made.root("pci0000:00")
    made.function(
        "0000:00:03.0",
        under="pci0000:00",
        vendor=0x15B3,
        device=0x1021,
        class_=0x020700,
    )
    parts.rdma(made, "mlx5_0", pci="0000:00:03.0", layer="Ethernet", ports=2)

    ports = tuple(
        RdmaPort(number, "4: ACTIVE", "400 Gb/sec (4X NDR)", "Ethernet")
        for number in (1, 2)
    )
    assert facts_of(made.tree, tmp_path).rdma == (
        RdmaDevice(
            name="mlx5_0",
            pci="0000:00:03.0",
            node_type="1: CA",
            node_guid="b83f:d203:0012:3456",
            firmware="28.39.1002",
            hca_type="MT4129",
            ports=ports,
        ),
    )


def test_a_port_that_may_not_be_read_is_there_all_the_same() -> None:
    assert host_facts("hostile").rdma == (
        RdmaDevice("mlx5_0", node_type="1: CA", ports=(RdmaPort(1),)),
    )

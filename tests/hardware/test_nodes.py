from pathlib import Path

from dractl.model.hosts import DeviceNode
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of
from tests.hosts.trees import Mark


def test_nodes_of_accelerators_are_listed_and_others_are_not(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    known = (
        "accel/accel0",
        "dri/card0",
        "infiniband/uverbs0",
        "kfd",
        "neuron0",
        "nvidia-caps/nvidia-cap1",
        "nvidia0",
        "nvidiactl",
        "vfio/27",
        "vfio/devices/vfio0",
        "xclmgmt66304",
    )
    parts.nodes(made, *known, "null", "sda", "dri/by-path/x", "nvidiax", "neuron")

    assert [node.path for node in facts_of(made.tree, tmp_path).nodes] == [
        f"/dev/{name}" for name in known
    ]


def test_a_node_that_may_not_be_opened_is_listed_so(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    parts.nodes(made, "nvidia0", mark=Mark.UNREADABLE)

    assert facts_of(made.tree, tmp_path).nodes == (DeviceNode("/dev/nvidia0", False),)

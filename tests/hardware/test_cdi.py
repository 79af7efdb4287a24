from pathlib import Path

import pytest

from dractl.model.hosts import CdiSpec
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of, host_facts

JSON = """
{"cdiVersion": "0.6.0", "kind": "nvidia.com/gpu",
 "devices": [
  {"name": "0", "containerEdits": {"deviceNodes": [{"path": "/dev/nvidia0"}]}},
  {"name": "all", "containerEdits": {"deviceNodes": [
    {"path": "/dev/nvidia0"}, {"path": "/dev/x", "hostPath": "/dev/nvidia1"}]}}],
 "containerEdits": {"deviceNodes": [{"path": "/dev/nvidiactl"}], "mounts": []}}
"""


def test_devices_and_the_nodes_that_are_gone_are_told(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    parts.cdi(made, "nvidia.json", JSON)
    parts.nodes(made, "nvidia0", "nvidiactl")

    assert facts_of(made.tree, tmp_path).cdi == (
        CdiSpec(
            path="/var/run/cdi/nvidia.json",
            kind="nvidia.com/gpu",
            devices=("0", "all"),
            nodes=("/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl"),
            missing=("/dev/nvidia1",),
        ),
    )


def test_both_folders_are_read_and_both_formats(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    made.raw_link("var/run", "/run")
    parts.cdi(made, "a.yaml", "kind: amd.com/gpu\ndevices: [{name: '1'}]", "etc/cdi")
    parts.cdi(made, "b.json", '{"kind": "intel.com/gpu"}', "run/cdi")
    parts.cdi(made, "c.txt", "no specification", "run/cdi")

    assert facts_of(made.tree, tmp_path).cdi == (
        CdiSpec("/etc/cdi/a.yaml", "amd.com/gpu", ("1",)),
        CdiSpec("/var/run/cdi/b.json", "intel.com/gpu"),
    )


@pytest.mark.parametrize("name", ["cut.json", "list.yaml", "other.yaml", "huge.yaml"])
def test_a_file_that_is_no_specification_is_a_problem(name: str) -> None:
    problems = host_facts("hostile").problems

    assert [each for each in problems if each.where.endswith(f"run/cdi/{name}")]

from pathlib import Path

from dractl.model.hosts import KfdNode
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of, host_facts


def test_nodes_have_properties_banks_and_links(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    parts.kfd(made, 0, {"cpu_cores_count": 96, "simd_count": 0})
    parts.kfd(
        made,
        10,
        {"simd_count": 1216, "unique_id": 12345678901234567890},
        gpu_id=28851,
        banks=[{"heap_type": 1, "size_in_bytes": 206141652992}],
        links=[{"type": 2, "node_to": 0}, {"type": 11, "node_to": 3}],
    )

    assert facts_of(made.tree, tmp_path).kfd == (
        KfdNode(0, properties={"cpu_cores_count": 96, "simd_count": 0}),
        KfdNode(
            10,
            28851,
            {"simd_count": 1216, "unique_id": 12345678901234567890},
            ({"heap_type": 1, "size_in_bytes": 206141652992},),
            ({"type": 2, "node_to": 0}, {"type": 11, "node_to": 3}),
        ),
    )


def test_lines_that_are_no_properties_are_passed_over() -> None:
    assert host_facts("hostile").kfd[0].properties == {"gfx_target": 90402}

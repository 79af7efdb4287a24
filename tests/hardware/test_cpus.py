from pathlib import Path

import pytest

from dractl.hardware.cpus import cpu_list, numbers
from dractl.model.hosts import Cpu, NumaNode
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of, host_facts


def test_threads_share_cores_and_sockets_have_their_numa_nodes(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    parts.cpus(made, sockets=2, cores=2, threads=2)
    parts.numa(made, 0, cpus="0-1,4-5")
    parts.numa(made, 1, cpus="2-3,6-7")

    cpus = facts_of(made.tree, tmp_path).cpus

    assert [cpus[number] for number in (0, 3, 7)] == [
        Cpu(0, core=0, socket=0, numa_node=0, cache_l3=0),
        Cpu(3, core=1, socket=1, numa_node=1, cache_l3=1),
        Cpu(7, core=1, socket=1, numa_node=1, cache_l3=1),
    ]


def test_a_cpu_that_is_offline_has_no_place(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    parts.cpus(made, sockets=1, cores=2)
    made.text("sys/devices/system/cpu/online", "0")
    made.drop("sys/devices/system/cpu/cpu1/topology")
    made.drop("sys/devices/system/cpu/cpu1/cache")

    assert facts_of(made.tree, tmp_path).cpus[1] == Cpu(1, is_online=False)


def test_a_hybrid_machine_has_two_types_of_cores() -> None:
    types = [cpu.core_type for cpu in host_facts("laptop").cpus]

    assert types == ["p-core"] * 12 + ["e-core"] * 10


def test_a_numa_node_has_memory_distances_and_huge_pages(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    pages = {2048: 512, 1048576: 0}
    parts.numa(
        made, 0, cpus="0-3", memory_kib=1024, distances=(10, 21), hugepages=pages
    )
    parts.numa(made, 1, cpus="", distances=(21, 10))

    assert facts_of(made.tree, tmp_path).numa == (
        NumaNode(0, "0-3", 1 << 20, (10, 21), {2 << 20: 512, 1 << 30: 0}),
        NumaNode(1, "", None, (21, 10)),
    )


@pytest.mark.parametrize("text", ["0-99999999", "0-3,", "x", "1--2", "0,\n1", None])
def test_what_is_no_list_of_cpus_is_empty(text: str | None) -> None:
    assert cpu_list(text) == ""


def test_the_numbers_of_a_list_are_not_more_than_a_machine_has() -> None:
    assert list(numbers("0-1,8")) == [0, 1, 8]
    assert sum(1 for _ in numbers(",".join(["0-9999"] * 1000))) == 1 << 13

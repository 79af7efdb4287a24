"""CPUs as the CPU driver publishes them."""

from typing import Any

import pytest

from dractl.model.cluster import Profile
from dractl.model.hosts import Cpu, HostFacts
from dractl.vendors.cpu import CPU
from tests.hosts.reading import host_facts
from tests.vendors.builders import (
    attribute,
    device,
    found,
    host,
    names,
    only,
    published,
)


def _cpus(*cpus: Cpu) -> HostFacts:
    return host(cpus=cpus)


def _cpu(number: int, core: int | None = None, **fields: Any) -> Cpu:
    return Cpu(number, **{"core": core, "socket": 0, "numa_node": 0, **fields})


def test_a_numa_node_is_a_device_that_claims_share() -> None:
    nodes = found(CPU, host_facts("two-sockets"))
    assert [each.details["cpus"] for each in nodes] == ["0-15,32-47", "16-31,48-63"]
    assert device(nodes[1]) == {
        "name": "cpudevnuma001",
        "attributes": {
            "dra.cpu/numCPUs": {"int": 32},
            "dra.cpu/numaNodeID": {"int": 1},
            "dra.cpu/smtEnabled": {"bool": True},
            "dra.cpu/socketID": {"int": 1},
            "dra.net/numaNode": {"int": 1},
            "resource.kubernetes.io/numaNode": {"int": 1},
        },
        "capacity": {"dra.cpu/cpu": {"value": "32"}},
        "allowMultipleAllocations": True,
    }


def test_a_socket_is_of_no_numa_node() -> None:
    facts = host_facts("two-sockets")
    assert published(found(CPU, facts, schemas={"cpu": "socket"})) == {
        f"cpudevsocket00{number}": {
            "dra.cpu/numCPUs": 32,
            "dra.cpu/smtEnabled": True,
            "dra.cpu/socketID": number,
        }
        for number in (0, 1)
    }


def test_the_machine_is_one_device() -> None:
    facts = host_facts("two-sockets")
    one = only(CPU, facts, schemas={"cpu": "machine"})
    assert published([one]) == {
        "cpudevmachine": {"dra.cpu/numCPUs": 64, "dra.cpu/smtEnabled": True}
    }


def test_single_cpus_are_numbered_core_by_core() -> None:
    facts = host_facts("two-sockets")
    devices = found(CPU, facts, schemas={"cpu": "individual"})
    numbers = [attribute(each, "dra.cpu/cpuID") for each in devices]
    assert numbers[:4] == [0, 32, 1, 33]
    assert names(devices)[:2] == ["cpudev000", "cpudev001"]
    assert len(set(numbers)) == 64


def test_a_single_cpu_has_no_capacity() -> None:
    facts = host_facts("two-sockets")
    last = found(CPU, facts, schemas={"cpu": "individual"})[-1]
    assert device(last) == {
        "name": "cpudev063",
        "attributes": {
            "dra.cpu/cacheL3ID": {"int": 3},
            "dra.cpu/coreID": {"int": 15},
            "dra.cpu/coreType": {"string": "standard"},
            "dra.cpu/cpuID": {"int": 63},
            "dra.cpu/numaNodeID": {"int": 1},
            "dra.cpu/smtEnabled": {"bool": True},
            "dra.cpu/socketID": {"int": 1},
            "dra.net/numaNode": {"int": 1},
            "resource.kubernetes.io/numaNode": {"int": 1},
        },
    }


def test_cores_of_two_kinds_are_told_apart() -> None:
    facts = host_facts("laptop")
    devices = found(CPU, facts, schemas={"cpu": "individual"})
    types = [attribute(each, "dra.cpu/coreType") for each in devices]
    assert types == ["p-core"] * 12 + ["e-core"] * 10


def test_more_than_two_threads_of_a_core_are_not_neighbours() -> None:
    cpus = [_cpu(number, core=number % 2) for number in range(6)]
    devices = found(CPU, _cpus(*cpus), schemas={"cpu": "individual"})
    assert [attribute(each, "dra.cpu/cpuID") for each in devices] == [0, 1, 2, 3, 4, 5]


def test_cpus_that_are_offline_or_have_no_place_do_not_count() -> None:
    cpus = (_cpu(0, core=0), _cpu(1, core=1, is_online=False), _cpu(2))
    one = only(CPU, _cpus(*cpus))
    assert (one.model, one.details) == ("1 CPU", {"cpus": "0"})


def test_a_kernel_without_numa_nodes_has_none_published() -> None:
    one = only(CPU, host_facts("board"))
    assert one.device is None
    assert one.model == "4 CPUs"
    assert one.why_not == (
        "its kernel tells no NUMA node of its CPUs, so that none is published"
    )


def test_a_machine_of_which_no_cpu_is_known_has_none() -> None:
    assert found(CPU, host()) == []


@pytest.mark.parametrize("release", ["1.34", "1.35"])
def test_before_claims_could_share_one_takes_all(release: str) -> None:
    one = only(CPU, _cpus(_cpu(0, core=0)), profile=Profile.of(release))
    assert "allowMultipleAllocations" not in device(one)
    assert one.warnings == ("without DRAConsumableCapacity one claim takes 1 CPU",)

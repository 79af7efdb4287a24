import pytest

from dractl.discovery.inventory import inventory
from dractl.discovery.links import Link, links
from dractl.discovery.topology import (
    Affinity,
    Branch,
    Nearness,
    Place,
    Topology,
    topology,
)
from dractl.model.hosts import (
    HostFacts,
    KfdNode,
    NumaNode,
    NvLink,
    Nvml,
    NvmlGpu,
    PciDevice,
)
from dractl.vendors.base import Found
from tests.discovery.builders import gpu, nic, pci
from tests.hosts.reading import host_facts

A, B, N = "0000:17:00.0", "0000:18:00.0", "0000:3b:00.0"
TWO = (NumaNode(0, "0-3", 64 << 30), NumaNode(1, "4-7", 64 << 30))


def drawn(found: list[Found], facts: HostFacts) -> list[str]:
    """Return the tree as lines, deeper ones further to the right."""
    lines: list[str] = []

    def draw(branch: Branch, depth: int) -> None:
        lines.append(f"{' ' * depth}{branch.place.value} {branch.name}".rstrip())
        for each in branch.branches:
            draw(each, depth + 1)

    for each in topology(facts, found).branches:
        draw(each, 0)
    return lines


def test_devices_are_below_their_numa_node_and_root() -> None:
    facts = HostFacts(pci=(pci(A, "0000:00:01.0"), pci(B, root="pci0000:80")), numa=TWO)

    assert drawn([gpu(A), gpu(B, numa_node=1)], facts) == [
        "numa 0", " root pci0000:00", f"  device {A}",
        "numa 1", " root pci0000:80", f"  device {B}",
    ]  # fmt: skip


def test_a_bridge_is_shown_where_the_ways_part() -> None:
    up = ("0000:00:01.0", "0000:15:00.0")
    facts = HostFacts(pci=(pci(A, *up, "0000:16:00.0"), pci(N, *up, "0000:16:01.0")))

    assert drawn([gpu(A), nic(N)], facts) == [
        "numa 0", " root pci0000:00", "  switch 0000:15:00.0",
        f"   device {A}", f"   device {N}",
    ]  # fmt: skip


def test_functions_of_one_slot_make_no_switch() -> None:
    facts = HostFacts(pci=(pci(N, "0000:00:01.0"), pci("0000:3b:00.1", "0000:00:01.0")))

    assert drawn([nic(N), nic("0000:3b:00.1")], facts)[2:] == [
        f"  device {N}", "  device 0000:3b:00.1",
    ]  # fmt: skip


def test_parts_are_below_what_they_are_parts_of() -> None:
    vf = nic("0000:3b:00.2", kind="vf", parent=N)
    facts = HostFacts(pci=(pci(N), pci("0000:3b:00.2")))

    assert drawn([nic(N), vf, gpu(None, parent=N)], facts)[2:] == [
        f"  device {N}", "   device 0000:3b:00.2", "   device",
    ]  # fmt: skip


def test_a_part_at_the_address_of_its_device_is_drawn_once() -> None:
    part = gpu(A, kind="partition", parent=A)

    lines = drawn([gpu(A), part, part], HostFacts(pci=(pci(A),)))
    assert lines[2:] == [f"  device {A}", f"   device {A}", f"   device {A}"]


@pytest.mark.parametrize(
    ("numa", "expected"),
    [(TWO[:1], ["numa 0"]), (TWO, ["numa 0", "numa 1", "numa"])],
    ids=["one", "two"],
)
def test_the_only_numa_node_is_that_of_all_devices(
    numa: tuple[NumaNode, ...], expected: list[str]
) -> None:
    facts = HostFacts(pci=(pci(A),), numa=numa)

    lines = drawn([gpu(A, numa_node=None)], facts)
    assert [each for each in lines if not each.startswith(" ")] == expected


@pytest.mark.parametrize(
    ("function", "other", "nearness"),
    [
        (pci(N, "0000:00:01.0", "0000:15:00.0"), {}, Nearness.SWITCH),
        (pci(N, "0000:00:02.0"), {}, Nearness.ROOT),
        (pci(N, root="pci0000:80"), {}, Nearness.NUMA),
        (pci(N, root="pci0000:80"), {"numa_node": 1}, Nearness.SYSTEM),
    ],
    ids=["switch", "root", "numa", "system"],
)
def test_the_nearest_nics_are_those_that_share_most(
    function: PciDevice, other: dict[str, int], nearness: Nearness
) -> None:
    facts = HostFacts(pci=(pci(A, "0000:00:01.0"), function), numa=TWO)
    found = topology(facts, [gpu(A), nic(N, **other)])

    assert found.affinities == (Affinity(A, nearness, (N,)),)


def test_nothing_is_near_where_there_is_no_nic() -> None:
    assert topology(HostFacts(pci=(pci(A),)), [gpu(A)]).affinities == ()
    assert topology(HostFacts(), []) == Topology()


def test_nvlinks_between_gpus_are_told_once_by_pair() -> None:
    def card(index: int, own: str, other: str) -> NvmlGpu:
        ends = tuple(NvLink(n, True, 3, other, "GPU") for n in range(4))
        return NvmlGpu(index, pci=own, links=ends)

    nvml = Nvml(gpus=(card(0, A, B), card(1, B, A)))
    assert list(links(HostFacts(nvml=nvml))) == [Link("NVLink", A, B, 4)]


def test_links_to_switches_and_those_that_are_down_are_told_of_each_gpu() -> None:
    up = [NvLink(n, True, 4, f"0000:c{n}:00.0", "SWITCH") for n in range(2)]
    card = NvmlGpu(0, pci=A, links=(*up, NvLink(2, False)))
    dead = NvmlGpu(1, pci=B, links=(NvLink(0, False),))

    assert list(links(HostFacts(nvml=Nvml(gpus=(card, dead))))) == [
        Link("NVLink", A, None, 2, inactive=1),
        Link("NVLink", B, None, 0, inactive=1),
    ]


def test_xgmi_is_told_by_the_places_of_kfd_nodes() -> None:
    def node(number: int, bus: int, *ends: dict[str, int]) -> KfdNode:
        place = {"location_id": bus << 8, "domain": 0}
        return KfdNode(number, number, place, links=ends)

    xgmi = {"type": 11, "node_from": 1, "node_to": 2}
    pcie = {"type": 2, "node_from": 1, "node_to": 0}
    nodes = (node(0, 0), node(1, 0x17, xgmi, pcie), node(2, 0x18))
    assert list(links(HostFacts(kfd=nodes))) == [Link("xGMI", A, B, 1)]


def test_an_hgx_has_a_nic_behind_the_switch_of_every_gpu() -> None:
    found = inventory(host_facts("hgx-h100")).topology

    assert [each.nearness for each in found.affinities] == [Nearness.SWITCH] * 8
    assert len({each.nics for each in found.affinities}) == 8
    assert {(each.kind, each.end, each.count) for each in found.links} == {
        ("NVLink", None, 18)
    }


def test_instincts_are_linked_each_with_each() -> None:
    found = inventory(host_facts("mi300x")).topology

    assert {each.kind for each in found.links} == {"xGMI"}
    assert len(found.links) == 8 * 7 // 2
    assert {each.place for each in found.branches} == {Place.NUMA}

"""Memory and huge pages as the memory driver publishes them."""

import pytest

from dractl.api.snapshot import Snapshot
from dractl.discovery.comparison import comparison, ways
from dractl.discovery.slices import slices
from dractl.model.cluster import Profile
from dractl.model.hosts import HostFacts, NumaNode
from dractl.vendors.base import Wishes
from dractl.vendors.memory import MEMORY
from tests.hosts.reading import host_facts
from tests.vendors.builders import device, found, host, only, published

_KIB = 1 << 10
_MIB = 1 << 20
_GIB = 1 << 30


def _node(**pages: int) -> tuple[NumaNode, ...]:
    sizes = {"k64": 64 * _KIB, "m2": 2 * _MIB, "m32": 32 * _MIB, "m512": 512 * _MIB}
    counts = {sizes[name]: count for name, count in pages.items()}
    return (NumaNode(0, memory=8 * _GIB, hugepages=counts),)


def test_memory_and_huge_pages_of_each_size_are_devices() -> None:
    devices = found(MEMORY, host_facts("two-sockets"))
    assert [(each.numa_node, each.model) for each in devices] == [
        (0, "125.6 GiB"),
        (0, "8 pages of 1Gi"),
        (1, "126.0 GiB"),
        (1, "1024 pages of 2Mi"),
        (1, "8 pages of 1Gi"),
    ]
    assert device(devices[3]) == {
        "name": "hugepages-2mi-node1",
        "attributes": {
            "dra.cpu/numaNodeID": {"int": 1},
            "dra.net/numaNode": {"int": 1},
            "resource.kubernetes.io/hugeTLB": {"bool": True},
            "resource.kubernetes.io/numaNode": {"int": 1},
            "resource.kubernetes.io/pageSize": {"string": "2Mi"},
        },
        "capacity": {
            "size": {
                "value": "2Gi",
                "requestPolicy": {
                    "default": "2Mi",
                    "validRange": {"min": "2Mi", "max": "2Gi", "step": "2Mi"},
                },
            }
        },
        "allowMultipleAllocations": True,
    }


def test_a_claim_for_memory_gets_a_mebibyte_unless_it_asks_for_more() -> None:
    facts = host(numa=(NumaNode(0, memory=8 * _GIB),), page_size=4096)
    assert device(only(MEMORY, facts))["capacity"]["size"]["requestPolicy"] == {
        "default": "1Mi",
        "validRange": {"min": "4Ki", "max": "8Gi", "step": "4Ki"},
    }


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(host(numa=_node(), architecture="x86_64"), "4Ki", id="x86"),
        pytest.param(host(numa=_node(m2=0)), "4Ki", id="2Mi"),
        pytest.param(host(numa=_node(k64=0, m2=0, m32=0)), "4Ki", id="Arm, 4Ki"),
        pytest.param(host(numa=_node(m2=0, m32=0)), "16Ki", id="Arm, 16Ki"),
        pytest.param(host(numa=_node(m2=0, m512=0)), "64Ki", id="Arm, 64Ki"),
        pytest.param(host(numa=_node(m2=0), page_size=65536), "64Ki", id="known"),
    ],
)
def test_the_size_of_pages_shows_in_the_sizes_of_huge_ones(
    facts: HostFacts, expected: str
) -> None:
    (values,) = published(found(MEMORY, facts)).values()
    assert values["resource.kubernetes.io/pageSize"] == expected


def test_memory_of_pages_of_unknown_size_is_not_published() -> None:
    one = only(MEMORY, host(numa=_node()))
    assert one.device is None
    assert one.why_not == "the size of this machine's pages is not known"


def test_names_of_memory_in_the_cluster_do_not_count() -> None:
    facts = host(numa=_node(m2=512), architecture="x86_64")
    seen = ways(facts, Wishes(), "n0", (MEMORY,))
    (document,) = slices(seen[""], Profile.of())
    for each in document["spec"]["devices"]:
        each["name"] += "-x7k2p9"
    assert comparison(seen, Snapshot.from_documents([document])).differences == ()


def test_a_node_without_memory_or_pages_has_no_device() -> None:
    assert found(MEMORY, host(numa=(NumaNode(0, hugepages={2 * _MIB: 0}),))) == []


def test_before_claims_could_share_one_takes_all() -> None:
    facts = host(numa=_node(), architecture="x86_64")
    one = only(MEMORY, facts, profile=Profile.of("1.34"))
    assert device(one)["capacity"] == {"size": {"value": "8Gi"}}
    assert one.warnings == ("without DRAConsumableCapacity one claim takes all of it",)

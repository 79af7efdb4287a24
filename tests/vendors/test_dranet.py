"""Network devices as dranet publishes them."""

from typing import Any, Final

import pytest

from dractl.model.hosts import (
    HostFacts,
    NumaNode,
    PciDevice,
    RdmaDevice,
    RdmaPort,
    Sriov,
)
from dractl.vendors.dranet import DRANET, name_of
from tests.hosts.reading import host_facts
from tests.vendors.builders import (
    attribute,
    found,
    host,
    net,
    only,
    pci,
    published,
    reasons,
)

_OLD: Final = {"dranet": "1.0"}
_PF: Final = "0000:3b:00.0"
_VF: Final = "0000:3b:00.2"


@pytest.fixture(name="cards")
def _cards() -> HostFacts:
    return host_facts("rdma-nics")


def _card(address: str = _PF, **fields: Any) -> PciDevice:
    """Return a ConnectX-6 Dx that its driver serves, unless told otherwise."""
    usual = {"class_code": 0x020000, "driver": "mlx5_core", "numa_node": 1}
    return pci(address, 0x15B3, 0x101D, **{**usual, **fields})


def test_a_port_for_ethernet_has_attributes_of_function_link_and_rdma(
    cards: HostFacts,
) -> None:
    assert published(found(DRANET, cards))["pci-0000-3b-00-0"] == {
        "dra.net/alias": "",
        "dra.net/encapsulation": "ether",
        "dra.net/ifName": "ens1f0np0",
        "dra.net/mac": "b8:3f:d2:00:00:00",
        "dra.net/mtu": 9000,
        "dra.net/numaNode": 0,
        "dra.net/pciAddress": "0000:3b:00.0",
        "dra.net/pciDevice": "MT2892 Family [ConnectX-6 Dx]",
        "dra.net/pciSubsystem": "0016",
        "dra.net/pciVendor": "Mellanox Technologies",
        "dra.net/rdma": True,
        "dra.net/rdmaDevice": "mlx5_0",
        "dra.net/sriov": True,
        "dra.net/sriovVfs": 4,
        "dra.net/state": "up",
        "dra.net/type": "device",
        "dra.net/virtual": False,
        "resource.kubernetes.io/numaNode": 0,
        "resource.kubernetes.io/pcieRoot": "pci0000:3a",
    }


def test_a_port_for_infiniband_alone_has_no_link(cards: HostFacts) -> None:
    assert published(found(DRANET, cards))["pci-0000-af-00-0"] == {
        "dra.net/numaNode": 1,
        "dra.net/pciAddress": "0000:af:00.0",
        "dra.net/pciDevice": "MT2910 Family [ConnectX-7]",
        "dra.net/pciSubsystem": "0008",
        "dra.net/pciVendor": "Mellanox Technologies",
        "dra.net/rdma": True,
        "dra.net/rdmaDevice": "mlx5_3",
        "resource.kubernetes.io/numaNode": 1,
        "resource.kubernetes.io/pcieRoot": "pci0000:ae",
    }


def test_what_is_not_published_has_a_reason(cards: HostFacts) -> None:
    vfio = "vfio-pci is bound, which makes no network interface"
    named = "the driver leaves interfaces of this name out"
    assert reasons(found(DRANET, cards)) == {
        "0000:04:00.0": "no kernel driver is bound, so that there is no interface "
        "to give",
        "0000:3b:00.1": "the node needs ens1f1np1: the default route goes through it",
        "0000:3b:00.4": vfio,
        "0000:86:00.0": vfio,
        "cilium_host": named,
        "docker0": named,
        "lxc4f0a21": "the driver leaves the ends of pods' interfaces out, unless told",
    }


def test_what_has_a_reason_is_not_warned_of(cards: HostFacts) -> None:
    assert {each.warnings for each in found(DRANET, cards)} == {()}


def test_ports_of_rdma_are_told_in_words(cards: HostFacts) -> None:
    words = {each.address: each.details.get("rdma") for each in found(DRANET, cards)}
    assert words["0000:3b:00.0"] == "mlx5_0 (RoCE, 100 Gb/sec, ACTIVE)"
    assert words["0000:af:00.0"] == "mlx5_3 (InfiniBand, 400 Gb/sec, DOWN)"


def test_a_virtual_function_is_part_of_its_physical_one(cards: HostFacts) -> None:
    one = next(each for each in found(DRANET, cards) if each.address == _VF)
    assert (one.kind, one.parent) == ("vf", _PF)
    assert one.details["virtual function"] == f"0 of {_PF}"
    assert attribute(one, "dra.net/isSriovVf") is True


def test_virtual_functions_are_left_to_the_sriov_driver_if_that_is_wished(
    cards: HostFacts,
) -> None:
    left = found(DRANET, cards, schemas={"sriov": "all"})
    assert "vf" not in {each.kind for each in left}


def test_all_that_a_bond_with_the_default_route_is_made_of_stays() -> None:
    facts = host_facts("two-sockets")
    assert reasons(found(DRANET, facts)) == {
        "0000:18:00.0": "the node needs eno1: the default route goes through it",
        "0000:18:00.1": "the node needs eno2: the default route goes through it",
        "bond0": "the node needs it: the default route goes through it",
    }


def test_an_efa_is_of_the_class_that_awss_chart_ships() -> None:
    facts = host_facts("trn1")
    assert published(found(DRANET, facts))["pci-0000-20-1b-0"] == {
        "dra.net/pciAddress": "0000:20:1b.0",
        "dra.net/pciDevice": "Elastic Fabric Adapter (EFA)",
        "dra.net/pciSubsystem": "efa1",
        "dra.net/pciVendor": "Amazon.com, Inc.",
        "dra.net/numaNode": 0,
        "dra.net/rdma": True,
        "dra.net/rdmaDevice": "rdmap32s27",
        "resource.kubernetes.io/numaNode": 0,
        "resource.kubernetes.io/pcieRoot": "pci0000:20",
    }


# -- releases


def test_the_first_releases_publish_what_no_pod_can_get() -> None:
    one = only(DRANET, host(_card(driver="vfio-pci")), schemas=_OLD)
    why = "vfio-pci is bound, which makes no network interface"
    assert one.device is not None
    assert one.warnings == (f"{why}; this release publishes it all the same",)


def test_the_first_releases_know_fewer_attributes() -> None:
    facts = host(
        _card(_VF, sriov=Sriov(parent=_PF, index=0)),
        nets=(net("eth0", _VF),),
        rdma=(RdmaDevice("mlx5_0", _VF),),
    )
    (new,) = published(found(DRANET, facts)).values()
    (old,) = published(found(DRANET, facts, schemas=_OLD)).values()
    assert new.keys() - old.keys() == {
        "dra.net/isSriovVf",
        "dra.net/rdmaDevice",
        "resource.kubernetes.io/numaNode",
    }


# -- cases that the kept hosts do not have


def test_with_one_numa_node_only_the_standard_attribute_tells_it() -> None:
    facts = host(_card(numa_node=0), numa=(NumaNode(0),))
    (values,) = published(found(DRANET, facts)).values()
    assert "dra.net/numaNode" not in values
    assert values["resource.kubernetes.io/numaNode"] == 0


def test_names_that_are_not_in_the_table_are_left_out() -> None:
    card = pci(_PF, 0xCAFE, 1, class_code=0x020000, driver="mystery")
    assert only(DRANET, host(card)).model == "cafe:0001"
    (values,) = published(found(DRANET, host(card))).values()
    assert {"dra.net/pciVendor", "dra.net/pciDevice"}.isdisjoint(values)


def test_a_part_of_the_uplink_is_warned_of() -> None:
    facts = host(
        _card(sriov=Sriov(total=8, enabled=1)),
        _card(_VF, sriov=Sriov(parent=_PF, index=0)),
        nets=(net("eth0", _PF, is_uplink=True), net("eth1", _VF)),
    )
    warnings = {each.address: each.warnings for each in found(DRANET, facts)}
    assert warnings == {
        _PF: (),
        _VF: (
            "it is part of eth0, which the node needs: pods that get it share the port",
        ),
    }


def test_one_of_several_interfaces_is_told_with_a_warning() -> None:
    facts = host(_card(), nets=(net("eth0", _PF), net("eth1", _PF)))
    one = only(DRANET, facts)
    assert one.details["interface"] == "eth0"
    assert one.warnings == (
        "2 interfaces belong to it, of which the driver tells but one: eth0, eth1",
    )


def test_an_alias_that_is_no_attribute_is_left_out_with_a_warning() -> None:
    facts = host(_card(), nets=(net("eth0", _PF, alias="rack " * 20),))
    one = only(DRANET, facts)
    assert "dra.net/alias" not in published([one])["pci-0000-3b-00-0"]
    assert one.warnings == (
        "its alias is too long: the API server refuses the driver's slices",
    )


def test_a_name_that_no_device_may_have_is_a_reason() -> None:
    one = only(DRANET, host(nets=(net("x_" * 40, None),)))
    assert one.why_not == "its name is longer than that of a device may be"


def test_what_stands_for_a_virtual_function_is_no_interface_of_the_port() -> None:
    facts = host(
        _card(),
        nets=(
            net("eth0", _PF, port_name="pf0vf0"),
            net("eth1", _PF, port_name="c1pf0sf3"),
            net("eth9", _PF, port_name="p0"),
        ),
    )
    one = only(DRANET, facts)
    assert (one.details["interface"], one.warnings) == ("eth9", ())


def test_an_interface_that_a_pod_has_is_missing_here() -> None:
    one = only(DRANET, host(_card()))
    assert one.device is not None
    assert one.warnings == ("it has no interface here: a pod may have it",)


def test_an_rdma_device_of_another_class_is_one_too() -> None:
    erdma = pci(_PF, 0x1DED, 0x107F, class_code=0x00FF00, driver="erdma")
    port = RdmaPort(1, "4: ACTIVE", "100 Gb/sec (4X EDR)", "Ethernet")
    rdma = RdmaDevice("erdma_0", _PF, ports=(port,))
    one = only(DRANET, host(erdma, rdma=(rdma,)))
    assert one.model == "Elastic RDMA Adapter"
    assert attribute(one, "dra.net/rdmaDevice") == "erdma_0"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("lowerlayerdown", "lower-layer-down"),
        ("notpresent", "not-present"),
        ("dormant", "dormant"),
    ],
)
def test_states_are_in_the_words_of_the_netlink_library(
    state: str, expected: str
) -> None:
    facts = host(_card(), nets=(net("eth0", _PF, state=state),))
    (values,) = published(found(DRANET, facts)).values()
    assert values["dra.net/state"] == expected


def test_an_interface_of_no_pci_function_is_a_card_unless_it_is_virtual() -> None:
    nets = (net("br0", None, link_type="bridge"), net("eth0", None, is_virtual=False))
    kinds = [(each.kind, each.model) for each in found(DRANET, host(nets=nets))]
    assert kinds == [("interface", "bridge"), ("nic", "network interface")]


def test_loopback_is_no_device() -> None:
    assert found(DRANET, host(nets=(net("lo", None, kind=772),))) == []


@pytest.mark.parametrize(
    ("interface", "expected"),
    [
        pytest.param("eth0", "eth0", id="a label"),
        pytest.param("dummy_0", "net-mr2w23lzl4ya", id="an underscore"),
        pytest.param("eth0.100", "net-mv2gqmbogeyda", id="a dot"),
    ],
)
def test_names_that_are_no_labels_are_encoded(interface: str, expected: str) -> None:
    assert name_of(interface) == expected

"""Virtual functions as the SR-IOV driver publishes them."""

from typing import Any, Final

import pytest

from dractl.api.snapshot import Snapshot
from dractl.discovery.comparison import comparison, ways
from dractl.discovery.slices import slices
from dractl.model.cluster import Profile
from dractl.model.hosts import HostFacts, PciDevice, RdmaDevice, Sriov
from dractl.vendors.base import Wishes
from dractl.vendors.sriov import SRIOV
from tests.hosts.reading import host_facts
from tests.vendors.builders import found, host, net, pci, published

_ALL: Final = {"sriov": "all"}
_PF: Final = "0000:3b:00.0"
_VF: Final = "0000:3b:00.2"


def _card(address: str, sriov: Sriov, **fields: Any) -> PciDevice:
    return pci(address, 0x15B3, 0x101D, class_code=0x020000, sriov=sriov, **fields)


def _two(**interface: Any) -> HostFacts:
    """Return a machine with one physical and one virtual function."""
    return host(
        _card(_PF, Sriov(total=8, enabled=1)),
        _card(_VF, Sriov(parent=_PF, index=0)),
        nets=(net("eth0", _PF, **interface),),
    )


def test_nothing_is_published_until_a_policy_selects_it() -> None:
    assert found(SRIOV, host_facts("rdma-nics")) == []


def test_all_that_policies_may_select_is_shown_if_it_is_wished() -> None:
    facts = host_facts("rdma-nics")
    devices = published(found(SRIOV, facts, schemas=_ALL))
    assert list(devices) == [f"0000-3b-00-{each}" for each in (2, 3, 4, 5)]
    assert devices["0000-3b-00-3"] == {
        "sriovnetwork.k8snetworkplumbingwg.io/EswitchMode": "legacy",
        "sriovnetwork.k8snetworkplumbingwg.io/PFName": "ens1f0np0",
        "sriovnetwork.k8snetworkplumbingwg.io/deviceID": "101e",
        "sriovnetwork.k8snetworkplumbingwg.io/linkType": "ethernet",
        "sriovnetwork.k8snetworkplumbingwg.io/pciAddress": "0000:3b:00.3",
        "sriovnetwork.k8snetworkplumbingwg.io/pfDeviceID": "101d",
        "sriovnetwork.k8snetworkplumbingwg.io/pfPciAddress": "0000:3b:00.0",
        "sriovnetwork.k8snetworkplumbingwg.io/rdmaCapable": True,
        "sriovnetwork.k8snetworkplumbingwg.io/vendor": "15b3",
        "sriovnetwork.k8snetworkplumbingwg.io/vfID": 1,
        "dra.net/numaNode": 0,
        "k8s.cni.cncf.io/deviceID": "0000:3b:00.3",
        "resource.kubernetes.io/pciBusID": "0000:3b:00.3",
        "resource.kubernetes.io/pcieRoot": "pci0000:3a",
    }


def test_what_no_policy_selects_is_not_missing_in_the_cluster() -> None:
    seen = ways(host_facts("rdma-nics"), Wishes(), "n0", (SRIOV,))
    (document,) = slices(seen["sriov all"], Profile.of())
    del document["spec"]["devices"][1:]
    assert comparison(seen, Snapshot.from_documents([document])).differences == ()


@pytest.mark.parametrize(
    ("interface", "name", "expected"),
    [
        ({"switch_id": "b83fd2"}, "EswitchMode", "switchdev"),
        ({"kind": 32}, "linkType", "infiniband"),
        ({"kind": 772}, "linkType", "unknown"),
    ],
)
def test_the_interface_of_the_physical_function_tells(
    interface: dict[str, Any], name: str, expected: str
) -> None:
    (values,) = published(found(SRIOV, _two(**interface), schemas=_ALL)).values()
    assert values[f"sriovnetwork.k8snetworkplumbingwg.io/{name}"] == expected


def test_an_unknown_place_is_told_as_the_driver_does() -> None:
    facts = host(
        _card(_PF, Sriov(total=8, enabled=1), numa_node=None, root=None),
        _card(_VF, Sriov(parent=_PF, index=0)),
        nets=(net("eth0", _PF),),
        rdma=(RdmaDevice("mlx5_0", _PF),),
    )
    (values,) = published(found(SRIOV, facts, schemas=_ALL)).values()
    assert values["dra.net/numaNode"] == -1
    assert values["resource.kubernetes.io/pcieRoot"] == ""
    assert values["sriovnetwork.k8snetworkplumbingwg.io/rdmaCapable"] is False


def test_a_physical_function_without_an_interface_is_passed_over() -> None:
    facts = host(
        _card(_PF, Sriov(total=8, enabled=1)), _card(_VF, Sriov(parent=_PF, index=0))
    )
    assert found(SRIOV, facts, schemas=_ALL) == []


def test_virtual_functions_of_what_is_no_network_card_are_not_meant() -> None:
    gpu = pci(_PF, 0x1002, 0x74A1, sriov=Sriov(total=8, enabled=1))
    part = pci(_VF, 0x1002, 0x74B5, sriov=Sriov(parent=_PF, index=0))
    assert found(SRIOV, host(gpu, part), schemas=_ALL) == []

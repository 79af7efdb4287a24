"""Resources of networks, as configurations define them, and their selectors in CEL."""

import json
from typing import Any

import pytest

from dractl.cel.guard import guarded
from dractl.cel.parser import parse
from dractl.cel.selector import compile_selector
from dractl.migrate.evidence import Evidence
from tests.migrate.told import codes, gathered, means

SRIOV = 'device.attributes["sriovnetwork.k8snetworkplumbingwg.io"].'
NET = 'device.attributes["dra.net"].'
NAMED = 'device.attributes["k8s.cni.cncf.io"].resourceName in ["intel.com/vf", "vf"]'


def sriov(selectors: object = None, **fields: object) -> str:
    """Return a ConfigMap of the SR-IOV plugin with one resource."""
    entry = {"resourceName": "vf", **fields}
    if selectors is not None:
        entry["selectors"] = selectors
    return config_map({"resourceList": [entry]})


def rdma(**fields: object) -> str:
    """Return a ConfigMap of the RDMA plugin with one resource."""
    entry = {"resourceName": "hca", "rdmaHcaMax": 63, **fields}
    return config_map({"periodicUpdateInterval": 300, "configList": [entry]})


def config_map(value: object) -> str:
    """Return a ConfigMap with a value in JSON."""
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "namespace": "kube-system"},
        "data": {"config.json": json.dumps(value)},
    }
    return json.dumps(document) + "\n"


def bare(found: Evidence, resource: str) -> list[str]:
    """Return the selectors without their guards, each of which has to be there."""
    texts = []
    for text in found.selectors(resource):
        assert guarded(text, parse(text)) is None, "something is not guarded"
        compile_selector(text, kubernetes="1.36")
        parts = text.split(" && ")
        texts.append(" && ".join(each for each in parts if not each.startswith("has(")))
    return texts


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({"vendors": ["15B3"]}, [f'{SRIOV}vendor == "15b3"']),
        (
            {"devices": ["101e", "1018"]},
            [f'{SRIOV}deviceID in ["101e", "1018"]'],
        ),
        ({"pfNames": ["ens1f0"]}, [f'{SRIOV}PFName == "ens1f0"']),
        (
            {"pfNames": ["ens1f0#3"]},
            [f'{SRIOV}PFName == "ens1f0" && {SRIOV}vfID == 3'],
        ),
        (
            {"pciAddresses": ["0000:3B:02.0"]},
            [f'{SRIOV}pciAddress == "0000:3b:02.0"'],
        ),
        (
            {"rootDevices": ["0000:3b:00.0"]},
            [f'{SRIOV}pfPciAddress == "0000:3b:00.0"'],
        ),
        ({"linkTypes": ["ether"]}, [f'{SRIOV}linkType == "ethernet"']),
        ({"linkTypes": ["infiniband"]}, [f'{SRIOV}linkType == "infiniband"']),
        ({"isRdma": True}, [f"{SRIOV}rdmaCapable"]),
        (
            {"vendors": ["8086"], "isRdma": False, "pfNames": ["p"]},
            [f'{SRIOV}vendor == "8086"', f'{SRIOV}PFName == "p"'],
        ),
        ([{"vendors": ["8086"]}], [f'{SRIOV}vendor == "8086"']),
        (None, [NAMED]),
        ({}, [NAMED]),
        ([{"vendors": ["8086"]}, {}], [NAMED]),
    ],
)
def test_selectors_of_sriov(selectors: object, expected: list[str]) -> None:
    """Every selector with an attribute is a condition, with a guard."""
    found = gathered(sriov(selectors))
    assert bare(found, "intel.com/vf") == expected
    assert found.resources == {"intel.com/vf"}
    assert means(found, "intel.com/vf") == ["a whole device"]
    assert not found.findings


def test_ranges_and_alternatives() -> None:
    """Any of several functions, ranges and blocks will do."""
    (text,) = gathered(sriov({"pfNames": ["a#0,2-7", "b"]})).selectors("intel.com/vf")
    assert f"{SRIOV}vfID >= 2 && {SRIOV}vfID <= 7" in text
    assert f'{SRIOV}PFName == "b"' in text
    assert " || " in text
    (text,) = gathered(sriov([{"vendors": ["1"]}, {"isRdma": True}])).selectors(
        "intel.com/vf"
    )
    assert " || " in text


@pytest.mark.parametrize(
    ("selectors", "fields", "code", "words"),
    [
        ({"ddpProfiles": ["GTP"]}, {}, "selector-without-equivalent", "ddpProfiles"),
        ({"pKeys": ["0x1"]}, {}, "selector-without-equivalent", "pKeys"),
        ({"acpiIndexes": ["1"]}, {}, "selector-without-equivalent", "acpiIndexes"),
        ({"auxTypes": ["sf"]}, {}, "selector-without-equivalent", "auxTypes"),
        ({"vdpaType": "vhost"}, {}, "selector-without-equivalent", "vdpaType"),
        (
            {"vendors": ["8086"]},
            {"deviceType": "accelerator"},
            "selector-without-equivalent",
            "accelerator",
        ),
        (
            {"vendors": ["8086"]},
            {"additionalInfo": {"*": {"token": "x"}}},
            "selector-without-equivalent",
            "additionalInfo",
        ),
        (
            {"vendors": ["\ud800"]},
            {},
            "selector-without-equivalent",
            "cannot be said in CEL",
        ),
        (
            {"pciAddresses": [f"0000:{number:02x}:00.0" for number in range(900)]},
            {},
            "selector-without-equivalent",
            "cannot be said in CEL",
        ),
        ({"drivers": ["vfio-pci"]}, {}, "selector-becomes-config", "vfio-pci"),
        ({"needVhostNet": True}, {}, "selector-becomes-config", "addVhostMount"),
        (
            {"vendors": ["8086"]},
            {"excludeTopology": True},
            "selector-becomes-config",
            "NUMA",
        ),
        ({"pfNames": "ens1f0"}, {}, "config-unreadable", "selectors[0].pfNames"),
        ({"pfNames": ["a#x"]}, {}, "config-unreadable", "pfNames"),
        ([3], {}, "config-unreadable", "selectors[0]"),
        ({}, {"resourceName": ""}, "config-unreadable", "resourceName"),
        ({}, {"resourceName": ["vf"]}, "config-unreadable", "resourceName"),
    ],
)
def test_selectors_without_a_condition(
    selectors: object, fields: dict[str, Any], code: str, words: str
) -> None:
    """What is lost, or said elsewhere with DRA, is told."""
    found = gathered(sriov(selectors, **fields))
    assert codes(found) == [code]
    assert words in found.findings[0].message
    if code == "selector-without-equivalent":
        assert NAMED in bare(found, "intel.com/vf")


def test_one_bad_entry_leaves_the_others() -> None:
    """Entries are read one by one."""
    entries = [{"resourceName": 3}, "x", None, {"resourceName": "good"}]
    found = gathered(config_map({"resourceList": entries}))
    assert found.resources == {"intel.com/good"}
    assert codes(found) == ["config-unreadable"] * 3
    assert codes(gathered(config_map({"resourceList": {}}))) == ["config-unreadable"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"devices": ["ib0"]}, [f'{NET}ifName == "ib0"']),
        (
            {"selectors": {"ifNames": ["ib0", "ib1"]}},
            [f'{NET}ifName in ["ib0", "ib1"]'],
        ),
        (
            {"selectors": {"vendors": ["15b3"], "deviceIDs": ["1021"]}},
            [
                f'{NET}pciVendor == "Mellanox Technologies"',
                f'{NET}pciDevice == "MT2910 Family [ConnectX-7]"',
            ],
        ),
        (
            {"selectors": {"linkTypes": ["infiniband"]}},
            [f'{NET}encapsulation == "infiniband"'],
        ),
    ],
)
def test_selectors_of_rdma(fields: dict[str, Any], expected: list[str]) -> None:
    """dranet's names of vendors and devices stand for ids."""
    found = gathered(rdma(**fields))
    assert bare(found, "rdma/hca") == [f"{NET}rdma", *expected]
    assert "up to 63 pods share a device" in found.meanings("rdma/hca")[0].evidence[0]
    assert not found.findings


@pytest.mark.parametrize(
    "selectors",
    [
        {"vendors": ["ffff"]},
        {"vendors": ["nobody"]},
        {"deviceIDs": ["ffff"]},
        {"drivers": ["mlx5_core"]},
        {"linkTypes": ["odd"]},
    ],
)
def test_rdma_selectors_that_are_lost(selectors: dict[str, Any]) -> None:
    """A wider selection is told."""
    found = gathered(rdma(selectors=selectors, resourcePrefix="mellanox.com"))
    assert codes(found) == ["selector-without-equivalent"]
    assert bare(found, "mellanox.com/hca") == [f"{NET}rdma"]


POLICY = """
---
apiVersion: sriovnetwork.openshift.io/v1
kind: SriovNetworkNodePolicy
metadata: {name: NAME, namespace: sriov}
spec:
  resourceName: vf
  deviceType: vfio-pci
  isRdma: true
  linkType: ib
  nicSelector: {vendor: "15b3", deviceID: "101D", pfNames: ["NAME#0-1"]}
"""
NETWORK = """
---
apiVersion: sriovnetwork.openshift.io/v1
kind: SriovNetwork
metadata: {name: n, namespace: sriov}
spec: {resourceName: RESOURCE, networkNamespace: telco}
"""
ATTACHMENT = """
---
apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata:
  name: n
  namespace: telco
  annotations: {k8s.v1.cni.cncf.io/resourceName: RESOURCE}
"""


def test_objects_of_the_operator() -> None:
    """A policy selects physical functions; of several, one has to be it."""
    found = gathered(POLICY.replace("NAME", "ens1"))
    assert bare(found, "openshift.io/vf") == [
        f'{SRIOV}vendor == "15b3"',
        f'{SRIOV}pfDeviceID == "101d"',
        f'{SRIOV}PFName == "ens1" && {SRIOV}vfID >= 0 && {SRIOV}vfID <= 1',
        f'{SRIOV}linkType == "infiniband"',
        f"{SRIOV}rdmaCapable",
    ]
    assert codes(found) == ["selector-becomes-config"]
    two = POLICY.replace("NAME", "ens1") + POLICY.replace("NAME", "ens2")
    text = two + NETWORK.replace("RESOURCE", "vf")
    (both,) = gathered(text).selectors("openshift.io/vf")
    assert '"ens1"' in both
    assert " || " in both
    assert '"ens2"' in both
    assert "resourceName" not in both
    assert len(gathered(text).meanings("openshift.io/vf")) == 1


def test_names_of_networks() -> None:
    """The definition of a network knows the whole name, and maybe nothing else does."""
    named = ATTACHMENT.replace("RESOURCE", "acme.com/vf")
    found = gathered(POLICY + named)
    assert found.resources == {"acme.com/vf"}
    assert bare(found, "acme.com/vf")[0] == f'{SRIOV}vendor == "15b3"'
    (text,) = gathered(named).selectors("acme.com/vf")
    assert 'resourceName in ["acme.com/vf", "vf"]' in text
    found = gathered(NETWORK.replace("RESOURCE", "lone"))
    assert found.resources == {"openshift.io/lone"}
    for odd in ("3", "[x]", "{a: b}", "null", "plain"):
        assert not gathered(ATTACHMENT.replace("RESOURCE", odd)).resources


def test_prefix_of_the_plugin() -> None:
    """A flag of its DaemonSet says what stands before the names."""
    daemon = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "p", "namespace": "kube-system"},
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {
                            "name": "c",
                            "image": "example.com/sriov-network-device-plugin:v3",
                            "args": ["--resource-prefix=acme.com", "--log-level=10"],
                        }
                    ]
                }
            }
        },
    }
    found = gathered(sriov() + "---\n" + json.dumps(daemon))
    assert found.resources == {"acme.com/vf"}
    assert found.settings[0].says == "--resource-prefix=acme.com"

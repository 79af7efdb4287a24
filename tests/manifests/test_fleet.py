"""Clusters that do not exist, for tests of selectors and claims."""

from itertools import islice
from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.errors import DractlError
from dractl.manifests.fleet import MOST_NODES, Fleet, fleet, samples
from dractl.manifests.presets import preset_of
from dractl.manifests.wishes import parse_wishes
from dractl.model.cluster import KubernetesVersion, Profile
from dractl.rules.check import check
from dractl.rules.world import World

RELEASE = KubernetesVersion(1, 36)
MIXED = "8 gpu.nvidia.com memory=80Gi, else 4 gpu.nvidia.com memory=24Gi"


def made(text: str, nodes: int = 1, **wishes: Any) -> list[dict[str, Any]]:
    profile = Profile.of(RELEASE)
    found = list(fleet(Fleet(parse_wishes(text), nodes, **wishes), profile))
    assert [check(e, profile, World()).violations for e in found] == [()] * len(found)
    return found


def slices(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each["spec"] for each in documents if each["kind"] == "ResourceSlice"]


def sizes(text: str, nodes: int, **wishes: Any) -> list[int]:
    return [len(each["devices"]) for each in slices(made(text, nodes, **wishes))]


def test_a_fleet_has_classes_nodes_and_a_pool_for_each_driver() -> None:
    found = made("2 gpu.nvidia.com; 2 dra.net", nodes=2)

    assert [(each["kind"], each["metadata"]["name"]) for each in found] == [
        ("DeviceClass", "gpu.nvidia.com"),
        ("DeviceClass", "dra.net"),
        ("Node", "node-0"),
        ("ResourceSlice", "node-0-gpu.nvidia.com"),
        ("ResourceSlice", "node-0-dra.net"),
        ("Node", "node-1"),
        ("ResourceSlice", "node-1-gpu.nvidia.com"),
        ("ResourceSlice", "node-1-dra.net"),
    ]


def test_it_is_a_cluster_of_the_release() -> None:
    snapshot = Snapshot.from_documents(made("1 gpu.nvidia.com"))

    assert snapshot.profile.version == RELEASE
    assert snapshot.problems == ()


def test_devices_are_of_the_class_and_have_what_is_wished() -> None:
    [slice_] = slices(made("1 gpu.nvidia.com model=H100 memory=80Gi"))

    [device] = slice_["devices"]
    assert device["attributes"]["type"] == {"string": "gpu"}
    assert device["attributes"]["productName"] == {"string": "H100"}
    assert device["capacity"] == {"memory": {"value": "80Gi"}}


def test_the_first_devices_of_all_wishes_share_a_pcie_root() -> None:
    gpus, nics = slices(made("4 gpu.nvidia.com; 4 dra.net"))

    def roots(spec: dict[str, Any]) -> list[str]:
        key = "resource.kubernetes.io/pcieRoot"
        return [each["attributes"][key]["string"] for each in spec["devices"]]

    assert roots(gpus) == roots(nics)
    assert len(set(roots(gpus))) == 4


def test_the_seed_decides_which_nodes_have_which_devices() -> None:
    assert sizes(MIXED, 12, seed=1) == sizes(MIXED, 12, seed=1)
    assert sizes(MIXED, 12, seed=1) != sizes(MIXED, 12, seed=2)
    assert set(sizes(MIXED, 12, seed=1)) == {4, 8}


def test_two_sorts_of_one_driver_are_in_one_pool() -> None:
    [slice_] = slices(made("1 gpu.nvidia.com; 1 gpu.nvidia.com"))

    assert [each["name"] for each in slice_["devices"]] == ["gpu-0", "gpu-1"]
    uuids = {each["attributes"]["uuid"]["string"] for each in slice_["devices"]}
    assert len(uuids) == 2


def test_more_devices_than_a_slice_takes_are_a_pool_of_several() -> None:
    found = slices(made("300 gpu.nvidia.com"))

    assert [len(each["devices"]) for each in found] == [100, 100, 100]
    assert {each["pool"]["resourceSliceCount"] for each in found} == {3}
    places = [
        device["attributes"]["resource.kubernetes.io/pciBusID"]["string"]
        for each in found
        for device in each["devices"]
    ]
    assert len(set(places)) == 300


def test_nodes_are_made_as_they_are_asked_for() -> None:
    wanted = Fleet(parse_wishes("8 gpu.nvidia.com"), MOST_NODES)
    found = fleet(wanted, Profile.of(RELEASE))

    assert [each["kind"] for each in islice(found, 3)] == [
        "DeviceClass", "Node", "ResourceSlice",
    ]  # fmt: skip


def test_samples_have_every_option() -> None:
    wanted = Fleet(parse_wishes(MIXED), 12)

    found = slices(list(samples(wanted, Profile.of(RELEASE))))

    assert [len(each["devices"]) for each in found] == [8, 4]


@pytest.mark.parametrize(
    ("text", "wishes", "message"),
    [
        ("1 unheard.example", {}, "no driver is known for 'unheard.example'"),
        ("1", {}, "no driver is named"),
        ("2000", {"preset": preset_of("amd")}, "1024 devices of a sort at most"),
        ("all gpu.nvidia.com", {}, "a number of devices, not all"),
        ("1 gpu.nvidia.com", {"nodes": 0}, "one node at least"),
        ("1 gpu.nvidia.com", {"nodes": 99_999_999}, "100,000 at most"),
    ],
    ids=["class", "none", "many", "all", "nodes", "crowd"],
)
def test_fleets_that_cannot_be_are_refused(
    text: str, wishes: dict[str, Any], message: str
) -> None:
    with pytest.raises(DractlError, match=message):
        made(text, **wishes)

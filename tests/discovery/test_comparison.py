"""What a machine has against what slices say of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.discovery.comparison import Comparison, comparison, ways
from dractl.discovery.inventory import Inventory, Missing, inventory
from dractl.discovery.slices import slices
from dractl.model.cluster import Profile
from dractl.model.hosts import HostFacts
from dractl.vendors.base import Found, Wire, Wishes
from tests.discovery.builders import DRIVER, attributes, device, gpu, machine, nic
from tests.hosts.reading import host_facts
from tests.hosts.trees import names

PROFILE = Profile.of("1.36")
NODE: dict[str, Any] = {
    "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n0"}
}  # fmt: skip


def slice_(*devices: Wire, **pool: int) -> dict[str, Any]:
    pooled = {"name": "n0", "generation": 1, "resourceSliceCount": 1, **pool}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": f"n0-{pooled['generation']}-{len(devices)}"},
        "spec": {
            "driver": DRIVER,
            "nodeName": "n0",
            "pool": pooled,
            "devices": list(devices),
        },
    }


def compared(whole: Inventory, *documents: Mapping[str, object]) -> Comparison:
    """Compare a machine whose drivers are registered with a cluster of documents."""
    known = replace(whole, registered=(DRIVER, "net.example"))
    cluster = Snapshot.from_documents([NODE, *documents], kubernetes="1.36")
    return comparison({"": known}, cluster)


def told(found: Comparison) -> list[tuple[str, tuple[str, ...], str | None]]:
    return [(each.code, each.devices, each.subject) for each in found.differences]


def published(found: Iterable[Found]) -> list[Wire]:
    return [each.device for each in found if each.device is not None]


def test_what_is_published_as_it_is_needs_no_word() -> None:
    whole = machine(gpu(), gpu("0000:18:00.0"))

    found = compared(whole, slice_(*published(whole.found)))
    assert found == Comparison("n0")


def test_names_of_slices_and_how_amounts_are_written_do_not_matter() -> None:
    here = gpu(device=device("gpu-17", capacity={"memory": {"value": "1Gi"}}))
    there = device("gpu-17", capacity={"memory": {"value": "1024Mi"}})

    assert compared(machine(here), slice_(there)).differences == ()


def test_devices_that_are_missing_or_gone_are_named() -> None:
    whole = machine(gpu(), gpu("0000:18:00.0"))
    found = compared(whole, slice_(device("gpu-17"), device("gpu-99")))

    assert told(found) == [
        ("device-missing", ("gpu-18",), None),
        ("device-gone", ("gpu-99",), None),
    ]


def test_a_device_under_an_old_name_is_known_again() -> None:
    uuid = attributes(uuid="GPU-1")
    here = gpu(device=device("gpu-0", attributes=uuid))
    found = compared(machine(here), slice_(device("gpu-1", attributes=uuid)))

    [difference] = found.differences
    assert (difference.code, difference.here, difference.there) == (
        "device-renamed", "gpu-0", "gpu-1",
    )  # fmt: skip


def test_partitions_at_one_address_are_not_taken_for_each_other() -> None:
    place = attributes(pciBusID="0000:17:00.0")
    parts = [gpu(device=device(f"new-{n}", attributes=place)) for n in range(2)]
    old = [device(f"old-{n}", attributes=place) for n in range(2)]

    assert told(compared(machine(*parts), slice_(*old))) == [
        ("device-missing", ("new-0", "new-1"), None),
        ("device-gone", ("old-0", "old-1"), None),
    ]


@pytest.mark.parametrize(
    ("here", "there", "code", "message"),
    [
        (
            {"attributes": attributes(version="2", model="A1")},
            {"attributes": attributes(version="1", model="A1")},
            "attribute-differs",
            "version is 2 here, and published as 1",
        ),
        (
            {"capacity": {"memory": {"value": "8Gi"}}},
            {},
            "capacity-differs",
            "memory is 8Gi here, and not published",
        ),
        (
            {},
            {
                "taints": [
                    {"key": "a.example/hot", "value": "x", "effect": "NoSchedule"}
                ]
            },
            "taint-differs",
            "taint a.example/hot is published as x:NoSchedule, and not known here",
        ),
        (
            {"allowMultipleAllocations": True},
            {},
            "sharing-differs",
            "allowMultipleAllocations is true here, and published as false",
        ),
    ],
    ids=["attribute", "capacity", "taint", "sharing"],
)
def test_values_that_differ_are_told_with_both_sides(
    here: dict[str, Any], there: dict[str, Any], code: str, message: str
) -> None:
    whole = machine(gpu(device=device("gpu-0", **here)))

    [difference] = compared(whole, slice_(device("gpu-0", **there))).differences
    assert (difference.code, difference.message) == (code, message)


def test_an_attribute_that_all_devices_lack_is_told_once() -> None:
    whole = machine(
        *(
            gpu(device=device(f"gpu-{n}", attributes=attributes(uuid=f"GPU-{n}")))
            for n in range(3)
        )
    )
    bare = [device(f"gpu-{n}", attributes={}) for n in range(3)]

    [difference] = compared(whole, slice_(*bare)).differences
    assert difference.devices == ("gpu-0", "gpu-1", "gpu-2")
    assert difference.message == (
        "uuid is GPU-0 here, and not published (that is gpu-0)"
    )
    assert difference.values[2] == ("gpu-2", "GPU-2", None)


def test_pools_that_are_incomplete_or_outdated_are_told() -> None:
    old, new = slice_(device("gpu-1")), slice_(device("gpu-17"), generation=2)
    half = slice_(device("gpu-17"), resourceSliceCount=2)

    assert told(compared(machine(gpu()), old, new)) == [("pool-outdated", (), None)]
    assert told(compared(machine(gpu()), half)) == [("pool-incomplete", (), None)]


def test_a_driver_that_publishes_nothing_is_missed_where_there_are_accelerators() -> (
    None
):
    found = compared(machine(gpu(), node="n0"))

    [difference] = found.differences
    assert (difference.code, difference.devices) == ("driver-absent", ("gpu-17",))
    assert "is registered with the kubelet" in difference.message


def test_a_driver_for_nics_that_nobody_uses_is_no_difference() -> None:
    cluster = Snapshot.from_documents([NODE])
    facts = HostFacts(has_registry=True)
    whole = machine(nic("0000:3b:00.0", device=device("nic-0")), facts=facts)

    found = comparison({"": whole}, cluster)
    assert found.differences == ()
    assert found.notes == ("net.example is not used in this cluster",)


def test_a_driver_that_publishes_but_is_not_registered_is_told() -> None:
    cluster = Snapshot.from_documents([NODE, slice_(device("gpu-17"))])

    known = machine(gpu(), facts=HostFacts(has_registry=True))
    [difference] = comparison({"": known}, cluster).differences
    assert (difference.code, difference.driver) == ("driver-not-registered", DRIVER)


def test_what_the_kubelet_knows_is_not_checked_where_it_is_not_seen() -> None:
    cluster = Snapshot.from_documents([NODE, slice_(device("gpu-17"))])
    found = comparison({"": machine(gpu())}, cluster)

    assert found.differences == ()
    assert found.notes == (
        "not checked which drivers the kubelet knows: its folder is not seen here",
    )


def test_a_node_that_the_cluster_does_not_have_is_told() -> None:
    assert told(compared(machine(node="other"))) == [("node-unknown", (), None)]


def test_slices_of_other_nodes_do_not_count() -> None:
    other = slice_(device("gpu-1"))
    other["spec"]["nodeName"] = "n1"

    assert told(compared(machine(gpu()), other)) == [
        ("driver-absent", ("gpu-17",), None)
    ]


def test_files_that_name_what_is_gone_are_told() -> None:
    stale = Missing("/etc/cdi/a.yaml", "a.example/gpu", ("/dev/a",))

    [difference] = compared(replace(machine(), cdi=(stale,))).differences
    assert difference.code == "cdi-node-missing"
    assert "/dev/a" in difference.message


def test_partitions_of_what_is_given_away_whole_are_told() -> None:
    part = gpu(None, kind="partition", parent="0000:17:00.0", device=device("part-0"))
    found = compared(machine(gpu(), part), slice_(device("gpu-17")))

    assert told(found) == [("partition-unmanaged", ("part-0",), "gpu-17")]


def test_a_virtual_function_that_no_driver_wants_does_no_harm_to_its_nic() -> None:
    vf = nic("0000:3b:00.2", kind="vf", parent="0000:3b:00.0", why_not="vfio-pci")
    whole = machine(nic("0000:3b:00.0", device=device("nic-0")), vf)
    there = slice_(device("nic-0"))
    there["spec"]["driver"] = "net.example"

    assert compared(whole, there).differences == ()


def held(name: str) -> dict[str, Any]:
    result = {"request": "r", "driver": DRIVER, "pool": "n0", "device": name}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "c", "namespace": "default"},
        "spec": {},
        "status": {"allocation": {"devices": {"results": [result]}}},
    }


@pytest.mark.parametrize(
    ("claims", "is_told"),
    [([], True), ([held("part-0")], False)],
    ids=["free", "held"],
)
def test_a_partition_on_demand_that_no_claim_holds_was_made_otherwise(
    claims: list[dict[str, Any]], *, is_told: bool
) -> None:
    drawn = [{"counterSet": "c", "counters": {"m": {"value": "1"}}}]
    on_demand = device("part-0", consumesCounters=drawn)
    part = gpu(None, kind="partition", parent="0000:17:00.0", device=device("part-0"))
    whole = machine(gpu(), part)

    found = compared(whole, slice_(device("gpu-17"), on_demand), *claims)
    codes = [each.code for each in found.differences]
    assert ("partition-unmanaged" in codes) is is_told


@pytest.mark.parametrize("host", names())
def test_a_machine_agrees_with_its_own_slices(host: str) -> None:
    facts = replace(host_facts(host), has_registry=True)
    wishes = Wishes(PROFILE)
    own = list(slices(inventory(facts, wishes, node="n0"), PROFILE))
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")

    found = comparison(ways(facts, wishes, "n0"), cluster)
    assert {each.code for each in found.differences} <= {
        "driver-not-registered",
        "partition-unmanaged",
    }
    assert found.notes == ()


@pytest.mark.parametrize(
    ("wishes", "note"),
    [
        (Wishes(PROFILE, {"nvidia": "0.4"}), "gpu.nvidia.com publishes as nvidia 0.4"),
        (
            Wishes(PROFILE, partitionable=True),
            "gpu.nvidia.com publishes as nvidia 0.5, with partitions on demand",
        ),
    ],
    ids=["older", "partitions"],
)
def test_another_way_of_publishing_is_explained_once(wishes: Wishes, note: str) -> None:
    facts = host_facts("hgx-h100")
    whole = inventory(facts, wishes, node="n0")
    own = [
        each for each in slices(whole, PROFILE) if "nvidia" in each["spec"]["driver"]
    ]
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")

    found = comparison(ways(facts, Wishes(PROFILE), "n0"), cluster)
    assert {each.code for each in found.differences} <= {"driver-not-registered"}
    assert any(each.startswith(note) for each in found.notes)


def test_partitions_that_could_be_made_are_none_that_exist() -> None:
    facts = host_facts("hgx-h100")
    wishes = Wishes(PROFILE, partitionable=True)
    own = list(slices(inventory(facts, wishes, node="n0"), PROFILE))
    cluster = Snapshot.from_documents([NODE, *own], kubernetes="1.36")

    found = comparison(ways(facts, wishes, "n0"), cluster)
    assert {each.code for each in found.differences} <= {"driver-not-registered"}

from dractl.api.snapshot import Snapshot
from dractl.diagnose.holders import Holders, in_words
from dractl.model.devices import DeviceId
from tests.diagnose.cluster import DRIVER, Wire, claim, cluster, given, held, pod

GPU = DeviceId(DRIVER, "n1", "gpu-0")


def index(*documents: Wire) -> Holders:
    return Holders(cluster(*documents))


def running(name: str, **spec: object) -> Wire:
    return pod(name, "claim/mine", nodeName="n1", status={"phase": "Running"}, **spec)


def test_a_claim_with_an_allocation_holds_its_devices() -> None:
    found = index(held("mine", "n1", "gpu-0", "gpu-1"))

    assert [each.claim.meta.name for each in found.of(GPU)] == ["mine"]
    assert found.of(GPU._replace(device="gpu-7")) == ()


def test_admin_access_holds_nothing() -> None:
    mine = held("mine", "n1", "gpu-0")
    mine["status"]["allocation"]["devices"]["results"][0]["adminAccess"] = True

    assert index(mine).of(GPU) == ()


def test_a_shared_device_has_several_holders() -> None:
    found = index(held("a", "n1", "gpu-0"), held("b", "n1", "gpu-0"))

    assert [each.claim.meta.name for each in found.of(GPU)] == ["a", "b"]


def consumer(*documents: Wire) -> tuple[bool, bool, bool]:
    """Return whether the one consumer is known, gone, done."""
    snapshot: Snapshot = cluster(*documents)
    (found,) = Holders(snapshot).consumers(snapshot.claims[0])
    return found.pod is not None, found.is_gone, found.is_done


def test_a_claim_is_used_by_the_pod_that_it_is_reserved_for() -> None:
    mine = held("mine", "n1", "gpu-0", pod="web")

    assert consumer(mine, running("web")) == (True, False, False)


def test_a_pod_that_does_not_exist_is_gone() -> None:
    mine = held("mine", "n1", "gpu-0", pod="web")

    assert consumer(mine, running("other")) == (False, True, False)


def test_another_pod_of_that_name_is_not_the_same() -> None:
    mine = held("mine", "n1", "gpu-0", pod="web")
    successor = running("web")
    successor["metadata"]["uid"] = "another"

    assert consumer(mine, successor) == (False, True, False)


def test_without_any_pods_nobody_is_said_to_be_gone() -> None:
    assert consumer(held("mine", "n1", "gpu-0", pod="web")) == (False, False, False)


def test_a_pod_that_has_ended_is_done() -> None:
    mine = held("mine", "n1", "gpu-0", pod="web")
    ended = pod("web", "claim/mine", nodeName="n1", status={"phase": "Succeeded"})

    assert consumer(mine, ended) == (True, False, True)


def test_a_consumer_that_is_no_pod_is_known_by_its_kind() -> None:
    status = given("gpu-0", "n1")
    status["reservedFor"] = [{"resource": "podgroups", "name": "gang"}]
    snapshot = cluster(claim("mine", status=status), running("web"))

    (found,) = Holders(snapshot).consumers(snapshot.claims[0])

    assert (str(found), found.is_gone) == ("podgroup gang", False)


def words(*documents: Wire) -> list[str]:
    found = index(*documents)
    return in_words(found.of(GPU), found)


def test_who_holds_a_device_is_said_with_its_pods() -> None:
    mine = held("mine", "n1", "gpu-0", pod="web")

    assert words(mine, running("web")) == ["claim default/mine (pod web)"]
    assert words(mine, running("x")) == ["claim default/mine (pod web that is gone)"]


def test_a_claim_that_is_reserved_for_nobody_is_said_to_be_so() -> None:
    assert words(held("mine", "n1", "gpu-0")) == [
        "claim default/mine (reserved for nobody)"
    ]


def test_of_many_pods_three_are_named() -> None:
    mine = held("mine", "n1", "gpu-0")
    mine["status"]["reservedFor"] = [
        {"resource": "pods", "name": f"web-{n}", "uid": "u"} for n in range(5)
    ]

    (told,) = words(mine)

    assert told == "claim default/mine (pod web-0, pod web-1, pod web-2 and 2 more)"


def test_a_claim_with_several_devices_is_named_once() -> None:
    found = index(held("mine", "n1", "gpu-0", "gpu-1"))
    both = [*found.of(GPU), *found.of(GPU._replace(device="gpu-1"))]

    assert len(in_words(both, found)) == 1


def test_as_data_a_holder_has_claim_pods_owners_and_node() -> None:
    mine = held("mine", "n1", "gpu-0", pod="web")
    web = running("web")
    web["metadata"]["ownerReferences"] = [
        {"kind": "Job", "name": "train", "uid": "u", "controller": True}
    ]
    found = index(mine, web)

    (holder,) = found.of(GPU)

    assert found.described(holder) == {
        "device": "gpu.example.com/n1/gpu-0",
        "claim": {"namespace": "default", "name": "mine"},
        "consumers": ["pod web"],
        "gone": [],
        "finished": [],
        "owners": ["Job train"],
        "node": "n1",
    }

from dractl.diagnose.explain import explain
from dractl.diagnose.standins import with_stand_ins
from tests.diagnose.cluster import (
    Wire,
    causes,
    claim,
    cluster,
    codes,
    gpu_class,
    gpus,
    held,
    node,
    pinned,
    pod,
)


def names(*documents: Wire) -> list[str]:
    return [each.name for each in with_stand_ins(cluster(*documents)).nodes]


def selecting(**labels: str) -> Wire:
    terms = [
        {"matchExpressions": [{"key": k, "operator": "In", "values": [v]}
                              for k, v in labels.items()]}
    ]  # fmt: skip
    return {"nodeSelectorTerms": terms}


def test_nodes_that_are_there_are_enough() -> None:
    assert names(node("n1"), gpus("n2", "gpu-0")) == ["n1"]


def test_a_slice_of_a_node_stands_for_the_node() -> None:
    assert names(gpus("n1", "a"), gpus("n2", "a"), gpus("n1", "b")) == ["n1", "n2"]


def test_a_pod_with_a_node_stands_for_it() -> None:
    assert names(pod("web", nodeName="n7")) == ["n7"]


def test_an_allocation_stands_for_the_node_that_it_is_for() -> None:
    mine = held("mine", "n1", "gpu-0")
    mine["status"]["allocation"] |= pinned("n1")

    assert names(mine) == ["n1"]


def test_a_slice_for_some_nodes_has_a_node_that_it_is_for() -> None:
    rack = gpus("rack", "gpu-0", nodeSelector=selecting(rack="r1"))

    snapshot = with_stand_ins(cluster(rack))

    (found,) = snapshot.nodes
    assert found.meta.labels == {"rack": "r1"}
    assert snapshot.slices[0].scope.includes(found.name, found.meta.labels)


def test_a_hostname_is_the_name() -> None:
    rack = gpus(
        "rack", "gpu-0", nodeSelector=selecting(**{"kubernetes.io/hostname": "n3"})
    )

    assert names(rack) == ["n3"]


def test_devices_for_nodes_of_their_own_stand_for_these() -> None:
    scoped = gpus("x", {"name": "a", "nodeName": "n1"}, {"name": "b", "nodeName": "n2"},
                  perDeviceNodeSelection=True)  # fmt: skip
    del scoped["spec"]["nodeName"]

    assert names(scoped) == ["n1", "n2"]


def test_where_nothing_names_a_node_there_is_one_all_the_same() -> None:
    assert names(claim("c")) == ["any"]
    assert names(gpus("x", "gpu-0", allNodes=True)) == ["any"]


# -- answers without nodes


def test_without_nodes_devices_are_explained_as_with_them() -> None:
    without = [gpu_class(), gpus("n1", "a"), held("mine", "n1", "a"),
               pod("web", "claim/c"), claim("c")]  # fmt: skip

    assert causes(cluster(*without)) == causes(cluster(node("n1"), *without))
    assert codes(cluster(*without)) == ["devices-in-use"]


def test_without_nodes_nothing_is_said_to_land_anywhere() -> None:
    free = cluster(gpu_class(), gpus("n1", "a"), pod("web", "claim/c"), claim("c"))

    (report,) = explain(free).pods

    assert (report.causes, report.lands) == ((), None)

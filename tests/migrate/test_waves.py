"""Which nodes change together, in which order, and who moves after which of them."""

import pytest

from dractl.migrate.inputs import Route
from tests.migrate.clusters import GPU, live, migration, node, replicas, workload


def test_of_a_pool_a_third_is_out_at_most() -> None:
    found = migration([*(node(f"n{n}", {GPU: 1}) for n in range(7)), workload("chat")])

    assert [each.nodes for each in found.waves] == [
        ("n0", "n1"),
        ("n2", "n3"),
        ("n4", "n5"),
        ("n6",),
    ]


def test_a_size_that_is_wished_counts() -> None:
    nodes = [node(f"n{n}", {GPU: 1}) for n in range(5)]
    found = migration([*nodes, workload("chat")], wave_size=4)

    assert [len(each.nodes) for each in found.waves] == [4, 1]


def test_pools_are_by_the_label_that_is_named_and_the_control_plane_is_last() -> None:
    control = {"node-role.kubernetes.io/control-plane": "", "pool": "a"}
    found = migration(
        [
            node("c", {GPU: 1}, control),
            node("loose", {GPU: 1}),
            node("b", {GPU: 1}, {"pool": "b"}),
            node("a", {GPU: 1}, {"pool": "a"}),
            workload("chat"),
        ],
        pool_label="pool",
    )

    assert [(each.pool, each.nodes) for each in found.waves] == [
        ("a", ("a",)),
        ("b", ("b",)),
        ("", ("loose",)),
        ("a", ("c",)),
    ]


def test_without_a_label_pools_have_one_model_each() -> None:
    found = migration(
        [
            node("a", {GPU: 1}, {"nvidia.com/gpu.product": "Tesla-T4"}),
            node("b", {GPU: 1}, {"nvidia.com/gpu.product": "NVIDIA-L4"}),
            node("cpu", {}, {}),
            workload("chat"),
        ]
    )

    assert [(each.pool, each.nodes) for each in found.waves] == [
        ("nvidia.com/gpu NVIDIA-L4", ("b",)),
        ("nvidia.com/gpu Tesla-T4", ("a",)),
    ]


def test_workloads_move_as_soon_as_all_their_pods_fit() -> None:
    found = migration(
        [
            *(node(f"n{n}", {GPU: 2}) for n in range(3)),
            workload("large", counted=replicas(3)),
            workload("small", counted=replicas(1)),
        ]
    )

    names = [each.user.input.name for each in found.plan.users]
    assert [[names[n] for n in each.movers] for each in found.waves] == [
        ["small"],
        ["large"],
        [],
    ]


def test_what_fits_in_part_keeps_nobody_out() -> None:
    found = migration(
        [
            *(node(f"n{n}", {GPU: 2}) for n in range(3)),
            workload("large", counted=replicas(6)),
            workload("pair", counted=replicas(2)),
        ]
    )

    names = [each.user.input.name for each in found.plan.users]
    assert [names[n] for n in found.waves[0].movers] == ["pair"]


def test_those_who_never_fit_move_at_the_end() -> None:
    found = migration(
        [node("a", {GPU: 1}), node("b", {GPU: 1}), workload("w", counted=replicas(9))]
    )

    assert [each.movers for each in found.waves] == [(), (0,)]


def test_a_daemon_set_moves_at_the_end_and_waits_on_changed_nodes() -> None:
    found = migration(
        [
            node("a", {GPU: 1}),
            node("b", {GPU: 1}),
            node("c", {GPU: 1}),
            workload("watch", "DaemonSet", counted={}),
        ],
        kubernetes="1.35",
    )

    assert [each.movers for each in found.waves] == [(), (), (0,)]
    assert not found.waves[0].doubts
    (doubt,) = found.waves[1].doubts
    assert doubt.startswith("a pod of DaemonSet apps/watch will wait on changed nodes")


def test_pods_with_their_resource_need_no_move() -> None:
    found = migration(
        [node("a", {GPU: 1}), node("b", {GPU: 1}), *live("chat", "a")],
        route=Route.EXTENDED,
    )

    assert [each.movers for each in found.waves] == [(), ()]
    assert [each.doubts for each in found.waves] == [(), ()]


@pytest.mark.parametrize(("spare", "doubts"), [(1, 0), (0, 1)])
def test_pods_that_find_no_room_meanwhile_are_told(spare: int, doubts: int) -> None:
    found = migration(
        [
            node("a", {GPU: 1}),
            *(node(f"spare{n}", {GPU: 1}) for n in range(spare)),
            *live("chat", "a"),
        ]
    )

    first = next(each for each in found.waves if "a" in each.nodes)
    assert len(first.doubts) == doubts


def test_who_waits_is_told_until_when_and_what_would_help() -> None:
    full = [
        node("a", {GPU: 2}),
        node("b", {GPU: 2}, {"pool": "other"}),
        *live("chat", "a", "a"),
        *live("rest", "b", "b"),
    ]
    alone = [node("a", {GPU: 2}), node("b", {GPU: 2}), *live("chat", "a", "a")]
    for each in alone:
        if "spec" in each and "template" in each["spec"]:
            each["spec"]["template"]["spec"]["nodeSelector"] = {
                "kubernetes.io/hostname": "a"
            }
    alone[0]["metadata"]["labels"]["kubernetes.io/hostname"] = "a"

    doubts = [
        [text for each in migration(some).waves for text in each.doubts]
        for some in (full, alone)
    ]

    assert (
        "2 pods of Deployment apps/chat will wait until node a is back: those that "
        f"suit them are full; 2 more of {GPU} on node b would do"
    ) in doubts[0]
    (alone_doubt,) = doubts[1]
    assert alone_doubt == (
        "2 pods of Deployment apps/chat will wait until node a is back: no other node "
        "suits them"
    )

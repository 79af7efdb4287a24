"""Subjects that are placed all or not at all, and nodes that open later."""

from dractl.api.snapshot import Snapshot
from dractl.solver.placement import Policy
from dractl.solver.placer import Placer
from dractl.solver.subjects import pending
from tests.migrate.clusters import node, slices


def placer(*, closed: tuple[str, ...] = ()) -> Placer:
    """Return a node with two devices, and a claim and two pods with one that wait."""
    claim = {"exactly": {"deviceClassName": "gpu.nvidia.com"}, "name": "r"}
    documents = [
        node("a", {"cpu": "2"}),
        slices("a", 2),
        {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "DeviceClass",
            "metadata": {"name": "gpu.nvidia.com"},
            "spec": {},
        },
        {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceClaimTemplate",
            "metadata": {"name": "one", "namespace": "apps"},
            "spec": {"spec": {"devices": {"requests": [claim]}}},
        },
        *(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "namespace": "apps"},
                "spec": {
                    "containers": [
                        {
                            "name": "main",
                            "ports": [{"containerPort": 1, "hostPort": port}],
                            "resources": {"requests": {"cpu": "1"}},
                        }
                    ],
                    "resourceClaims": [
                        {"name": "d", "resourceClaimTemplateName": "one"}
                    ],
                },
            }
            for port, name in enumerate(("p0", "p1", "p2"), 80)
        ),
    ]
    world = Snapshot.from_documents(documents, kubernetes="1.36")
    return Placer(world, None, Policy.FIRST, closed=closed)


def test_what_fits_in_part_leaves_nothing_behind() -> None:
    found = placer()
    three = pending(found.snapshot)

    assert found.place_all(three) == 2
    assert found.in_use(0) == 0
    assert not found.given
    assert found.place_all(three[1:]) == 2
    assert found.in_use(0) == 2
    assert found.place_all(three[:1]) == 0


def test_a_closed_node_takes_nothing_until_it_is_opened() -> None:
    found = placer(closed=("a",))
    (one, *_) = pending(found.snapshot)

    placed = found.place(one)
    assert placed.node is None
    assert [each.reason for each in placed.reasons] == ["the node is closed"]

    found.open(["a", "unknown"])
    assert found.place(one).node == "a"

import dataclasses

import pytest

from dractl.catalogue.published import published, seen_by
from dractl.model.devices import NodeScope
from dractl.model.nodeselection import NodeSelector
from dractl.solver.allocator import Allocator
from dractl.solver.inventory import Entry
from tests.builders import device, node, slice_, snapshot


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.device.name for entry in entries]


def test_only_the_newest_generation_of_a_pool_counts() -> None:
    found = published(
        [
            slice_(device("old"), generation=1),
            slice_(device("b", pool="q"), pool="q"),
            slice_(device("new"), generation=2, count=7),
        ]
    )
    assert names(found) == ["new", "b"]


def test_a_node_sees_its_own_devices_and_those_of_all() -> None:
    here, there = NodeScope(node_name="node-1"), NodeScope(node_name="node-2")
    cluster = snapshot(
        nodes=[node("node-1"), node("node-2")],
        slices=[
            slice_(device("own"), node="node-1"),
            slice_(device("other", pool="q"), pool="q", node="node-2"),
            slice_(device("all", pool="r"), pool="r", all_nodes=True),
            slice_(
                device("here", pool="s", scope=here),
                device("there", pool="s", scope=there),
                pool="s",
                node=None,
                per_device=True,
            ),
        ],
    )
    assert names(seen_by(node("node-1"), Allocator(cluster))) == ["own", "all", "here"]


def test_the_scope_of_a_slice_is_that_of_its_devices() -> None:
    (entry,) = published([slice_(device("a"), node="node-1")])
    assert entry.scope.node_name == "node-1"


@pytest.mark.parametrize("selector", [NodeSelector(())])
def test_a_selector_that_selects_no_node_shows_nothing(selector: NodeSelector) -> None:
    away = dataclasses.replace(
        slice_(device("a"), node=None), scope=NodeScope(selector=selector)
    )
    assert seen_by(node(), Allocator(snapshot(slices=[away]))) == ()

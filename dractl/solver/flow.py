"""Whether demands can be met from shared supplies: a small maximum flow."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

SOURCE, SINK = "source", "sink"
Graph = dict[object, dict[object, int]]
G = TypeVar("G", bound=Hashable)


def can_supply(
    demands: Sequence[tuple[int, int]],
    limits: Mapping[int, int],
    groups: Mapping[int, G],
    group_limits: Mapping[G, int],
) -> bool:
    """Tell whether all demands can be met at once.

    A demand is (units, mask of the devices that will do). `limits` says how many units
    a device can give, where that is not one; `groups` puts devices under a common
    limit of `group_limits`.
    """
    wanted: dict[int, int] = {}
    for units, mask in demands:
        wanted[mask] = wanted.get(mask, 0) + units
    graph: Graph = {SOURCE: {}, SINK: {}}
    for mask, units in wanted.items():
        _edge(graph, SOURCE, ("demand", mask), units)
    # Devices that the same demands want are one node: few nodes, however many devices.
    for (wanting, group), supply in _supplies(list(wanted), limits, groups).items():
        node = ("devices", wanting, group)
        for mask in wanting:
            _edge(graph, ("demand", mask), node, min(supply, wanted[mask]))
        _edge(graph, node, SINK if group is None else ("group", group), supply)
        if group is not None and ("group", group) not in graph[SINK]:
            _edge(graph, ("group", group), SINK, group_limits[group])
    return _maximum(graph) == sum(wanted.values())


def _supplies(
    masks: Sequence[int], limits: Mapping[int, int], groups: Mapping[int, G]
) -> dict[tuple[tuple[int, ...], G | None], int]:
    supplies: dict[tuple[tuple[int, ...], G | None], int] = {}
    union = 0
    for mask in masks:
        union |= mask
    while union:
        low = union & -union
        union ^= low
        position = low.bit_length() - 1
        wanting = tuple(mask for mask in masks if mask & low)
        key = (wanting, groups.get(position))
        supplies[key] = supplies.get(key, 0) + limits.get(position, 1)
    return supplies


def _edge(graph: Graph, start: object, end: object, capacity: int) -> None:
    graph.setdefault(start, {})[end] = capacity
    graph.setdefault(end, {}).setdefault(start, 0)


def _maximum(graph: Graph) -> int:
    """Return the maximum flow from SOURCE to SINK (augmenting shortest paths)."""
    total = 0
    while path := _path(graph):
        flow = min(graph[start][end] for start, end in path)
        for start, end in path:
            graph[start][end] -= flow
            graph[end][start] += flow
        total += flow
    return total


def _path(graph: Graph) -> list[tuple[object, object]]:
    came_from: dict[object, object] = {SOURCE: SOURCE}
    waiting: list[object] = [SOURCE]
    for start in waiting:
        for end, left in graph[start].items():
            if left > 0 and end not in came_from:
                came_from[end] = start
                waiting.append(end)
        if SINK in came_from:
            break
    else:
        return []
    path: list[tuple[object, object]] = []
    node: object = SINK
    while node != SOURCE:
        path.append((came_from[node], node))
        node = came_from[node]
    return path

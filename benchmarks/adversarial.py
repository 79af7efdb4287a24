"""Small claims that make a plain depth-first search run for years.

Each puzzle asks one node's devices for something that is impossible, or that comes up
only at the end of the search; upstream's allocator gives up on them after 10 s.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dractl import Snapshot, allocate

Object = dict[str, Any]
_API: Final = "resource.k8s.io/v1"
_DRIVER: Final = "gpu.example.com"
_SIZE: Final = 24


def cluster(devices: Sequence[Object], spec: Object, **shared: Any) -> list[Object]:
    """Return a node with the devices, and a claim."""
    pool = {"name": "node", "generation": 1, "resourceSliceCount": 1 + len(shared)}
    of_node = {"driver": _DRIVER, "pool": pool, "nodeName": "node"}
    found = [
        _object("DeviceClass", "any", {}),
        _object("ResourceSlice", "devices", {**of_node, "devices": list(devices)}),
        _object("ResourceClaim", "claim", {"devices": spec}),
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node"}},
    ]
    if shared:
        found.append(_object("ResourceSlice", "counters", {**of_node, **shared}))
    return found


def _object(kind: str, name: str, spec: Object) -> Object:
    metadata = {"name": name}
    return {"apiVersion": _API, "kind": kind, "metadata": metadata, "spec": spec}


def device(number: int, **attributes: Any) -> Object:
    """Return a device with whole numbers as attributes."""
    values = {name: {"int": value} for name, value in attributes.items()}
    return {"name": f"gpu-{number:02}", "attributes": values}


def request(name: str, count: int, *tests: str) -> Object:
    """Return a request for devices that pass the tests."""
    selectors = [{"cel": {"expression": each}} for each in tests]
    asks = {"deviceClassName": "any", "count": count, "selectors": selectors}
    return {"name": name, "exactly": asks}


def _test(text: str) -> str:
    return f'device.attributes["{_DRIVER}"].{text}'


def puzzles() -> Iterator[tuple[str, list[Object]]]:
    """Yield what each puzzle is called, and its objects."""
    plain = [device(number, root=number // 2, index=number) for number in range(_SIZE)]
    yield (
        "one more than there are",
        cluster(plain, {"requests": [request("gpus", _SIZE + 1)]}),
    )
    split = [request("most", _SIZE - 3), request("rest", 4)]
    yield "two requests, one too many in all", cluster(plain, {"requests": split})
    root = f"{_DRIVER}/root"
    three = {"requests": [request("gpus", 3)]}
    same = {**three, "constraints": [{"matchAttribute": root}]}
    yield "three below a root that has two", cluster(plain, same)
    many = {"requests": [request("gpus", _SIZE // 2 + 1)]}
    apart = {**many, "constraints": [{"distinctAttribute": root}]}
    yield "one more than there are roots", cluster(plain, apart)
    last = [request("any", _SIZE // 2), request("none", 1, _test("index > 98"))]
    yield "the second request has no device", cluster(plain, {"requests": last})
    yield "counters for half of them", _with_counters()


def _with_counters() -> list[Object]:
    taken = [{"counterSet": "memory", "counters": {"gib": {"value": "2"}}}]
    parts = [{**device(number), "consumesCounters": taken} for number in range(_SIZE)]
    counters = {"gib": {"value": str(_SIZE)}}
    return cluster(
        parts,
        {"requests": [request("gpus", _SIZE // 2 + 1)]},
        sharedCounters=[{"name": "memory", "counters": counters}],
    )


def milliseconds(objects: Sequence[Mapping[str, Any]]) -> tuple[float, bool]:
    """Return how long the answer takes, and whether the claim fits."""
    started = time.perf_counter()
    snapshot = Snapshot.from_documents(objects, kubernetes="1.36")
    outcome = allocate(snapshot, node="node")
    fits = all(outcome.allocations.values())
    return (time.perf_counter() - started) * 1000, fits


def main() -> None:
    """Print one line per puzzle."""
    for name, objects in puzzles():
        taken, fits = milliseconds(objects)
        print(f"{name:<36} {taken:7.1f} ms  {'fits' if fits else 'does not fit'}")


if __name__ == "__main__":
    main()

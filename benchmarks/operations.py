"""Commands of daily work on a large fleet: whole process, wall time and memory.

`python -m benchmarks.operations [NODES]` makes up a fleet of eight GPUs a node, of
which six in ten are in use, and runs each command on a snapshot of it.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.fleet import fleet

_API: Final = "resource.k8s.io/v1"
_DRIVER: Final = "gpu.nvidia.com"
_GPUS: Final = 8
_SIZES: Final = (1, 1, 1, 2, 4, 8)
_NAMESPACES: Final = 40
_BROKEN: Final = 97  # one node in so many is cordoned, one has a tainted device


class Bar(NamedTuple):
    """A command, and how long it may take on 5,000 nodes, in seconds."""

    words: tuple[str, ...]
    seconds: float


BARS: Final = (
    Bar(("top",), 5),
    Bar(("top", "nodes"), 5),
    Bar(("top", "-o", "json"), 5),
    Bar(("top", "--fits", "claim/team-0/job-0-0"), 5),
    Bar(("top", "--headroom"), 10),
    Bar(("top", "nodes", "--headroom"), 15),
    Bar(("doctor",), 10),
    Bar(("doctor", "upgrade", "--driver", "gpu.nvidia.com"), 10),
    Bar(("doctor", "upgrade", "--kubernetes", "1.37"), 10),
    Bar(("report",), 15),
    Bar(("health",), 5),
)


def cluster(nodes: int) -> Iterator[dict[str, Any]]:
    """Yield the objects of a made-up cluster; the same size gives the same cluster."""
    chance = random.Random(nodes)  # noqa: S311 - reproducible, not secret
    yield _namespaced("v1", "Namespace", "", "default", {})
    for each in fleet(nodes, 0):
        if each["kind"] == "Node":
            number = int(each["metadata"]["name"].rpartition("-")[2])
            each["spec"] = {"unschedulable": True} if number % _BROKEN == 1 else {}
            ready = {"type": "Ready", "status": "True"}
            each["status"] = {"conditions": [ready]}
            yield each
            yield from _jobs(each["metadata"]["name"], number, chance)
            continue
        if each["kind"] == "ResourceSlice":
            _taint(each)
        yield each


def _taint(each: dict[str, Any]) -> None:
    number = int(each["metadata"]["name"].rpartition("-")[2])
    if number % _BROKEN == 0:
        taint = {"key": "example.com/xid", "value": "79", "effect": "NoSchedule"}
        each["spec"]["devices"][-1]["taints"] = [taint]


def _jobs(node: str, number: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield claims with their pods until six in ten devices of a node are taken."""
    taken = 0
    while taken < _GPUS * 6 // 10:
        size = min(chance.choice(_SIZES), _GPUS - taken)
        space = f"team-{number % _NAMESPACES}"
        name = f"job-{number}-{taken}"
        devices = [f"gpu-{each}" for each in range(taken, taken + size)]
        taken += size
        yield _claim(space, name, node, devices)
        spec = {
            "nodeName": node,
            "containers": [{"name": "main", "image": "example.com/job"}],
            "resourceClaims": [{"name": "gpus", "resourceClaimName": name}],
        }
        pod = _namespaced("v1", "Pod", space, name, spec)
        yield {**pod, "status": {"phase": "Running"}}


def _claim(space: str, name: str, node: str, devices: list[str]) -> dict[str, Any]:
    asks = {"deviceClassName": _DRIVER, "count": len(devices)}
    spec = {"devices": {"requests": [{"name": "gpus", "exactly": asks}]}}
    results = [
        {"request": "gpus", "driver": _DRIVER, "pool": node, "device": device}
        for device in devices
    ]
    user = {"resource": "pods", "name": name, "uid": f"uid-{space}-{name}"}
    claim = _namespaced(_API, "ResourceClaim", space, name, spec)
    allocation = {"devices": {"results": results}}
    return {**claim, "status": {"allocation": allocation, "reservedFor": [user]}}


def _namespaced(
    api: str, kind: str, space: str, name: str, spec: dict[str, Any]
) -> dict[str, Any]:
    metadata = {
        "name": name,
        "uid": f"uid-{space}-{name}",
        "creationTimestamp": "2026-11-02T08:00:00Z",
    }
    if space:
        metadata["namespace"] = space
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def main() -> None:
    """Run the commands, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nodes", type=int, nargs="?", default=5000)
    parser.add_argument("--only", help="the first word of the commands to run")
    parser.add_argument("--keep", type=Path, help="leave the snapshot here")
    options = parser.parse_args()
    items = list(cluster(options.nodes))
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "cluster.json"
        path.write_text(
            json.dumps({"kind": "List", "apiVersion": "v1", "items": items})
        )
        print(f"{options.nodes} nodes, {len(items)} objects")
        for bar in BARS:
            if options.only in {None, bar.words[0]}:
                _run(bar, path)


def _run(bar: Bar, path: Path) -> None:
    command = [sys.executable, "-m", "dractl", *bar.words, "--snapshot", str(path)]
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, check=False
    )
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"dractl {' '.join(bar.words)}: {seconds:.2f} s of {bar.seconds:g} s, "
        f"{len(done.stdout) / 1e6:.1f} MB, {peak:.0f} MiB at most so far, "
        f"exit {done.returncode}"
    )


if __name__ == "__main__":
    main()

"""Places claims on a fleet: whole process, wall time and memory.

`python -m benchmarks.fleet [NODES CLAIMS]` makes up a fleet of eight GPUs a node;
`--scenario FILE` takes the recorded form instead (nodes, classes, slices, claims).
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
from typing import Any, Final

_DRIVER: Final = "gpu.nvidia.com"
_API: Final = "resource.k8s.io/v1"
_PRODUCTS: Final = (
    ("NVIDIA A100-SXM4-80GB", "Ampere", "80Gi"),
    ("NVIDIA H100 80GB HBM3", "Hopper", "80Gi"),
    ("NVIDIA L4", "Ada Lovelace", "24Gi"),
    ("NVIDIA H200", "Hopper", "141Gi"),
)
_GPUS: Final = 8
_KINDS: Final = {
    "nodes": ("v1", "Node"),
    "classes": (_API, "DeviceClass"),
    "slices": (_API, "ResourceSlice"),
    "claims": (_API, "ResourceClaim"),
}


def fleet(nodes: int, claims: int) -> Iterator[dict[str, Any]]:
    """Yield the objects of a made-up fleet; the same sizes give the same fleet."""
    chance = random.Random(f"{nodes}x{claims}")  # noqa: S311 - reproducible, not secret
    test = f'device.driver == "{_DRIVER}"'
    spec: dict[str, Any] = {"selectors": [{"cel": {"expression": test}}]}
    yield _object("classes", _DRIVER, spec)
    for number in range(nodes):
        name = f"node-{number:05}"
        yield _object("nodes", name, {})
        yield _object("slices", name, _slice(name, number * len(_PRODUCTS) // nodes))
    for number in range(claims):
        product = chance.choice(_PRODUCTS)[0]
        test = f'device.attributes["{_DRIVER}"].productName == "{product}"'
        asks = {
            "deviceClassName": _DRIVER,
            "selectors": [{"cel": {"expression": test}}],
            "count": chance.choice((1, 1, 1, 2, 4, 8)),
        }
        requests = [{"name": "gpus", "exactly": asks}]
        spec = {"devices": {"requests": requests}}
        yield _object("claims", f"claim-{number:05}", spec)


def _object(table: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    api, kind = _KINDS[table]
    metadata = {"name": name}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def _slice(node: str, product: int) -> dict[str, Any]:
    name, architecture, memory = _PRODUCTS[product]
    devices = [
        {
            "name": f"gpu-{number}",
            "attributes": {
                "type": {"string": "gpu"},
                "uuid": {"string": f"GPU-{node}-{number}"},
                "productName": {"string": name},
                "architecture": {"string": architecture},
                "driverVersion": {"version": "580.65.6"},
                "resource.kubernetes.io/pcieRoot": {"string": f"pci0000:{number // 2}"},
            },
            "capacity": {"memory": {"value": memory}},
        }
        for number in range(_GPUS)
    ]
    pool = {"name": node, "generation": 1, "resourceSliceCount": 1}
    return {"driver": _DRIVER, "pool": pool, "nodeName": node, "devices": devices}


def recorded(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a recorded scenario."""
    scenario = json.loads(path.read_text("utf-8"))
    for table, (api, kind) in _KINDS.items():
        for each in scenario[table]:
            yield {"apiVersion": api, "kind": kind, **each}


def main() -> None:
    """Run `dractl allocate` on the fleet, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nodes", type=int, nargs="?", default=1000)
    parser.add_argument("claims", type=int, nargs="?", default=1000)
    parser.add_argument("--scenario", type=Path, help="a recorded fleet")
    parser.add_argument("--keep", type=Path, help="also write dractl's answer here")
    options = parser.parse_args()
    found = (
        recorded(options.scenario)
        if options.scenario
        else fleet(options.nodes, options.claims)
    )
    items = list(found)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.json"
        path.write_text(
            json.dumps({"kind": "List", "apiVersion": "v1", "items": items})
        )
        command = [sys.executable, "-m", "dractl", "allocate", "--snapshot", str(path)]
        started = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own program
            [*command, "-o", "json"], capture_output=True, check=False
        )
        seconds = time.perf_counter() - started
    if options.keep:
        options.keep.write_bytes(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(done.stderr.decode(), end="")
    print(
        f"{len(items)} objects: {seconds:.2f} s, {peak:.0f} MiB, exit {done.returncode}"
    )


if __name__ == "__main__":
    main()

"""Reads a live cluster: time and memory, against a server in another process.

`python -m benchmarks.live [SLICES]` serves slices of eight devices each, on as many
nodes; 2,000 of them are 19 MB of JSON. `dractl snapshot` reads them in pages of 500,
also from a server of which every tenth request fails: the files have to be equal. The
first run waits for the server to write its objects out.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dractl.api.snapshot import Snapshot
from dractl.live.connect import connect
from dractl.live.kinds import NEEDS
from dractl.live.reading import Scope, read
from dractl.live.target import Target
from tests.apiserver.child import child_server

_DRIVER: Final = "gpu.example.com"
_DEVICES: Final = 8
_ATTRIBUTES: Final = 12
_RUNS: Final = 3


def cluster(slices: int) -> Iterator[dict[str, Any]]:
    """Yield a node and a slice for each of the nodes."""
    for number in range(slices):
        name = f"node-{number:05}"
        yield {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
        pool = {"name": name, "generation": 1, "resourceSliceCount": 1}
        yield {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceSlice",
            "metadata": {"name": f"{name}-{_DRIVER}"},
            "spec": {
                "driver": _DRIVER,
                "pool": pool,
                "nodeName": name,
                "devices": [_device(name, index) for index in range(_DEVICES)],
            },
        }


def _device(node: str, index: int) -> dict[str, Any]:
    """Return a device as large as those of real drivers: some 1,150 bytes.

    Half of the values are the device's own, as serial numbers and addresses are.
    """
    attributes: dict[str, Any] = {
        f"attribute{number:02}.example.com/name": {
            "string": f"{node}-{index}-{number:02}-{'x' * 12}"
            if number % 2
            else f"value-of-{number:02}-{'x' * 16}"
        }
        for number in range(_ATTRIBUTES)
    }
    attributes["uuid"] = {"string": f"GPU-{node}-{index}"}
    attributes["driverVersion"] = {"version": "580.65.6"}
    attributes["index"] = {"int": index}
    attributes["healthy"] = {"bool": True}
    return {
        "name": f"gpu-{index}",
        "attributes": attributes,
        "capacity": {"memory": {"value": "80Gi"}, "cores": {"value": "132"}},
    }


def _read(kubeconfig: str) -> None:
    """Read the cluster in this process, and print what it took."""
    gc.disable()  # as dractl does
    started = time.perf_counter()
    connection = connect(Target(kubeconfig=kubeconfig))
    reading = read(connection, NEEDS["attributes"], Scope("default"))
    fetched = time.perf_counter()
    snapshot = Snapshot.from_sourced(reading.documents())
    done = time.perf_counter()
    devices = sum(len(each.devices) for each in snapshot.slices)
    size = sum(page.size for each in reading.lists for page in each.pages)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{devices} devices, {size / 1e6:.1f} MB: {done - started:.2f} s "
        f"({fetched - started:.2f} s until fetched), "
        f"{time.process_time():.2f} s CPU with imports, {peak:.0f} MiB"
    )


def _command(kubeconfig: str, *words: str) -> None:
    """Run a command of dractl, and print what it took."""
    command = [sys.executable, "-m", "dractl", *words]
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--kubeconfig", kubeconfig, "-q"],
        stdout=subprocess.DEVNULL,
    ) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    peak = used.ru_maxrss / 1024
    busy = used.ru_utime + used.ru_stime
    print(
        f"dractl {words[0]}: {seconds:.2f} s, {busy:.2f} s CPU, {peak:.0f} MiB, "
        f"exit {child.returncode}"
    )


def _write(slices: int, path: Path) -> None:
    items = list(cluster(slices))
    document = {"kind": "List", "apiVersion": "v1", "items": items}
    path.write_text(json.dumps(document), "utf-8")


def main() -> None:
    """Serve the cluster, read it a few times, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slices", type=int, nargs="?", default=2000)
    parser.add_argument("--read", metavar="KUBECONFIG", help=argparse.SUPPRESS)
    parser.add_argument("--write", metavar="PATH", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        _read(options.read)
        return
    if options.write:
        _write(options.slices, options.write)
        return
    # Each step in a process of its own: a child's peak counts the parent's memory.
    again = [sys.executable, "-m", "benchmarks.live", str(options.slices)]
    with tempfile.TemporaryDirectory() as folder:
        documents, kubeconfig = Path(folder) / "cluster.json", Path(folder) / "config"
        subprocess.run([*again, "--write", documents], check=True)  # noqa: S603 - ours
        with child_server(documents, kubeconfig):
            for _ in range(_RUNS):
                subprocess.run([*again, "--read", kubeconfig], check=True)  # noqa: S603 - ours
                _command(str(kubeconfig), "attributes", "-o", "json")
                _command(str(kubeconfig), "snapshot", "-f", f"{folder}/whole.json")
        with child_server(documents, kubeconfig, "--failing", "10"):
            _command(str(kubeconfig), "snapshot", "-f", f"{folder}/failing.json")
        whole, failing = (Path(folder) / f"{n}.json" for n in ("whole", "failing"))
        is_same = whole.read_bytes() == failing.read_bytes()
        print(f"with failures: {'the same bytes' if is_same else 'OTHER BYTES'}")


if __name__ == "__main__":
    main()

"""Explains many stuck pods on a large fleet: whole process, wall time and memory.

`python -m benchmarks.explain [NODES PODS]` makes up a fleet of eight GPUs a node, with
pods of twenty kinds that wait for as many reasons.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_DRIVER: Final = "gpu.example.com"
_API: Final = "resource.k8s.io/v1"
_GPUS: Final = 8
_ROOT: Final = "resource.kubernetes.io/pcieRoot"
_MODELS: Final = (("A100", "80Gi"), ("H100", "80Gi"), ("L4", "24Gi"), ("H200", "141Gi"))

Object = dict[str, Any]


def fleet(nodes: int, pods: int) -> Iterator[Object]:
    """Yield a fleet in which the H200 are all in use, and pods that wait."""
    yield from (_class(name, test) for name, test in _CLASSES.items())
    for number in range(nodes):
        name = f"node-{number:05}"
        model, memory = _MODELS[number * len(_MODELS) // nodes]
        yield _node(name, number)
        yield _slice(name, model, memory)
        if model == "H200":
            yield _holder(name)
    for number in range(pods):
        kind = number % len(_KINDS)
        yield from _waiting(f"work-{number:04}", kind)


def _meta(name: str, **more: object) -> Object:
    return {"name": name, "uid": f"uid-{name}", **more}


def _class(name: str, test: str) -> Object:
    spec = {"selectors": [{"cel": {"expression": test}}]}
    return {"apiVersion": _API, "kind": "DeviceClass", "metadata": _meta(name),
            "spec": spec}  # fmt: skip


def _node(name: str, number: int) -> Object:
    amounts = {"cpu": "64", "memory": "512Gi", "pods": "110"}
    labels = {"kubernetes.io/hostname": name, "zone": "abc"[number % 3]}
    spec = {"taints": [{"key": "infra", "effect": "NoSchedule"}]} if number == 0 else {}
    return {"apiVersion": "v1", "kind": "Node", "metadata": _meta(name, labels=labels),
            "spec": spec, "status": {"allocatable": amounts,
            "nodeInfo": {"kubeletVersion": "v1.36.2"}}}  # fmt: skip


def _slice(name: str, model: str, memory: str) -> Object:
    devices = [_device(number, model, memory) for number in range(_GPUS)]
    pool = {"name": name, "generation": 1, "resourceSliceCount": 1}
    spec = {"driver": _DRIVER, "pool": pool, "nodeName": name, "devices": devices}
    return {"apiVersion": _API, "kind": "ResourceSlice", "metadata": _meta(name),
            "spec": spec}  # fmt: skip


def _device(number: int, model: str, memory: str) -> Object:
    device: Object = {
        "name": f"gpu-{number}",
        "attributes": {
            "model": {"string": model},
            "index": {"int": number},
            _ROOT: {"string": f"pci0000:{number // 2:02x}"},
        },
        "capacity": {"memory": {"value": memory}},
    }
    if model == "L4":
        device["taints"] = [{"key": "example.com/recalled", "effect": "NoSchedule"}]
    return device


def _holder(node: str) -> Object:
    results = [
        {"request": "r", "driver": _DRIVER, "pool": node, "device": f"gpu-{number}"}
        for number in range(_GPUS)
    ]
    claim = _claim(f"held-{node}", [_request("r", "gpu", count=_GPUS)])
    consumer = {"resource": "pods", "name": f"run-{node}", "uid": f"uid-run-{node}"}
    claim["status"] = {
        "allocation": {"devices": {"results": results}},
        "reservedFor": [consumer],
    }
    return claim


def _claim(name: str, requests: list[Object], **more: object) -> Object:
    return {
        "apiVersion": _API,
        "kind": "ResourceClaim",
        "metadata": _meta(name, namespace="default"),
        "spec": {"devices": {"requests": requests, **more}},
    }


def _request(name: str, device_class: str, *tests: str, **more: object) -> Object:
    selectors = [{"cel": {"expression": test}} for test in tests]
    return {"name": name, "exactly": {"deviceClassName": device_class,
            "selectors": selectors, "allocationMode": "ExactCount", "count": 1,
            **more}}  # fmt: skip


def _model(name: str) -> str:
    return f'device.attributes["{_DRIVER}"].model == "{name}"'


_CLASSES: Final = {
    "gpu": f'device.driver == "{_DRIVER}"',
    "absent": 'device.driver == "npu.example.com"',
}
_BIG: Final = f'device.capacity["{_DRIVER}"].memory.compareTo(quantity("200Gi")) >= 0'
_KINDS: Final[tuple[tuple[list[Object], Object, Object], ...]] = (
    ([_request("gpu", "gpu", _model("H200"))], {}, {}),
    ([_request("gpu", "gpu", _model("H200"), count=4)], {}, {}),
    ([_request("gpu", "gpu", _model("L4"))], {}, {}),
    ([_request("gpu", "gpu", _model("B200"))], {}, {}),
    ([_request("gpu", "gpu", _BIG)], {}, {}),
    ([_request("gpu", "gpu", count=12)], {}, {}),
    ([_request("gpu", "absent")], {}, {}),
    ([_request("gpu", "nowhere")], {}, {}),
    ([_request("gpu", "gpu", _model("A100"), count=3)],
     {"constraints": [{"matchAttribute": _ROOT}]}, {}),
    ([_request("gpu", "gpu", _model("A100"))], {}, {"nodeSelector": {"zone": "x"}}),
    ([_request("gpu", "gpu", _model("A100"))], {}, {"cpu": "100"}),
    ([_request("gpu", "gpu", f'device.attributes["{_DRIVER}"].modle == "A100"')],
     {}, {}),
    ([_request("gpu", "gpu", count=33)], {}, {}),
    ([_request("a", "gpu", _model("A100")), _request("b", "gpu", _model("H100"))],
     {}, {}),
    ([_request("a", "gpu", _model("H200")), _request("b", "gpu", _model("L4"))],
     {}, {}),
    ([{"name": "gpu", "firstAvailable": [
        {"name": "best", "deviceClassName": "gpu", "allocationMode": "ExactCount",
         "count": 1, "selectors": [{"cel": {"expression": _model("B200")}}]},
        {"name": "good", "deviceClassName": "gpu", "allocationMode": "ExactCount",
         "count": 2, "selectors": [{"cel": {"expression": _model("H200")}}]},
    ]}], {}, {}),
    ([_request("gpu", "gpu", _model("H200"), allocationMode="All", count=0)], {}, {}),
    ([_request("gpu", "gpu", _model("A100"),
               capacity={"requests": {"memory": "100Gi"}})], {}, {}),
    ([_request("gpu", "gpu", _model("A100"))], {}, {"gate": "example.com/wait"}),
    ([_request("gpu", "gpu", _model("A100"))], {}, {"scheduler": "nobody"}),
)  # fmt: skip


def _waiting(name: str, kind: int) -> Iterator[Object]:
    requests, more, pod = _KINDS[kind]
    for request in requests:
        if request.get("exactly", {}).get("allocationMode") == "All":
            request["exactly"].pop("count", None)
    yield _claim(f"{name}-gpu", requests, **more)
    container: Object = {"name": "main", "resources": {"requests": {}}}
    if "cpu" in pod:
        container["resources"]["requests"]["cpu"] = pod["cpu"]
    spec: Object = {
        "containers": [container],
        "schedulerName": pod.get("scheduler", "default-scheduler"),
        "resourceClaims": [{"name": "gpu", "resourceClaimName": f"{name}-gpu"}],
    }
    if "nodeSelector" in pod:
        spec["nodeSelector"] = pod["nodeSelector"]
    if "gate" in pod:
        spec["schedulingGates"] = [{"name": pod["gate"]}]
    yield {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _meta(name, namespace="default"),
        "spec": spec,
        "status": {"phase": "Pending"},
    }


def main() -> None:
    """Write the fleet to a file, explain it, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nodes", type=int, nargs="?", default=5000)
    parser.add_argument("pods", type=int, nargs="?", default=200)
    parser.add_argument("--keep", help="write the fleet to this file, too")
    options = parser.parse_args()
    items = list(fleet(options.nodes, options.pods))
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    if options.keep:
        Path(options.keep).write_text(text, "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.json"
        path.write_text(text, "utf-8")
        command = [sys.executable, "-m", "dractl", "explain", "-o", "json", "-q"]
        started = time.perf_counter()
        answer = subprocess.run(  # noqa: S603 - our own module
            [*command, "--snapshot", str(path)], capture_output=True, check=False
        )
        seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    pods = json.loads(answer.stdout)["pods"]
    codes: dict[str, int] = {}
    for pod in pods:
        for cause in pod["causes"]:
            codes[cause["code"]] = codes.get(cause["code"], 0) + 1
    print(f"{options.nodes} nodes, {len(pods)} pods: {seconds:.1f} s, {used} MiB")
    for code, number in sorted(codes.items()):
        print(f"  {number:5} {code}")


if __name__ == "__main__":
    main()

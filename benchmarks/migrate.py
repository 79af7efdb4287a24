"""How long a plan for 1,000 manifests takes, with and without a cluster."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from dractl.demo import PLUGINS

_FILES: Final = 1000
_RUNS: Final = 3
_RESOURCES: Final = (
    "nvidia.com/gpu: 1",
    "nvidia.com/gpu: 8",
    "nvidia.com/mig-1g.5gb: 2",
    "amd.com/gpu: 1",
    "gpu.intel.com/i915: 1",
    "acme.example/npu: 1",
)
_SELECTORS: Final = (
    "nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3",
    "nvidia.com/gpu.family: ampere",
    "kubernetes.io/arch: amd64",
)
_POD: Final = """\
# what runs in team {team}
spec:
  # only where it fits
  nodeSelector:
    {selector}   # by label
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions:
          - {{key: nvidia.com/gpu.memory, operator: Gt, values: ["40000"]}}
  tolerations:
  - {{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}}
  containers:
  - name: main
    image: registry.example/app:{number}
    env:
    - name: NVIDIA_DRIVER_CAPABILITIES
      value: compute,utility
    resources:
      requests: {{cpu: "2", memory: 8Gi}}
      limits:
        {resource}
  - name: sidecar
    image: registry.example/sidecar:1
    resources:
      requests: {{cpu: 100m}}
"""
_MAKERS: Final = (
    ("apps/v1", "Deployment", "replicas: {replicas}\ntemplate:\n", 2),
    ("batch/v1", "Job", "completions: {replicas}\ntemplate:\n", 2),
    (
        "batch/v1",
        "CronJob",
        'schedule: "0 3 * * *"\njobTemplate:\n  spec:\n    template:\n',
        6,
    ),
)


def manifest(number: int) -> str:
    """Return a file, of which no two are the same."""
    version, kind, head, depth = _MAKERS[number % len(_MAKERS)]
    pod = _POD.format(
        team=number % 20,
        number=number,
        selector=_SELECTORS[number % len(_SELECTORS)],
        resource=_RESOURCES[number % len(_RESOURCES)],
    )
    spec = _indented(head.format(replicas=number % 4 + 1), 2)
    return (
        f"apiVersion: {version}\nkind: {kind}\n"
        f"metadata:\n  name: app-{number}\n  namespace: team-{number % 20}\n"
        f"spec:\n{spec}{_indented(pod, depth + 2)}"
    )


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.splitlines())


def write(folder: Path) -> None:
    """Write the files."""
    for number in range(_FILES):
        (folder / f"app-{number:04}.yaml").write_text(manifest(number), "utf-8")


def seconds(*arguments: str) -> float:
    """Return the wall time of one run, the interpreter's own start included."""
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "dractl", "migrate", "plan", "-q", *arguments],
        check=False,
        stdout=subprocess.DEVNULL,
    )
    taken = time.perf_counter() - started
    if done.returncode > 1:
        sys.exit(f"dractl ended with {done.returncode}")
    return taken


def main() -> None:
    """Print one line per case."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name))
        alone = min(seconds(name) for _ in range(_RUNS))
        as_json = min(seconds(name, "-o", "json") for _ in range(_RUNS))
        placed = seconds(name, "--snapshot", str(PLUGINS))
    print(
        f"{_FILES} manifests: {alone:.2f} s, as JSON {as_json:.2f} s, "
        f"with a cluster {placed:.2f} s on {os.cpu_count()} CPUs"
    )


if __name__ == "__main__":
    main()

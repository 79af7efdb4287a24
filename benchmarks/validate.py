"""How long 10,000 claim templates in 1,000 files take, and one file alone."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

_FILES: Final = 1000
_EACH: Final = 10
_RUNS: Final = 3
_TEMPLATE: Final = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata:
  name: template-{number}
  namespace: team-{team}
  labels: {{team: "{team}"}}
spec:
  spec:
    devices:
      requests:
      - name: gpu
        exactly:
          deviceClassName: gpu.example.com
          count: {count}
          selectors:
          - cel:
              expression: >-
                device.driver == "gpu.example.com" &&
                "model" in device.attributes["gpu.example.com"] &&
                device.attributes["gpu.example.com"].model == "model-{model}"
      constraints:
      - requests: [gpu]
        matchAttribute: resource.kubernetes.io/pcieRoot
"""


def write(folder: Path, *, expressions: int = _FILES * _EACH) -> None:
    """Write the files, with so many different expressions."""
    for file in range(_FILES):
        numbers = range(file * _EACH, (file + 1) * _EACH)
        texts = (
            _TEMPLATE.format(
                number=each,
                team=file % 20,
                count=each % 4 + 2,
                model=each % expressions,
            )
            for each in numbers
        )
        (folder / f"templates-{file:04}.yaml").write_text("---\n".join(texts), "utf-8")


def seconds(*paths: str) -> float:
    """Return the wall time of one run, the interpreter's own start included."""
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "dractl", "validate", "-q", *paths], check=True
    )
    return time.perf_counter() - started


def main() -> None:
    """Print one line per case."""
    for expressions in (50, _FILES * _EACH):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, expressions=expressions)
            many = min(seconds(name) for _ in range(_RUNS))
            alone = min(
                seconds(str(folder / "templates-0000.yaml")) for _ in range(_RUNS)
            )
        print(
            f"{_FILES * _EACH} templates in {_FILES} files, {expressions} expressions: "
            f"{many:.2f} s on {os.cpu_count()} CPUs; one file: {alone:.2f} s"
        )


if __name__ == "__main__":
    main()

"""How long the catalogue of 40,000 devices takes, and a try of an expression on them.

Run it with `python -m benchmarks.catalogue`.
"""

import gc
import time
from collections.abc import Callable
from typing import Final

from benchmarks.expressions import DRIVER, gpu
from dractl.catalogue.index import Catalogue
from dractl.catalogue.trial import attempt
from dractl.cel.environment import STORED

DEVICES: Final = 40_000
EXPRESSION: Final = (
    f'device.driver == "{DRIVER}" && '
    f'device.attributes["{DRIVER}"].productName == "NVIDIA H100"'
)


def _timed(what: str, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    print(f"{what:<24} {time.perf_counter() - started:6.2f} s")


def main() -> None:
    """Print a line for each kind of work."""
    devices = [gpu(number) for number in range(DEVICES)]
    gc.freeze()
    catalogue = Catalogue.of(devices)
    _timed("catalogue", lambda: Catalogue.of(devices))
    _timed(
        "try of an expression", lambda: attempt(EXPRESSION, STORED, devices, catalogue)
    )


if __name__ == "__main__":
    main()

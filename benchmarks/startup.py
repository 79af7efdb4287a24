"""How long dractl takes to start: the best of ten runs of each command."""

import subprocess
import sys
import time
from typing import Final

_RUNS: Final = 10
_COMMANDS: Final = (("--help",), ("version",), ("allocate", "--help"),
                    ("allocate", "--demo"))  # fmt: skip


def seconds(arguments: tuple[str, ...]) -> float:
    """Return the wall time of one run, the interpreter's own start included."""
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "dractl", *arguments], capture_output=True, check=False
    )
    return time.perf_counter() - started


def main() -> None:
    """Print one line per command."""
    for arguments in _COMMANDS:
        best = min(seconds(arguments) for _ in range(_RUNS))
        print(f"dractl {' '.join(arguments):<18} {best:.3f} s")


if __name__ == "__main__":
    main()

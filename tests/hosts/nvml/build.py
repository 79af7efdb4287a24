"""Write the recordings of all machines: `python -m tests.hosts.nvml.build`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.hardware.nvml_recording import text
from tests.hosts.nvml.machines import machines

_HERE: Final = Path(__file__).parent


def stale() -> Mapping[Path, str]:
    """Return the texts, by file, that differ from what is there."""
    texts = {
        _HERE / f"{name}.json": text(about, calls, missing)
        for name, about, calls, missing in machines()
    }
    return {file: told for file, told in texts.items() if _present(file) != told}


def _present(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None


if __name__ == "__main__":
    for file, told in stale().items():
        file.write_text(told, "utf-8")

"""Manifests as people write them, and what `migrate render` changes in their text.

Each of `files` has its difference beside it; `python -m tests.migrate.rendered` writes
them anew.
"""

import contextlib
import io
from pathlib import Path
from typing import Final

from dractl.cli.app import main

FILES: Final = Path(__file__).parent / "files"
NAMES: Final = tuple(
    sorted(each.name for each in FILES.iterdir() if each.suffix != ".diff")
)


def difference(name: str) -> str:
    """Return what rendering a file would change, as it is printed."""
    out = io.StringIO()
    with (
        contextlib.chdir(FILES),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        main(["migrate", "render", name])
    return out.getvalue()


def recorded(name: str) -> str:
    """Return the difference that is kept."""
    return (FILES / f"{name}.diff").read_text()


def record() -> None:
    """Write all differences."""
    for name in NAMES:
        (FILES / f"{name}.diff").write_text(difference(name))


if __name__ == "__main__":
    record()

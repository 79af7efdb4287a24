"""What dractl says of every input of the corpus, as files that a reviewer can read.

A folder of `corpus` is a case: manifests, maybe `plugin.yaml` (what the device plugin
is told), `cluster.yaml` (a snapshot) and `options`. `plan.txt` and `render.txt` are the
answers; `python -m tests.migrate.recorded` writes them anew.
"""

import contextlib
import io
import os
import shlex
from pathlib import Path
from typing import Final

from dractl.cli.app import main

CORPUS: Final = Path(__file__).parent / "corpus"
CASES: Final = tuple(sorted(each.name for each in CORPUS.iterdir()))
ANSWERS: Final = {"plan.txt": ("plan",), "render.txt": ("render",)}
_MANIFESTS: Final = ("app.yaml", "app", "manifests", "plugin.yaml")


def options(case: str) -> list[str]:
    """Return the options of a case, with its cluster."""
    folder = CORPUS / case
    own = folder / "options"
    found = shlex.split(own.read_text()) if own.exists() else []
    if (folder / "cluster.yaml").exists():
        found += ["--snapshot", "cluster.yaml"]
    return found


def manifests(case: str) -> list[str]:
    """Return the files and folders with manifests of a case."""
    return [each for each in _MANIFESTS if (CORPUS / case / each).exists()]


def asked(case: str, *command: str) -> list[str]:
    """Return the words of a command on a case."""
    return ["migrate", *command, *manifests(case), *options(case)]


def answer(case: str, command: tuple[str, ...]) -> str:
    """Return what a command prints in a case's folder, and how it ends."""
    words = asked(case, *command)
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(CORPUS / case),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = main(words)
    said = f"\n-- stderr\n{err.getvalue()}" if err.getvalue() else ""
    return f"$ dractl {shlex.join(words)}\n{out.getvalue()}{said}\n-- status {status}\n"


def record() -> None:
    """Write all answers."""
    for case in CASES:
        for file, command in ANSWERS.items():
            (CORPUS / case / file).write_text(answer(case, command))


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    record()

"""Machines on disk and in clusters, for the tests of `dractl discover`."""

import json
from pathlib import Path
from typing import Any, Final

from tests.answers import all_from_yaml, to_yaml, validate
from tests.cli.run import ROOT, Ran, Runner
from tests.hosts.permissions import unprivileged
from tests.hosts.trees import tree

SCHEMA: Final = json.loads((ROOT / "schemas/output/discover.v1.json").read_text())


class Machine:
    """Runs `dractl discover` on a host that is kept as a tree."""

    def __init__(self, dractl: Runner, folder: Path, host: str) -> None:
        self._dractl = dractl
        self.root = tree(host).unpack(folder / host)

    def __call__(self, *argv: str) -> Ran:
        with unprivileged():
            return self._dractl("discover", "--root", str(self.root), *argv)

    def document(self, *argv: str) -> dict[str, Any]:
        """Return an answer as data."""
        found: dict[str, Any] = json.loads(self(*argv, "-o", "json").out)
        validate(found, SCHEMA)
        return found

    def objects(self, *argv: str) -> list[dict[str, Any]]:
        """Return the objects that are printed."""
        return all_from_yaml(self(*argv).out)


def saved(path: Path, *documents: object) -> str:
    """Write a snapshot, and return its path."""
    path.write_text(to_yaml(*documents))
    return str(path)

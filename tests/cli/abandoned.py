"""A live cluster in which something is left over, and how it is cleaned up."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.answers import validate
from tests.apiserver import ApiServer
from tests.cli.run import ROOT, Ran, Runner
from tests.leftovers.cluster import (
    POD,
    Wire,
    base,
    claim,
    meta,
    slice_,
    template,
)

SCHEMA: Final = json.loads((ROOT / "schemas/output/cleanup.v1.json").read_text())
OLD: Final = "2020-01-01T00:00:00Z"

UNUSED: Final = meta(template("unused"), creationTimestamp=OLD)
ORPHANS: Final[Sequence[Wire]] = [
    meta(claim(name), ownerReferences=[{**POD, "apiVersion": "v1"}])
    for name in ("a", "b", "c")
]
"""Claims of a pod that is gone."""


def cluster() -> list[Wire]:
    """Return three claims that are safe to delete and a template to look at."""
    return [*base(), slice_(), UNUSED, *ORPHANS]


class Cleaner:
    """Runs `dractl cleanup` as some user of a server."""

    def __init__(self, dractl: Runner, server: ApiServer, folder: Path) -> None:
        self._dractl = dractl
        self._server = server
        self._folder = folder

    def __call__(self, *argv: str, user: str = "admin") -> Ran:
        path = self._server.kubeconfig(
            self._folder / "config", user=user, namespace="default"
        )
        return self._dractl("cleanup", "--kubeconfig", str(path), *argv)

    def document(self, *argv: str) -> dict[str, Any]:
        """Return the answer as data."""
        document: dict[str, Any] = json.loads(self(*argv, "-o", "json").out)
        validate(document, SCHEMA)
        return document

    def claims(self) -> list[str]:
        """Return the names of the claims that there are."""
        found = self._server.objects("ResourceClaim")
        return [each["metadata"]["name"] for each in found]

    def deletes(self) -> int:
        """Return how many requests were there to delete something."""
        return sum(each.method == "DELETE" for each in self._server.requests)

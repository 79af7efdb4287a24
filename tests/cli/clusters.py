"""Clusters that are served and saved at once, to compare what commands say of them."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from dractl.api.cluster_info import written
from dractl.live.kinds import NEEDS
from dractl.model.cluster_info import ClusterInfo, qualified
from tests.apiserver import ApiServer

Wire = dict[str, Any]
READ = frozenset(qualified(each.kind, each.group) for each in NEEDS["snapshot"].kinds)


def in_order(documents: Iterable[Wire]) -> list[Wire]:
    """Return documents in the order in which an API server lists them."""
    return sorted(documents, key=_key)


def _key(document: Mapping[str, Any]) -> str:
    metadata = document["metadata"]
    return f"{metadata.get('namespace', '')}/{metadata['name']}"


Saver = Callable[..., str]
"""Saves documents as a cluster, and returns its path."""


def saved(path: Path, documents: Iterable[Wire], release: str = "v1.36.2") -> str:
    """Write what a snapshot has, except for gates; return its path."""
    items = [written(ClusterInfo(release, read=READ)), *in_order(documents)]
    path.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": items}))
    return str(path)


def served(server: ApiServer, folder: Path, **options: Any) -> tuple[str, str]:
    """Return the options by which a command reaches a server."""
    path = server.kubeconfig(folder / "kubeconfig", **options)
    return ("--kubeconfig", str(path))

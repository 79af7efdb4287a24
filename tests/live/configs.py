"""Kubeconfigs, and connections that they lead to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from dractl.live.connect import connect
from dractl.live.connection import Connection
from dractl.live.target import Target

Config = dict[str, Any]


def config(
    name: str,
    cluster: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    **context: str,
) -> Config:
    """Return a kubeconfig whose entries are all called the same."""
    server = {"server": f"https://{name}.example.com"}
    named = {"cluster": name, "user": name, **context}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {**server, **(cluster or {})}}],
        "users": [{"name": name, "user": {"token": f"of-{name}", **(user or {})}}],
        "contexts": [{"name": name, "context": named}],
        "current-context": name,
    }


def written(path: Path, content: object) -> Path:
    """Write YAML to a file, which it returns; text as it is."""
    text = content if isinstance(content, str) else yaml.safe_dump(content)
    path.write_text(text, "utf-8")
    return path


class Pauses(list[float]):
    """How long there was to wait; nobody does."""

    def __call__(self, seconds: float) -> None:
        """Note a wait."""
        self.append(seconds)


@contextmanager
def connected(
    kubeconfig: Path, pauses: Pauses | None = None, **options: Any
) -> Iterator[Connection]:
    """Connect as a kubeconfig and options of a `Target` say."""
    target = Target(kubeconfig=str(kubeconfig), **{"timeout": 10.0, **options})
    connection = connect(target, Pauses() if pauses is None else pauses)
    try:
        yield connection
    finally:
        connection.close()

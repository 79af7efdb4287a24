"""Kubeconfigs, and connections that they lead to."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from dractl.live.connect import connect
from dractl.live.connection import Connection
from dractl.live.target import Target
from tests.apiserver import ApiServer

Config = dict[str, Any]
_EXEC: Final = "client.authentication.k8s.io/v1"


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


def with_program(server: ApiServer, folder: Path) -> Path:
    """Return a kubeconfig of the admin, whose token a program gives; see `tell`."""
    tell(folder, server.access.token("admin"))
    program = {"command": "cat", "args": [str(folder / "credential")]}
    entry = {"exec": {"apiVersion": _EXEC, **program}}
    return server.kubeconfig(folder / "config", credentials=entry)


def tell(folder: Path, token: str) -> None:
    """Change the token that the program gives."""
    status = {"token": token}
    made = {"apiVersion": _EXEC, "kind": "ExecCredential", "status": status}
    (folder / "credential").write_text(json.dumps(made), "utf-8")


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

"""The cluster that a line under the cursor means, looked up fast or not at all.

A shell waits for what it offers, and asks again with every key. So a live cluster has
one second for its answer, and names that it gave are remembered for a while.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from dractl.errors import DractlError
from dractl.live.target import Target

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot
    from dractl.live.kinds import Kind

T = TypeVar("T")
Used = Mapping[str, str]
"""The options of the line so far, under their long names; one that came several times
has a line for each of its values."""

_LARGEST: Final = 1 << 21  # bytes of a snapshot that a key press may read
_SECONDS: Final = 1.0  # that a live cluster has
_LASTING: Final = 30.0  # seconds that names are remembered
_SCOPES: Final = ("--all-namespaces", "--namespace")


def names(
    used: Used, what: str, kind: "Kind", pick: "Callable[[Snapshot], Iterable[str]]"
) -> list[str]:
    """Return names of the cluster that the options mean; none if it is not at hand.

    `pick` takes them from a snapshot, for which a live cluster is asked for the kind
    only; `what` tells them from other names of that kind.
    """
    if "--demo" in used or "--snapshot" in used:
        saved = _saved(used)
        return [] if saved is None else list(pick(saved))
    target = _target(used)
    file = _file(target, used, what)
    remembered = _remembered(file)
    if remembered is not None:
        return remembered
    live = _live(target, used, kind)
    if live is None:
        return []
    found = list(pick(live))
    _remember(file, found)
    return found


def entries(used: Used, key: str) -> list[str]:
    """Return the `clusters`, `contexts` or `users` of the kubeconfig."""
    from dractl.live.kubeconfig import names as names_in

    try:
        return names_in(_target(used), os.environ, Path.home(), key)
    except DractlError:
        return []  # a shell that waits for candidates has no place for an error


def _saved(used: Used) -> "Snapshot | None":
    from dractl.demo import PATH
    from dractl.sources.files import load_snapshot

    path = PATH if "--demo" in used else Path(used.get("--snapshot", ""))
    try:
        if path.is_file() and path.stat().st_size <= _LARGEST:
            return load_snapshot(path)
    except (DractlError, OSError):
        pass  # as above
    return None


def _target(used: Used) -> Target:
    return Target(
        kubeconfig=used.get("--kubeconfig"),
        context=used.get("--context"),
        cluster=used.get("--cluster"),
        user=used.get("--user"),
        server=used.get("--server"),
        token=used.get("--token"),
        impersonate=used.get("--as"),
        impersonate_groups=tuple(used.get("--as-group", "").splitlines()),
        impersonate_uid=used.get("--as-uid"),
        insecure="--insecure-skip-tls-verify" in used,
        tls_server_name=used.get("--tls-server-name"),
        timeout=_SECONDS,
    )


def _live(target: Target, used: Used, kind: "Kind") -> "Snapshot | None":
    from dractl.api.snapshot import Snapshot
    from dractl.live.connect import connect
    from dractl.live.reading import Scope, documents_of

    is_narrow = kind.namespaced and "--all-namespaces" not in used

    def look() -> "Snapshot | None":
        try:
            connection = connect(target)
            namespace = used.get("--namespace") or connection.namespace
            scope = Scope(namespace, narrow=(kind,) if is_narrow else ())
            return Snapshot.from_sourced(documents_of(connection, kind, scope))
        except DractlError:
            return None  # as above

    _close_stdin()
    return _in_time(look)


def _close_stdin() -> None:
    """Keep a program that gives credentials from reading what is typed."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _in_time(look: Callable[[], T]) -> T | None:
    """Return what it finds; None if it takes too long, as a program may."""
    found: list[T] = []
    # A daemon does not keep the process from ending.
    thread = threading.Thread(target=lambda: found.append(look()), daemon=True)
    thread.start()
    thread.join(_SECONDS)
    return found[0] if found else None


# -- names that were given before


def _file(target: Target, used: Used, what: str) -> Path:
    """Return where the names are kept: one file for each cluster and question."""
    said = [what, repr(astuple(target))]
    said += [f"{each}={used[each]}" for each in _SCOPES if each in used]
    for config, _ in target.files(os.environ, Path.home()):
        written = config.stat().st_mtime_ns if config.is_file() else None
        said.append(f"{config.absolute()} {written}")
    name = hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]
    folder = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(folder) / "dractl" / f"{name}.json"


def _remembered(file: Path) -> list[str] | None:
    try:
        if time.time() - file.stat().st_mtime > _LASTING:
            return None
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return [str(each) for each in found] if isinstance(found, list) else None


def _remember(file: Path, found: list[str]) -> None:
    from dractl.sources.saving import replacing

    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(str(file), may_create=True) as stream:
            stream.write(json.dumps(found).encode())
    except (DractlError, OSError):
        pass  # then it is asked for again

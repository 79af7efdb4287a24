"""The cluster that a line under the cursor means, looked up fast or not at all.

A shell waits for what it offers, and asks again with every key. So a live cluster has
one second for its answer, and names that it gave are remembered for a while.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dractl.errors import DractlError

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot
    from dractl.live.kinds import Kind

Used = Mapping[str, str]
"""The options of the line so far, under their long names."""

_LARGEST: Final = 1 << 21  # bytes of a snapshot that a key press may read
_SECONDS: Final = 1.0  # that a live cluster has
_LASTING: Final = 30.0  # seconds that names are remembered
_REACHING: Final = (
    "--all-namespaces", "--as", "--cluster", "--context", "--kubeconfig", "--namespace",
    "--server", "--tls-server-name", "--token", "--user",
)  # fmt: skip
"""The options that other names depend on."""


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
    file = _file(used, what)
    remembered = _remembered(file)
    if remembered is not None:
        return remembered
    live = _live(used, kind)
    if live is None:
        return []
    found = list(pick(live))
    _remember(file, found)
    return found


def _saved(used: Used) -> "Snapshot | None":
    from dractl.demo import PATH
    from dractl.sources.files import load_snapshot

    path = PATH if "--demo" in used else Path(used.get("--snapshot", ""))
    try:
        if path.is_file() and path.stat().st_size <= _LARGEST:
            return load_snapshot(path)
    except (DractlError, OSError):
        pass  # a shell that waits for candidates has no place for an error
    return None


def _live(used: Used, kind: "Kind") -> "Snapshot | None":
    from dractl.api.snapshot import Snapshot
    from dractl.live.connect import connect
    from dractl.live.kinds import Need
    from dractl.live.reading import Scope, read
    from dractl.live.target import Target

    target = Target(
        kubeconfig=used.get("--kubeconfig"),
        context=used.get("--context"),
        cluster=used.get("--cluster"),
        user=used.get("--user"),
        server=used.get("--server"),
        token=used.get("--token"),
        impersonate=used.get("--as"),
        insecure="--insecure-skip-tls-verify" in used,
        tls_server_name=used.get("--tls-server-name"),
        timeout=_SECONDS,
    )
    is_narrow = kind.namespaced and "--all-namespaces" not in used
    try:
        connection = connect(target)
        namespace = used.get("--namespace") or connection.namespace
        scope = Scope(namespace, narrow=(kind,) if is_narrow else ())
        reading = read(connection, Need((kind,)), scope)
        return Snapshot.from_sourced(reading.documents())
    except DractlError:
        return None  # as above


# -- names that were given before


def _file(used: Used, what: str) -> Path:
    """Return where the names are kept: one file for each cluster and question."""
    stated = used.get("--kubeconfig") or os.environ.get("KUBECONFIG")
    config = Path(stated) if stated else Path.home() / ".kube" / "config"
    said = [what, str(config)]
    said += [f"{name}={used[name]}" for name in _REACHING if name in used]
    if config.is_file():
        said.append(str(config.stat().st_mtime_ns))
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

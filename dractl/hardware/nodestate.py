"""What the files of a node tell of a driver: its sockets, and checkpoints.

Forms are those of Kubernetes 1.36 (dynamic-resource-allocation/kubeletplugin, and the
kubelet's cm/dra/state) and of drivers that use its checkpoint manager, as NVIDIA's.
"""

import json
import re
import stat
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from dractl.hardware.host import Host
from dractl.model.nodestate import Checkpoint, DriverSocket, NodeState, PreparedClaim
from dractl.model.sockets import POD_UID, REGISTRATION

_KUBELET: Final = "var/lib/kubelet"
_STATE: Final = f"{_KUBELET}/dra_manager_state"
_REGISTRY: Final = f"{_KUBELET}/plugins_registry"
_OWN: Final = "checkpoint.json"
_SERVICE: Final = re.compile(rf"[^/]+?(?:-(?P<pod>{POD_UID}))?\.sock", re.ASCII)
_MOST_BYTES: Final = 1 << 24
_LISTS: Final = ("ClaimInfoStateList", "Entries")
_VERSION: Final = re.compile(r"v\d{1,3}", re.ASCII)
_Json = Mapping[str, object]


class _BrokenError(Exception):
    """A checkpoint that is none; the text says why."""


def node_state(root: Path, driver: str) -> NodeState:
    """Return what the files below a root tell of a driver.

    Never raises for what is found there. Files that are not there tell nothing.
    """
    host = Host(root)
    if "/" in driver or driver in {"", ".", ".."}:
        return NodeState()
    own = f"{_KUBELET}/plugins/{driver}"
    found = (_of_kubelet(host, driver), _of_driver(host, f"{own}/{_OWN}"))
    return NodeState(
        tuple(_sockets(host, driver, own)),
        tuple(each for each in found if each is not None),
        tuple(f"{each.where}: {each.what}" for each in host.problems),
    )


def _sockets(host: Host, driver: str, own: str) -> Iterator[DriverSocket]:
    for folder, form in ((_REGISTRY, REGISTRATION), (own, _SERVICE)):
        for name in host.names(folder):
            path = f"{folder}/{name}"
            match = form.fullmatch(name)
            if match is None or (folder == _REGISTRY and match["driver"] != driver):
                continue
            if host.kind(path) == stat.S_IFSOCK:
                yield DriverSocket(f"/{path}", match["pod"] or "")


def _of_kubelet(host: Host, driver: str) -> Checkpoint | None:
    """Return what the kubelet has prepared with a driver, as its own file tells."""
    text = host.text(_STATE, _MOST_BYTES)
    if text is None:
        return None
    path = f"/{_STATE}"
    try:
        data = _data(_object(text))
    except _BrokenError as error:
        return Checkpoint(path, flaw=str(error))
    if data is None:  # as old kubelets wrote it
        host.note(_STATE, "is in a form that is not known")
        return None
    entries = next((data[each] for each in _LISTS if each in data), None)
    claims = (
        PreparedClaim(
            _text(entry.get("ClaimUID")),
            _text(entry.get("Namespace")),
            _text(entry.get("ClaimName")),
        )
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and driver in _mapping(entry.get("DriverState"))
    )
    return Checkpoint(path, tuple(each for each in claims if each.uid))


def _data(whole: _Json) -> _Json | None:
    """Return what the kubelet's file has inside; None: it has another form."""
    data = whole.get("Data")
    if not isinstance(data, str):
        return None
    if whole.get("Checksum") != zlib.crc32(data.encode("utf-8", "surrogatepass")):
        raise _BrokenError("its checksum is wrong")
    return _object(data)


def _of_driver(host: Host, path: str) -> Checkpoint | None:
    """Return what a driver notes, in the newest of the forms that its file has."""
    text = host.text(path, _MOST_BYTES)
    if text is None:
        return None
    try:
        whole = _object(text)
    except _BrokenError as error:
        return Checkpoint(f"/{path}", flaw=str(error))
    versions = [each for each in whole if _VERSION.fullmatch(each)]
    newest = max(versions, key=lambda each: int(each[1:]), default="")
    claims = _mapping(_mapping(whole.get(newest)).get("preparedClaims"))
    return Checkpoint(
        f"/{path}",
        tuple(
            PreparedClaim(
                uid,
                _text(_mapping(each).get("namespace")),
                _text(_mapping(each).get("name")),
            )
            for uid, each in claims.items()
        ),
    )


def _object(text: str) -> _Json:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _BrokenError("it is no JSON") from None
    if not isinstance(found, dict):
        raise _BrokenError("it is no JSON object")
    return found


def _mapping(value: object) -> _Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

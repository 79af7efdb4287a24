"""Files of the Container Device Interface, which say what containers get."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dractl.hardware.host import Host
from dractl.model.hosts import CdiSpec
from dractl.sources.text import read_text

# What container runtimes look at (cncf-tags/container-device-interface).
_FOLDERS: Final = ("etc/cdi", "var/run/cdi")
_SUFFIXES: Final = (".json", ".yaml")
_MOST_BYTES: Final = 1 << 22


def cdi_specs(host: Host) -> tuple[CdiSpec, ...]:
    """Return what the files say, in the order of their paths; broken ones are noted."""
    paths = [
        f"{folder}/{name}"
        for folder in _FOLDERS
        for name in host.names(folder)
        if name.endswith(_SUFFIXES)
    ]
    return tuple(spec for path in paths if (spec := _spec(host, path)) is not None)


def _spec(host: Host, path: str) -> CdiSpec | None:
    text = host.text(path, _MOST_BYTES)
    if text is None:
        return None
    loaded = read_text(text, host.place(path), is_json=path.endswith(".json"))
    if loaded.problems or len(loaded.documents) != 1:
        wrong = [problem.message for problem in loaded.problems]
        host.note(path, wrong[0] if wrong else "is no CDI specification", _HINT)
        return None
    document = loaded.documents[0].document
    kind = document.get("kind") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(kind, str):
        host.note(path, "is no CDI specification", _HINT)
        return None
    devices = list(_mappings(document.get("devices")))
    nodes = sorted({node for part in (document, *devices) for node in _nodes(part)})
    return CdiSpec(
        path=f"/{path}",
        kind=kind,
        devices=tuple(
            name for each in devices if isinstance(name := each.get("name"), str)
        ),
        nodes=tuple(nodes),
        missing=tuple(node for node in nodes if host.kind(node.lstrip("/")) is None),
    )


_HINT: Final = "let the driver that wrote it write it again, or delete it"


def _nodes(part: Mapping[str, object]) -> Iterator[str]:
    """Yield the paths on the host of the device nodes that a part brings along."""
    edits = part.get("containerEdits")
    if not isinstance(edits, Mapping):
        return
    for node in _mappings(edits.get("deviceNodes")):
        path = node.get("hostPath") or node.get("path")
        if isinstance(path, str):
            yield path


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (each for each in value if isinstance(each, Mapping))

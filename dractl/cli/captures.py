"""What goes into the file of `dractl snapshot`, and how it is written."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from dractl.api import cluster_info
from dractl.capture.clean import clean
from dractl.capture.order import place
from dractl.capture.redaction import NotRedacted, redacted
from dractl.cli.terminal import Terminal
from dractl.model.cluster_info import Gap
from dractl.sources.saving import replacing

Document = Mapping[str, Any]

_HEAD: Final = '{"apiVersion":"v1","kind":"List","metadata":{},"items":[\n'
_TAIL: Final = "\n]}\n"


@dataclass(frozen=True)
class Capture:
    """The lines of a file, one for each object, in their order.

    `kept` is what a redaction left as it is; `gaps` are kinds that were not read.
    """

    lines: Sequence[str]
    gaps: Sequence[Gap]
    kept: Sequence[NotRedacted] = ()

    def redacted(self) -> "Capture":
        """Return the capture under other names."""
        done = redacted([json.loads(line) for line in self.lines])
        return Capture([_line(each) for each in done.documents], self.gaps, done.kept)


def captured(documents: Iterable[tuple[object, str]], namespace: str | None) -> Capture:
    """Return what is written of a cluster, of one namespace if it is given."""
    entries = []
    gaps: Sequence[Gap] = ()
    for document, _ in documents:
        if not isinstance(document, Mapping):
            continue
        if (document.get("apiVersion"), document.get("kind")) == cluster_info.TYPE:
            gaps = cluster_info.cluster_info(document).gaps
        kept = clean(document)
        if kept is not None and _is_wanted(kept, namespace):
            # Text takes a fraction of what mappings do; a fleet has many objects.
            entries.append((place(kept), _line(kept)))
    entries.sort()
    return Capture([line for _, line in entries], gaps)


def _is_wanted(document: Document, namespace: str | None) -> bool:
    own = document.get("metadata", {}).get("namespace")
    if namespace is None or own in {None, namespace}:
        named = document.get("metadata", {}).get("name")
        is_other = document.get("kind") == "Namespace" and named != namespace
        return namespace is None or not is_other
    # Devices that a claim elsewhere has are not free.
    holds = document.get("kind") == "ResourceClaim" and document.get("status", {})
    return bool(holds and holds.get("allocation"))


def _line(document: Document) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def write(capture: Capture, filename: str | None, screen: Terminal) -> None:
    """Write a capture to a file, at once, or to stdout; raise DractlError."""
    if filename is None or filename == "-":
        screen.write(_HEAD + ",\n".join(capture.lines) + _TAIL)
        return
    with replacing(filename, may_create=True) as stream:
        if not filename.endswith(".gz"):
            _write(capture.lines, stream)
            return
        # Neither name nor time, so that the same state gives the same bytes.
        with gzip.GzipFile("", "wb", 6, stream, mtime=0) as packed:
            _write(capture.lines, packed)


def _write(lines: Iterable[str], stream: BinaryIO | gzip.GzipFile) -> None:
    stream.write(_HEAD.encode())
    between = ""
    for line in lines:
        stream.write(f"{between}{line}".encode())
        between = ",\n"
    stream.write(_TAIL.encode())

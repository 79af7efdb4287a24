"""Snapshots and documents from files, folders and standard input."""

import gc
import glob
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.errors import DractlError
from dractl.sources.documents import Loaded
from dractl.sources.text import read_text

STANDARD_INPUT: Final = "-"
_SUFFIXES: Final = (".yaml", ".yml", ".json", ".gz")
_GZIP_MAGIC: Final = b"\x1f\x8b"
_MOST_BYTES: Final = 1 << 28  # a fleet of 5,000 nodes with 8 devices each has 2^25


def load_snapshot(
    path: str | Path,
    *,
    kubernetes: str | None = None,
    feature_gates: Mapping[str, bool] | None = None,
) -> Snapshot:
    """Read a snapshot; see `load_documents` and `Snapshot.from_documents`."""
    with _few_collections():
        loaded = load_documents(path)
        return Snapshot.from_sourced(
            loaded.documents,
            kubernetes=kubernetes,
            feature_gates=feature_gates,
            problems=loaded.problems,
        )


def load_documents(path: str | Path) -> Loaded:
    """Read the documents of a file, of a folder and its folders, or of `-`, stdin.

    Files are JSON or YAML, each also as gzip. Raises DractlError where nothing can be
    read; a document that is unreadable beside others that are not is a problem.
    """
    if str(path) == STANDARD_INPUT:
        return required(_from_standard_input(), "stdin")
    place = Path(path)
    if not is_folder(place):
        return required(_from_file(place), str(path))
    files = [file for file in _below(place) if _is_manifest(file)]
    if not files:
        raise DractlError(
            "no-manifests",
            "the folder holds no .yaml, .yml, .json or .gz file",
            where=str(place),
            hint="name a file, or the folder that the manifests are in",
        )
    loaded = Loaded([], [])
    for file in files:
        try:
            loaded.extend(_from_file(file))
        except DractlError as error:
            loaded.report(error.message, error.where)
    return required(loaded, str(path))


def load_text(path: str) -> str:
    """Read a file of plain text, or `-`, stdin; raise DractlError if that fails."""
    if path == STANDARD_INPUT:
        return _decoded(sys.stdin.buffer.read(_MOST_BYTES + 1), "stdin")
    return _decoded(_bytes_of(Path(path)), path)


def load_manifest(path: str) -> tuple[str, bool]:
    """Read the text of manifests, also gzipped, and whether its name says JSON.

    Raises DractlError if that fails. `-` is stdin.
    """
    if path == STANDARD_INPUT:
        data, named = sys.stdin.buffer.read(_MOST_BYTES + 1), "stdin"
    else:
        data, named = _bytes_of(Path(path)), path
    if data.startswith(_GZIP_MAGIC):
        data = _unpacked(data, named)
    return _decoded(data, named), named.removesuffix(".gz").endswith(".json")


def manifests_of(path: str, *, recursive: bool) -> list[str]:
    """Return the files that a path means: itself, those in a folder, or of a pattern.

    Raises DractlError where there are none.
    """
    place = Path(path)
    if path == STANDARD_INPUT:
        return [path]
    if is_folder(place):
        found = _below(place) if recursive else sorted(place.iterdir())
        files = [str(file) for file in found if _is_manifest(file)]
        hint = "" if recursive else "-R also looks into the folders in it"
    elif glob.has_magic(path) and not place.exists():
        found = sorted(map(Path, glob.iglob(path, recursive=True)))  # noqa: PTH207 - also absolute
        files = [str(file) for file in found if file.is_file()]
        hint = "check the pattern"
    else:
        return [path]
    if files:
        return files
    message = "no .yaml, .yml, .json or .gz file is there"
    raise DractlError("no-manifests", message, where=path, hint=hint)


def is_folder(place: Path) -> bool:
    """Tell whether a path is that of a folder."""
    try:
        return place.is_dir()
    except (OSError, ValueError):  # a name that no file can have
        return False


def required(loaded: Loaded, source: str) -> Loaded:
    """Return what a source holds; raise DractlError where that is nothing."""
    if loaded.documents:
        return loaded
    if not loaded.problems:
        raise DractlError(
            "empty",
            "holds no documents",
            where=source,
            hint="give a manifest in JSON or YAML",
        )
    first = loaded.problems[0]
    raise DractlError(
        "malformed",
        first.message,
        where=first.where,
        hint="mend that place, or check that the file was written to its end",
    )


def _from_standard_input() -> Loaded:
    return _from_bytes(sys.stdin.buffer.read(_MOST_BYTES + 1), "stdin")


def _below(place: Path) -> list[Path]:
    """Return the files in a folder and its folders; what cannot be looked into is not.

    A folder may vanish while it is looked into.
    """
    return sorted(Path(at, name) for at, _, names in os.walk(place) for name in names)


def _is_manifest(file: Path) -> bool:
    return file.suffix in _SUFFIXES and file.is_file()


def _from_file(file: Path) -> Loaded:
    named = file.name.removesuffix(".gz")
    return _from_bytes(_bytes_of(file), str(file), is_json=named.endswith(".json"))


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise DractlError(
            "unreadable",
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            where=str(file),
            hint="check the path and its permissions",
        ) from error


def _from_bytes(data: bytes, source: str, *, is_json: bool = False) -> Loaded:
    if data.startswith(_GZIP_MAGIC):
        data = _unpacked(data, source)
    return read_text(_decoded(data, source), source, is_json=is_json)


def _decoded(data: bytes, source: str) -> str:
    if len(data) > _MOST_BYTES:
        raise DractlError(
            "too-large",
            f"is larger than {_MOST_BYTES >> 20} MiB",
            where=source,
            hint="split it into several files in one folder",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DractlError(
            "not-text",
            f"is not UTF-8 text: byte {error.start} is {data[error.start]:#04x}",
            where=source,
            hint="give a manifest in JSON or YAML",
        ) from error


def _unpacked(data: bytes, source: str) -> bytes:
    import gzip  # the rare case, and it brings zlib along
    import io
    import zlib

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return stream.read(_MOST_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DractlError(
            "bad-gzip",
            f"is damaged gzip: {error}",
            where=source,
            hint="write the file again",
        ) from error


@contextmanager
def _few_collections() -> Iterator[None]:
    """Keep the collector from walking a heap that only grows while a file is read."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()

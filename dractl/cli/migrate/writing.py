"""Rendered files are written: in place of what was read, or into another folder."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from dractl.cli.migrate.placing import SHARED, Piece, Placed, is_ours, shared_text
from dractl.cli.terminal import Terminal
from dractl.errors import DractlError
from dractl.migrate.inputs import Wire
from dractl.sources.files import load_text
from dractl.sources.manifests import manifests
from dractl.sources.saving import save

_KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def shared_piece(found: Placed, *, force: bool = False) -> Piece | None:
    """Return the file of shared objects, beside the first file that changes.

    None if there are no such objects. Objects that an earlier run wrote there stay.
    Raises DractlError if a file of that name is somebody else's, unless told to
    `force` it.
    """
    if not found.shared:
        return None
    changed = [each for each in found.files if each.is_changed and each.path]
    read = [each for each in found.files if each.path]
    beside = next(iter(changed or read), None)
    folder = Path(beside.path).parent if beside else Path()
    path = str(folder / SHARED)
    before = load_text(path) if beside and Path(path).exists() else ""
    if before and not is_ours(before) and not force:
        raise DractlError(
            "exists",
            "is not of an earlier run of render, and is not replaced",
            where=path,
            hint="move it, or say --force",
        )
    if before and is_ours(before):
        return _extended(path, before, found.shared)
    text = shared_text(found.shared)
    return Piece(path, SHARED, before, text, text)


def _extended(path: str, before: str, new: Sequence[Wire]) -> Piece:
    """Return a file of an earlier run with new objects, or with other ones."""
    [manifest] = manifests((path,), recursive=False)
    by_name = {_identity(each): each for each in new}
    outcomes = [[by_name.pop(_identity(each), each)] for each in manifest.documents]
    outcomes[-1:] = [[*each, *by_name.values()] for each in outcomes[-1:]]
    text = manifest.rewritten(outcomes).text if outcomes else shared_text(new)
    return Piece(path, SHARED, before, text, text)


def _identity(document: object) -> tuple[object, ...]:
    if not isinstance(document, dict):
        return (str(document),)
    metadata = document.get("metadata")
    inner = metadata if isinstance(metadata, dict) else {}
    return document.get("kind"), str(inner.get("namespace")), str(inner.get("name"))


def write_in_place(pieces: Iterable[Piece], screen: Terminal) -> bool:
    """Replace the files that changed, each at once; tell whether all could be.

    One that cannot be written is told, and the others are.
    """
    is_whole = True
    for each in pieces:
        if not each.is_changed:
            continue
        try:
            save(each.path, each.after, may_create=not each.before)
        except DractlError as error:
            screen.fail(error)
            is_whole = False
        else:
            screen.note(f"{each.path}: written")
    return is_whole


def written_below(
    folder: str, pieces: Sequence[Piece], *, force: bool
) -> Iterator[str]:
    """Write texts below a folder, which is made; yield their paths.

    Nothing is written if a file with another text is there already, unless told to
    `force` it, or if a name would lead out of the folder. Raises DractlError.
    """
    targets = [(_target(folder, each.name), each) for each in pieces]
    for target, each in targets:
        if not force and target.exists() and load_text(str(target)) != each.after:
            raise DractlError(
                "exists",
                "is there already, with another text; nothing was written",
                where=str(target),
                hint="name a new folder, or say --force",
            )
    for target, each in targets:
        _make_folder(target.parent)
        save(str(target), each.after, may_create=True)
        yield str(target)


def _target(folder: str, name: str) -> Path:
    root, target = Path(folder), Path(folder) / name
    if not target.resolve().is_relative_to(root.resolve()):
        raise DractlError(
            "outside",
            "leads out of the folder; nothing was written",
            where=str(target),
            hint="name a new folder",
        )
    return target


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DractlError(
            "unwritable",
            f"cannot be made: {error.strerror or error}",
            where=str(folder),
            hint="name a folder that can be written to",
        ) from error


def unlisted(path: str) -> str | None:
    """Return the kustomization beside a file that does not name it."""
    for name in _KUSTOMIZATIONS:
        file = Path(path).parent / name
        if file.is_file() and Path(path).name not in load_text(str(file)):
            return str(file)
    return None

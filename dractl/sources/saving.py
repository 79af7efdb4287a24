"""Files that are replaced at once, so that no reader ever sees half of one."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from dractl.errors import DractlError


def save(path: str, text: str, *, may_create: bool = False) -> None:
    """Replace a file's text at once; see `replacing`."""
    if Path(path).resolve().suffix == ".gz":
        raise DractlError(
            "unwritable",
            "is gzipped, and is not changed in place",
            where=path,
            hint="unpack it first",
        )
    with replacing(path, may_create=may_create) as stream:
        stream.write(text.encode())


@contextmanager
def replacing(path: str, *, may_create: bool = False) -> Iterator[BinaryIO]:
    """Give a stream whose bytes become the file's, once all have been written.

    Whatever ends it before leaves the file as it was. The file's mode stays, its owner
    where that is allowed; a link still leads to it. With `may_create` there need not
    be a file yet. Raises DractlError where it cannot be written.
    """
    file = Path(path).resolve()
    try:
        before = file.stat() if file.exists() or not may_create else None
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if before is None:
                Path(name).chmod(0o666 & ~_mask())
            else:
                _take_after(name, before)
            Path(name).replace(file)
            _keep_entry(file.parent)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DractlError(
            "unwritable",
            f"cannot be written: {error.strerror or error}",
            where=path,
            hint="check the permissions of the file and its folder",
        ) from error


def _keep_entry(folder: Path) -> None:
    """Have the folder written, too: else a crash could bring the former file back.

    Not all systems and folders allow it; the file is there all the same.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mask() -> int:
    mask = os.umask(0)  # it can be read only by setting it
    os.umask(mask)
    return mask


def _take_after(name: str, before: os.stat_result) -> None:
    if sys.platform != "win32" and os.geteuid() == 0:
        os.chown(name, before.st_uid, before.st_gid)
    Path(name).chmod(before.st_mode & 0o7777)

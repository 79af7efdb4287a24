"""Files that only one run at a time may work with."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dractl.errors import DractlError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_TRIES: Final = 10  # while others that had it take their file away


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Keep other runs from a file while the block runs, whether it is there or not.

    A file beside it says so, of which the system knows whether its owner still runs.
    Raises DractlError where another run has it, and where no such file can be made.
    """
    file = Path(path).resolve()
    beside = file.with_name(f".{file.name}.lock")
    try:
        handle = _taken(beside)
    except OSError as error:
        raise DractlError(
            "unwritable",
            f"cannot be made: {error.strerror or error}",
            where=str(beside),
            hint="check the permissions of the folder",
        ) from error
    if handle is None:
        raise DractlError(
            "in-use",
            "another run of dractl works with it",
            where=path,
            hint="wait until that one has ended",
        )
    try:
        yield
    finally:
        beside.unlink(missing_ok=True)
        os.close(handle)


def _taken(beside: Path) -> int | None:
    """Return the open file that is locked now; None: somebody else has it."""
    for _ in range(_TRIES):
        handle = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
        if not _locks(handle):
            os.close(handle)
            return None
        if _is_there(beside, handle):
            return handle
        os.close(handle)  # whoever had it has taken it away meanwhile
    return None


def _locks(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_there(beside: Path, handle: int) -> bool:
    try:
        return os.path.samestat(beside.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False

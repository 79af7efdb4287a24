"""Record this machine's files as a tree: `python -m tests.hosts.record NAME`.

Writes tests/hosts/NAME.tree with all that `facts` reads of the kernel's devices. UUIDs
and hardware addresses are replaced; look at the file before it is kept, and give it a
title. Record NVML beside it: `python -m tests.hardware.nvml_record NAME`.
"""

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from dractl.hardware import host as reading
from dractl.hardware.facts import facts
from dractl.model.hosts import Nvml
from tests.hosts.trees import HOSTS, RECORDED, Entry, Link, Mark, Tree

_SECRETS: Final = re.compile(
    rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[0-9a-f]{2}:){5,}[0-9a-f]{2}"
)
_HEXADECIMAL: Final = re.compile(rb"[0-9a-f]")
# What is not of devices, such as routes and the folders of users, is nobody's business.
_KEPT: Final = re.compile(
    r"sys/.*|proc/driver/.*|proc/sys/kernel/osrelease|var/lib/kubelet/.*"
    r"|dev/(?!fd|loop|pts|shm|std|tty|vc|vd).*|(etc|var/run)/cdi/.*"
)
_SPECIAL: Final = {stat.S_IFIFO: Mark.FIFO, stat.S_IFSOCK: Mark.SOCKET}


class Recorder:
    """Keeps which files below a root are asked for, and what they said."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._looked: set[str] = set()
        self._read: dict[str, bytes] = {}

    def recorded(self) -> Tree:
        """Read the host and return what it was read from."""
        with self._watched():
            facts(self._root, Nvml())
        entries = {path: self._entry(path) for path in sorted(self._looked)}
        kept = {
            path: entry
            for path, entry in entries.items()
            if entry is not None and _KEPT.fullmatch(path)
        }
        return Tree(RECORDED, _without_full_folders(kept))

    @contextmanager
    def _watched(self) -> Iterator[None]:
        read, scan, link, status = reading._bytes, os.scandir, os.readlink, os.lstat

        def told(place: str, most: int) -> bytes:
            data = read(place, most)
            self._read[self._path(place)] = data
            return data

        with (
            patch.object(reading, "_bytes", told),
            patch.object(os, "scandir", lambda place: scan(self._listed(place))),
            patch.object(os, "readlink", lambda place: link(self._seen(place))),
            patch.object(os, "lstat", lambda place: status(self._seen(place))),
        ):
            yield

    def _path(self, place: str) -> str:
        return os.path.relpath(place, self._root)

    def _seen(self, place: str) -> str:
        self._looked.add(self._path(place))
        return place

    def _listed(self, place: str) -> str:
        for name in os.listdir(place):  # noqa: PTH208 - names alone
            self._seen(f"{place}/{name}")
        return place

    def _entry(self, path: str) -> Entry | None:
        """Return what is at a path; None: nothing, or what nobody wanted to know."""
        place = self._root / path
        try:
            mode = place.lstat().st_mode
        except OSError:
            return None
        if stat.S_ISLNK(mode):
            return Link(os.readlink(place))  # noqa: PTH115 - as the kernel writes it
        if stat.S_ISDIR(mode):
            return Mark.FOLDER
        if stat.S_ISREG(mode) and path not in self._read:
            return None if path.startswith("sys/devices/") else b""
        data = self._read.get(path, b"").rstrip(b"\n")
        return _SPECIAL.get(stat.S_IFMT(mode), data + b"\n" if data else b"")


def without_secrets(tree: Tree) -> Tree:
    """Return the tree with numbers for UUIDs and hardware addresses."""
    replaced: dict[bytes, bytes] = {}

    def numbered(match: re.Match[bytes]) -> bytes:
        number = b"%x" % (len(replaced) + 1)
        zeros = _HEXADECIMAL.sub(b"0", match[0])
        return replaced.setdefault(match[0], zeros[: -len(number)] + number)

    plain = {
        path: _SECRETS.sub(numbered, entry) if isinstance(entry, bytes) else entry
        for path, entry in tree.entries.items()
    }
    return Tree(tree.title, plain)


def _without_full_folders(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Leave out the folders that come by themselves with what lies in them."""
    full = {str(parent) for path in entries for parent in Path(path).parents}
    return {
        path: entry
        for path, entry in entries.items()
        if entry is not Mark.FOLDER or path not in full
    }


if __name__ == "__main__":
    file = HOSTS / f"{sys.argv[1]}.tree"
    file.write_text(str(without_secrets(Recorder(Path("/")).recorded())), "utf-8")

"""Host file systems as text, and back as folders: `NAME.tree` beside this module.

A line is an entry, sorted by path; the folders that it lies in come by themselves:

    # what the host is
    sys/module/nvidia/version = 580.126.20
    sys/class/drm/card0 -> ../../devices/pci0000:64/0000:65:00.0/drm/card0
    sys/module/nvidia/holders ! folder

A text gets a line end, unless it is empty; `\\n`, `\\t`, `\\\\` and `\\xNN` are
one byte. For the words after `!` see `Mark`.
"""

import os
import posixpath
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

HOSTS: Final = Path(__file__).parent
RECORDED: Final = "Recorded"  # how the title of a real machine begins
_HUGE: Final = 1 << 32
_LINE: Final = re.compile(r"(\S+) (=|->|!)(?: (.*))?")
_ESCAPE: Final = re.compile(rb"\\(n|t|\\|x[0-9a-f]{2})")
_PLAIN: Final = {ord("\n"): "\\n", ord("\t"): "\\t", ord("\\"): "\\\\"}


class Mark(StrEnum):
    """What an entry is that is neither a text nor a link."""

    FOLDER = "folder"  # an empty one
    UNREADABLE = "unreadable"  # a file of mode 000: also to root, see `unprivileged`
    CLOSED = "closed"  # a folder of mode 000
    FAILING = "failing"  # a file whose reading fails, here because it is a folder
    FIFO = "fifo"  # whoever opens it for reading hangs
    SOCKET = "socket"
    HUGE = "huge"  # 4 GiB of zeros, which take no space


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


Entry = bytes | Link | Mark


@dataclass
class Tree:
    """A host's files by their paths below its root."""

    title: str
    entries: dict[str, Entry] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = (_line(path, entry) for path, entry in sorted(self.entries.items()))
        return f"# {self.title}\n" + "".join(f"{line}\n" for line in lines)

    def unpack(self, root: Path) -> Path:
        """Make the files below the root, which is returned."""
        made: set[str] = set()
        for path, entry in sorted(self.entries.items()):
            folder = posixpath.dirname(path)
            if folder not in made:
                (root / folder).mkdir(parents=True, exist_ok=True)
                made.add(folder)
            _make(root / path, entry)
        return root


def parse(text: str) -> Tree:
    """Return the tree of a text; raise ValueError for a line that is none."""
    first, *lines = text.splitlines()
    return Tree(first.removeprefix("# "), dict(_entries(lines)))


def tree(name: str) -> Tree:
    """Return the tree of `NAME.tree`."""
    return parse((HOSTS / f"{name}.tree").read_text("utf-8"))


def names() -> list[str]:
    """Return the names of all hosts."""
    return sorted(file.stem for file in HOSTS.glob("*.tree"))


def _entries(lines: list[str]) -> Iterator[tuple[str, Entry]]:
    for line in lines:
        if line.startswith("#") or not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"no entry: {line!r}")
        yield match[1], _entry(match[2], match[3] or "")


def _entry(sign: str, rest: str) -> Entry:
    if sign == "=":
        return _bytes(rest)
    return Link(rest) if sign == "->" else Mark(rest)


def _bytes(escaped: str) -> bytes:
    return _ESCAPE.sub(_unescaped, escaped.encode()) + (b"\n" if escaped else b"")


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    named = {b"n": b"\n", b"t": b"\t", b"\\": b"\\"}
    return named[code] if code in named else bytes.fromhex(code[1:].decode())


def _line(path: str, entry: Entry) -> str:
    if isinstance(entry, bytes):
        return f"{path} = {_escaped(entry)}" if entry else f"{path} ="
    if isinstance(entry, Link):
        return f"{path} -> {entry.target}"
    return f"{path} ! {entry}"


def _escaped(text: bytes) -> str:
    return "".join(map(_sign, text.removesuffix(b"\n")))


def _sign(byte: int) -> str:
    if byte in _PLAIN:
        return _PLAIN[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"


def _make(place: Path, entry: Entry) -> None:
    if isinstance(entry, bytes):
        place.write_bytes(entry)
    elif isinstance(entry, Link):
        place.symlink_to(entry.target)
    elif entry in {Mark.FOLDER, Mark.FAILING}:
        place.mkdir(exist_ok=True)
    elif entry is Mark.CLOSED:
        place.mkdir(mode=0)
    elif entry is Mark.HUGE:
        place.touch()
        os.truncate(place, _HUGE)
    else:
        kinds = {Mark.FIFO: stat.S_IFIFO, Mark.SOCKET: stat.S_IFSOCK}
        os.mknod(place, kinds.get(entry, stat.S_IFREG) | _mode(entry))


def _mode(mark: Mark) -> int:
    return 0 if mark is Mark.UNREADABLE else 0o600

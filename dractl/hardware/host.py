"""A host's files below a root, read so that nothing in them can do harm.

Links are followed as the host would do it, never out of the root. Only regular files
are opened, and only so much is read of them, of folders and of chains of links. What
may not be read becomes a problem; what is absent, broken or junk is None.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from dractl.model.hosts import HostProblem

_MOST_BYTES: Final = 1 << 16
_MOST_ENTRIES: Final = 1 << 14
_MOST_FOLDERS: Final = 1 << 12
_MOST_LINKS: Final = 40  # as Linux itself
_MOST_PROBLEMS: Final = 100
_MOST_DIGITS: Final = 20  # 64 bits in decimal
# Neither a FIFO nor a terminal that takes a file's place can hold us.
_FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC
_DECIMAL: Final = re.compile(r"-?[0-9]+")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-f]+")
_NUMBERED: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_CONTROLS: Final = re.compile(r"[^\t\n -~\x80-\U0010ffff]|[\x80-\x9f\ud800-\udfff]")


class Host:
    """A host, by the root of its file system. Paths have no leading slash."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root).rstrip("/")
        self._targets: dict[str, str | None] = {}
        self._problems: dict[str, HostProblem] = {}

    @property
    def is_this(self) -> bool:
        """Whether this is the machine that we run on."""
        return not self._root

    @property
    def problems(self) -> tuple[HostProblem, ...]:
        """What could not be read so far."""
        return tuple(self._problems[where] for where in sorted(self._problems))

    def place(self, path: str) -> str:
        """Return the path for those who look from outside of the root."""
        return f"{self._root}/{path}"

    def note(self, path: str, what: str, hint: str = "") -> None:
        """Remember a problem, the first one of each path."""
        if len(self._problems) < _MOST_PROBLEMS:
            problem = HostProblem(self.place(path), what, hint)
            self._problems.setdefault(path, problem)

    def text(self, path: str, most: int = _MOST_BYTES) -> str | None:
        """Return what a file says, without the line end."""
        where = self.resolved(path)
        return None if where is None else self.text_of(where, most)

    def folder(self, path: str) -> "Folder | None":
        """Return a folder with its entries; those with unprintable names are left out.

        None: it is no folder.
        """
        where = self.resolved(path)
        if where is None:
            return None
        try:
            with os.scandir(self.place(where)) as entries:
                found = {
                    entry.name: entry.is_symlink()
                    for entry in islice(entries, _MOST_ENTRIES)
                    if entry.name.isprintable()
                }
        except OSError as error:
            self._refused(where, error)
            return None
        return Folder(self, where, {name: found[name] for name in sorted(found)})

    def names(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a folder, none for what is no folder."""
        folder = self.folder(path)
        return () if folder is None else tuple(folder.names)

    def below(self, path: str, deepest: int) -> Iterator[str]:
        """Yield all but folders that is below a folder, in no order.

        Links are not followed. `deepest` is how many folders may lie between.
        """
        ahead = [(path, 0)]
        for _ in range(_MOST_FOLDERS):
            if not ahead:
                return
            folder, depth = ahead.pop()
            for name in self.names(folder):
                inner = f"{folder}/{name}"
                if self._kind(inner) != stat.S_IFDIR:
                    yield inner
                elif depth < deepest:
                    ahead.append((inner, depth + 1))

    def target(self, path: str) -> str | None:
        """Return where a link points, in the kernel's words; "" for what is no link.

        None: there is nothing. The folders before it are taken as free of links.
        """
        if path not in self._targets:
            self._targets[path] = self._read_link(path)
        return self._targets[path]

    def resolved(self, path: str) -> str | None:
        """Return the path without links; None where there is nothing, or a loop."""
        done: list[str] = []
        ahead = path.split("/")[::-1]
        links = 0
        while ahead:
            part = ahead.pop()
            if part == "..":
                del done[-1:]
            if part in {"", ".", ".."}:
                continue
            done.append(part)
            target = self.target("/".join(done))
            if target:
                links += 1
                del done[0 if target.startswith("/") else -1 :]
                ahead.extend(target.split("/")[::-1])
            if target is None or links > _MOST_LINKS:
                return None
        return "/".join(done)

    def kind(self, path: str) -> int | None:
        """Return the type of a file as in stat.S_IFMT; links are followed."""
        where = self.resolved(path)
        return None if where is None else self._kind(where)

    def may_read(self, path: str) -> bool:
        """Tell whether this process may open the file, by its mode."""
        where = self.resolved(path)
        # By the effective user and its capabilities, which is what counts in open().
        return where is not None and os.access(
            self.place(where), os.R_OK, effective_ids=True
        )

    def text_of(self, where: str, most: int = _MOST_BYTES) -> str | None:
        """Return what a file says whose path is known to be free of links."""
        if self._kind(where) != stat.S_IFREG:
            return None
        try:
            data = _bytes(self.place(where), most)
        except OSError as error:
            self._refused(where, error)
            return None
        if len(data) > most:
            self.note(where, f"is larger than {most >> 10} KiB")
            return None
        return _decoded(data)

    def _kind(self, where: str) -> int | None:
        try:
            mode = os.lstat(self.place(where)).st_mode
        except (OSError, ValueError) as error:
            self._refused(where, error)
            return None
        return stat.S_IFMT(mode)

    def _read_link(self, path: str) -> str | None:
        try:
            return os.readlink(self.place(path))  # noqa: PTH115 - paths are texts here
        except OSError as error:
            if error.errno == errno.EINVAL:
                return ""
            self._refused(path, error)
        except ValueError:  # a name that no file can have
            pass
        return None

    def _refused(self, path: str, error: Exception) -> None:
        """Note that permission is missing; all else is as good as absent.

        The kernel answers with many other errors where there just is nothing to tell,
        such as EINVAL for the speed of a link that is down.
        """
        if isinstance(error, PermissionError):
            hint = "run this as root, or with the files of the host mounted"
            self.note(path, "permission denied", hint)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: `path` is free of links, `names` tell whether an entry is a link."""

    host: Host
    path: str
    names: Mapping[str, bool]

    def text(self, name: str) -> str | None:
        """Return what a file says that is in here, or deeper (`qat/state`)."""
        first, below, _ = name.partition("/")
        if first not in self.names:
            return None
        if below or self.names[first]:
            return self.host.text(f"{self.path}/{name}")
        return self.host.text_of(f"{self.path}/{name}")

    def number(self, name: str) -> int | None:
        """Return the number that a file consists of."""
        return number(self.text(name))

    def link(self, name: str) -> str | None:
        """Return the last part of where a link points; None where there is none."""
        if not self.names.get(name, False):
            return None
        target = self.host.target(f"{self.path}/{name}") or ""
        last = target.rstrip("/").rpartition("/")[2]
        return last if last.isprintable() and last not in {"", ".", ".."} else None

    def folder(self, name: str) -> "Folder | None":
        """Return a folder that is in here."""
        first = name.partition("/")[0]
        return self.host.folder(f"{self.path}/{name}") if first in self.names else None

    def inside(self, name: str) -> tuple[str, ...]:
        """Return the sorted names in a folder that is in here."""
        folder = self.folder(name)
        return () if folder is None else tuple(folder.names)

    def numbered(self, prefix: str = "") -> tuple[int, ...]:
        """Return the numbers, in order, of the entries called by a word and one."""
        digits = [
            name.removeprefix(prefix) for name in self.names if name.startswith(prefix)
        ]
        return tuple(sorted(int(each) for each in digits if _NUMBERED.fullmatch(each)))


def number(text: str | None) -> int | None:
    """Return the decimal or 0x number of a text; None for what is none."""
    if text is None or len(text) > _MOST_DIGITS:
        return None
    if _DECIMAL.fullmatch(text):
        return int(text)
    return int(text, 16) if _HEXADECIMAL.fullmatch(text) else None


def _bytes(place: str, most: int) -> bytes:
    """Return the beginning of a file, one byte more than the most if there are more."""
    descriptor = os.open(place, _FLAGS)
    try:
        data = b""
        while len(data) <= most:
            more = os.read(descriptor, most + 1 - len(data))
            if not more:
                break
            data += more
    finally:
        os.close(descriptor)
    return data


def _decoded(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    text = text.rstrip("\n\x00 ")  # a device tree's words end with a zero
    return None if _CONTROLS.search(text) else text

from pathlib import Path

import pytest

from tests.hosts.build import all_machines, stale
from tests.hosts.permissions import unprivileged
from tests.hosts.trees import RECORDED, Entry, Link, Mark, Tree, names, parse, tree

ENTRIES: dict[str, Entry] = {
    "proc/1/net/route": b"Iface\tMask\neth0\t0\n",
    "sys/a/back\\slash": b"a\\b\n",
    "sys/a/empty": b"",
    "sys/a/fifo": Mark.FIFO,
    "sys/a/junk": b"\x00\xff = -> !\n",
    "sys/a/loop": Link("loop"),
    "sys/a/secret": Mark.UNREADABLE,
    "sys/a/umlaut": "\u00e4\n".encode(),
}


def test_what_is_written_is_read_back() -> None:
    assert parse(str(Tree("title", ENTRIES))) == Tree("title", ENTRIES)


def test_an_entry_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no entry: 'sys/a'"):
        parse("# title\nsys/a\n")


def test_texts_and_links_are_unpacked(tmp_path: Path) -> None:
    Tree("title", ENTRIES).unpack(tmp_path)

    assert (tmp_path / "sys/a/junk").read_bytes() == b"\x00\xff = -> !\n"
    assert (tmp_path / "sys/a/loop").readlink() == Path("loop")
    assert (tmp_path / "sys/a/fifo").is_fifo()


def test_what_is_unreadable_is_so_without_privileges(tmp_path: Path) -> None:
    Tree("title", ENTRIES).unpack(tmp_path)

    with unprivileged(), pytest.raises(PermissionError):
        (tmp_path / "sys/a/secret").read_bytes()


def test_a_huge_file_takes_no_space(tmp_path: Path) -> None:
    Tree("title", {"sys/huge": Mark.HUGE}).unpack(tmp_path)

    told = (tmp_path / "sys/huge").stat()
    assert (told.st_size, told.st_blocks) == (1 << 32, 0)


def test_the_trees_are_what_the_machines_say() -> None:
    assert stale() == {}, "run python -m tests.hosts.build"


def test_every_tree_has_a_machine() -> None:
    recorded = {name for name in names() if tree(name).title.startswith(RECORDED)}
    machines = {machine.name for machine in all_machines()}

    assert recorded.isdisjoint(machines)
    assert {*names()} == recorded | machines


@pytest.mark.parametrize("name", names())
def test_a_tree_is_a_tree(name: str, tmp_path: Path) -> None:
    assert tree(name).unpack(tmp_path).joinpath("proc").is_dir()

from pathlib import Path

import pytest

from dractl.hardware.host import Host, number
from dractl.model.hosts import HostProblem
from tests.hosts.permissions import unprivileged
from tests.hosts.trees import Entry, Link, Mark, Tree


def host(folder: Path, entries: dict[str, Entry]) -> Host:
    return Host(Tree("title", entries).unpack(folder / "root"))


@pytest.mark.parametrize(
    "target",
    ["../b/file", "/b/file", "../../../../b/file", "/c/file", "./../b//file"],
    ids=["relative", "absolute", "above-the-root", "through-a-link", "untidy"],
)
def test_a_link_leads_where_it_would_on_the_host(tmp_path: Path, target: str) -> None:
    here = host(
        tmp_path, {"a/link": Link(target), "b/file": b"here\n", "c": Link("/b")}
    )

    assert here.text("a/link") == "here"


@pytest.mark.parametrize(
    "target",
    ["../secret", "/secret", "../../secret", "link", "/a/../a/link", "nowhere"],
)
def test_no_link_leads_out_of_the_root_or_round_and_round(
    tmp_path: Path, target: str
) -> None:
    (tmp_path / "secret").write_text("secret")

    assert host(tmp_path, {"a/link": Link(target)}).text("a/link") is None


@pytest.mark.parametrize(
    "entry",
    [
        Mark.FIFO,
        Mark.SOCKET,
        Mark.FOLDER,
        Mark.HUGE,
        b"\xff\n",
        b"\x00\x01\n",
        b"\x1b[31mred\n",
        "\u009b31m\n".encode(),
    ],
    ids=["fifo", "socket", "folder", "huge", "bytes", "zeros", "escape", "c1"],
)
def test_what_is_no_text_of_a_usual_size_is_none(tmp_path: Path, entry: Entry) -> None:
    assert host(tmp_path, {"file": entry}).text("file") is None


def test_the_line_end_and_a_closing_zero_are_no_part_of_a_text(tmp_path: Path) -> None:
    entries: dict[str, Entry] = {"file": b"Raspberry Pi\x00\n", "lines": b"a\n\tb\n"}

    here = host(tmp_path, entries)

    assert (here.text("file"), here.text("lines")) == ("Raspberry Pi", "a\n\tb")


def test_what_may_not_be_read_is_a_problem_once(tmp_path: Path) -> None:
    here = host(tmp_path, {"sys/file": Mark.UNREADABLE, "sys/shut": Mark.CLOSED})

    with unprivileged():
        assert [here.text("sys/file"), here.text("sys/file")] == [None, None]
        assert here.names("sys/shut") == ()

    hint = "run this as root, or with the files of the host mounted"
    assert here.problems == tuple(
        HostProblem(f"{tmp_path}/root/sys/{name}", "permission denied", hint)
        for name in ("file", "shut")
    )


def test_what_is_absent_is_no_problem(tmp_path: Path) -> None:
    here = host(tmp_path, {"file": b"text\n"})

    assert (here.text("no/file"), here.text("file/below")) == (None, None)
    assert (here.folder("no"), here.folder("file")) == (None, None)
    assert here.problems == ()


def test_a_file_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    here = host(tmp_path, {"file": Mark.HUGE})

    here.text("file")

    assert here.problems == (
        HostProblem(f"{tmp_path}/root/file", "is larger than 64 KiB"),
    )


def test_there_are_not_endless_problems(tmp_path: Path) -> None:
    here = host(tmp_path, {})

    for each in range(1000):
        here.note(f"file{each}", "is wrong")

    assert len(here.problems) == 100


def test_names_are_sorted_and_printable(tmp_path: Path) -> None:
    here = host(tmp_path, {"a/b": b"", "a/a": Link("b"), "a/red\x1b[31m": b""})

    assert here.names("a") == ("a", "b")


def test_a_link_is_named_by_its_last_part_also_where_nothing_is(tmp_path: Path) -> None:
    folder = host(
        tmp_path,
        {"a/driver": Link("../bus/drivers/nvidia"), "a/up": Link(".."), "a/file": b""},
    ).folder("a")

    assert folder is not None
    assert folder.link("driver") == "nvidia"
    assert folder.link("up") is folder.link("file") is folder.link("none") is None


def test_numbered_entries_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    names = ("cpu10", "cpu2", "cpu", "cpufreq", "cpu02", "cpu-1", "cpu0", "gpu1")
    folder = host(tmp_path, {f"a/{name}": b"" for name in names}).folder("a")

    assert folder is not None
    assert folder.numbered("cpu") == (0, 2, 10)


def test_files_below_a_folder_are_found_as_deep_as_asked(tmp_path: Path) -> None:
    here = host(
        tmp_path,
        {"a/b/c/d": b"", "a/b/c/e/f": b"", "a/loop": Link("."), "a/g": Mark.FIFO},
    )

    assert sorted(here.below("a", 2)) == ["a/b/c/d", "a/g", "a/loop"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-1", -1),
        ("0x10de", 0x10DE),
        ("0x", None),
        ("1 2", None),
        ("\u0663", None),
        ("9" * 5000, None),
        ("", None),
        (None, None),
    ],
)
def test_numbers_are_decimal_or_hexadecimal(
    text: str | None, value: int | None
) -> None:
    assert number(text) == value

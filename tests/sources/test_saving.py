"""Files that are replaced at once."""

import os
import stat
from pathlib import Path

import pytest

from dractl.errors import DractlError
from dractl.sources.saving import replacing, save


def test_saving_keeps_mode_and_link(tmp_path: Path) -> None:
    file, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    file.write_text("a: 1\n")
    file.chmod(0o640)
    link.symlink_to("real.yaml")

    save(str(link), "a: 2\n")

    assert link.is_symlink()
    assert file.read_text() == "a: 2\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.yaml", "real.yaml"]  # noqa: PTH208


def test_saving_where_nothing_is_fails(tmp_path: Path) -> None:
    with pytest.raises(DractlError) as caught:
        save(str(tmp_path / "none.yaml"), "")

    assert caught.value.code == "unwritable"


def test_a_gzipped_file_is_not_changed_in_place(tmp_path: Path) -> None:
    with pytest.raises(DractlError) as caught:
        save(str(tmp_path / "m.yaml.gz"), "")

    assert caught.value.hint == "unpack it first"


def test_what_ends_the_writing_leaves_the_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text("old")

    with pytest.raises(UnicodeEncodeError), replacing(str(file)) as stream:
        stream.write(b"half of the n" + "\ud800".encode())

    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "m.yaml": "old"
    }


def test_a_new_file_has_the_mode_that_new_files_have(tmp_path: Path) -> None:
    plain, file = tmp_path / "plain", tmp_path / "new"
    plain.touch()

    with replacing(str(file), may_create=True) as stream:
        stream.write(b"new")

    assert file.read_bytes() == b"new"
    assert file.stat().st_mode == plain.stat().st_mode


def test_a_folder_that_cannot_be_listed_is_no_failure(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o300)

    save(str(folder / "new.json"), "{}", may_create=True)

    folder.chmod(0o700)
    assert (folder / "new.json").read_text() == "{}"

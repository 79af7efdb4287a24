"""Files, folders and standard input: what is found, and what is said otherwise."""

import gc
import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dractl.errors import DractlError, ExitStatus
from dractl.sources.files import load_documents, load_snapshot

NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}}
HOSTILE = "\x1b[31m[red]</b>\u202e"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_file_is_read_by_what_is_in_it(tmp_path: Path) -> None:
    text = json.dumps(NODE)
    files = [
        write(tmp_path / "a.json", text),
        write(tmp_path / "b.yaml", text),
        write(tmp_path / "c", "apiVersion: v1\nkind: Node\nmetadata: {name: one}"),
        write(tmp_path / "d.json.gz", gzip.compress(text.encode())),
        write(tmp_path / "e", gzip.compress(text.encode())),
        write(tmp_path / "f.yml", b"\xef\xbb\xbf" + text.encode()),
    ]

    assert [load_documents(file).documents[0].document for file in files] == [NODE] * 6


def test_a_folder_is_read_in_order_and_to_the_bottom(tmp_path: Path) -> None:
    write(tmp_path / "b.yaml", "b: 1")
    write(tmp_path / "a" / "z.yml", "a: 1")
    write(tmp_path / "c.json.gz", gzip.compress(b'{"c": 1}'))
    write(tmp_path / "notes.txt", "not: a manifest")
    (tmp_path / "d.yaml").mkdir()

    documents = load_documents(tmp_path).documents

    assert [document for document, _ in documents] == [{"a": 1}, {"b": 1}, {"c": 1}]


def test_a_bad_file_in_a_folder_does_not_spoil_the_others(tmp_path: Path) -> None:
    write(tmp_path / "a.json", '{"kind":')
    write(tmp_path / "b.yaml", b"\xff\xfe\x00")
    write(tmp_path / "c.gz", b"\x1f\x8bnot really")
    write(tmp_path / "d.json", json.dumps(NODE))
    write(tmp_path / "e.yaml", "")

    snapshot = load_snapshot(tmp_path)

    assert [node.name for node in snapshot.nodes] == ["one"]
    assert [problem.where for problem in snapshot.problems] == [
        f"{tmp_path}/a.json:1:9",
        f"{tmp_path}/b.yaml",
        f"{tmp_path}/c.gz",
    ]


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = SimpleNamespace(buffer=io.BytesIO(b"a: 1\n---\nb: 2\n"))
    monkeypatch.setattr(sys, "stdin", stream)

    assert load_documents("-").documents == [
        ({"a": 1}, "stdin:1"), ({"b": 2}, "stdin:3")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.yaml", b"", "empty"),
        ("comment.yaml", b"# nothing\n---\n", "empty"),
        ("empty.json", b"  ", "empty"),
        ("empty.json.gz", gzip.compress(b"", mtime=0), "empty"),
        ("cut.json", b'{"kind": "List", "items": [{"kind"', "malformed"),
        ("cut.yaml", b"a: [1, 2\n", "malformed"),
        ("binary.yaml", b"\x7fELF\x02\x01\x01\x00", "malformed"),
        ("binary.json", b"\x00\x01\x02", "malformed"),
        ("latin.yaml", b"name: caf\xe9", "not-text"),
        ("wide.yaml", "a: 1".encode("utf-16"), "not-text"),
        ("cut.gz", gzip.compress(b'{"a": 1}', mtime=0)[:-9], "bad-gzip"),
        ("fake.gz", b"\x1f\x8bnot really", "bad-gzip"),
        ("fake2.gz", gzip.compress(b"x" * 99, mtime=0)[:12] + b"\xff" * 20, "bad-gzip"),
        ("deep.json", b"[" * 100_000, "malformed"),
        ("cycle.yaml", b"a: &a [*a]", "malformed"),
    ],
)
def test_what_cannot_be_read_at_all_is_an_error(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    file = write(tmp_path / name, content)

    with pytest.raises(DractlError) as caught:
        load_snapshot(file)

    assert caught.value.code == code
    assert caught.value.where.startswith(str(file))
    assert caught.value.hint
    assert caught.value.status is ExitStatus.ENVIRONMENT


@pytest.mark.parametrize("name", ["missing.yaml", "a\x00b", "x" * 5000])
def test_a_path_that_leads_nowhere_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(DractlError) as caught:
        load_documents(tmp_path / name)

    assert caught.value.code == "unreadable"


def test_a_folder_without_manifests_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "notes.txt", "hello")

    with pytest.raises(DractlError) as caught:
        load_documents(tmp_path)

    assert caught.value.code == "no-manifests"


def test_what_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    file = tmp_path / "bomb.json.gz"
    with gzip.open(file, "wb", compresslevel=1) as stream:
        for _ in range(260):
            stream.write(b" " * (1 << 20))

    with pytest.raises(DractlError) as caught:
        load_documents(file)

    assert caught.value.code == "too-large"


@pytest.mark.parametrize("form", ['{{"a": "{}"}}', "a: {}"])
def test_a_very_long_line_is_read(tmp_path: Path, form: str) -> None:
    word = "x" * 10_000_000
    file = write(tmp_path / "long", form.format(word))

    assert load_documents(file).documents[0].document == {"a": word}


def test_hostile_names_come_through_unchanged(tmp_path: Path) -> None:
    hostile = {**NODE, "metadata": {"name": HOSTILE}}
    file = write(tmp_path / "a.json", json.dumps(hostile))

    assert load_snapshot(file).nodes[0].name == HOSTILE


def test_a_snapshot_follows_the_release_that_is_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path / "a.json", json.dumps(NODE))

    snapshot = load_snapshot(
        file, kubernetes="1.35", feature_gates={"DRAConsumableCapacity": True}
    )

    assert str(snapshot.profile.version) == "1.35"
    assert snapshot.profile.enabled("DRAConsumableCapacity")


def test_the_collector_runs_again_after_loading(tmp_path: Path) -> None:
    load_snapshot(write(tmp_path / "a.json", json.dumps(NODE)))

    assert gc.isenabled()


def test_a_folder_that_cannot_be_looked_into_does_not_spoil_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.json", json.dumps(NODE))
    monkeypatch.chdir(tmp_path)
    for _ in range(20):  # a path that is longer than the system takes
        Path("d" * 250).mkdir()
        monkeypatch.chdir("d" * 250)

    loaded = load_documents(tmp_path)

    assert [document for document, _ in loaded.documents] == [NODE]

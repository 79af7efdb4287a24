"""Files of which some documents change."""

from pathlib import Path

import pytest

from dractl.errors import DractlError
from dractl.sources.manifests import Manifest, manifests


def read(folder: Path, text: str, name: str = "m.yaml") -> Manifest:
    file = folder / name
    file.write_bytes(text.encode())
    (manifest,) = manifests([str(file)], recursive=False)
    return manifest


STREAM = "# one\na: 1\n---\n# two\nb: 2\n---\n# nothing\n---\nc: 3\n...\n# end\n"


def test_a_file_without_a_change_keeps_every_byte(tmp_path: Path) -> None:
    manifest = read(tmp_path, STREAM)

    assert manifest.documents == [{"a": 1}, {"b": 2}, {"c": 3}]
    same = manifest.rewritten([(each,) for each in manifest.documents])
    assert same.text == STREAM
    assert manifest.text == STREAM


def test_documents_become_one_several_or_none(tmp_path: Path) -> None:
    manifest = read(tmp_path, STREAM)

    made = manifest.rewritten([({"a": 5},), (), ({"c": 3}, {"d": 4})])

    assert made.text == (
        "# one\na: 5\n---\n# nothing\n---\nc: 3\n...\n# end\n---\nd: 4\n"
    )
    assert made.without_comments == [1]


def test_a_document_that_cannot_be_read_stays_and_is_a_problem(tmp_path: Path) -> None:
    text = "a: 1\n---\nb: [\n---\nc: {{ .Values.c }}\n---\nd: 4\n"
    manifest = read(tmp_path, text)

    made = manifest.rewritten([({"a": 2},), ({"d": 5},)])

    assert made.text == "a: 2\n---\nb: [\n---\nc: {{ .Values.c }}\n---\nd: 5\n"
    assert [problem.where.rpartition(":")[2] for problem in manifest.problems] == [
        "4",
        "5",
    ]


def test_two_documents_without_a_separator_are_a_problem(tmp_path: Path) -> None:
    twice = read(tmp_path, "apiVersion: v1\nkind: A\napiVersion: v1\nkind: B\n")
    dots = read(tmp_path, "a: 1\n...\nb: 2\n", "dots.yaml")

    assert [each.message for each in (*twice.problems, *dots.problems)] == [
        "key 'apiVersion' is there twice: is a line with --- missing above it?",
        "is not YAML: did not find expected <document start>",
    ]


def test_places_are_lines_of_the_file(tmp_path: Path) -> None:
    manifest = read(tmp_path, "# c\na:\n- b: 1\n- c: 2\n---\nd: 1\n")

    assert manifest.place(0, ("a", 1, "c")).endswith("m.yaml:4")
    assert manifest.place(0, ("a",)).endswith("m.yaml:2")
    assert manifest.place(0, ("a", 9)).endswith("m.yaml:3")
    assert manifest.place(0, ("no",)).endswith("m.yaml:2")
    assert manifest.place(1, ()).endswith("m.yaml:6")


@pytest.mark.parametrize(
    ("text", "new", "after"),
    [
        ('{"a": 1}', {"a": 2}, '{"a": 2}'),
        ('{"a":1,"b":2}\n', {"a": 2}, '{"a":2}\n'),
        ('{\n    "a": 1\n}\n', {"a": "é"}, '{\n    "a": "\\u00e9"\n}\n'),
        ('{\n  "a": "é"\n}\n', {"a": "è"}, '{\n  "a": "è"\n}\n'),
        ('{\r\n\t"a": 1\r\n}\r\n', {"a": 2}, '{\r\n\t"a": 2\r\n}\r\n'),
    ],
)
def test_json_stays_json(tmp_path: Path, text: str, new: object, after: str) -> None:
    assert read(tmp_path, text, "m.json").rewritten([(new,)]).text == after
    assert read(tmp_path, text, "m.yaml").rewritten([(new,)]).text == after


def test_json_documents_in_a_row(tmp_path: Path) -> None:
    manifest = read(tmp_path, '{"a": 1}\n\n{"b": 2}\n', "m.json")

    made = manifest.rewritten([({"a": 1},), ({"b": 3},)])

    assert made.text == '{"a": 1}\n\n{"b": 3}\n'
    assert manifest.place(1, ("b",)).endswith("m.json:3")


def test_broken_json_stays_and_is_a_problem(tmp_path: Path) -> None:
    manifest = read(tmp_path, '{"a": 1', "m.json")

    assert manifest.documents == []
    assert manifest.rewritten([]).text == '{"a": 1'
    assert len(manifest.problems) == 1


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    manifest = read(tmp_path, "\ufeffa: 1\n")

    assert manifest.rewritten([({"a": 2},)]).text == "\ufeffa: 2\n"


def test_folders_are_read_in_order_and_deeper_ones_when_asked(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.json", "c.txt", "in/d.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")

    def names(*, recursive: bool) -> list[str]:
        return [
            each.path[len(str(tmp_path)) + 1 :]
            for each in manifests([str(tmp_path)], recursive=recursive)
        ]

    assert names(recursive=False) == ["a.json", "b.yaml"]
    assert names(recursive=True) == ["a.json", "b.yaml", "in/d.yml"]


def test_a_folder_without_manifests_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DractlError) as caught:
        list(manifests([str(tmp_path)], recursive=False))

    assert caught.value.code == "no-manifests"

"""Files whose documents can be replaced while the rest of their text stays."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from dractl.api.problems import Problem
from dractl.sources.files import STANDARD_INPUT, load_manifest, manifests_of
from dractl.sources.manifest_parts import Part, json_parts, yaml_parts

_BOM: Final = "\ufeff"
Steps = tuple[str | int, ...]


@dataclass(eq=False)
class Manifest:
    """A file in parts: documents, and text between them or that is not readable."""

    path: str
    text: str
    is_json: bool
    parts: list[Part]
    mark: str = ""
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def documents(self) -> list[object]:
        """The documents, in their order."""
        return [part.value for part in self._documents]

    @cached_property
    def _documents(self) -> list[Part]:
        return [part for part in self.parts if part.is_document]

    def place(self, number: int, steps: Steps) -> str:
        """Return `file:line` of something in one of the documents."""
        return f"{self.path}:{self._documents[number].line_of(steps)}"

    def rewritten(self, outcomes: Sequence[Sequence[object]]) -> "Rewritten":
        """Return the text with each document replaced by none, one or several."""
        pieces: list[str] = []
        bare: list[int] = []
        spelled: list[int] = []
        waiting = iter(enumerate(outcomes))
        for part in self.parts:
            if not part.is_document:
                pieces.append(part.text)
                continue
            number, documents = next(waiting)
            piece = part.replaced(documents)
            pieces.append(piece.text)
            if not piece.kept:
                bare.append(number)
            if piece.spelled:
                spelled.append(number)
        return Rewritten(self.mark + "".join(pieces), bare, spelled)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A new text, and what was done to documents, by their numbers.

    Inner comments of some are gone; in some, aliases had to be written out.
    """

    text: str
    without_comments: list[int]
    spelled: list[int] = field(default_factory=list)


def manifests(paths: Sequence[str], *, recursive: bool) -> Iterator[Manifest]:
    """Read the files, those of folders too; raise DractlError if one cannot be read."""
    for path in paths:
        for file in manifests_of(path, recursive=recursive):
            yield _manifest(file)


def _manifest(path: str) -> Manifest:
    text, is_json = load_manifest(path)
    source = "stdin" if path == STANDARD_INPUT else path
    if not is_json and text.lstrip()[:1] in {"{", "["}:
        is_json = _is_json(text)
    problems: list[Problem] = []
    read = json_parts if is_json else yaml_parts
    parts = list(read(text, source, problems))
    mark = "" if path == STANDARD_INPUT else _mark(Path(path))
    return Manifest(source, mark + text, is_json, parts, mark, problems)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _mark(file: Path) -> str:
    with file.open("rb") as stream:
        return _BOM if stream.read(3) == _BOM.encode() else ""

"""Documents from YAML text, bounded in depth and size, with line numbers.

The text is cut at `---` before it is parsed, as kubectl does, so a syntax error spoils
one document. Values are built from parser events, not by PyYAML's constructor: that is
what makes cyclic anchors, alias bombs and repeated keys plain errors.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml

from dractl.api.lists import is_list, items_of
from dractl.sources.documents import Loaded, SourcedDocument
from dractl.sources.yaml_build import Builder, YamlError

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SEPARATOR: Final = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
# A line that is more than blanks, a comment or a directive.
_CONTENT: Final = re.compile(r"^[ \t]*+[^ \t\r\n#%]", re.MULTILINE)

# What PyYAML 6.0.4 says of nesting that earlier ones left to their readers.
_TOO_DEEP: Final = "exceeded maximum nesting depth"


class Chunk(NamedTuple):
    """The text of one document, and the number of lines before it."""

    text: str
    skipped: int


def read_yaml(text: str, source: str) -> Loaded:
    """Read all documents of the text; `source` names it in places and problems."""
    loaded = Loaded([], [])
    for chunk in chunks(text):
        _read_chunk(chunk, source, loaded)
    return loaded


def loader_of(text: str) -> Any:
    """Return PyYAML's loader of the text, the C one where there is one."""
    return _Loader(text)


def chunks(text: str) -> Iterator[Chunk]:
    """Yield the text of one document after the other."""
    start, skipped = 0, 0
    ends = [match.start() for match in SEPARATOR.finditer(text)]
    for end in (*ends, len(text)):
        # What comes before the first content belongs to the document that follows.
        if _CONTENT.search(text, _after_separator(text, start), end):
            yield Chunk(text[start:end], skipped)
            skipped += text.count("\n", start, end)
            start = end


def _after_separator(text: str, start: int) -> int:
    return start + 3 if text.startswith("---", start) else start


def _read_chunk(chunk: Chunk, source: str, loaded: Loaded) -> None:
    try:
        _add_documents(chunk, source, loaded)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = chunk.skipped + (mark.line if mark is not None else 0) + 1
        loaded.report(summary(error), f"{source}:{line}")
    except YamlError as error:
        loaded.report(error.message, f"{source}:{chunk.skipped + error.line + 1}")


def _add_documents(chunk: Chunk, source: str, loaded: Loaded) -> None:
    loader = loader_of(chunk.text)
    builder = Builder()
    try:
        while (document := builder.next_document(loader)) is not None:
            for value, line in _parts(document[0], builder):
                where = f"{source}:{chunk.skipped + line + 1}"
                loaded.documents.append(SourcedDocument(value, where))
    finally:
        loader.dispose()


def _parts(value: object, builder: Builder) -> Iterator[tuple[object, int]]:
    """Yield a document with its line; of a list the items with theirs."""
    line = builder.lines.get(id(value), 0)
    if is_list(value):
        items = value.get("items")
        given = items if isinstance(items, list) else []
        for item, complete in zip(given, items_of(value), strict=True):
            yield complete, builder.lines.get(id(item), line)
    elif value is not None:
        yield value, line


def summary(error: yaml.YAMLError) -> str:
    """Return what is wrong, in one line."""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None)
    if problem == _TOO_DEEP:
        return "is nested too deeply"
    return f"is not YAML: {problem or 'it cannot be parsed'}"

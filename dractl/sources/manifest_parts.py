"""The documents of a text with their own text, and how that is replaced."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import yaml

from dractl.api.problems import Problem
from dractl.sources.json_text import NotJson, read_json
from dractl.sources.yaml_build import YamlError
from dractl.sources.yaml_edit import Edited, edited, edited_json, values_of
from dractl.sources.yaml_layout import Layout
from dractl.sources.yaml_style import Style, style_of
from dractl.sources.yaml_text import SEPARATOR, chunks, summary
from dractl.sources.yaml_tree import Node, trees

Steps = tuple[str | int, ...]
_INDENT: Final = re.compile(r"[\[{]\r?\n([ \t]+)")
_BLANKS: Final = " \t\r\n"


@dataclass(eq=False)
class Part:
    """A stretch of a text; `line` counts from 1."""

    text: str
    line: int
    value: object = None
    is_document: bool = False
    is_json: bool = False

    def line_of(self, steps: Steps) -> int:
        """Return the line of what the steps lead to, or of the nearest around it."""
        if self._root is None:
            return self.line
        start = _position(self._root, steps)
        return self.line + bisect_right(self._line_starts, start) - 1

    @cached_property
    def _root(self) -> Node | None:
        try:
            return next(iter(trees(self.text)), None)
        except yaml.YAMLError:  # JSON with tabs
            return None

    @cached_property
    def _line_starts(self) -> list[int]:
        breaks = re.finditer("\n", self.text)
        return [0, *(each.end() for each in breaks)]

    def replaced(self, documents: Sequence[object]) -> Edited:
        """Return the text with other documents in the place of this one."""
        if len(documents) == 1 and documents[0] == self.value:
            return Edited(self.text, kept=True)
        if self.is_json:
            texts = [_json_like(self.text, each) for each in documents[1:]]
            joint = "\r\n" if "\r\n" in self.text else "\n"
            texts[:0] = self._first_json(documents)
            return Edited(joint.join(texts), kept=True)
        if not documents:
            return Edited("", kept="#" not in self.text)
        first = edited(self.text, self.value, documents[0])
        if len(documents) == 1:
            return first
        more = "".join(_following(self.text, each) for each in documents[1:])
        if not first.text.endswith("\n"):
            more = f"\n{more}"
        if "\r\n" in self.text:
            more = more.replace("\n", "\r\n")
        return first._replace(text=first.text + more)

    def _first_json(self, documents: Sequence[object]) -> Iterator[str]:
        for first in documents[:1]:
            kept = edited_json(self.text, self.value, first)
            yield _json_like(self.text, first) if kept is None else kept


def _following(text: str, document: object) -> str:
    """Return a new document behind another, in the style of its text."""
    text = text.replace("\r\n", "\n")
    roots = trees(text)
    style = style_of(Layout(text), roots[0]) if roots else Style()
    return "\n".join(["---", *style.lines(document), ""])


def _position(node: Node, steps: Steps) -> int:
    for step in steps:
        if isinstance(step, int):
            if step >= len(node.items):
                break
            node = node.items[step]
            continue
        entry = node.entry(step)
        if entry is None:
            break
        if entry[1].form == "scalar" or step == steps[-1]:
            return entry[0].start
        node = entry[1]
    return node.start


def yaml_parts(text: str, source: str, problems: list[Problem]) -> Iterator[Part]:
    """Yield the parts of a YAML text; what cannot be read is a problem, and stays."""
    done = 0
    for chunk in chunks(text):
        done += len(chunk.text)
        # Empty documents may come before the one with content.
        head = max((each.start() for each in SEPARATOR.finditer(chunk.text)), default=0)
        line = chunk.skipped + 1
        if head:
            yield Part(chunk.text[:head], line)
            line += chunk.text.count("\n", 0, head)
        yield _yaml_part(chunk.text[head:], line, source, problems)
    if done < len(text):
        yield Part(text[done:], text.count("\n", 0, done) + 1)


def _yaml_part(text: str, line: int, source: str, problems: list[Problem]) -> Part:
    try:
        values = values_of(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at, message = mark.line if mark is not None else 0, summary(error)
    except YamlError as error:
        at, message = error.line, error.message
    else:
        value = values[0] if values else None
        return Part(text, line, value, is_document=value is not None)
    problems.append(Problem("", "", "", "", message, f"{source}:{line + at}"))
    return Part(text, line)


def json_parts(text: str, source: str, problems: list[Problem]) -> Iterator[Part]:
    """Yield the parts of a JSON text, which has one document or several."""
    try:
        problems += read_json(text, source).problems
    except NotJson as error:
        problems.append(Problem("", "", "", "", error.message, error.where))
    if problems:
        yield Part(text, 1)
        return
    reader = json.JSONDecoder()
    start = 0
    while start < len(text):
        begin = start
        while begin < len(text) and text[begin] in _BLANKS:
            begin += 1
        if begin > start:
            yield Part(text[start:begin], text.count("\n", 0, start) + 1)
        if begin == len(text):
            break
        value, start = reader.raw_decode(text, begin)
        line = text.count("\n", 0, begin) + 1
        yield Part(text[begin:start], line, value, is_document=True, is_json=True)


def _json_like(text: str, value: object) -> str:
    """Return the value as JSON with the indentation that the text has."""
    indent = _INDENT.search(text)
    compact = indent is None and ": " not in text
    written = json.dumps(
        value,
        indent=indent[1] if indent else None,
        separators=(",", ":") if compact else None,
        ensure_ascii=text.isascii(),
    )
    return written.replace("\n", "\r\n") if "\r\n" in text else written

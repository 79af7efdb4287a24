"""Lines, columns and comments of a YAML text."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dractl.sources.yaml_tree import Node

_COMMENT: Final = "#"
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*[ \t]+)*(?:[&!][^\s,\]}]*)?")
_NOTHING: Final = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")


class Unwritable(Exception):
    """The change does not fit the text: complex keys, and what nobody writes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a mapping in block style, with the comments above it.

    Its text is whole lines, from the key on: the comment behind the value belongs to
    it, and so do comments below that are indented like what it holds.
    """

    key: Node
    value: Node
    lead: tuple[str, ...]
    column: int
    end: int
    remark: str

    def lines(self, body: str, column: int) -> list[str]:
        """Return its lines, with another body perhaps, at a column."""
        shift = column - self.column
        first, *rest = body.split("\n")
        below = (_shifted(line, shift) for line in rest)
        return [*self.above(column), " " * column + first, *below]

    def above(self, column: int) -> list[str]:
        """Return the comments above it."""
        return [_shifted(line, column - self.column) for line in self.lead]

    def remains(self, column: int) -> list[str]:
        """Return its comments, without the field."""
        behind = [" " * column + self.remark] if self.remark else []
        return [*self.above(column), *behind]


class Layout:
    """A text, and where its lines begin and end."""

    def __init__(self, text: str) -> None:
        self.text = text

    def column(self, position: int) -> int:
        """Return how far from its line's start a position is."""
        return position - self.line_start(position)

    def line_start(self, position: int) -> int:
        """Return where the line of a position starts."""
        return self.text.rfind("\n", 0, position) + 1

    def line_end(self, position: int) -> int:
        """Return where the line of a position ends, before the line break."""
        end = self.text.find("\n", position)
        return len(self.text) if end < 0 else end

    def gap_before(self, position: int) -> int:
        """Return where the blanks before a position start, line breaks included."""
        return len(self.text[:position].rstrip(" \t\n"))

    def body(self, node: Node) -> int:
        """Return where a node begins behind its anchor and tag."""
        found = _PROPERTIES.match(self.text, node.start)
        return found.end() if found else node.start

    def past_nothing(self, position: int) -> int:
        """Return where the next thing is that is no blank, line break or comment."""
        found = _NOTHING.match(self.text, position)
        return found.end() if found else position

    def past_colon(self, key: Node) -> int:
        """Return the end of the colon behind a key; raise Unwritable without one."""
        colon = self.past_nothing(key.end)
        if not self.text.startswith(":", colon):
            raise Unwritable
        return colon + 1

    def dashes(self, node: Node) -> list[int]:
        """Return where the dashes of a sequence in block style stand."""
        found: list[int] = []
        position = self.body(node)
        for item in node.items:
            dash = self.past_nothing(position)
            if not self.text.startswith("-", dash):
                raise Unwritable
            found.append(dash)
            position = max(item.end, dash + 1)
        return found

    def close(self, end: int, column: int) -> int:
        """Return the end of what ends there, with the comments that belong to it.

        Those are one on the same line, and those below that stand further in than the
        column.
        """
        return self._with_comments(self.line_end(end), column + 1)

    def lead(self, position: int, least: int = 0) -> int:
        """Return where the comments directly above a line start; not before `least`."""
        start = self.line_start(position)
        while start > least:
            before = self.line_start(start - 1)
            if not self.text[before:start].lstrip(" \t").startswith(_COMMENT):
                break
            start = before
        return max(start, least)

    def has_comment(self, node: Node) -> bool:
        """Tell whether there are comments between the parts of a collection."""
        inner = [each for entry in node.entries for each in entry] or node.items
        starts = [*(each.start for each in inner), node.end]
        ends = [self.body(node), *(each.end for each in inner)]
        pairs = zip(ends, starts, strict=True)
        return any(_COMMENT in self.text[end:start] for end, start in pairs)

    def entries(self, node: Node, end: int | None = None) -> list[Entry]:
        """Return the fields of a mapping in block style; `end` is where it ends."""
        column = self.column(node.entries[0][0].start)
        found: list[Entry] = []
        for number, (key, value) in enumerate(node.entries):
            is_last = number == len(node.entries) - 1
            close = self.line_end(max(key.end, value.end))
            close = self._with_comments(close, column if is_last else column + 1)
            if is_last and end is not None:
                close = max(close, end)
            lead: tuple[str, ...] = ()
            if found:
                above = self.text[found[-1].end + 1 : self.line_start(key.start)]
                lead = tuple(above.split("\n")[:-1])
            elif end is not None:
                lead = self._comments_above(key)
            remark = self._remark(key, value)
            found.append(Entry(key, value, lead, column, close, remark))
        return found

    def joint(self, node: Node) -> str:
        """Return what stands between the parts of a collection in braces."""
        parts = node.entries or [(each, each) for each in node.items]
        for (_, value), (key, _) in pairwise(parts):
            between = self.text[value.end : key.start]
            if between.strip() == ",":
                return between
        head = self.text[self.body(node) + 1 : parts[0][0].start] if parts else ""
        return f",{head}" if "\n" in head and not head.strip() else ", "

    def _with_comments(self, end: int, least: int) -> int:
        """Return the end of the comments that follow at that column or further in."""
        while end < len(self.text):
            line = self.text[end + 1 : self.line_end(end + 1)]
            bare = line.lstrip(" ")
            if not bare.startswith(_COMMENT) or len(line) - len(bare) < least:
                break
            end += 1 + len(line)
        return end

    def _comments_above(self, key: Node) -> tuple[str, ...]:
        """Return the comments between an outer key and the first one inside."""
        lines: list[str] = []
        start = self.line_start(key.start)
        while start > 0:
            above = self.text[self.line_start(start - 1) : start - 1]
            if not above.lstrip(" ").startswith(_COMMENT):
                break
            lines.insert(0, above)
            start = self.line_start(start - 1)
        return tuple(lines)

    def _remark(self, key: Node, value: Node) -> str:
        """Return the comment behind a key, or behind its value on the same line."""
        end = self.line_end(key.end)
        after = value.end if value.end <= end else key.end
        rest = self.text[after:end].lstrip(" :\t,]}")
        return rest if rest.startswith(_COMMENT) else ""


def _shifted(line: str, shift: int) -> str:
    if shift >= 0:
        return " " * shift + line if line.strip() else line
    blanks = len(line) - len(line.lstrip(" "))
    return line[min(blanks, -shift) :]

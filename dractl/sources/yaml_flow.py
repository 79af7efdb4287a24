"""Collections in braces or brackets whose parts come and go, with their comments."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dractl.sources.yaml_layout import Layout
from dractl.sources.yaml_splice import Edit
from dractl.sources.yaml_tree import Node

_COMMA: Final = re.compile(r"((?:[^,#]|#[^\n]*)*)(,?)(.*)", re.DOTALL)


class Piece(NamedTuple):
    """The text of a part; `number` is that of the part in whose place it stands."""

    text: str
    number: int | None = None


def in_braces(
    layout: Layout, node: Node, pieces: Sequence[Piece], joint: str, *, are_named: bool
) -> Edit:
    """Return the edit that puts other parts into a collection in braces.

    What stands between parts stays where both do. A comment behind a part goes with
    it; those on lines above stay if parts `are_named`, as fields are, and elements of
    a list take theirs with them: as in block style. `joint` is for new parts.
    """
    braces = _Braces(layout, node, joint, are_named=are_named)
    return Edit(braces.start, node.end - 1, "".join(braces.filled(pieces)))


class _Braces:
    """What stands around the parts of a collection.

    `leads` has what is before each part, and before the closing brace, from the end of
    the line on which the one before it ends; `behind` what is behind each on its line,
    without the comma.
    """

    def __init__(
        self, layout: Layout, node: Node, joint: str, *, are_named: bool
    ) -> None:
        parts = node.entries or [(each, each) for each in node.items]
        self.start = layout.body(node) + 1
        ends = [self.start, *(value.end for _, value in parts)]
        starts = [*(key.start for key, _ in parts), node.end - 1]
        self._gaps = [layout.text[a:b] for a, b in zip(ends, starts, strict=True)]
        self._are_named = are_named
        self._head, lead = _lines(self._gaps[0])
        self._leads, self._behind = [lead], list[str]()
        self._has_comma = False
        for gap in self._gaps[1:]:
            before, comma, after = _COMMA.fullmatch(gap).groups()  # type: ignore[union-attr]
            behind, lead = _lines(before + after)
            self._behind.append(behind)
            self._leads.append(lead)
            self._has_comma = bool(comma)
        self._count = len(parts)
        self._new = joint[1:]
        if "\n" in (near := self._leads[:-1][:2] or [""])[-1]:
            self._new = _bare(near[-1])
        self._broken = "\n" + " " * layout.column(starts[0])

    def filled(self, pieces: Sequence[Piece]) -> Iterator[str]:
        """Yield all that stands between the braces then."""
        former: Piece | None = None
        done = 0
        for each in pieces:
            number = each.number
            if former is not None and number is not None:
                is_next = former.number == number - 1
            else:
                is_next = number == 0
            if is_next and number is not None:
                yield self._gaps[number] + each.text
            else:
                yield self._between(former, each, done) + each.text
            done = done if number is None else number + 1
            former = each
        yield self._close(former, done)

    def _between(self, former: Piece | None, piece: Piece, done: int) -> str:
        if piece.number is None:
            lead = self._new if former else _bare(self._leads[0] if self._count else "")
        else:
            lead = self._lead(done, piece.number)
            if former is not None and not piece.number and "\n" not in lead:
                lead = self._new
        return self._ended(former, done, piece.number, lead, comma=True)

    def _close(self, former: Piece | None, done: int) -> str:
        if former is not None and former.number == self._count - 1:
            return self._gaps[-1]
        lead = self._lead(done, self._count) if self._count else self._gaps[0]
        if former is None and "#" not in self._head + lead:
            return ""
        return self._ended(former, done, self._count, lead, comma=self._has_comma)

    def _ended(
        self,
        former: Piece | None,
        done: int,
        number: int | None,
        lead: str,
        *,
        comma: bool,
    ) -> str:
        """Return the end of the part before, and what leads to the next one."""
        if former is None:
            text = self._head
        else:
            text = "" if former.number is None else self._behind[former.number]
            if number is not None:
                # Of the line of a part that stays, the comment does too.
                for gone in range(done, number):
                    if "\n" in self._leads[gone] or former.number is None:
                        break
                    text += self._behind[gone]
            text = f",{text}" if comma else text
        return text + (self._broken if "#" in text and "\n" not in lead else "") + lead

    def _lead(self, done: int, number: int) -> str:
        """Return what leads to a part, or to the brace, past those that go."""
        lead = self._leads[number]
        for gone in reversed(range(done, number)):
            above = self._leads[gone]
            kept = above[: above.rfind("\n")] if "#" in above else ""
            if not self._are_named:
                above, kept = _bare(above), ""
            if "\n" in lead:
                lead = kept + lead
            elif kept or number < self._count:
                lead = above
        return lead


def _lines(text: str) -> tuple[str, str]:
    """Return what is left of the line, and the rest from the line break on."""
    line, mark, rest = text.partition("\n")
    return (line, mark + rest) if mark else ("", line)


def _bare(lead: str) -> str:
    """Return what leads to a part, without the comments above it."""
    _, mark, blanks = lead.rpartition("\n")
    return mark + blanks

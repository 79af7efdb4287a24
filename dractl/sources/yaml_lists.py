"""Lists in a YAML text whose elements come and go."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dractl.sources.yaml_flow import Piece, in_braces
from dractl.sources.yaml_layout import Layout
from dractl.sources.yaml_pairs import Pair, pairs
from dractl.sources.yaml_splice import Edit, spliced
from dractl.sources.yaml_style import Style, moved
from dractl.sources.yaml_tree import Node
from dractl.sources.yaml_write import inline, quoted


class Changing(Protocol):
    """What changes a value, and is told of those that go."""

    def of(
        self, node: Node, old: object, new: object, column: int, *, is_flow: bool
    ) -> list[Edit]:
        """Return the edits that make a value another one."""

    def gone(self, node: Node) -> None:
        """Note that a part of the document goes."""


@dataclass
class Lists:
    """Finds the edits of lists."""

    layout: Layout
    style: Style
    changing: Changing

    def edits(
        self, node: Node, old: Sequence[object], new: Sequence[object], *, is_flow: bool
    ) -> list[Edit]:
        """Return the edits that make a list another one, which has elements."""
        found = pairs(old, new)
        if node.is_flow or is_flow:
            return self._flow(node, old, new, found)
        return _Block(self, node, old, new).edits(found)

    def _flow(
        self,
        node: Node,
        old: Sequence[object],
        new: Sequence[object],
        found: Sequence[Pair],
    ) -> list[Edit]:
        text, layout = self.layout.text, self.layout
        joint = self.style.joint(layout, node)
        pieces: list[Piece] = []
        edits: list[Edit] = []
        for before, after in found:
            if after is None:
                self.changing.gone(node.items[before or 0])
            elif before is None:
                pieces.append(Piece(self._added(node, new[after], joint)))
            else:
                item = node.items[before]
                own = self.changing.of(item, old[before], new[after], 0, is_flow=True)
                piece = spliced(text, item.start, item.end, own)
                pieces.append(Piece(piece, before))
                edits += own
        if all(None not in pair for pair in found):
            return edits
        return [in_braces(layout, node, pieces, joint, are_named=False)]

    def _added(self, node: Node, value: object, joint: str) -> str:
        if self.style.json is not None:
            return self.style.inline(value, joint)
        return like_siblings(self.layout, node, value)


def like_siblings(layout: Layout, node: Node, value: object) -> str:
    """Return a value on one line, in the quotes of the others in a collection."""
    inner = [each for entry in node.entries for each in entry] or node.items
    keys = [key for item in node.items for key, _ in item.entries]
    scalars = [each for each in (*inner, *keys) if each.form == "scalar"]
    if any(each.style == '"' for each in (*keys, *(key for key, _ in node.entries))):
        return json.dumps(value, ensure_ascii=False)
    quote = layout.text[layout.body(scalars[0])] if scalars else ""
    return quoted(quote, value) or inline(value)


class _Block:
    """The edits of one list in block style."""

    def __init__(
        self, lists: Lists, node: Node, old: Sequence[object], new: Sequence[object]
    ) -> None:
        self._changing, self._style = lists.changing, lists.style
        self._layout, self._text = lists.layout, lists.layout.text
        self._node, self._old, self._new = node, old, new
        self._dashes = self._layout.dashes(node)
        self._column = self._layout.column(self._dashes[0])
        self._closes = [
            self._layout.close(max(item.end, dash + 1), self._column)
            for item, dash in zip(node.items, self._dashes, strict=True)
        ]

    def edits(self, found: Sequence[Pair]) -> list[Edit]:
        """Return them, in the order of the text."""
        edits: list[Edit] = []
        place: int | None = None
        stays = [number for number, pair in enumerate(found) if None not in pair]
        if self._is_compact and stays and found[stays[0]].old != 0:
            edits.append(self._begun(found[: stays[0]], found[stays[0]].old))
            found = found[stays[0] :]
        elif self._is_compact and not stays:
            return [self._begun(found, None)]
        for before, after in found:
            if before is None:
                assert after is not None
                edits.append(self._inserted(place, self._new[after]))
                continue
            item = self._node.items[before]
            if after is None:
                self._changing.gone(item)
                edits.append(Edit(self._head(before), self._closes[before], ""))
            else:
                was, now = self._old[before], self._new[after]
                edits += self._changing.of(item, was, now, self._column, is_flow=False)
            place = self._closes[before]
        return edits

    @property
    def _is_compact(self) -> bool:
        """Whether the first dash stands behind something else on its line."""
        start = self._layout.line_start(self._dashes[0])
        return bool(self._text[start : self._dashes[0]].strip(" "))

    def _head(self, number: int) -> int:
        """Return where the line break before an item and its comments is."""
        least = self._closes[number - 1] + 1 if number else 0
        return self._layout.lead(self._dashes[number], least) - 1

    def _inserted(self, place: int | None, value: object) -> Edit:
        lines = moved(self._item(value), self._column)
        if place is not None:
            return Edit(place, place, "".join(f"\n{line}" for line in lines))
        if self._is_compact:
            first = "\n".join([*lines, ""]).lstrip(" ") + " " * self._column
            return Edit(self._dashes[0], self._dashes[0], first)
        start = self._head(0)
        return Edit(start, start, "".join(f"\n{line}" for line in lines))

    def _begun(self, found: Sequence[Pair], following: int | None) -> Edit:
        """Return the edit of a beginning behind something else, where nothing stays.

        `following` is the first item that does stay, None if none does.
        """
        for number in range(following or len(self._dashes)):
            self._changing.gone(self._node.items[number])
        new = [self._new[each.new] for each in found if each.new is not None]
        lines = [line for each in new for line in self._item(each)]
        end = self._closes[-1]
        if following is not None:
            end = self._dashes[following]
            above = self._text[self._head(following) + 1 : end]
            lines += [line.strip(" ") for line in above.split("\n")[:-1]] + [""]
        first, *more = lines
        below = "".join(f"\n{' ' * self._column}{line}" for line in more)
        return Edit(self._dashes[0], end, first + below)

    def _item(self, value: object) -> list[str]:
        """Return the lines of a new item, written as its neighbours are."""
        near = [
            (dash, item)
            for dash, item in zip(self._dashes, self._node.items, strict=True)
            if "\n" not in self._text[dash : item.start] and item.end > dash + 1
        ]
        gap = near[0][1].start - near[0][0] if near else 2
        collections = [item for _, item in near if item.form in {"map", "seq"}]
        if isinstance(value, str) and near and near[0][1].form == "scalar":
            lines = like_siblings(self._layout, self._node, value).split("\n")
            return ["-" + " " * (gap - 1) + lines[0], *lines[1:]]
        if collections and all(each.is_flow for each in collections):
            return [
                "-"
                + " " * (gap - 1)
                + like_siblings(self._layout, collections[0], value)
            ]
        return self._style.item(value, gap)

"""The edits of a YAML text that make a document another value."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dractl.sources.yaml_flow import Piece, in_braces
from dractl.sources.yaml_layout import Entry, Layout, Unwritable
from dractl.sources.yaml_lists import Lists
from dractl.sources.yaml_merges import Merges
from dractl.sources.yaml_moves import Moves
from dractl.sources.yaml_splice import Edit, spliced
from dractl.sources.yaml_style import Json, Style, moved, style_of
from dractl.sources.yaml_tree import MERGE, Node
from dractl.sources.yaml_write import inline, like, word

_Fields = Mapping[str, object]
_ITEM: Final = re.compile(r" *(?:- +)+")


class Changes:
    """Finds the edits; `column` is that of the mapping around a value.

    `spells` tells whether an alias had to be written out, `costs_comments` whether
    comments between fields in braces that move were lost.
    """

    def __init__(self, layout: Layout, root: Node, *, is_json: bool = False) -> None:
        self._layout = layout
        self._text = layout.text
        self._root = root
        self._style = style_of(layout, root)
        if is_json:
            self._style = Style(json=Json.of(layout.text))
        self._lists = Lists(layout, self._style, self)
        self._merges = Merges()
        self.costs_comments = False
        self.spells = False

    def of(
        self, node: Node, old: object, new: object, column: int, *, is_flow: bool
    ) -> list[Edit]:
        """Return the edits that make a value another one."""
        if node.form == "alias" and self._merges.now(node, old) != new:
            self.spells = True
            return self._replaced(node, old, new, column, is_flow=is_flow)
        if node.form == "alias" or (old == new and not self._merges.concern(node)):
            return []
        if (kept := self._unwrapped(node, old, new)) is not None:
            return [kept]
        if old != new:
            self._merges.changed(node, new)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            if node.entries or node is self._root or is_flow:
                flow = is_flow or node.is_flow
                return self._of_map(node, old, new, is_flow=flow)
        elif node.items and isinstance(old, list) and isinstance(new, list) and new:
            return self._lists.edits(node, old, new, is_flow=is_flow)
        return self._replaced(node, old, new, column, is_flow=is_flow)

    def _unwrapped(self, node: Node, old: object, new: object) -> Edit | None:
        """Return the edit that leaves a mapping's only value of it, if that is all."""
        if (inner := _only(old)) is None or inner[1] != new or not node.entries:
            return None
        value = node.entries[0][1]
        self._merges.gone(node, but=value)
        kept = self._text[value.start : value.end]
        if node.is_flow:
            return Edit(node.start, node.end, kept)
        return Edit(self._layout.gap_before(node.start), node.end, f" {kept}")

    def gone(self, node: Node) -> None:
        """Note that a part of the document goes."""
        self._merges.gone(node)

    def _replaced(
        self, node: Node, old: object, new: object, column: int, *, is_flow: bool
    ) -> list[Edit]:
        self._merges.gone(node, but=node)
        outer = _only(new)
        keeps = outer is not None and outer[1] == old and node.form == "scalar"
        name = f"&{node.anchor}" if node.anchor and node.form != "alias" else ""
        if is_flow or (not keeps and (not isinstance(new, Mapping | list) or not new)):
            if keeps and outer is not None:
                name = self._style.word(outer[0])
                head = Edit(node.start, node.start, "{" + name)
                return [head, Edit(node.end, node.end, "}")]
            written = self._like(node, new)
            written = f"{name} {written}" if name else written
            if node.start and not self._text[node.start - 1].isspace() and not is_flow:
                written = f" {written}"  # nothing, right behind a colon or a dash
            return [Edit(node.start, node.end, written)]
        start = self._layout.gap_before(node.start)
        if keeps and outer is not None:
            indent = "\n" + " " * (column + self._style.step)
            return [Edit(start, node.start, f"{indent}{word(outer[0])}: ")]
        return self._blocked(node, new, name, column)

    def _like(self, node: Node, new: object) -> str:
        if self._style.json is None:
            return like(self._text[self._layout.body(node) : node.end], new)
        line = self._text[self._layout.line_start(node.start) : node.start]
        blanks = line[: len(line) - len(line.lstrip())]
        return self._style.inline(new, f"\n{blanks}")

    def _blocked(self, node: Node, new: object, name: str, column: int) -> list[Edit]:
        """Return the edits that put a collection in block style in a node's place."""
        layout = self._layout
        lines = self._style.lines(new)
        close, start = layout.line_end(node.end), layout.gap_before(node.start)
        before = self._text[layout.line_start(node.start) : node.start]
        is_item = _ITEM.fullmatch(before) is not None
        if is_item:
            column = len(before)
        else:
            column += self._style.indent(new)
        below = "".join(f"\n{line}" for line in moved(lines, column))
        head = f" {name}" if name else ""
        if self._text[node.end : close].lstrip().startswith("#"):
            return [Edit(start, node.end, head), Edit(close, close, below)]
        if is_item and not name:
            return [Edit(node.start, node.end, below.lstrip("\n "))]
        return [Edit(start, node.end, head + below)]

    def _of_map(
        self, node: Node, old: _Fields, new: _Fields, *, is_flow: bool
    ) -> list[Edit]:
        spread = self._merges.spread(node, old, new)
        self.spells |= spread is not None
        same_keys = old.keys() == new.keys()
        moves = Moves(node, old, new)
        moves.inserted = self._merges.inserted(node, old, new, moves.inserted)
        if same_keys and spread is None and not moves.inserted:
            return self._inside(node, old, new, is_flow=is_flow)
        if node.is_flow:
            return [self._flow(node, old, new, moves, spread)]
        if is_flow or not node.entries:
            raise Unwritable
        return self._block(node, old, new, moves, spread)

    def _inside(
        self, node: Node, old: _Fields, new: _Fields, *, is_flow: bool
    ) -> list[Edit]:
        if not node.entries:
            return []
        column = self._layout.column(node.entries[0][0].start)
        return [
            edit
            for key, value in node.entries
            if key.key != MERGE and key.key in new
            for edit in self._field(
                key, value, old[key.key], new[key.key], column, is_flow=is_flow
            )
        ]

    def _field(  # noqa: PLR0913 - `of`, and the key
        self,
        key: Node,
        value: Node,
        old: object,
        new: object,
        column: int,
        *,
        is_flow: bool,
    ) -> list[Edit]:
        """Return the edits of a field's value; a short one stands behind the key."""
        is_short = isinstance(new, Mapping | list) and not new
        is_short |= bool(value.items) and not isinstance(new, Mapping | list)
        if value.is_flow or not is_short or not (value.entries or value.items):
            return self.of(value, old, new, column, is_flow=is_flow)
        layout = self._layout
        remains: list[str] = []
        if value.items:
            first = layout.dashes(value)[0]
            start = layout.lead(first)
            close = layout.close(value.end, layout.column(first))
        else:
            entries = layout.entries(value)
            start = layout.line_start(entries[0].key.start)
            close = entries[-1].end
            remains = [line for each in entries for line in each.above(each.column)]
        place = layout.body(value) if value.anchor else layout.past_colon(key)
        if start <= place:
            raise Unwritable
        self._merges.changed(value, new)
        self._merges.gone(value, but=value)
        below = "".join(f"\n{line}" for line in remains)
        return [Edit(place, place, f" {inline(new)}"), Edit(start - 1, close, below)]

    def _flow(
        self,
        node: Node,
        old: _Fields,
        new: _Fields,
        moves: Moves,
        spread: _Fields | None,
    ) -> Edit:
        layout, entries = self._layout, node.entries
        joint, style = self._style.joint(layout, node), self._style
        if style.json is None and entries and entries[0][0].style == '"':
            style = Style(json=Json("", " ", is_ascii=False))
        pieces: list[Piece] = []
        inserted = {key: new[key] for key in moves.inserted}
        for number, (key, value) in enumerate(entries):
            here: list[str] = []
            if key.key == MERGE and spread is not None:
                here, spread = style.fields(spread, joint), {}
            elif key.key == MERGE or key.key in new:
                here = self._texts(node, [key.key], old, new)
            elif (group := moves.group_at(key.key)) is not None:
                inner = self._texts(node, moves.groups[group], old, new[group])
                inner += style.fields(moves.added_in(group, new), joint)
                here = [style.word(group) + style.braced(inner, joint)]
            elif lifted := moves.lifted.get(key.key):
                here = self._texts(value, lifted, old[key.key], new)
                self.costs_comments |= layout.has_comment(value)
            elif key.key not in moves.moved:
                self.gone(value)
                here, inserted = style.fields(inserted, joint), {}
            pieces += [
                Piece(each, None if n else number) for n, each in enumerate(here)
            ]
        pieces += map(Piece, style.fields(inserted, joint))
        self.costs_comments |= bool(moves.moved) and layout.has_comment(node)
        return in_braces(layout, node, pieces, joint, are_named=True)

    def _texts(
        self, holder: Node, keys: Sequence[str], was: object, now: object
    ) -> list[str]:
        """Return the texts of some fields of a mapping in braces, changed."""
        assert isinstance(was, Mapping)
        assert isinstance(now, Mapping)
        found = [each for each in holder.entries if each[0].key in keys]
        return [
            spliced(
                self._text,
                key.start,
                value.end,
                []
                if key.key == MERGE
                else self.of(value, was[key.key], now[key.key], 0, is_flow=True),
            )
            for key, value in found
        ]

    def _block(
        self,
        node: Node,
        old: _Fields,
        new: _Fields,
        moves: Moves,
        spread: _Fields | None,
    ) -> list[Edit]:
        layout, step = self._layout, self._style.step
        entries = layout.entries(node)
        column = entries[0].column
        lines: list[str] = []
        inserted = list(moves.inserted)
        for entry in entries:
            name = entry.key.key
            if name == MERGE and spread is not None:
                lines += [*entry.remains(column), *self._written(spread, column)]
                spread = {}
            elif name in new or name == MERGE:
                lines += entry.lines(self._body(entry, old, new), column)
            elif (group := moves.group_at(name)) is not None:
                lines.append(f"{' ' * column}{word(group)}:")
                within = [
                    each for each in entries if each.key.key in moves.groups[group]
                ]
                for each in within:
                    body = self._body(each, old, new[group])
                    lines += each.lines(body, column + step)
                lines += self._written(moves.added_in(group, new), column + step)
            elif name in moves.moved:
                continue
            elif lifted := moves.lifted.get(name):
                lines += self._lifted(entry, lifted, old[name], new, column)
            else:
                self.gone(entry.value)
                lines += entry.remains(column) if inserted else entry.above(column)
                lines += self._written({key: new[key] for key in inserted}, column)
                inserted = []
        lines += self._written({key: new[key] for key in inserted}, column)
        if not new:
            lines.insert(0, " " * column + "{}")
        start = entries[0].key.start
        line = layout.line_start(start)
        if not self._text[line:start].strip(" "):
            return [Edit(line, entries[-1].end, "\n".join(lines))]
        text = "\n".join(lines).lstrip(" \n")  # it begins behind a dash
        return [Edit(start, entries[-1].end, text)]

    def _written(self, fields: _Fields, column: int) -> list[str]:
        return moved(self._style.lines(fields), column) if fields else []

    def _lifted(
        self,
        entry: Entry,
        keys: Sequence[str],
        old: object,
        new: _Fields,
        column: int,
    ) -> list[str]:
        assert isinstance(old, Mapping)
        lines = entry.remains(column)
        if entry.value.is_flow:
            for key, value in entry.value.entries:
                if key.key in keys:
                    edits = self.of(value, old[key.key], new[key.key], 0, is_flow=True)
                    body = spliced(self._text, key.start, value.end, edits)
                    lines.append(" " * column + body)
            return lines
        for each in self._layout.entries(entry.value, end=entry.end):
            if each.key.key in keys:
                lines += each.lines(self._body(each, old, new), column)
            else:
                lines += each.remains(column)
        return lines

    def _body(self, entry: Entry, old: _Fields, new: object) -> str:
        assert isinstance(new, Mapping)
        if entry.key.key == MERGE:
            return self._text[entry.key.start : entry.end]
        name = entry.key.key
        edits = self._field(
            entry.key, entry.value, old[name], new[name], entry.column, is_flow=False
        )
        return spliced(self._text, entry.key.start, entry.end, edits)


def _only(value: object) -> tuple[str, object] | None:
    """Return the one field of a mapping that has no other."""
    if isinstance(value, Mapping) and len(value) == 1:
        return next(iter(value.items()))
    return None

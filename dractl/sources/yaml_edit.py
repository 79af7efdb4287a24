"""Changes to a YAML document that leave the rest of its text alone.

A changed document is given as a value. What is equal in both keeps its text, comments
and quotes included; fields that moved into a new mapping, or out of one, move with
their comments. The result is read again: text that says something else is not used.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import yaml

from dractl.sources.yaml_build import Builder, YamlError
from dractl.sources.yaml_layout import Entry, Layout
from dractl.sources.yaml_tree import MERGE, Node, trees
from dractl.sources.yaml_write import block, inline, literal, word

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STEP: Final = 2


class Edit(NamedTuple):
    """A piece of the text and what to put in its place."""

    start: int
    end: int
    text: str


class Edited(NamedTuple):
    """The new text; `kept` tells whether the comments inside of it survived."""

    text: str
    kept: bool


class _Unwritable(Exception):
    """The change does not fit the text: merged keys, complex keys."""


def values_of(text: str) -> list[object]:
    """Return the documents of a text; raise YamlError or yaml.YAMLError."""
    loader = _Loader(text)
    builder = Builder()
    values = []
    try:
        while (document := builder.next_document(loader)) is not None:
            values.append(document[0])
    finally:
        loader.dispose()
    return values


def edited(text: str, old: object, new: object) -> Edited:
    """Return the text of one document, `old`, so that it says `new`."""
    plain = text.replace("\r\n", "\n")
    try:
        changed = _edited(plain, old, new)
    except _Unwritable:
        changed = None
    if changed is not None and _says(changed, new):
        result = Edited(changed, kept=True)
    else:
        result = Edited(_rewritten(plain, new), kept=False)
    if plain == text:
        return result
    return Edited(result.text.replace("\n", "\r\n"), result.kept)


def _edited(text: str, old: object, new: object) -> str:
    roots = trees(text)
    if len(roots) != 1:
        raise _Unwritable
    changes = _Changes(Layout(text))
    return spliced(text, 0, len(text), changes.of(roots[0], old, new, 0, is_flow=False))


def _says(text: str, value: object) -> bool:
    try:
        return values_of(text) == [value]
    except (YamlError, yaml.YAMLError):
        return False


def _rewritten(text: str, value: object) -> str:
    """Return the value anew, under what stood above the document."""
    roots = trees(text)
    head = text[: roots[0].start] if roots else ""
    head = head[: head.rfind("\n") + 1]
    return f"{head}{block(value)}\n"


def spliced(text: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    """Return a stretch of the text with the edits that lie in it made."""
    pieces = []
    for edit in sorted(edits):
        if edit.start < start or edit.end > end:
            raise _Unwritable
        pieces += [text[start : edit.start], edit.text]
        start = edit.end
    return "".join([*pieces, text[start:end]])


class _Changes:
    """Finds the edits; `column` is that of the mapping around a value."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._text = layout.text

    def of(
        self, node: Node, old: object, new: object, column: int, *, is_flow: bool
    ) -> list[Edit]:
        """Return the edits that make a value another one."""
        if old == new:
            return []
        flow = is_flow or node.is_flow
        if node.form == "map" and isinstance(old, Mapping) and isinstance(new, Mapping):
            return self._of_map(node, old, new, is_flow=flow)
        if (
            node.form == "seq"
            and isinstance(old, list)
            and isinstance(new, list)
            and len(old) == len(new)
        ):
            return [
                edit
                for item, before, after in zip(node.items, old, new, strict=True)
                for edit in self.of(item, before, after, column, is_flow=flow)
            ]
        if node.form == "alias":
            raise _Unwritable
        if (inner := _only(old)) is not None and inner[1] == new and node.entries:
            value = node.entries[0][1]
            kept = self._text[value.start : value.end]
            return [Edit(self._layout.gap_before(node.start), node.end, f" {kept}")]
        return self._replaced(node, old, new, column, is_flow=is_flow)

    def _replaced(
        self, node: Node, old: object, new: object, column: int, *, is_flow: bool
    ) -> list[Edit]:
        outer = _only(new)
        keeps = outer is not None and outer[1] == old and node.form == "scalar"
        if is_flow or (not keeps and (not isinstance(new, Mapping | list) or not new)):
            if keeps and outer is not None:
                head = Edit(node.start, node.start, "{" + f"{word(outer[0])}: ")
                return [head, Edit(node.end, node.end, "}")]
            written = _like(self._text[node.start : node.end], new)
            return [Edit(node.start, node.end, written)]
        indent = "\n" + " " * (column + _STEP)
        start = self._layout.gap_before(node.start)
        if keeps and outer is not None:
            return [Edit(start, node.start, f"{indent}{word(outer[0])}: ")]
        return [Edit(start, node.end, indent + block(new).replace("\n", indent))]

    def _of_map(
        self,
        node: Node,
        old: Mapping[str, object],
        new: Mapping[str, object],
        *,
        is_flow: bool,
    ) -> list[Edit]:
        own = {key.key for key, _ in node.entries}
        merged = old.keys() - own
        if any(key not in new or old[key] != new[key] for key in merged):
            raise _Unwritable
        if old.keys() <= new.keys() and new.keys() <= old.keys():
            return self._inside(node.entries, old, new, node, is_flow=is_flow)
        moves = _Moves(node, old, new)
        if node.is_flow:
            return [self._flow(node, old, new, moves)]
        if is_flow or not node.entries:
            raise _Unwritable
        return [self._block(node, old, new, moves)]

    def _inside(
        self,
        entries: Sequence[tuple[Node, Node]],
        old: Mapping[str, object],
        new: Mapping[str, object],
        node: Node,
        *,
        is_flow: bool,
    ) -> list[Edit]:
        column = self._layout.column(node.entries[0][0].start)
        return [
            edit
            for key, value in entries
            if key.key != MERGE and key.key in new
            for edit in self.of(
                value, old[key.key], new[key.key], column, is_flow=is_flow
            )
        ]

    def _flow(
        self,
        node: Node,
        old: Mapping[str, object],
        new: Mapping[str, object],
        moves: "_Moves",
    ) -> Edit:
        quoted = bool(node.entries) and node.entries[0][0].style == '"'

        def named(key: str, text: str) -> str:
            return f'"{key}": {text}' if quoted else f"{word(key)}: {text}"

        def texts(
            holder: Node, keys: Sequence[str], was: object, now: object
        ) -> list[str]:
            assert isinstance(was, Mapping)
            assert isinstance(now, Mapping)
            found = [each for each in holder.entries if each[0].key in keys]
            return [
                spliced(
                    self._text,
                    key.start,
                    value.end,
                    self.of(value, was[key.key], now[key.key], 0, is_flow=True),
                )
                for key, value in found
            ]

        pieces: list[str] = []
        for key, value in node.entries:
            if key.key in new or key.key == MERGE:
                pieces += texts(node, [key.key], old, new)
            elif (group := moves.group_at(key.key)) is not None:
                inner = texts(node, moves.groups[group], old, new[group])
                inner += self._flow_added(moves.added_in(group, new), named)
                pieces.append(named(group, "{" + ", ".join(inner) + "}"))
            elif lifted := moves.lifted.get(key.key):
                pieces += texts(value, lifted, old[key.key], new)
        pieces += self._flow_added({key: new[key] for key in moves.inserted}, named)
        head = (
            self._text[node.start + 1 : node.entries[0][0].start]
            if node.entries
            else ""
        )
        tail = (
            self._text[node.entries[-1][1].end : node.end - 1] if node.entries else ""
        )
        joint = self._layout.joint(node)
        return Edit(node.start, node.end, "{" + head + joint.join(pieces) + tail + "}")

    @staticmethod
    def _flow_added(added: Mapping[str, object], named: object) -> list[str]:
        assert callable(named)
        return [named(key, inline(value)) for key, value in added.items()]

    def _block(
        self,
        node: Node,
        old: Mapping[str, object],
        new: Mapping[str, object],
        moves: "_Moves",
    ) -> Edit:
        layout = self._layout
        entries = layout.entries(node)
        column = entries[0].column
        lines: list[str] = []
        inserted = list(moves.inserted)
        for entry in entries:
            name = entry.key.key
            if name in new or name == MERGE:
                lines += entry.lines(self._body(entry, old, new), column)
            elif (group := moves.group_at(name)) is not None:
                lines.append(f"{' ' * column}{word(group)}:")
                within = [
                    each for each in entries if each.key.key in moves.groups[group]
                ]
                for each in within:
                    body = self._body(each, old, new[group])
                    lines += each.lines(body, column + _STEP)
                lines += _written(moves.added_in(group, new), column + _STEP)
            elif name in moves.moved:
                continue
            elif lifted := moves.lifted.get(name):
                lines += self._lifted(entry, lifted, old[name], new, column)
            else:
                lines += entry.remains(column)
                lines += _written({key: new[key] for key in inserted}, column)
                inserted = []
        lines += _written({key: new[key] for key in inserted}, column)
        text = "\n".join(lines).removeprefix(" " * column)
        return Edit(entries[0].key.start, entries[-1].end, text or "{}")

    def _lifted(
        self,
        entry: Entry,
        keys: Sequence[str],
        old: object,
        new: Mapping[str, object],
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

    def _body(self, entry: Entry, old: Mapping[str, object], new: object) -> str:
        assert isinstance(new, Mapping)
        if entry.key.key == MERGE:
            return self._text[entry.key.start : entry.end]
        edits = self.of(
            entry.value,
            old[entry.key.key],
            new[entry.key.key],
            entry.column,
            is_flow=False,
        )
        return spliced(self._text, entry.key.start, entry.end, edits)


class _Moves:
    """Which keys of a mapping go into a new one, and which come out of one that goes.

    `groups` has new keys with those that move into them, `lifted` keys that go with
    those that come out, `inserted` new keys with values from nowhere.
    """

    def __init__(
        self, node: Node, old: Mapping[str, object], new: Mapping[str, object]
    ) -> None:
        gone = [key.key for key, _ in node.entries if key.key not in new]
        gone = [key for key in gone if key != MERGE]
        self.groups: dict[str, list[str]] = {}
        self.lifted: dict[str, list[str]] = {}
        self.moved: set[str] = set()
        added = [key for key in new if key not in old]
        for key in added:
            inner = new[key]
            if isinstance(inner, Mapping):
                taken = [
                    each for each in gone if each in inner and each not in self.moved
                ]
                if taken:
                    self.groups[key] = taken
                    self.moved.update(taken)
        for key in gone:
            entry = node.entry(key)
            if key in self.moved or entry is None or entry[1].form != "map":
                continue
            inner_keys = [each.key for each, _ in entry[1].entries]
            if lifted := [each for each in inner_keys if each in added]:
                self.lifted[key] = lifted
        placed = {
            *self.groups,
            *(each for keys in self.lifted.values() for each in keys),
        }
        self.inserted = [key for key in added if key not in placed]

    def group_at(self, key: str) -> str | None:
        """Return the group that starts where this key stands."""
        return next(
            (name for name, keys in self.groups.items() if keys[0] == key), None
        )

    def added_in(self, group: str, new: Mapping[str, object]) -> Mapping[str, object]:
        """Return what the group has beside the keys that move into it."""
        inner = new[group]
        assert isinstance(inner, Mapping)
        return {key: inner[key] for key in inner if key not in self.groups[group]}


def _only(value: object) -> tuple[str, object] | None:
    """Return the one field of a mapping that has no other."""
    if isinstance(value, Mapping) and len(value) == 1:
        return next(iter(value.items()))
    return None


def _like(text: str, value: object) -> str:
    """Return a value in the quotes of what it replaces, or as a block like that."""
    quote = text[:1]  # null may have no text
    if quote == "'" and isinstance(value, str) and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if quote == '"' and isinstance(value, str) and value.isascii():
        return json.dumps(value)
    return literal(text, value) or inline(value)


def _written(fields: Mapping[str, object], column: int) -> list[str]:
    if not fields:
        return []
    return [" " * column + line if line else "" for line in block(fields).split("\n")]

"""Where in a text the parts of a YAML document stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

import yaml

from dractl.sources.yaml_scalars import plain_value

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MERGE: Final = "\0<<"
"""The key of a merge; quoted, it is one like any other, and no text has a NUL."""


@dataclass(slots=True)
class Node:
    """A part of a document, from `start` to `end` in the text.

    A collection in block style ends with its last scalar, comments excluded. `key` is
    what a scalar is called as a key of a mapping. `anchor` is its own, or the one that
    an alias refers to. An anchor or a tag in front of it is part of the text.
    """

    start: int
    end: int
    form: str  # scalar, map, seq or alias
    style: str = ""  # of a scalar: ' or " or | or >; of a collection in braces: flow
    key: str = ""
    anchor: str = ""
    entries: list[tuple["Node", "Node"]] = field(default_factory=list)
    items: list["Node"] = field(default_factory=list)

    @property
    def is_flow(self) -> bool:
        """Tell whether it is a collection in braces or brackets."""
        return self.style == "flow"

    def entry(self, key: str) -> tuple["Node", "Node"] | None:
        """Return a key's own node with that of its value; None if merged or absent."""
        return next((each for each in self.entries if each[0].key == key), None)

    def within(self) -> Iterator["Node"]:
        """Yield it and all that it holds, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            inner = [each for entry in node.entries for each in entry] or node.items
            waiting.extend(reversed(inner))


class _Mark(Protocol):
    @property
    def index(self) -> int: ...


class _Events(Protocol):
    def check_event(self, *choices: type) -> bool: ...
    def get_event(self) -> yaml.Event: ...
    def dispose(self) -> None: ...


def trees(text: str) -> list[Node]:
    """Return the documents of the text, which has been read before without an error."""
    loader: _Events = _Loader(text)
    try:
        return list(_documents(loader, text))
    finally:
        loader.dispose()


def _documents(events: _Events, text: str) -> Iterator[Node]:
    stack: list[Node] = []
    keys: list[Node | None] = []
    while events.check_event():
        event = events.get_event()
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append(_opened(event))
            keys.append(None)
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            node = _closed(stack.pop(), event)
            keys.pop()
        elif isinstance(event, yaml.ScalarEvent):
            node = _scalar(event, text)
        elif isinstance(event, yaml.AliasEvent):
            node = Node(_index(event.start_mark), _index(event.end_mark), "alias")
            node.anchor = event.anchor or ""
        else:
            continue
        if not stack:
            yield node
        elif stack[-1].form == "seq":
            stack[-1].items.append(node)
        elif (key := keys[-1]) is None:
            keys[-1] = node
        else:
            stack[-1].entries.append((key, node))
            keys[-1] = None


def _index(mark: _Mark | None) -> int:
    return 0 if mark is None else mark.index


def _opened(event: yaml.CollectionStartEvent) -> Node:
    form = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
    style = "flow" if event.flow_style else ""
    start = _index(event.start_mark)
    return Node(start, start, form, style, anchor=event.anchor or "")


def _closed(node: Node, event: yaml.CollectionEndEvent) -> Node:
    if node.is_flow:
        node.end = _index(event.end_mark)
    elif node.entries:
        node.end = node.entries[-1][1].end
    elif node.items:
        node.end = node.items[-1].end
    return node


def _scalar(event: yaml.ScalarEvent, text: str) -> Node:
    start, end = _index(event.start_mark), _index(event.end_mark)
    style = event.style or ""
    if style in {"|", ">"}:
        # The mark is where the next thing starts, blank lines later.
        end = start + len(text[start:end].rstrip())
    return Node(start, end, "scalar", style, _key(event), event.anchor or "")


def _key(event: yaml.ScalarEvent) -> str:
    if event.implicit[0] and event.value == "<<":
        return MERGE
    value = plain_value(event.value) if event.implicit[0] else event.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

"""Values from YAML parser events, without recursion."""

import base64
import binascii
import math
from dataclasses import dataclass, field
from typing import Final, Protocol

import yaml

from dractl.sources.yaml_scalars import plain_value

_DEEPEST: Final = 400
_MOST_NODES: Final = 3_000_000
_MOST_ALIASED: Final = 500_000
_PREFIX: Final = "tag:yaml.org,2002:"
_MERGE: Final = "<<"
_PLAIN_TAGS: Final = {
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "null": (type(None),),
}


class YamlError(Exception):
    """The document is YAML, but not one that dractl takes."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line  # counts from 0


class Events(Protocol):
    """The part of PyYAML's loaders that is used here."""

    def check_event(self, *choices: type) -> bool:
        """Tell whether there is another event."""

    def get_event(self) -> yaml.Event:
        """Take the next event."""


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that is still open."""

    value: dict[str, object] | list[object]
    line: int
    nodes_before: int
    anchor: str | None
    key: str | None = None
    is_merge: bool = False
    merged: list[dict[str, object]] = field(default_factory=list)


@dataclass(slots=True)
class Builder:
    """Builds the documents of one loader, one after the other.

    `lines` has the line (from 0) of the root and of what lies two levels below it,
    such as the items of a list, by identity.
    """

    lines: dict[int, int] = field(default_factory=dict)
    _nodes: int = 0
    _aliased: int = 0
    _anchors: dict[str, tuple[object, int] | None] = field(default_factory=dict)
    _stack: list[_Frame] = field(default_factory=list)

    def next_document(self, events: Events) -> tuple[object] | None:
        """Return the next document in a tuple, None at the end of the stream.

        Raises YamlError for what is not allowed, yaml.YAMLError for syntax errors.
        """
        while events.check_event():
            event = events.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                self.lines.clear()
                return (self._document(events),)
        return None

    def _document(self, events: Events) -> object:
        root: object = None
        while not isinstance(event := events.get_event(), yaml.DocumentEndEvent):
            if isinstance(event, yaml.ScalarEvent):
                value = self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event)
                continue
            elif isinstance(event, yaml.AliasEvent):
                value = self._alias(event)
            else:
                value = self._close()
            if self._stack:
                self._place(value, event)
            else:
                root = value
        return root

    def _count(self, line: int) -> None:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise YamlError("holds more values than dractl reads; use JSON", line)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        line = _line(event)
        self._count(line)
        depth = len(self._stack)
        if depth >= _DEEPEST:
            raise YamlError("is nested too deeply", line)
        is_map = isinstance(event, yaml.MappingStartEvent)
        expected = _PREFIX + ("map" if is_map else "seq")
        if event.tag not in {None, "!", expected}:
            raise YamlError(f"tag {event.tag!r} means nothing here", line)
        value: dict[str, object] | list[object] = {} if is_map else []
        if depth in {0, 2}:
            self.lines[id(value)] = line
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Frame(value, line, self._nodes, event.anchor))

    def _close(self) -> object:
        frame = self._stack.pop()
        value = frame.value
        if frame.merged and isinstance(value, dict):
            own = dict(value)
            value.clear()
            # Own keys win over merged ones, and earlier merges over later ones.
            for other in reversed(frame.merged):
                value.update(other)
            value.update(own)
        if frame.anchor is not None:
            size = self._nodes - frame.nodes_before + 1
            self._anchors[frame.anchor] = (value, size)
        return value

    def _alias(self, event: yaml.AliasEvent) -> object:
        line = _line(event)
        if event.anchor not in self._anchors:
            raise YamlError(f"alias *{event.anchor} has no anchor", line)
        target = self._anchors[event.anchor]
        if target is None:
            raise YamlError(f"alias *{event.anchor} is inside its own anchor", line)
        value, size = target
        # Counted as if copied: what reads the document walks each copy.
        self._nodes += size
        self._aliased += size
        if self._aliased > _MOST_ALIASED:
            raise YamlError("aliases multiply to too many values", line)
        return value

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        line = _line(event)
        self._count(line)
        value: object
        if event.tag == "!":
            value = event.value
        elif event.implicit[0]:
            value = plain_value(event.value)
        elif event.tag is None or event.implicit[1]:
            value = event.value
        else:
            value = _tagged(event.tag, event.value, line)
        if isinstance(value, float) and not math.isfinite(value):
            raise YamlError(f"{event.value} has no place in JSON", line)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        return value

    def _place(self, value: object, event: yaml.Event) -> None:
        frame = self._stack[-1]
        container = frame.value
        if isinstance(container, list):
            container.append(value)
        elif frame.is_merge:
            frame.is_merge = False
            frame.merged.extend(_mergeable(value, _line(event)))
        elif frame.key is None:
            if value == _MERGE and getattr(event, "implicit", (False,))[0]:
                frame.is_merge = True
            else:
                frame.key = _key(value, container, _line(event))
        else:
            container[frame.key] = value
            frame.key = None


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 0 if mark is None else mark.line


def _mergeable(value: object, line: int) -> list[dict[str, object]]:
    found = value if isinstance(value, list) else [value]
    mappings = [each for each in found if isinstance(each, dict)]
    if len(mappings) != len(found):
        raise YamlError("<< can only merge mappings", line)
    return mappings


def _key(value: object, container: dict[str, object], line: int) -> str:
    """Return a mapping's key as JSON has it: numbers and booleans become strings."""
    match value:
        case str():
            key = value
        case bool():
            key = "true" if value else "false"
        case int() | float():
            key = str(value)
        case _:
            raise YamlError("a key must be a string", line)
    if key in container:
        if key == "apiVersion" and "kind" in container:
            hint = "is a line with --- missing above it?"
            raise YamlError(f"key 'apiVersion' is there twice: {hint}", line)
        raise YamlError(f"key {key[:80]!r} is there twice", line)
    return key


def _tagged(tag: str, text: str, line: int) -> object:
    name = tag.removeprefix(_PREFIX)
    if name in {"str", "timestamp"}:
        return text
    if name == "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise YamlError("!!binary holds no base64 of text", line) from None
    value = plain_value(text)
    if isinstance(value, _PLAIN_TAGS.get(name, ())):
        return value
    raise YamlError(f"tag {tag!r} does not fit {text[:40]!r}", line)

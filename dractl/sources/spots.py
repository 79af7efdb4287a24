"""Where each value of a YAML or JSON document stands in its text.

Built only for documents of which there is something to say: plain reading has no use
for marks, and keeping them would make it slower.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecoder
from typing import Final, Protocol

import yaml

from dractl.sources.alignment import aligned

_MERGE: Final = "<<"
_STRINGS: Final = JSONDecoder(strict=False)
_TOKEN: Final = re.compile(r'[ \t\r\n]*([{}\[\],:"]|[^{}\[\],:" \t\r\n]+)')


@dataclass(slots=True)
class Spot:
    """A value: its line and column (from 1), those of its key, and what is in it.

    `start` and `end` are offsets of a scalar in the text, `style` is its quote, `|`,
    `>`, or "" where it is plain. A value without a key has its own place as the key's.
    """

    line: int
    column: int
    start: int
    end: int = 0
    style: str = ""
    key: tuple[int, int] = (0, 0)
    is_scalar: bool = False
    children: dict[str | int, "Spot"] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, int]:
        """Where to look: at a scalar itself, at the key of anything else."""
        return (self.line, self.column) if self.is_scalar else self.key


def place_in(spot: Spot, text: str, value: str, offset: int) -> tuple[int, int]:
    """Return line and column of a character of a scalar's value.

    The scalar's own place where the text cannot be followed.
    """
    offsets = aligned(text[spot.start : spot.end], value, spot.style)
    if not offsets:
        return spot.place
    at = spot.start + (offsets[offset] if offset < len(offsets) else offsets[-1] + 1)
    breaks = text.count("\n", spot.start, at)
    if not breaks:
        return spot.line, spot.column + at - spot.start
    return spot.line + breaks, at - text.rfind("\n", spot.start, at)


# -- YAML


class _Events(Protocol):
    def check_event(self, *choices: type) -> bool: ...

    def get_event(self) -> yaml.Event: ...


def yaml_spots(events: _Events) -> Iterator[Spot]:
    """Yield the roots of the documents of a loader; lines count from 1 there."""
    while events.check_event():
        if isinstance(events.get_event(), yaml.DocumentStartEvent):
            yield _Marker(events).document()


@dataclass(slots=True)
class _Open:
    spot: Spot
    is_map: bool
    name: str | None = None
    key: tuple[int, int] = (0, 0)


class _Marker:
    def __init__(self, events: _Events) -> None:
        self._events = events
        self._anchors: dict[str, Spot] = {}
        self._stack: list[_Open] = []
        self._root: Spot | None = None

    def document(self) -> Spot:
        while not isinstance(event := self._events.get_event(), yaml.DocumentEndEvent):
            if isinstance(event, yaml.CollectionEndEvent):
                self._stack.pop()
            elif isinstance(event, yaml.AliasEvent):
                self._place(self._alias(event), event, str(event.anchor))
            elif isinstance(event, yaml.ScalarEvent):
                spot = _spot(event)
                end = event.end_mark
                spot.is_scalar, spot.end = True, 0 if end is None else end.index
                spot.style = event.style or ""
                self._place(spot, event, event.value)
            elif isinstance(event, yaml.CollectionStartEvent):
                spot = _spot(event)
                self._place(spot, event, "")
                is_map = isinstance(event, yaml.MappingStartEvent)
                self._stack.append(_Open(spot, is_map))
        return self._root or Spot(1, 1, 0)

    def _alias(self, event: yaml.AliasEvent) -> Spot:
        target = self._anchors.get(str(event.anchor))
        spot = _spot(event)
        if target is not None:
            spot.children = target.children
        return spot

    def _place(self, spot: Spot, event: yaml.Event, text: str) -> None:
        anchor = getattr(event, "anchor", None)
        if anchor and not isinstance(event, yaml.AliasEvent):
            self._anchors[anchor] = spot
        spot.key = (spot.line, spot.column)
        if not self._stack:
            self._root = spot
            return
        top = self._stack[-1]
        children = top.spot.children
        if not top.is_map:
            children[len(children)] = spot
        elif top.name is None:
            top.name, top.key = text, spot.key
        else:
            if top.name == _MERGE:
                for name, merged in spot.children.items():
                    children.setdefault(name, merged)
            else:
                spot.key = top.key
                children[top.name] = spot
            top.name = None


def _spot(event: yaml.Event) -> Spot:
    mark = event.start_mark
    if mark is None:
        return Spot(1, 1, 0)
    return Spot(mark.line + 1, mark.column + 1, mark.index)


# -- JSON


def json_spot(text: str, start: int = 0) -> Spot:
    """Return the root of the JSON document that begins there; the text is valid."""
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    return _JsonMarker(text, start, lines).document()


class _JsonMarker:
    def __init__(self, text: str, start: int, lines: list[int]) -> None:
        self._text = text
        self._next = start
        self._lines = lines
        self._line = 0

    def document(self) -> Spot:
        root: Spot | None = None
        stack: list[_Open] = []
        while match := _TOKEN.match(self._text, self._next):
            self._next, word = match.end(), match[1]
            if word in "}]":
                stack.pop()
            elif word in ",:":
                continue
            else:
                spot = self._spot(match.start(1))
                text = self._finish(spot, word)
                root = root or spot
                waits_for_value = _enter(stack, spot, text)
                if word in "{[" and not waits_for_value:
                    stack.append(_Open(spot, is_map=word == "{"))
            if not stack:
                break
        return root or Spot(1, 1, 0)

    def _spot(self, at: int) -> Spot:
        while self._line + 1 < len(self._lines) and self._lines[self._line + 1] <= at:
            self._line += 1
        line, column = self._line + 1, at - self._lines[self._line] + 1
        return Spot(line, column, at, key=(line, column))

    def _finish(self, spot: Spot, word: str) -> str:
        """Go on to the end of a scalar; return its text if it is a string."""
        if word in "{[":
            return ""
        text = word
        if word == '"':
            text, self._next = _STRINGS.raw_decode(self._text, self._next - 1)
            spot.style = '"'
        spot.is_scalar, spot.end = True, self._next
        return text


def _enter(stack: list[_Open], spot: Spot, text: str) -> bool:
    """Put a value or a key in its place; tell whether it was a key."""
    if not stack:
        return False
    top = stack[-1]
    if not top.is_map:
        top.spot.children[len(top.spot.children)] = spot
    elif top.name is None:
        top.name, top.key = text, spot.key
        return True
    else:
        spot.key = top.key
        top.spot.children[top.name] = spot
        top.name = None
    return False

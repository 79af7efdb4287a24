"""Values as YAML in the styles of many people, with what each line is about."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.sources.yaml_pairs import pairs
from dractl.sources.yaml_write import word

Path = tuple[str | int, ...]
_SHORT: Final = 40


@dataclass(frozen=True)
class Line:
    """A line; it may only change with one of `about`, or with anything in `inside`."""

    text: str
    about: tuple[Path, ...] = ()
    inside: tuple[Path, ...] = ()


@dataclass
class Styled:
    """A document in some style, and its lines."""

    value: Any
    dice: random.Random
    lines: list[Line] = field(default_factory=list)
    _anchors: dict[str, tuple[str, Path]] = field(default_factory=dict)
    _often: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Write the document."""
        dice = self.dice
        self._step = dice.choice([2, 2, 3, 4])
        self._dash = dice.choice([0, self._step])
        self._braces = dice.choice([0.0, 0.2, 0.5])
        self._remarks = dice.choice([0.0, 0.3, 1.0])
        self._quotes = dice.choice(["", "", "'", '"'])
        self._aliases = dice.choice([0.0, 0.5])
        for each in _collections(self.value):
            self._often[json.dumps(each)] += 1
        if dice.random() < 0.3:
            self._add("---")
        self._above(0, ())
        self._map(self.value, 0, (), "")
        if dice.random() < 0.5:
            self._add("# the end")
        if dice.random() < 0.2:
            self._add("...")

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(f"{each.text}\n" for each in self.lines)

    def _add(self, text: str, *about: Path, inside: tuple[Path, ...] = ()) -> None:
        self.lines.append(Line(text, about, inside))

    def _above(self, column: int, about: Path, *, blank: bool = True) -> None:
        if self.dice.random() < self._remarks:
            self._add(f"{' ' * column}# above {len(self.lines)}", about)
        elif blank and self.dice.random() < 0.05:
            self._add("", about)

    def _behind(self) -> str:
        if self.dice.random() >= self._remarks:
            return ""
        return f"{' ' * self.dice.randint(1, 4)}# behind {len(self.lines)}"

    def _map(
        self, value: Mapping[str, Any], column: int, path: Path, dash: str
    ) -> None:
        for number, (key, each) in enumerate(value.items()):
            if number or not dash:
                self._above(column, path)
            start = dash if dash and not number else " " * column
            self._field(f"{start}{self._key(key)}:", each, column, (*path, key))

    def _field(self, head: str, value: Any, column: int, path: Path) -> None:
        if not isinstance(value, dict | list) or not value:
            self._scalar(head, value, column, path)
            return
        anchor = self._anchor(value, path)
        if anchor.startswith("*"):
            source = self._anchors[json.dumps(value)][1]
            self._add(f"{head} {anchor}{self._behind()}", inside=(path, source))
            return
        head += f" {anchor}" if anchor else ""
        if self.dice.random() < self._braces:
            self._flow(f"{head} ", value, column, path, "")
            return
        self._add(head + self._behind(), path)
        if isinstance(value, dict):
            self._map(value, column + self._step, path, "")
        else:
            self._list(value, column + self._dash, path)

    def _list(self, value: list[Any], column: int, path: Path) -> None:
        for number, each in enumerate(value):
            own = (*path, number)
            self._above(column, own)
            dash = f"{' ' * column}- "
            if not isinstance(each, dict | list) or not each:
                self._add(f"{dash}{self._word(each)}{self._behind()}", own)
            elif isinstance(each, list) or self.dice.random() < self._braces:
                self._flow(dash, each, column + 2, own, "")
            else:
                self._map(each, column + 2, own, dash)

    def _flow(self, head: str, value: Any, column: int, path: Path, end: str) -> None:
        """Write a collection in braces, on one line or over several."""
        if self.dice.random() < (0.8 if len(json.dumps(value)) < _SHORT else 0.2):
            text = head + self._inline(value) + end
            self._add(text + self._behind(), inside=(path,))
            return
        is_map = isinstance(value, dict)
        self._add(head + "[{"[is_map] + self._behind(), path)
        parts = list(value.items() if is_map else enumerate(value))
        last = self.dice.choice(["", ","])
        for number, (key, each) in enumerate(parts):
            own = (*path, key)
            inner = column + self._step
            self._above(inner, path if is_map else own, blank=False)
            start = " " * inner + (f"{self._key(key)}: " if is_map else "")
            comma = "," if number < len(parts) - 1 else last
            if isinstance(each, dict | list) and each:
                self._flow(start, each, inner, own, comma)
            else:
                self._add(f"{start}{self._word(each)}{comma}{self._behind()}", own)
        self._add(" " * column + "]}"[is_map] + end + self._behind(), path)

    def _inline(self, value: Any) -> str:
        if isinstance(value, dict):
            parts = [f"{self._key(k)}: {self._inline(v)}" for k, v in value.items()]
            return "{" + ", ".join(parts) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._inline, value)) + "]"
        return self._word(value)

    def _scalar(self, head: str, value: Any, column: int, path: Path) -> None:
        if isinstance(value, str) and _is_block(value):
            self._add(f"{head} |{self._behind()}", path)
            for each in value.split("\n")[:-1]:
                self._add(" " * (column + self._step) + each if each else "", path)
            return
        self._add(f"{head} {self._word(value)}{self._behind()}", path)

    def _word(self, value: Any) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        quote = self.dice.choice([self._quotes, ""])
        if quote == "'" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value) if quote else word(value)

    def _key(self, key: str) -> str:
        return json.dumps(key) if self.dice.random() < 0.05 else word(key)

    def _anchor(self, value: Any, path: Path) -> str:
        token = json.dumps(value)
        if self._often[token] < 2:
            return ""
        if token in self._anchors:
            is_used = self.dice.random() < self._aliases
            return f"*{self._anchors[token][0]}" if is_used else ""
        self._anchors[token] = (f"a{len(self._anchors)}", path)
        return f"&{self._anchors[token][0]}"


def _collections(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        yield value
        for each in inner:
            yield from _collections(each)


def _is_block(text: str) -> bool:
    lines = text.split("\n")
    if len(lines) < 2 or lines[-1] or not lines[-2] or text[0].isspace():
        return False
    return all(each.isprintable() and each == each.rstrip() for each in lines)


def touched(old: Any, new: Any, path: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield what goes or becomes another value, and what others come into."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        for key in old:
            if key in new:
                yield from touched(old[key], new[key], (*path, key))
            else:
                yield "gone", (*path, key)
        if new.keys() - old.keys():
            yield "more", path
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        for before, after in pairs(old, new):
            if before is None:
                yield "more", path
            elif after is None:
                yield "gone", (*path, before)
            else:
                yield from touched(old[before], new[after], (*path, before))
    else:
        yield "gone", path


def staying(styled: Styled, new: Any) -> list[str]:
    """Return the lines that a change may not touch."""
    found = list(touched(styled.value, new))
    gone = [path for how, path in found if how == "gone"]
    anything = [path for _, path in found]

    def stays(line: Line) -> bool:
        paths = (*line.about, *line.inside)
        if any(path[: len(each)] == each for each in gone for path in paths):
            return False
        return not any(
            each[: len(path)] == path for each in anything for path in line.inside
        )

    return [each.text for each in styled.lines if stays(each)]

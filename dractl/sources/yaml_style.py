"""New values in the style of a YAML text: how far things are indented, and dashes."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dractl.sources.yaml_layout import Layout, Unwritable
from dractl.sources.yaml_tree import Node
from dractl.sources.yaml_write import block, inline, word

_STEP: Final = 2
_LINES: Final = re.compile(r"[\[{]\n([ \t]+)")


@dataclass(frozen=True, slots=True)
class Json:
    """How JSON is written: the step of lines, "" if there are none; the gaps; ASCII."""

    step: str
    gap: str
    is_ascii: bool

    @staticmethod
    def of(text: str) -> "Json":
        """Return how a text is written."""
        step = _LINES.search(text)
        gap = "" if step is None and ": " not in text else " "
        return Json(step[1] if step else "", gap, text.isascii())

    def text(self, value: object, before: str = "\n") -> str:
        """Return a value as text, over lines if those before it begin new ones."""
        has_lines = bool(self.step) and "\n" in before
        written = json.dumps(
            value,
            indent=self.step if has_lines else None,
            separators=("," if has_lines else f",{self.gap}", f":{self.gap}"),
            ensure_ascii=self.is_ascii,
        )
        return written.replace("\n", "\n" + before.rpartition("\n")[2])


@dataclass(frozen=True, slots=True)
class Style:
    """How far a mapping stands further in than its key, and a dash; None: not seen.

    `json` is how JSON is written, None where it is YAML.
    """

    step: int = _STEP
    dash: int | None = None
    json: "Json | None" = None

    def inline(self, value: object, before: str = "") -> str:
        """Return a value for a place in braces, where `before` ends a line, or not."""
        return inline(value) if self.json is None else self.json.text(value, before)

    def fields(self, values: Mapping[str, object], before: str) -> list[str]:
        """Return fields for a place in braces."""
        return [
            self.word(key) + self.inline(each, before) for key, each in values.items()
        ]

    def joint(self, layout: Layout, node: Node) -> str:
        """Return what stands between the parts of a collection in braces."""
        found = layout.joint(node)
        return f",{self.json.gap}" if self.json and found == ", " else found

    def braced(self, pieces: list[str], before: str) -> str:
        """Return fields in braces that come together, over lines if `before` is so."""
        if self.json is None or not self.json.step or "\n" not in before:
            return "{" + ", ".join(pieces) + "}"
        outer = "\n" + before.rpartition("\n")[2]
        inner = outer + self.json.step
        further = (each.replace("\n", f"\n{self.json.step}") for each in pieces)
        return "{" + inner + f",{inner}".join(further) + outer + "}"

    def word(self, key: str) -> str:
        """Return a key with its colon, for a place in braces."""
        if self.json is None:
            return f"{word(key)}: "
        return f"{self.json.text(key)}:{self.json.gap}"

    def indent(self, value: object) -> int:
        """Return how far a value below a key stands further in than that."""
        if isinstance(value, Mapping):
            return self.step
        return self.step if self.dash is None else self.dash

    def lines(self, value: object) -> list[str]:
        """Return the lines of a value in block style, from column 0 on."""
        if isinstance(value, Mapping) and value:
            return [line for each in value.items() for line in self.field(*each)]
        if isinstance(value, list | tuple) and value:
            return [line for each in value for line in self.item(each)]
        return block(value).split("\n")

    def field(self, key: str, value: object) -> list[str]:
        """Return the lines of a field of a mapping."""
        lines = self.lines(value)
        if not isinstance(value, Mapping | list | tuple) or not value:
            return [f"{word(key)}: {lines[0]}", *lines[1:]]
        is_map = isinstance(value, Mapping)
        return [f"{word(key)}:", *moved(lines, self.step if is_map else self.dash or 0)]

    def item(self, value: object, gap: int = 2) -> list[str]:
        """Return the lines of an item; its text is `gap` columns behind its dash."""
        first, *more = self.lines(value)
        return ["-" + " " * (gap - 1) + first, *moved(more, gap)]


def moved(lines: list[str], columns: int) -> list[str]:
    """Return lines that stand further in, empty ones as they are."""
    return [" " * columns + line if line else "" for line in lines]


def style_of(layout: Layout, root: Node) -> Style:
    """Return the style that most of a document has."""
    steps: Counter[int] = Counter()
    dashes: Counter[int] = Counter()
    for node in root.within():
        if node.is_flow:
            continue
        for key, value in node.entries:
            _count(layout, key, value, steps, dashes)
    step = steps.most_common(1)
    dash = dashes.most_common(1)
    return Style(step[0][0] if step else _STEP, dash[0][0] if dash else None)


def _count(
    layout: Layout, key: Node, value: Node, steps: Counter[int], dashes: Counter[int]
) -> None:
    if value.is_flow or not (value.entries or value.items):
        return
    column = layout.column(key.start)
    if value.entries:
        further = layout.column(value.entries[0][0].start) - column
        if further > 0:
            steps[further] += 1
        return
    try:
        dashes[layout.column(layout.dashes(value)[0]) - column] += 1
    except Unwritable:
        return

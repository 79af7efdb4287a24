"""New values in the style of a YAML text: how far things are indented, and dashes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dractl.sources.yaml_layout import Layout, Unwritable
from dractl.sources.yaml_tree import Node
from dractl.sources.yaml_write import block, word

_STEP: Final = 2


@dataclass(frozen=True, slots=True)
class Style:
    """How far a mapping stands further in than its key, and a dash; None: not seen."""

    step: int = _STEP
    dash: int | None = None

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

"""Capacity as a plot of its own: a bar for each group of devices."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.capacity.groups import Counts, Group
from dractl.report.element import Markup, element, joined
from dractl.report.states import LOOKS, counted, told
from dractl.report.svg.frame import alone, fill, label, mark, text

_WIDTH: Final = 760
_LEFT: Final = 16
_BAR: Final = 262  # where bars begin
_LENGTH: Final = 346
_ROW: Final = 28
_HEAD: Final = 94
_MOST: Final = 60  # bars of one plot
_LETTERS: Final = 29  # of a group's name


def capacity_plot(groups: Sequence[Group], title: str, told_of: str) -> str:
    """Return the plot as a file; `told_of` says what it is a plot of, and as of when.

    Bars are as long as the groups have devices. Of very many groups, those with the
    most devices are drawn, and the others are told in one line.
    """
    shown = groups
    if len(groups) > _MOST:
        largest = sorted(groups, key=lambda each: -each.counts.total)[:_MOST]
        kept = {id(each) for each in largest}
        shown = [each for each in groups if id(each) in kept]
    rest = len(groups) - len(shown)
    longest = max((each.counts.total for each in shown), default=1)
    height = _HEAD + _ROW * (len(shown) + bool(rest)) + 12
    rows = [
        _row(each, _HEAD + number * _ROW, longest) for number, each in enumerate(shown)
    ]
    if rest:
        y = _HEAD + len(shown) * _ROW + 16
        rows.append(text(_LEFT, y, f"and {rest:,} smaller ones", "quiet"))
    said = "; ".join(f"{each.name}: {told(each.counts)}" for each in shown)
    return alone(
        _WIDTH,
        height,
        title,
        said or "no devices",
        text(_LEFT, 30, title, "title"),
        text(_LEFT, 50, told_of, "quiet"),
        _legend(),
        rows,
    )


def _legend() -> Markup:
    x = _LEFT
    parts = []
    for state, look in LOOKS.items():
        parts += [mark(state, x, 62), text(x + 20, 74, look.word)]
        x += 44 + 7 * len(look.word)
    return joined(parts)


def _row(group: Group, y: int, longest: int) -> Markup:
    counts = group.counts
    free = counts.free + counts.partly
    return element(
        "g",
        {},
        element("title", {}, f"{group.name}: {told(counts)}"),
        label(_LEFT, y + 16, group.name, _LETTERS),
        _bars(counts, y, longest),
        text(
            _BAR + _LENGTH + 12, y + 16, f"{free:,} of {counts.total:,} free", "number"
        ),
    )


def _bars(counts: Counts, y: int, longest: int) -> Iterator[Markup]:
    x = float(_BAR)
    for state, number in counted(counts):
        if number:
            length = _LENGTH * number / longest
            place = {"x": round(x, 2), "y": y + 3, "width": round(length, 2)}
            yield element("rect", {**place, "height": 18, "fill": fill(state)})
            x += length
    whole = {"x": _BAR, "y": y + 3, "width": round(x - _BAR, 2), "height": 18}
    yield element("rect", {**whole, "class": "line"})

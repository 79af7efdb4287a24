"""Marks of devices, one beside the other."""

from collections.abc import Iterable, Sequence
from typing import Final

from dractl.capacity.devices import State
from dractl.capacity.groups import Counts
from dractl.report.element import Attributes, Markup, element
from dractl.report.states import counted, told
from dractl.report.svg.frame import CELL, fill, mark

_ACROSS: Final = 16  # marks in a row
MOST: Final = 128
"""Marks that are drawn one by one; of more devices, there is a bar."""


def strip(states: Sequence[State], said: str) -> Markup:
    """Return a mark for each device, in their order; `said` tells it in words."""
    rows = -(-len(states) // _ACROSS)
    across = min(len(states), _ACROSS)
    size: Attributes = {"width": across * CELL, "height": rows * CELL}
    marks = (
        mark(state, number % _ACROSS * CELL, number // _ACROSS * CELL)
        for number, state in enumerate(states)
    )
    kind: Attributes = {"class": "strip", "role": "img", "aria-label": said}
    return element("svg", {**kind, **size}, marks)


def sign(state: State) -> Markup:
    """Return the mark of a state, for those who see it beside its word."""
    size: Attributes = {"width": CELL, "height": CELL, "aria-hidden": "true"}
    return element("svg", size, mark(state))


def bar(counts: Counts, height: int = 14) -> Markup:
    """Return a bar as wide as there is room, cut by the shares of the states."""
    size: Attributes = {"class": "bar", "role": "img", "aria-label": told(counts)}
    return element("svg", {**size, "height": height}, _parts(counts, height))


def _parts(counts: Counts, height: int) -> Iterable[Markup]:
    start = 0.0
    for state, number in counted(counts):
        if not number:
            continue
        share = 100 * number / counts.total
        place: Attributes = {
            "x": f"{start:.2f}%",
            "width": f"{share:.2f}%",
            "height": height,
        }
        yield element("rect", {**place, "fill": fill(state)})
        start += share

"""How many nodes have how many free devices: what a claim for several finds."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.report.element import Attributes, Markup, element
from dractl.report.svg.frame import text

_WIDTH: Final = 280
_PLOT: Final = 96  # height of the highest bar
_TOP: Final = 18
_MOST: Final = 16  # numbers of devices that get a bar of their own


def histogram(nodes: Mapping[int, int], said: str) -> Markup:
    """Return bars: for each number of free devices, the nodes that have so many."""
    last = max(nodes, default=0)
    step = last // _MOST + 1
    bins: dict[int, int] = dict.fromkeys(range(last // step + 1), 0)
    for free, number in nodes.items():
        bins[free // step] += number
    most = max(bins.values(), default=1) or 1
    height = _TOP + _PLOT + 22
    box: Attributes = {
        "viewBox": f"0 0 {_WIDTH} {height}",
        "width": _WIDTH,
        "height": height,
    }
    base = {"x1": 0, "x2": _WIDTH, "y1": _TOP + _PLOT, "y2": _TOP + _PLOT}
    return element(
        "svg",
        {"class": "histogram", "role": "img", "aria-label": said, **box},
        _bars(bins, most, step),
        element("line", {"class": "line", **base}),
    )


def _bars(bins: Mapping[int, int], most: int, step: int) -> Iterator[Markup]:
    across = _WIDTH / len(bins)
    wide = min(across * 0.72, 40)
    for place, number in bins.items():
        middle = round(across * (place + 0.5), 1)
        height = round(_PLOT * number / most, 1)
        start = place * step
        name = str(start) if step == 1 else f"{start}+"
        kind = "bin none" if place == 0 and step == 1 else "bin"
        top = round(_TOP + _PLOT - height, 1)
        size: Attributes = {"x": round(middle - wide / 2, 1), "y": top}
        if number:
            yield element(
                "rect",
                {"class": kind, **size, "width": round(wide, 1), "height": height},
            )
            yield text(middle, top - 5, f"{number:,}", "number", "middle")
        yield text(middle, _TOP + _PLOT + 16, name, "quiet number", "middle")

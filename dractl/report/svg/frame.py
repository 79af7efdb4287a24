"""What all plots share: patterns of states, and what a file of its own needs."""

from typing import Final

from dractl.capacity.devices import State
from dractl.report.element import (
    Attributes,
    Child,
    Markup,
    element,
    embedded,
    joined,
)

NAMESPACE: Final = "http://www.w3.org/2000/svg"
CELL: Final = 16  # pixels from one mark to the next
_SIDE: Final = 13

_STYLE: Final = """
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:#1d2126}
.ground{fill:#fcfcfb}.title{font-size:16px;font-weight:600}
.quiet,.axis text{fill:#59616b}.number{font-variant-numeric:tabular-nums}
.line{stroke:#737b86;fill:none}.wire{stroke:#8b95a1;fill:none;stroke-width:1.5}
.box{fill:#fff;stroke:#b9c0c9}.band{fill:#f1f2f4;stroke:#dcdfe4}
.gpu{fill:#e3ebf7;stroke:#35598f}.nic{fill:#e2f2ea;stroke:#2c7a55}
.link{stroke:#8a4fa3;fill:none;stroke-width:2}.linked{fill:#8a4fa3}
pattern rect{stroke:none!important}
.s-a{fill:#35598f}.s-p{fill:#86a8d8}.s-f{fill:#dcefe5;stroke:#2c7a55}
.s-t{fill:#e8a33d}.s-u{fill:#e3e5e8;stroke:#737b86}
.k-a,.k-t{stroke:#1d2126;fill:none}.k-u{stroke:#737b86;fill:none}.k-p{fill:#35598f}
@media (prefers-color-scheme:dark){
text{fill:#e7eaee}.ground{fill:#14171a}.quiet,.axis text{fill:#a5adb8}
.line{stroke:#8e97a3}.wire{stroke:#76808c}
.box{fill:#1c2024;stroke:#4a525c}.band{fill:#191c20;stroke:#2b3138}
.gpu{fill:#22324c;stroke:#86a8d8}.nic{fill:#1a3529;stroke:#5fb98c}
.link{stroke:#c79be0}.linked{fill:#c79be0}
.s-a{fill:#6f97d3}.s-p{fill:#3b5680}.s-f{fill:#1a3529;stroke:#5fb98c}
.s-t{fill:#d9932f}.s-u{fill:#2b3036;stroke:#8e97a3}
.k-a,.k-t{stroke:#14171a}.k-u{stroke:#8e97a3}.k-p{fill:#6f97d3}
}
"""
"""Of a file of its own. A page styles the same classes."""


def alone(width: int, height: int, title: str, told: str, *kids: Child) -> str:
    """Return a file with a plot; `told` says in words what it shows."""
    root: Attributes = {
        "xmlns": NAMESPACE,
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": "title told",
    }
    ground = element("rect", {"class": "ground", "width": width, "height": height})
    drawn = element(
        "svg",
        root,
        element("title", {"id": "title"}, title),
        element("desc", {"id": "told"}, told),
        embedded("style", _STYLE),
        patterns(),
        ground,
        kids,
    )
    return f"{drawn}\n"


def text(
    x: float, y: float, said: str, kind: str | None = None, anchor: str | None = None
) -> Markup:
    """Return a line of text whose base line is at y."""
    place = {"x": x, "y": y, "class": kind, "text-anchor": anchor}
    return element("text", place, said)


def shortened(said: str, most: int) -> str:
    """Return text of so many characters at most; what goes is in its middle."""
    if len(said) <= most:
        return said
    head = most * 2 // 3
    return f"{said[:head]}…{said[len(said) - (most - head - 1) :]}"


def label(x: float, y: float, said: str, most: int, kind: str | None = None) -> Markup:
    """Return a line of text that is shortened, and whole for who asks."""
    short = shortened(said, most)
    whole = None if short == said else element("title", {}, said)
    return element("text", {"x": x, "y": y, "class": kind}, whole, short)


def fill(state: State) -> str:
    """Return the pattern that an area of a state is filled with."""
    return f"url(#p-{_key(state)})"


def mark(state: State, x: float = 0, y: float = 0) -> Markup:
    """Return the mark of one device."""
    place = {"href": f"#m-{_key(state)}", "x": x or None, "y": y or None}
    return element("use", place)


def patterns() -> Markup:
    """Return what `fill` and `mark` refer to, once per document."""
    return element("defs", {}, (_pattern(each) for each in State), map(_mark, State))


def _key(state: State) -> str:
    return state.value[0]


def _pattern(state: State) -> Markup:
    key = _key(state)
    size: Attributes = {"width": 8, "height": 8}
    kind: Attributes = {"id": f"p-{key}", "patternUnits": "userSpaceOnUse", **size}
    plain = element("rect", {"class": f"s-{key}", "stroke": "none", **size})
    return element("pattern", kind, plain, _hatch(state))


def _hatch(state: State) -> Markup | None:
    """Return what tells an area from others where colours do not."""
    lines = {
        State.PARTLY: "M0 8h8v-4h-8z",
        State.TAINTED: "M-2 2l4-4M0 8l8-8M6 10l4-4",
        State.UNUSABLE: "M0 0l8 8M8 0l-8 8",
    }
    if state not in lines:
        return None
    return element("path", {"class": f"k-{_key(state)}", "d": lines[state]})


def _mark(state: State) -> Markup:
    key = _key(state)
    square = element(
        "rect",
        {
            "class": f"s-{key}",
            "x": 1,
            "y": 1,
            "width": _SIDE,
            "height": _SIDE,
            "rx": 2,
        },
    )
    lines = {
        State.PARTLY: "M2 7.5h11v6h-11z",
        State.TAINTED: "M7.5 4v4.5M7.5 10.2v1.6",
        State.UNUSABLE: "M4 4l7 7M11 4l-7 7",
    }
    sign = None
    if state in lines:
        sign = element("path", {"class": f"k-{key} sign", "d": lines[state]})
    return element("g", {"id": f"m-{key}"}, joined(square, sign))

"""Pieces of a page: sections, tables, lists that open, text that is code."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dractl.report.element import Attributes, Child, Markup, element

NUMBER: Final = "number"


class Column(NamedTuple):
    """The head of a column; numbers stand to the right. `sign` is before it."""

    name: str
    kind: str | None = None
    sign: Markup | None = None


def section(
    key: str, title: str, *kids: Child, count: int | None = None, lead: Child = None
) -> Markup:
    """Return a section that the page's contents lead to."""
    head = f"{key}-head"
    number = None
    if count:
        number = element("span", {"class": "count"}, f"{count:,}")
    return element(
        "section",
        {"id": key, "aria-labelledby": head},
        element("h2", {"id": head}, title, " " if number else None, number),
        None if lead is None else element("p", {"class": "lead"}, lead),
        kids,
    )


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Child]],
    kind: str | None = None,
) -> Markup:
    """Return a table; the first cell of a row is its heading.

    Where it is too wide, it scrolls and not the page: by keyboard as well.
    """
    head = element("tr", {}, (_head(each) for each in columns))
    body = element("tbody", {}, (_row(each, columns) for each in rows))
    whole = element(
        "table",
        {"class": kind},
        element("caption", {}, element("span", {}, caption)),
        element("thead", {}, head),
        body,
    )
    frame: Attributes = {"role": "region", "aria-label": caption, "tabindex": 0}
    return element("div", {"class": "scroll", **frame}, whole)


def details(summary: Child, *kids: Child) -> Markup:
    """Return what shows its inside on demand."""
    return element("details", {}, element("summary", {}, summary), kids)


def listing(items: Iterable[Child], kind: str | None = None) -> Markup:
    """Return a list."""
    return element("ul", {"class": kind}, (element("li", {}, each) for each in items))


def paragraph(*kids: Child, kind: str | None = None) -> Markup:
    """Return a paragraph."""
    return element("p", {"class": kind}, *kids)


def code(text: str) -> Markup:
    """Return text that is to be taken letter by letter."""
    return element("code", {}, text)


def marked(text: str) -> Iterable[Child]:
    """Return a sentence in which what stands between backquotes is code."""
    for place, part in enumerate(text.split("`")):
        if part:
            yield code(part) if place % 2 else part


def typed(commands: Iterable[str]) -> Markup | None:
    """Return commands to be typed, one a line; None: there are none."""
    lines = [element("code", {}, each) for each in dict.fromkeys(commands)]
    return listing(lines, "commands") if lines else None


def cut(items: Sequence[Child], most: int, noun: str) -> Iterable[Child]:
    """Return so many items, and how many more there are."""
    if len(items) <= most:
        return items
    return (*items[:most], f"and {len(items) - most:,} more {noun}")


def folded(names: Sequence[str], noun: str, most: int = 50) -> Child:
    """Return the first of some names, and the others on demand."""
    if len(names) == 1:
        return names[0]
    return details(
        f"{names[0]} and {len(names) - 1:,} more", listing(cut(names, most, noun))
    )


def counted(number: int, noun: str) -> str:
    """Return `1 node`, `2,000 nodes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _head(column: Column) -> Markup:
    return element(
        "th", {"scope": "col", "class": column.kind}, column.sign, column.name
    )


def _row(cells: Sequence[Child], columns: Sequence[Column]) -> Markup:
    first, *rest = cells
    inner = [
        # Where the page is narrow, cells stand below each other, each with its name.
        element("td", {"class": _kind(column, cell), "data-name": column.name}, cell)
        for cell, column in zip(rest, columns[1:], strict=True)
    ]
    return element("tr", {}, element("th", {"scope": "row"}, first), inner)


def _kind(column: Column, cell: Child) -> str | None:
    return f"{NUMBER} zero" if column.kind == NUMBER and cell == "0" else column.kind

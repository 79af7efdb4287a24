"""The one way in which markup is made: elements that escape what they are given.

A `str` is always text, never markup. Only this module makes `Markup`.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final, Literal, TypeAlias, final

from dractl.model.shown import visible

Value = str | int | float | None
"""Of an attribute; None leaves it out."""
Attributes = dict[str, Value]

_VOID: Final = frozenset({"br", "input", "meta"})
_VOID_SVG: Final = frozenset({"circle", "line", "path", "rect", "use"})
_NONE: Final[Mapping[str, Value]] = {}


@final
class Markup:
    """Text that is markup already; opaque, so that no text becomes it by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str, *, key: object) -> None:
        if key is not _KEY:
            raise ValueError("markup is made of elements only")
        self._text = text

    def __str__(self) -> str:
        """Return what is written to a file."""
        return self._text


_KEY: Final = object()

Child: TypeAlias = "Markup | str | int | Iterable[Child] | None"
"""Text, markup, several of both, or nothing."""


def element(name: str, attributes: Mapping[str, Value] = _NONE, *kids: Child) -> Markup:
    """Return an element. Texts and values are escaped, and stand in one line.

    Raises ValueError for an attribute that could run or load something: handlers,
    styles, and addresses that lead out of the page.
    """
    head = "".join([name, *(_attribute(*each) for each in attributes.items())])
    if name in _VOID_SVG and not kids:
        return Markup(f"<{head}/>", key=_KEY)
    if name in _VOID:
        return Markup(f"<{head}>", key=_KEY)
    return Markup(f"<{head}>{''.join(_texts(kids))}</{name}>", key=_KEY)


def joined(*kids: Child) -> Markup:
    """Return markup one after the other."""
    return Markup("".join(_texts(kids)), key=_KEY)


def embedded(name: Literal["script", "style"], text: str) -> Markup:
    """Return a script or a style sheet of ours; raise ValueError if it would end early.

    It is the only text that is not escaped: browsers read it as it is.
    """
    if "</" in text or "<!--" in text or "]]>" in text:
        raise ValueError(name)
    return Markup(f"<{name}>{text}</{name}>", key=_KEY)


def fingerprint(text: str) -> str:
    """Return a script or a style sheet as a Content-Security-Policy allows it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _attribute(name: str, value: Value) -> str:
    if value is None:
        return ""
    lower = name.lower()
    leads_out = lower in {"href", "src"} and not str(value).startswith("#")
    if lower.startswith("on") or lower == "style" or leads_out:
        raise ValueError(name)
    return f' {name}="{_escaped(str(value))}"'


def _texts(kids: Iterable[Child]) -> Iterator[str]:
    for each in kids:
        if each is None:
            continue
        if isinstance(each, Markup):
            yield str(each)
        elif isinstance(each, str | int):
            yield _escaped(str(each))
        else:
            yield from _texts(each)


def _escaped(text: str) -> str:
    return escape(visible(text))

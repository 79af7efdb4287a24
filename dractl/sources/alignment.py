"""Where the characters of a scalar stand in the text that it was read from."""

from typing import Final

_BLANK: Final = frozenset(" \t\r\n")
_ESCAPES: Final = {"x": 4, "u": 6, "U": 10}
_PLANE: Final = 0xFFFF  # JSON writes what lies beyond it as two escapes


def aligned(raw: str, value: str, style: str) -> list[int] | None:
    """Return the offset in `raw` of each character of the value; None: unknown.

    `raw` begins with the quote or the block's `|` or `>`; `style` is that character, ""
    for a plain scalar. Folding is undone by passing over blanks that the value lacks.
    """
    place = _start(raw, style)
    found: list[int] = []
    for character in value:
        if style == '"':
            while raw.startswith("\\\n", place):  # a break that stands for nothing
                place = _after_blanks(raw, place + 2)
        step = _step(raw, place, character, style)
        if step is None:
            return None
        here, place = step
        found.append(here)
    return found


def _start(raw: str, style: str) -> int:
    if style in {"|", ">"}:
        return raw.find("\n") + 1 or len(raw)
    return 1 if style else 0


def _step(raw: str, place: int, character: str, style: str) -> tuple[int, int] | None:
    """Return where the character stands, and where the next one may."""
    here = raw[place : place + 1]
    if style == '"' and here == "\\":
        size = _ESCAPES.get(raw[place + 1 : place + 2], 2)
        halves = 2 if ord(character) > _PLANE and size == _ESCAPES["u"] else 1
        return place, place + size * halves
    if style == "'" and here == character == "'":
        return place, place + 2
    if here == character:
        return place, place + 1
    if here not in _BLANK:
        return None
    beyond = _after_blanks(raw, place)
    if character in _BLANK:
        return place, beyond  # a folded line break
    return (beyond, beyond + 1) if raw[beyond : beyond + 1] == character else None


def _after_blanks(raw: str, place: int) -> int:
    while place < len(raw) and raw[place] in _BLANK:
        place += 1
    return place

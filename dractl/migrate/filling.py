"""The conditions of a plugin's row, filled with what a resource's name says, and read.

`{}` is what the wildcards of the row stand for, `{1}` and `{2}` what is before and
after an underscore in it; `{resource}` is the whole name, `{name}` that without its
domain.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from dractl.cel.errors import SelectorCompileError
from dractl.cel.guard import guarded
from dractl.cel.parser import parse
from dractl.cel.quoting import quoted
from dractl.errors import DractlError, unclear
from dractl.manifests.conditions import expression, parse_condition
from dractl.manifests.presets import preset_of
from dractl.migrate.answer import Meaning
from dractl.vendors.plugins import Extended, filled_pattern

# Words that no name has: they mark the places of others in an expression.
_PART: Final = "zqpartqz"
_HEAD: Final = "zqheadqz"
_TAIL: Final = "zqtailqz"
_WHOLE: Final = "zqwhole/qznameqz"
_NAME: Final = "qznameqz"


def texts(row: Extended) -> tuple[str, ...]:
    """Return what the row asks for beside the class, unfilled."""
    return (*row.conditions, *((row.selector,) if row.selector else ()))


def needs_part(row: Extended) -> bool:
    """Tell whether the name, or a profile, has to fill something."""
    return any(
        place in each
        for each in (*texts(row), row.device_class)
        for place in ("{}", "{1}", "{2}")
    )


def filled(row: Extended, resource: str, part: str) -> tuple[str, ...]:
    """Return the expressions of a row for a resource, guarded.

    Raises DractlError for conditions that cannot be understood.
    """
    head, _, tail = part.partition("_")
    halves = ("{1}", head), ("{2}", tail)
    if any(place in each for each in texts(row) for place, word in halves if not word):
        raise unclear(f"{part[:60]!r} has nothing before or after an underscore")
    words = {
        "{}": part,
        "{1}": head,
        "{2}": tail,
        "{resource}": resource,
        "{name}": resource.rpartition("/")[2],
    }
    preset = preset_of(row.driver)
    found = [
        expression(parse_condition(_put(each, words)), preset, row.driver)
        for each in row.conditions
    ]
    if row.selector:
        spelled = {key: quoted(word)[1:-1] for key, word in words.items()}
        text = _put(row.selector, spelled)
        found.append(_guarded(text))
    return tuple(found)


def _guarded(text: str) -> str:
    try:
        return guarded(text, parse(text)) or text
    except SelectorCompileError as error:
        raise unclear(f"{text[:60]!r} is no CEL: {error}") from None


def read(row: Extended, expressions: Sequence[str]) -> Iterator[tuple[str, Meaning]]:
    """Yield resources whose row, filled, may have given the expressions.

    Others may be among these. Whether it is so shows when the row is filled again.
    """
    if not any("{" in each for each in texts(row)):
        if filled_pattern(row.pattern, "") == row.pattern:
            yield row.pattern, Meaning(row.unit)
        return
    found = _words(row, expressions)
    if found is None:
        return
    part = found.get(_PART, "")
    if _HEAD in found:
        part = f"{found[_HEAD]}_{found.get(_TAIL, '')}"
    name = part
    for old, new in row.spelling.items():
        name = name.replace(new, old) if new else name
    resource = found.get(_WHOLE) or filled_pattern(row.pattern, name)
    yield resource, Meaning(row.unit, part)


def _words(row: Extended, expressions: Sequence[str]) -> Mapping[str, str] | None:
    """Return the words at the marks; None where an expression of the row is missing."""
    marks = {"{1}": _HEAD, "{2}": _TAIL}
    marked = replace(
        row,
        conditions=tuple(_put(each, marks) for each in row.conditions),
        selector=_put(row.selector, marks),
    )
    chosen: dict[str, str] = {}
    try:
        patterns = [_pattern(each) for each in filled(marked, _WHOLE, _PART)]
    except DractlError:
        return None  # a taught condition with a number in it, whose mark is none
    for pattern, names in patterns:
        matches = (pattern.fullmatch(each) for each in expressions)
        match = next(filter(None, matches), None)
        if match is None:
            return None
        chosen |= {name: match[f"g{number}"] for number, name in enumerate(names)}
    return chosen


def _pattern(text: str) -> tuple[re.Pattern[str], list[str]]:
    """Return a pattern for an expression with any words at its marks, and these."""
    found = [each for each in (_PART, _HEAD, _TAIL, _WHOLE) if each in text]
    pattern = re.escape(text)
    for number, mark in enumerate(found):
        escaped = re.escape(mark)
        pattern = pattern.replace(escaped, f'(?P<g{number}>[^"]+)', 1)
        pattern = pattern.replace(escaped, f"(?P=g{number})")
    return re.compile(pattern.replace(_NAME, '[^"]+')), found


def _put(text: str, words: Mapping[str, str]) -> str:
    """Return the text with words in the places for them, all at once."""
    places = "|".join(map(re.escape, words))
    return re.sub(places, lambda found: words[found[0]], text)

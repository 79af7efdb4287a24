"""What people ask for, in a line: `2 gpu.nvidia.com memory>=80Gi, else 4 model=L4`."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dractl.errors import unclear
from dractl.manifests.conditions import Condition, is_condition, parse_condition

_NAME: Final = re.compile(r"([a-z0-9]([-a-z0-9]*[a-z0-9])?):", re.ASCII)
_COUNT: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_WORDS: Final = ("same", "distinct", "tolerate", "take")
_GRAMMAR: Final = (
    "[NAME:] COUNT|all [CLASS] CONDITION... [same=ATTRIBUTE] [distinct=ATTRIBUTE] "
    "[tolerate=KEY=VALUE:EFFECT] [take=CAPACITY=AMOUNT], else COUNT ..."
)


@dataclass(frozen=True, slots=True)
class Option:
    """One alternative; `count` None means every device that matches.

    `same` and `distinct` are attributes that its devices share, or not; tolerations and
    capacities are as they are written.
    """

    count: int | None = 1
    class_name: str | None = None
    conditions: tuple[Condition, ...] = ()
    same: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    tolerations: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """Devices of one kind, with alternatives in the order of preference."""

    options: tuple[Option, ...]
    name: str | None = None


def parse_wishes(text: str) -> list[Wish]:
    """Read wishes that semicolons separate; raise DractlError for what is unclear."""
    return [parse_wish(part) for part in _parts(text, ";") if part.strip()]


def parse_wish(text: str) -> Wish:
    """Read one wish."""
    name = _NAME.match(text.strip())
    body = text.strip()[name.end() :] if name else text
    wish = Wish((), name[1] if name else None)
    for words in _alternatives(_words(body)):
        option = _option(words)
        before = wish.options[-1].class_name if wish.options else None
        option = replace(option, class_name=option.class_name or before)
        wish = replace(wish, options=(*wish.options, option))
    return wish


def _option(words: Sequence[str]) -> Option:
    option = Option()
    for place, word in enumerate(words):
        key, _, value = word.partition("=")
        if place == 0 and (_COUNT.fullmatch(word) or word == "all"):
            option = replace(option, count=counted(word))
        elif key in _WORDS and value:
            option = _with(option, key, value)
        elif is_condition(word):
            found = (*option.conditions, parse_condition(word))
            option = replace(option, conditions=found)
        elif option.class_name is None:
            option = replace(option, class_name=word)
        else:
            raise unclear(f"{word[:60]!r} says nothing here", hint=_GRAMMAR)
    return option


def counted(text: str) -> int | None:
    """Return the number of devices; None for `all`."""
    if text == "all":
        return None
    if not _COUNT.fullmatch(text) or int(text) < 1:
        raise unclear(f"{text[:20]!r} is no number of devices")
    return int(text)


def _with(option: Option, key: str, value: str) -> Option:
    match key:
        case "same":
            return replace(option, same=(*option.same, value))
        case "distinct":
            return replace(option, distinct=(*option.distinct, value))
        case "tolerate":
            return replace(option, tolerations=(*option.tolerations, value))
    return replace(option, capacity=(*option.capacity, value))


def _alternatives(words: Sequence[str]) -> Iterator[list[str]]:
    found: list[str] = []
    for word in words:
        if word != "else":
            found.append(word)
            continue
        if not found:
            raise unclear("nothing stands before 'else'", hint=_GRAMMAR)
        yield found
        found = []
    if not found:
        raise unclear("no devices are asked for", hint=_GRAMMAR)
    yield found


def _words(text: str) -> list[str]:
    """Return the words; blanks around an operator and a comma before `else` go."""
    text = re.sub(r"[,\s]+else\b", " else ", text.replace("≥", ">=").replace("≤", "<="))
    text = re.sub(r"\s*(>=|<=|==|!=|<|>)\s*", r"\1", text)
    try:
        return shlex.split(text)
    except ValueError as error:
        raise unclear(f"{text[:60]!r}: a quote is not closed") from error


def _parts(text: str, separator: str) -> Iterator[str]:
    """Yield what stands between separators that are not in quotes."""
    found, quote = "", ""
    for each in text:
        if each == separator and not quote:
            yield found
            found = ""
            continue
        if each in {'"', "'"} and quote in {"", each}:
            quote = "" if quote else each
        found += each
    yield found

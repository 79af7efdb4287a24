"""The name that was probably meant."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Final

_ALIKE: Final = 0.65  # below it, two names share letters by chance
_BUT_FOR_CASE: Final = 0.99
_BUT_FOR_MARKS: Final = 0.98
_BUT_FOR_ORDER: Final = 0.975  # letters that changed places
_SPELLED_OTHERWISE: Final = 0.97  # at most
_BEGINNING: Final = 0.9  # one is how the other begins
_MORE_OF_IT: Final = 0.05
_SHORTEST_START: Final = 3
_LONG_ENOUGH: Final = 4
_LONGEST: Final = 128  # characters that are compared: comparing takes quadratic time
_FEW: Final = 5  # names that are listed where none is alike
_MARKS: Final = str.maketrans("", "", "-_. ")


def nearest(word: str, known: Iterable[str], *, most: int = 1) -> tuple[str, ...]:
    """Return the known names that resemble the word, best first, () if none does.

    A name that differs only in case, then one that differs only in hyphens, dots,
    underscores and blanks as well, resembles it most; then one that begins with it.
    """
    found = [(likeness(word, each), each) for each in dict.fromkeys(known)]
    close = sorted((-degree, each) for degree, each in found if degree)
    return tuple(each for _, each in close[:most])


def guess(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a hint at the known name that resembles the word most, if one does."""
    near = nearest(word, known)
    return f"did you mean {near[0]}?" if near else otherwise


def choice(word: str, known: Iterable[str]) -> str:
    """Return a hint at the name that was meant, or a few that there are; "": none."""
    names = list(dict.fromkeys(known))
    return guess(word, names, few(names) if names else "")


def few(names: Sequence[str]) -> str:
    """Return that there are such names; of many, how many more."""
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return f"there are {', '.join(names[:_FEW])}{more}"


def likeness(word: str, other: str) -> float:
    """Return how much two names resemble each other: 1 is equality, 0 not at all."""
    if word == other:
        return 1.0
    one, two = word.casefold(), other.casefold()
    if one == two:
        return _BUT_FOR_CASE
    # What names have in common by convention, such as a domain, makes none alike.
    one, two = _apart(one.split("."), two.split("."))
    return _likeness(one.translate(_MARKS)[:_LONGEST], two.translate(_MARKS)[:_LONGEST])


def _apart(one: list[str], two: list[str]) -> tuple[str, str]:
    """Return two dotted names without the last parts that they share."""
    while len(one) > 1 and len(two) > 1 and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return ".".join(one), ".".join(two)


def _likeness(one: str, two: str) -> float:
    if one == two:
        return _BUT_FOR_MARKS
    short, long = sorted((one, two), key=len)
    if long.startswith(short) and len(short) >= _SHORTEST_START:
        return _BEGINNING + len(short) / len(long) * _MORE_OF_IT
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    for bound in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio):
        if bound() < _ALIKE:
            return 0.0
    if sorted(one) == sorted(two):
        return _BUT_FOR_ORDER
    if len(long) < _LONG_ENOUGH:
        return 0.0  # a letter makes another word: gpu, npu, tpu
    return matcher.ratio() * _SPELLED_OTHERWISE

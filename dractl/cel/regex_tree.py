"""The tree of an RE2 regular expression, and the sets of characters it is made of."""

from typing import Final, Literal, NamedTuple

LAST: Final = 0x10FFFF
"""The last code point."""

Ranges = tuple[tuple[int, int], ...]


class RegexError(ValueError):
    """The pattern is one that RE2 refuses; the text is Go's."""


class CharSet(NamedTuple):
    """One character out of ranges and Unicode classes (name, negated)."""

    ranges: Ranges
    classes: tuple[tuple[str, bool], ...] = ()
    negated: bool = False


class Assertion(NamedTuple):
    """A place between characters; `lines` are those of (?m)."""

    kind: Literal["begin", "end", "begin-line", "end-line", "boundary", "inside"]


class Concat(NamedTuple):
    """One after the other; empty: the empty string."""

    parts: tuple["Regex", ...]


class Alternate(NamedTuple):
    """The first that leads to a match."""

    options: tuple["Regex", ...]


class Repeat(NamedTuple):
    """`most` None: without end."""

    body: "Regex"
    least: int
    most: int | None
    greedy: bool


Regex = CharSet | Assertion | Concat | Alternate | Repeat

DIGIT: Final[Ranges] = ((48, 57),)
WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACE: Final[Ranges] = ((9, 10), (12, 13), (32, 32))
PERL: Final = {"d": DIGIT, "w": WORD, "s": SPACE}
POSIX: Final[dict[str, Ranges]] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": DIGIT,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
# Two letters of ASCII have a third case: the Kelvin sign and the long s.
_FOLDS: Final = {
    "k": (0x212A,),
    "s": (0x17F,),
    "\u212a": (75, 107),
    "\u017f": (83, 115),
}
_FOLD_WIDEST: Final = 2048


def complement(ranges: Ranges) -> Ranges:
    """Return all other code points."""
    out = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            out.append((start, low - 1))
        start = max(start, high + 1)
    if start <= LAST:
        out.append((start, LAST))
    return tuple(out)


def folded(ranges: Ranges) -> Ranges:
    """Add the other cases of every letter; very wide ranges hold them anyway."""
    out = list(ranges)
    for low, high in ranges:
        if high - low > _FOLD_WIDEST:
            continue
        for code in range(low, high + 1):
            char = chr(code)
            others = (char.lower(), char.upper())
            out.extend((ord(one), ord(one)) for one in others if len(one) == 1)
            out.extend((extra, extra) for extra in _FOLDS.get(char.lower(), ()))
            out.extend((extra, extra) for extra in _FOLDS.get(char, ()))
    return tuple(sorted(set(out)))


_CATEGORIES: Final = (
    "Any L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po "
    "S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co"
)
# Scripts whose characters Unicode names after them, so that no table is needed.
_SCRIPTS: Final = (
    "Arabic Armenian Bengali Bopomofo Cherokee Coptic Cyrillic Devanagari Ethiopic "
    "Georgian Gothic Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada "
    "Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Ogham Oriya Runic Sinhala "
    "Syriac Tamil Telugu Thaana Thai Tibetan Tifinagh"
)
_UNICODE: Final = frozenset(f"{_CATEGORIES} {_SCRIPTS}".split())


def is_unicode_class(name: str) -> bool:
    r"""Tell whether `\p{name}` exists."""
    return name in _UNICODE


def copies(node: Regex) -> int:
    """Return how often counted repetitions write the innermost body out."""
    match node:
        case Repeat(body=body, least=least, most=most):
            return max(least, most or 0, 1) * copies(body)
        case Concat(parts=parts):
            return max(map(copies, parts), default=1)
        case Alternate(options=options):
            return max(map(copies, options), default=1)
    return 1

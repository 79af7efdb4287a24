r"""Regular expressions with RE2's meaning and bounded time.

An expression is read by RE2's rules. Python's `re` runs it, written out in terms that
mean the same there, as long as its backtracking stays within a budget for a text of
that length; else, and where `re` lacks the notion (`\pL`), the linear machine does.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dractl.cel.regex_machine import Machine, TooMuchWork
from dractl.cel.regex_pieces import Pieces, pieces
from dractl.cel.regex_syntax import parse
from dractl.cel.regex_tree import (
    Alternate,
    Assertion,
    CharSet,
    Concat,
    Regex,
    RegexError,
    Repeat,
)

__all__ = ["Pattern", "RegexError", "TooMuchWork", "check_pattern", "compile_pattern"]

_BUDGET: Final = 300_000  # steps of backtracking, some milliseconds
_LENGTHS: Final = tuple(1 << power for power in range(20, 3, -1))
_MOST_COPIES: Final = 20_000  # `re` writes counted repetitions out
_MOST_SIZE: Final = 3_000_000  # where Go gives up
_ASSERTIONS: Final = {
    "begin": r"\A",
    "end": r"\Z",
    "begin-line": r"(?m:^)",
    "end-line": r"(?m:$)",
    "boundary": r"(?a:\b)",
}


def check_pattern(pattern: str) -> None:
    """Raise RegexError, with Go's text, for an expression that RE2 refuses."""
    compile_pattern(pattern)


@functools.lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> "Pattern":
    """Return the compiled expression; raise RegexError where RE2 refuses it."""
    tree = parse(pattern)
    longest = _longest_text(tree)
    quick = re.compile(_written(tree)) if longest else None
    if _size(tree) > _MOST_SIZE:
        raise RegexError("error parsing regexp: expression too large")
    found = pieces(tree, _written) if _size(tree) <= _MOST_COPIES else None
    return Pattern(tree, quick, longest, found)


@dataclass(slots=True)
class Pattern:
    """A compiled expression: `quick` serves texts of up to `longest` characters.

    `pieces`, where there are any, tell for any single line whether it matches.
    """

    tree: Regex
    quick: re.Pattern[str] | None
    longest: int
    pieces: Pieces | None = None
    machine: Machine | None = None

    def matches(self, text: str) -> bool:
        """Tell whether it matches anywhere; TooMuchWork for giants."""
        if self.pieces is not None and "\n" not in text:
            return self.pieces.match(text)
        if self.quick is not None and len(text) <= self.longest:
            return self.quick.search(text) is not None
        return self._slow().find(text, 0) is not None

    def find(self, text: str) -> str | None:
        """Return the first match; TooMuchWork for giants."""
        return next(self.find_all(text), None)

    def find_all(self, text: str) -> Iterator[str]:
        """Yield the matches that do not overlap, as Go's FindAllString has them."""
        place, last_end = 0, -1
        while place <= len(text):
            span = self._span(text, place)
            if span is None:
                return
            begin, end = span
            # Go skips an empty match that touches the previous one.
            if end > begin or begin != last_end:
                yield text[begin:end]
            last_end = end
            place = end if end > begin else end + 1

    def is_quick(self, length: int) -> bool:
        """Tell whether texts of that length are matched without the machine."""
        return self.pieces is not None or length <= self.longest

    def effort(self, text: str) -> int:
        """Return a bound of the work on a text, in units of some microseconds."""
        if self.pieces is not None and "\n" not in text:
            return len(text) // 10
        if self.quick is None or len(text) > self.longest:
            return (len(text) + 1) * _size(self.tree) // 3
        tries = 1 if _is_anchored(self.tree) else len(text)
        return tries * _ways(self.tree, len(text)) // 500

    def _span(self, text: str, place: int) -> tuple[int, int] | None:
        if self.quick is not None and len(text) <= self.longest:
            found = self.quick.search(text, place)
            return None if found is None else found.span()
        return self._slow().find(text, place)

    def _slow(self) -> Machine:
        if self.machine is None:
            self.machine = Machine.build(self.tree)
        return self.machine


# How much `re` may have to backtrack


def _longest_text(tree: Regex) -> int:
    """Return up to which length `re` is within its budget; 0: never."""
    if not _is_plain(tree) or _size(tree) > _MOST_COPIES:
        return 0
    for length in _LENGTHS:
        tries = 1 if _is_anchored(tree) else length
        if tries * _ways(tree, length) <= _BUDGET:
            return length
    return 0


def _is_anchored(tree: Regex) -> bool:
    if isinstance(tree, Concat):
        return bool(tree.parts) and _is_anchored(tree.parts[0])
    return tree == Assertion("begin")


def _is_plain(node: Regex) -> bool:
    r"""Whether `re` can say it: no Unicode classes, no `\B` (differs on "")."""
    match node:
        case CharSet(classes=classes):
            return not classes
        case Assertion(kind=kind):
            return kind in _ASSERTIONS
        case Concat(parts=nodes) | Alternate(options=nodes):
            return all(map(_is_plain, nodes))
        case Repeat(body=body, least=least, most=most):
            # Loops over what may be empty end differently in Go and Python.
            return _is_plain(body) and ((least, most) == (0, 1) or _shortest(body) > 0)


def _shortest(node: Regex) -> int:
    match node:
        case CharSet():
            return 1
        case Assertion():
            return 0
        case Concat(parts=parts):
            return sum([_shortest(part) for part in parts])
        case Alternate(options=options):
            return min([_shortest(option) for option in options])
        case Repeat(body=body, least=least):
            return least * _shortest(body)


def _ways(node: Regex, length: int) -> int:
    """Bound the ways in which a text of that length can be split among the node."""
    match node:
        case CharSet() | Assertion():
            return 1
        case Concat(parts=parts):
            ways = 1
            for part in parts:
                ways = min(ways * _ways(part, length), _BUDGET + 1)
            return ways
        case Alternate(options=options):
            return min(sum([_ways(each, length) for each in options]), _BUDGET + 1)
        case Repeat(body=body, least=least, most=most):
            turns = length if most is None else min(most, length)
            inner = _ways(body, length)
            if inner > 1 and turns > 1:
                turns_cost: int = pow(min(inner, _BUDGET), min(turns, 32))
                return min(turns_cost * turns, _BUDGET + 1)
            return max(turns - least, 0) * inner + 1


def _size(node: Regex) -> int:
    """Return the number of characters and assertions, repetitions written out."""
    match node:
        case CharSet() | Assertion():
            return 1
        case Concat(parts=nodes) | Alternate(options=nodes):
            return 1 + sum([_size(each) for each in nodes])
        case Repeat(body=body, least=least, most=most):
            return 1 + max(least, most or 0, 1) * _size(body)


# The same expression for `re`


def _written(node: Regex) -> str:
    match node:
        case CharSet():
            return _written_set(node)
        case Assertion(kind=kind):
            return _ASSERTIONS[kind]
        case Concat(parts=parts):
            return "".join([_written(part) for part in parts])
        case Alternate(options=options):
            return f"(?:{'|'.join([_written(option) for option in options])})"
        case Repeat(body=body, least=least, most=most, greedy=greedy):
            count = f"{{{least},{'' if most is None else most}}}"
            return f"(?:{_written(body)}){count}{'' if greedy else '?'}"


def _written_set(chars: CharSet) -> str:
    if not chars.ranges:
        return r"[\s\S]" if chars.negated else r"[^\s\S]"
    ranges = "".join(
        _code(low) if low == high else f"{_code(low)}-{_code(high)}"
        for low, high in chars.ranges
    )
    if not chars.negated and len(chars.ranges) == 1 and ranges.count("\\") == 1:
        return ranges
    return f"[{'^' if chars.negated else ''}{ranges}]"


def _code(code: int) -> str:
    return f"\\U{code:08x}"

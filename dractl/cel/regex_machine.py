"""A matcher that needs time linear in the text, whatever the expression: a Pike VM.

It stands in where Python's backtracking `re` could explode, and follows RE2's rule for
which match is found: the leftmost, and of those the one that the preferences of the
expression name first.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.cel.regex_tree import (
    Alternate,
    Assertion,
    CharSet,
    Concat,
    Regex,
    RegexError,
    Repeat,
)

LARGEST_PROGRAM: Final = 50_000
_MOST_STEPS: Final = 500_000
_WORD: Final = frozenset(
    "0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)


class TooMuchWork(Exception):
    """Text and expression are so large that even linear time is too long."""


class _Step(NamedTuple):
    """An instruction; a `chars` step reads a character, a `test` step asserts."""

    op: str
    chars: Callable[[str], bool] | None = None
    test: str = ""
    to: tuple[int, ...] = ()


def member_test(chars: CharSet) -> Callable[[str], bool]:
    """Return the predicate of a set of characters."""
    ranges = tuple((chr(low), chr(high)) for low, high in chars.ranges)
    classes = chars.classes
    wanted = not chars.negated

    def contains(char: str) -> bool:
        for low, high in ranges:
            if low <= char <= high:
                return wanted
        for name, negated in classes:
            if _in_class(char, name) != negated:
                return wanted
        return not wanted

    return contains


def _in_class(char: str, name: str) -> bool:
    if name == "Any":
        return True
    if len(name) <= len("Lu"):
        return unicodedata.category(char).startswith(name)
    if name == "Han":
        name = "CJK"
    return unicodedata.name(char, "").startswith(name.upper())


@dataclass(slots=True)
class Machine:
    """A compiled expression."""

    steps: list[_Step]

    @staticmethod
    def build(tree: Regex) -> "Machine":
        """Compile; raise RegexError where the program would be too large."""
        steps: list[_Step] = []
        _emit(tree, steps)
        steps.append(_Step("match"))
        return Machine(steps)

    def find(self, text: str, start: int) -> tuple[int, int] | None:
        """Return the span of the first match at or after `start`, or None.

        Raises TooMuchWork beyond a fixed number of steps.
        """
        best: tuple[int, int] | None = None
        # Threads in order of preference: instruction -> where its match began.
        threads: dict[int, int] = {}
        work = 0
        for place in range(start, len(text) + 1):
            waiting = list(threads.items())
            if best is None:
                waiting.append((0, place))
            elif not waiting:
                break
            ready = self._closure(waiting, text, place)
            work += len(ready) + 1
            if work > _MOST_STEPS:
                raise TooMuchWork
            threads = {}
            for at, began in ready.items():
                step = self.steps[at]
                if step.op == "match":
                    best = (began, place)
                    break  # less preferred threads die
                if (
                    step.op == "char"
                    and place < len(text)
                    and step.chars is not None
                    and step.chars(text[place])
                ):
                    threads.setdefault(at + 1, began)
        return best

    def _closure(
        self, waiting: Iterable[tuple[int, int]], text: str, place: int
    ) -> dict[int, int]:
        """Follow jumps and assertions; keep the order of preference."""
        seen: dict[int, int] = {}
        for first, began in waiting:
            pending = [first]
            while pending:
                at = pending.pop()
                if at in seen:
                    continue
                seen[at] = began
                step = self.steps[at]
                if step.op == "jump":
                    pending.extend(reversed(step.to))
                elif step.op == "test" and _holds(step.test, text, place):
                    pending.append(at + 1)
        return seen


def _holds(kind: str, text: str, place: int) -> bool:
    match kind:
        case "begin":
            return place == 0
        case "end":
            return place == len(text)
        case "begin-line":
            return place == 0 or text[place - 1] == "\n"
        case "end-line":
            return place == len(text) or text[place] == "\n"
    before = place > 0 and text[place - 1] in _WORD
    after = place < len(text) and text[place] in _WORD
    return (before != after) == (kind == "boundary")


def _emit(node: Regex, steps: list[_Step]) -> None:
    if len(steps) > LARGEST_PROGRAM:
        raise RegexError("error parsing regexp: expression too large")
    match node:
        case CharSet():
            steps.append(_Step("char", chars=member_test(node)))
        case Assertion(kind=kind):
            steps.append(_Step("test", test=kind))
        case Concat(parts=parts):
            for part in parts:
                _emit(part, steps)
        case Alternate(options=options):
            _emit_alternate(options, steps)
        case Repeat():
            _emit_repeat(node, steps)


def _emit_alternate(options: tuple[Regex, ...], steps: list[_Step]) -> None:
    fork = len(steps)
    steps.append(_Step("jump"))
    starts = []
    ends = []
    for option in options:
        starts.append(len(steps))
        _emit(option, steps)
        ends.append(len(steps))
        steps.append(_Step("jump"))
    steps[fork] = _Step("jump", to=tuple(starts))
    for end in ends:
        steps[end] = _Step("jump", to=(len(steps),))


def _emit_repeat(node: Repeat, steps: list[_Step]) -> None:
    if node.most is None:
        _emit_endless(node, steps)
        return
    for _ in range(node.least):
        _emit(node.body, steps)
    forks = []
    for _ in range(node.most - node.least):
        forks.append(len(steps))
        steps.append(_Step("jump"))
        _emit(node.body, steps)
    for fork in forks:
        steps[fork] = _choice(fork + 1, len(steps), greedy=node.greedy)


def _emit_endless(node: Repeat, steps: list[_Step]) -> None:
    # x* is written as (x+)?, which is what gives Go's priorities where x may be empty.
    way_round = len(steps) if node.least == 0 else None
    if way_round is not None:
        steps.append(_Step("jump"))
    start = len(steps)
    for _ in range(max(node.least, 1)):
        start = len(steps)
        _emit(node.body, steps)
    steps.append(_choice(start, len(steps) + 1, greedy=node.greedy))
    if way_round is not None:
        steps[way_round] = _choice(start, len(steps), greedy=node.greedy)


def _choice(inside: int, after: int, *, greedy: bool) -> _Step:
    return _Step("jump", to=(inside, after) if greedy else (after, inside))

"""Expressions that are pieces of fixed length with `.*` between them.

Nearly all that people write in selectors is of this kind: `^.*A100.*80GB.*$`. Whether a
single line matches is found piece by piece, from left to right: as all the matches of a
piece are equally long, the first of them leaves the most room for the next piece.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dractl.cel.regex_tree import (
    Alternate,
    Assertion,
    CharSet,
    Concat,
    Regex,
    Repeat,
)

_BEGIN = Assertion("begin")
_END = Assertion("end")
_ANY = (CharSet(((10, 10),), negated=True), CharSet((), negated=True))


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces in order with their lengths, and which ends are tied to the text's.

    `single` is the only piece, where that is tied to neither.
    """

    parts: tuple[tuple[re.Pattern[str], int], ...]
    at_begin: bool
    at_end: bool
    single: re.Pattern[str] | None = None

    def match(self, line: str) -> bool:
        """Tell whether they match a text that is a single line."""
        if self.single is not None:
            return self.single.search(line) is not None
        place = 0
        last = len(self.parts) - 1
        for number, (pattern, length) in enumerate(self.parts):
            if self.at_end and number == last:
                start = len(line) - length
                if start < place or (number == 0 and self.at_begin and start > 0):
                    return False
                return pattern.match(line, start) is not None
            if number == 0 and self.at_begin:
                found = pattern.match(line)
            else:
                found = pattern.search(line, place)
            if found is None:
                return False
            place = found.end()
        return True


def pieces(tree: Regex, written: Callable[[Regex], str]) -> Pieces | None:
    """Return the pieces, None for an expression of another kind.

    `written` spells a tree for `re`.
    """
    parts = list(tree.parts) if isinstance(tree, Concat) else [tree]
    at_begin = parts[:1] == [_BEGIN]
    at_end = parts[-1:] == [_END]
    groups: list[list[Regex]] = [[]]
    for part in parts[at_begin : len(parts) - at_end]:
        if _is_gap(part):
            groups.append([])
        elif _length(part) is None:
            return None
        else:
            groups[-1].append(part)
    # Next to a gap, an end of the text or an empty piece says nothing.
    if len(groups) > 1 and not groups[0]:
        at_begin = False
    if len(groups) > 1 and not groups[-1]:
        at_end = False
    made = []
    for group in filter(None, groups) if len(groups) > 1 else groups:
        piece = Concat(tuple(group))
        made.append((re.compile(written(piece)), _length(piece) or 0))
    single = made[0][0] if len(made) == 1 and not at_begin and not at_end else None
    return Pieces(tuple(made), at_begin, at_end, single)


def _is_gap(part: Regex) -> bool:
    if not isinstance(part, Repeat) or part.body not in _ANY:
        return False
    return part.least == 0 and part.most is None


def _length(node: Regex) -> int | None:
    """Return the length of all that the node matches, None if that may differ."""
    match node:
        case CharSet(classes=()):
            return 1
        case Concat(parts=parts):
            lengths = [_length(part) for part in parts]
            return None if None in lengths else sum(filter(None, lengths))
        case Alternate(options=options):
            found = {_length(option) for option in options}
            return found.pop() if len(found) == 1 else None
        case Repeat(body=body, least=least, most=most) if least == most:
            length = _length(body)
            return None if length is None else length * least
    return None

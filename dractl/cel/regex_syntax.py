"""The syntax of RE2 regular expressions: text to a tree, with RE2's refusals.

Follows Go's regexp/syntax with the Perl flags, which is what cel-go compiles with.
Groups do not capture: CEL's functions only look at whole matches.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from dractl.cel.regex_tree import (
    LAST,
    PERL,
    POSIX,
    Alternate,
    Assertion,
    CharSet,
    Concat,
    Ranges,
    Regex,
    RegexError,
    Repeat,
    complement,
    copies,
    folded,
    is_unicode_class,
)

REPEAT_MOST: Final = 1000
_DEEPEST: Final = 100  # Go stops at 1000, which no selector of 10 KiB needs
_COUNT_DIGITS: Final = 4
_OCTAL_DIGITS: Final = 3
_BOUNDS: Final[dict[str, tuple[int, int | None]]] = {
    "*": (0, None),
    "+": (1, None),
    "?": (0, 1),
}
_CONTROLS: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_ASSERTIONS: Final[dict[str, Assertion]] = {
    "A": Assertion("begin"),
    "z": Assertion("end"),
    "b": Assertion("boundary"),
    "B": Assertion("inside"),
}


def parse(pattern: str) -> Regex:
    """Return the tree; raise RegexError for what RE2 refuses."""
    return _Parser(pattern).whole()


def _error(what: str, part: str) -> RegexError:
    return RegexError(f"error parsing regexp: {what}: `{part}`")


@dataclass(slots=True)
class _Flags:
    fold: bool = False
    lines: bool = False
    dot_all: bool = False
    ungreedy: bool = False

    def put(self, letter: str, on: bool) -> bool:
        """Set one flag; answer whether there is such a flag."""
        name = {"i": "fold", "m": "lines", "s": "dot_all", "U": "ungreedy"}.get(letter)
        if name is not None:
            setattr(self, name, on)
        return name is not None


@dataclass(slots=True)
class _Group:
    """An open parenthesis: what was read in it, and the flags outside."""

    outside: _Flags
    options: list[Regex] = field(default_factory=list)
    parts: list[Regex] = field(default_factory=list)

    def tree(self) -> Regex:
        last = self.parts[0] if len(self.parts) == 1 else Concat(tuple(self.parts))
        return Alternate((*self.options, last)) if self.options else last


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.place = 0
        self.flags = _Flags()
        self.names: set[str] = set()
        self.groups = [_Group(self.flags)]

    def whole(self) -> Regex:
        while self.place < len(self.text):
            self.item(self.groups[-1], self.peek())
        if len(self.groups) > 1:
            raise _error("missing closing )", self.text)
        return self.groups[0].tree()

    def peek(self, length: int = 1) -> str:
        return self.text[self.place : self.place + length]

    def take(self, text: str) -> bool:
        if self.text.startswith(text, self.place):
            self.place += len(text)
            return True
        return False

    def item(self, group: _Group, char: str) -> None:
        """Read one atom, operator or parenthesis."""
        if char == "(":
            self.open_group()
        elif char == ")":
            self.close_group()
        elif char == "|":
            self.place += 1
            group.options.append(Concat(tuple(group.parts)))
            group.parts = []
        elif char in "*+?" or (char == "{" and self.counted()):
            self.repeat(group.parts)
        elif char == "[":
            group.parts.append(self.char_class())
        elif char == "\\":
            group.parts.extend(self.escape())
        else:
            self.place += 1
            group.parts.append(self.plain(char))

    def plain(self, char: str) -> Regex:
        if char == ".":
            return CharSet(() if self.flags.dot_all else ((10, 10),), negated=True)
        if char == "^":
            return Assertion("begin-line" if self.flags.lines else "begin")
        if char == "$":
            return Assertion("end-line" if self.flags.lines else "end")
        return self.literal(ord(char))

    def literal(self, code: int) -> CharSet:
        ranges = ((code, code),)
        return CharSet(folded(ranges) if self.flags.fold else ranges)

    # Repetition

    def counted(self) -> tuple[int, int | None, int] | None:
        """Return least, most and the end of `{n,m}`; None: the brace is a character."""
        end = self.text.find("}", self.place)
        if end < 0:
            return None
        first, comma, last = self.text[self.place + 1 : end].partition(",")
        if not _is_count(first) or (last and not _is_count(last)):
            return None
        least = _count(first)
        most = least if not comma else None if not last else _count(last)
        return least, most, end + 1

    def repeat(self, parts: list[Regex]) -> None:
        start = self.place
        least, most = self.bounds()
        operator = self.text[start : self.place]
        lazy = self.take("?")
        if not parts:
            raise _error("missing argument to repetition operator", operator)
        if self.place < len(self.text) and (
            self.peek() in "*+?" or (self.peek() == "{" and self.counted())
        ):
            self.bounds()
            part = self.text[start : self.place]
            raise _error("invalid nested repetition operator", part)
        node = Repeat(parts.pop(), least, most, lazy == self.flags.ungreedy)
        if copies(node) > REPEAT_MOST:
            raise _error("invalid repeat count", operator)
        parts.append(node)

    def bounds(self) -> tuple[int, int | None]:
        """Read the operator that is here."""
        start = self.place
        counted = self.counted() if self.peek() == "{" else None
        if counted is None:
            self.place += 1
            return _BOUNDS[self.text[start]]
        least, most, self.place = counted
        operator = self.text[start : self.place]
        if max(least, most or 0) > REPEAT_MOST or (most is not None and least > most):
            raise _error("invalid repeat count", operator)
        return least, most

    # Groups

    def open_group(self) -> None:
        start = self.place
        outside = replace(self.flags)
        self.place += 1
        if self.take("?"):
            if self.peek(2) == "P<" or self.peek() == "<":
                self.group_name(start)
            elif not self.group_flags(start):
                return  # it only set flags for what follows
        if len(self.groups) > _DEEPEST:
            raise _error("expression nests too deeply", self.text)
        self.groups.append(_Group(outside))

    def close_group(self) -> None:
        if len(self.groups) == 1:
            raise _error("unexpected )", self.text)
        self.place += 1
        group = self.groups.pop()
        self.flags = group.outside
        self.groups[-1].parts.append(group.tree())

    def group_name(self, start: int) -> None:
        if self.peek(2) in {"<=", "<!"}:
            raise _error(
                "invalid or unsupported Perl syntax", self.text[start : start + 4]
            )
        begin = self.text.index("<", self.place) + 1
        end = self.text.find(">", begin)
        if end < 0:
            raise _error("invalid named capture", self.text[start:])
        name = self.text[begin:end]
        if not name.isascii() or not name.replace("_", "a").isalnum():
            raise _error("invalid named capture", self.text[start : end + 1])
        if name in self.names:
            raise _error("duplicate capture group name", name)
        self.names.add(name)
        self.place = end + 1

    def group_flags(self, start: int) -> bool:
        """Read `i-s:` or `i-s)`; answer whether a group begins."""
        flags, on, seen = replace(self.flags), True, False
        while self.place < len(self.text):
            char = self.peek()
            self.place += 1
            if flags.put(char, on):
                seen = True
            elif char == "-" and on:
                on, seen = False, False
            elif char in ":)" and (on or seen):
                self.flags = flags
                return char == ":"
            else:
                break
        raise _error(
            "invalid or unsupported Perl syntax", self.text[start : self.place]
        )

    # Escapes and classes

    def escape(self) -> list[Regex]:
        kind = self.peek(2)[1:]
        if kind in _ASSERTIONS:
            self.place += 2
            return [_ASSERTIONS[kind]]
        if kind == "Q":
            begin = self.place + 2
            end = self.text.find("\\E", begin)
            quoted = self.text[begin:] if end < 0 else self.text[begin:end]
            self.place = len(self.text) if end < 0 else end + 2
            return [self.literal(ord(char)) for char in quoted]
        if kind == "E":
            self.place += 2
            return []
        found = self.named_set()
        if found is not None:
            return [found]
        return [self.literal(self.escaped_code())]

    def named_set(self) -> CharSet | None:
        r"""Read `\d`, `\pL` and their like, if that is what comes."""
        kind = self.peek(2)[1:]
        if kind.lower() in PERL:
            self.place += 2
            return CharSet(PERL[kind.lower()], negated=kind.isupper())
        if kind not in {"p", "P"}:
            return None
        start = self.place
        self.place += 2
        if self.take("{"):
            end = self.text.find("}", self.place)
            if end < 0:
                raise _error("invalid character class range", self.text[start:])
            name = self.text[self.place : end]
            self.place = end + 1
        else:
            name = self.peek()
            self.place += 1
        negated = (kind == "P") != name.startswith("^")
        name = name.removeprefix("^")
        if not is_unicode_class(name):
            part = self.text[start : self.place]
            raise _error("invalid character class range", part)
        return CharSet((), ((name, negated),))

    def escaped_code(self) -> int:
        start = self.place
        self.place += 2
        char = self.text[start + 1 : start + 2]
        if not char:
            raise _error("trailing backslash at end of expression", "")
        if char in "01234567" and (char == "0" or self.peek() in set("01234567")):
            return self.octal(char)
        if char == "x":
            return self.hexadecimal(start)
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char.isascii() and not char.isalnum():
            return ord(char)
        raise _error("invalid escape sequence", self.text[start : self.place])

    def octal(self, digits: str) -> int:
        while len(digits) < _OCTAL_DIGITS and self.peek() and self.peek() in "01234567":
            digits += self.peek()
            self.place += 1
        return int(digits, 8)

    def hexadecimal(self, start: int) -> int:
        if self.take("{"):
            end = self.text.find("}", self.place)
            digits = self.text[self.place : end] if end >= 0 else ""
            self.place = end + 1 if end >= 0 else len(self.text)
        else:
            pair = self.peek(2)
            digits = pair if pair[1:] else ""
            self.place += len(digits)
        if digits and all(char in "0123456789abcdefABCDEF" for char in digits):
            code = int(digits[-16:], 16)
            if code <= LAST and not digits[:-16].strip("0"):
                return code
        raise _error("invalid escape sequence", self.text[start : self.place])

    def char_class(self) -> CharSet:
        start = self.place
        self.place += 1
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        classes: list[tuple[str, bool]] = []
        first = True
        while first or self.peek() != "]":
            if self.place >= len(self.text):
                raise _error("missing closing ]", self.text[start:])
            first = False
            self.class_item(ranges, classes, start)
        self.place += 1
        found = tuple(ranges)
        if self.flags.fold:
            found = folded(found)
        return CharSet(found, tuple(classes), negated)

    def class_item(
        self, ranges: list[tuple[int, int]], classes: list[tuple[str, bool]], start: int
    ) -> None:
        if self.peek(2) == "[:" and (end := self.text.find(":]", self.place + 2)) >= 0:
            ranges.extend(self.posix(end + 2))
            return
        named = self.named_set() if self.peek() == "\\" else None
        if named is not None:
            classes.extend(named.classes)
            ranges.extend(complement(named.ranges) if named.negated else named.ranges)
            return
        begin = self.place
        low = self.class_char(start)
        high = low
        if self.peek() == "-" and self.peek(2) not in {"-", "-]"}:
            self.place += 1
            high = self.class_char(start)
            if high < low:
                part = self.text[begin : self.place]
                raise _error("invalid character class range", part)
        ranges.append((low, high))

    def posix(self, end: int) -> Ranges:
        part = self.text[self.place : end]
        self.place = end
        name = part[2:-2].removeprefix("^")
        if name not in POSIX:
            raise _error("invalid character class range", part)
        return complement(POSIX[name]) if part[2] == "^" else POSIX[name]

    def class_char(self, start: int) -> int:
        if self.place >= len(self.text):
            raise _error("missing closing ]", self.text[start:])
        if self.peek() == "\\":
            return self.escaped_code()
        self.place += 1
        return ord(self.text[self.place - 1])


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")


def _count(text: str) -> int:
    return int(text) if len(text) <= _COUNT_DIGITS else REPEAT_MOST + 1

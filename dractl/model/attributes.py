"""What a device says of itself: typed values under qualified names."""

import functools
import re
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

Kind = Literal[
    "string", "int", "bool", "version", "strings", "ints", "bools", "versions", ""
]
LIST_KINDS: Final = frozenset({"strings", "ints", "bools", "versions"})
VALUE_BYTES: Final = 64
"""How long a string or a version may be."""

_NUMBER: Final = r"(?:0|[1-9][0-9]*)"
_SHAPE: Final = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?",
    re.ASCII,
)
_UINT64_MAX: Final = 2**64 - 1
_UINT64_DIGITS: Final = 20

Precedence = tuple[int, int, int, tuple[tuple[int, int, str], ...]]


class SemVerError(ValueError):
    """The text is not a semantic version."""


@dataclass(frozen=True, slots=True)
class SemVer:
    """A semantic version; equality is of text, order is of `precedence`.

    `precedence` leaves the build part out, as semver.org 2.0.0 section 10 demands and
    as blang/semver v4, which Kubernetes uses, compares.
    """

    text: str
    precedence: Precedence = field(compare=False)

    @staticmethod
    def parse(text: str) -> "SemVer":
        """Read a strict version (three numbers, no `v`); raise SemVerError else."""
        return _parse(text)

    def __str__(self) -> str:
        """Return the text as it was written."""
        return self.text


@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> SemVer:
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise SemVerError(f"{text[:80]!r} is not a semantic version")
    major, minor, patch = (_uint64(part, text) for part in match.group(1, 2, 3))
    identifiers = match[4].split(".") if match[4] else []
    order = tuple(_identifier(part, text) for part in identifiers)
    # A release sorts after all its pre-releases: (2,) beats every identifier.
    return SemVer(text, (major, minor, patch, order or ((2, 0, ""),)))


def _uint64(digits: str, text: str) -> int:
    if len(digits) <= _UINT64_DIGITS and (number := int(digits)) <= _UINT64_MAX:
        return number
    raise SemVerError(f"{text[:80]!r} has a number above 2^64 - 1")


def _identifier(part: str, text: str) -> tuple[int, int, str]:
    if not part.isdecimal():
        return (1, 0, part)
    if len(part) > 1 and part[0] == "0":
        raise SemVerError(f"{text[:80]!r} has a pre-release number with a leading zero")
    return (0, _uint64(part, text), "")


Scalar = str | int | bool | SemVer


class Attribute(NamedTuple):
    """One attribute value; `kind` is the wire field, "" where none is set."""

    kind: Kind
    value: Scalar | tuple[Scalar, ...] | None


def qualified(name: str, domain: str) -> str:
    """Return `domain/name` for a bare name; a qualified one is returned as it is."""
    return name if "/" in name else f"{domain}/{name}"

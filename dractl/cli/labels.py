"""Label selectors as kubectl's `-l` has them."""

import re
from collections.abc import Iterator
from typing import Final

from dractl.cli.options import usage
from dractl.model.names import label_key, label_value
from dractl.model.nodeselection import Requirement

# A comma between requirements, not one between the values of a set.
_BETWEEN: Final = re.compile(r",(?![^(]*\))")
_SET: Final = re.compile(r"(\S+)\s+(in|notin)\s*\(([^()]*)\)")
_EQUAL: Final = re.compile(r"([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)")
_OPERATORS: Final = {"in": "In", "notin": "NotIn", "=": "In", "==": "In", "!=": "NotIn"}


def label_selector(text: str) -> tuple[Requirement, ...]:
    """Read `a=b,c!=d,e in (x,y),f,!g`; raise DractlError for what is no selector."""
    if not text.strip():
        raise usage("--selector is empty")
    found = tuple(_requirement(part.strip()) for part in _BETWEEN.split(text))
    for each in found:
        for fault in _faults(each):
            raise usage(f"--selector: {text[:80]!r}: {fault}")
    return found


def _requirement(part: str) -> Requirement:
    if match := _SET.fullmatch(part):
        values = tuple(each.strip() for each in match[3].split(","))
        return Requirement(match[1], _OPERATORS[match[2]], values)
    if match := _EQUAL.fullmatch(part):
        return Requirement(match[1], _OPERATORS[match[2]], (match[3],))
    if part.startswith("!"):
        return Requirement(part[1:].strip(), "DoesNotExist")
    return Requirement(part, "Exists")


def _faults(requirement: Requirement) -> Iterator[str]:
    yield from (str(each) for each in label_key(requirement.key))
    for value in requirement.values:
        yield from (str(each) for each in label_value(value))

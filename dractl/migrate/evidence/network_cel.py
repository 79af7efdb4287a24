"""Selectors of network devices in CEL, for the drivers that replace their plugins."""

from collections.abc import Iterable, Sequence

from dractl.catalogue.snippets import condition
from dractl.cel.errors import SelectorCompileError
from dractl.cel.guard import guarded
from dractl.cel.parser import parse
from dractl.cel.quoting import quoted, value_path


def one_of(driver: str, name: str, values: Iterable[str]) -> str:
    """Return the test that an attribute is one of some strings."""
    found = tuple(dict.fromkeys(values))
    path = ("attributes", driver, name)
    if len(found) == 1:
        return condition(path, "==", found[0])
    return f"{value_path(path)} in [{', '.join(map(quoted, found))}]"


def is_true(driver: str, name: str) -> str:
    """Return the test that an attribute is true."""
    return condition(("attributes", driver, name), "==", value=True)


def within(driver: str, name: str, first: int, last: int) -> str:
    """Return the test that a number is in a range, ends included."""
    path = ("attributes", driver, name)
    if first == last:
        return condition(path, "==", first)
    return f"{condition(path, '>=', first)} && {condition(path, '<=', last)}"


def all_of(texts: Sequence[str]) -> str:
    """Return the test that all hold."""
    return " && ".join(_part(each, "||") for each in texts)


def any_of(texts: Sequence[str]) -> str:
    """Return the test that one holds."""
    found = tuple(dict.fromkeys(texts))
    if len(found) == 1:
        return found[0]
    return " || ".join(_part(each, "&&") for each in found)


def _part(text: str, joint: str) -> str:
    return f"({text})" if f" {joint} " in text else text


def safe(text: str) -> str | None:
    """Return a test with guards for what a device lacks; None: CEL cannot say it."""
    try:
        return guarded(text, parse(text)) or text
    except SelectorCompileError:
        return None

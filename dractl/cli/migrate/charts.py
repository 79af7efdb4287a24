"""Files that only Helm can read: what helps whoever gives them."""

from collections.abc import Iterable
from typing import Final

from dractl.api.problems import Problem
from dractl.errors import DractlError
from dractl.sources.files import load_text

_TEMPLATE: Final = "{{"


def advice(where: str, command: str) -> str:
    """Return what to do if a file is a template of Helm, "" if it is none.

    `where` is its path, a line may follow; `command` is what reads it.
    """
    path = where.partition(":")[0]
    if not _is_template(path):
        return ""
    return f"it is a template of Helm: helm template CHART | dractl {command} -"


def first_advice(problems: Iterable[Problem], command: str) -> str:
    """Return what to do about the first template among files, "" if there is none."""
    found = (advice(each.where, command) for each in problems)
    return next(filter(None, found), "")


def _is_template(path: str) -> bool:
    try:
        return _TEMPLATE in load_text(path) if path and path != "stdin" else False
    except DractlError:
        return False

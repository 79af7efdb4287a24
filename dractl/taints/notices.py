"""What is to be known beside an answer."""

from collections.abc import Iterable
from typing import NamedTuple


class Notice(NamedTuple):
    """One thing to know; `code` is stable, `hint` is something to type or to do."""

    code: str
    message: str
    hint: str = ""


def each_once(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return the notices in their order, none twice."""
    return tuple(dict.fromkeys(notices))

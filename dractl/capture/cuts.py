"""Ways to cut a value down to what may be written: only what is named stays."""

from collections.abc import Callable, Mapping
from typing import Any

Cut = Callable[[Any], Any]
"""Returns what stays of a value; None: nothing does."""


def whole(value: Any) -> Any:
    """Keep all of it."""
    return value


def fields(**cuts: Cut) -> Cut:
    """Keep these fields of an object, each cut in its own way."""

    def cut(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return None
        done = ((key, cuts[key](each)) for key, each in value.items() if key in cuts)
        return {key: each for key, each in done if each is not None}

    return cut


def each(one: Cut) -> Cut:
    """Keep a list, with every element cut."""

    def cut(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return None
        done = map(one, value)
        return [element for element in done if element is not None]

    return cut


def some(*names: str) -> Cut:
    """Keep these fields of an object whole."""
    return fields(**dict.fromkeys(names, whole))


def replacing(**cuts: Cut) -> Cut:
    """Keep all fields of an object, some of them cut."""

    def cut(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return None
        done = ((key, cuts.get(key, whole)(each)) for key, each in value.items())
        return {key: each for key, each in done if each is not None}

    return cut

"""Documents from JSON text: one object, several in a row, or a list of them.

What Go's decoder refuses (repeated keys, NaN, numbers beyond float64) spoils the one
document that it is in, not its neighbours.
"""

import json
import math
from collections.abc import Mapping
from typing import Final

from dractl.api.lists import is_list, items_of
from dractl.sources.documents import Loaded, SourcedDocument

_LONGEST_NUMBER: Final = 400  # digits; float64 ends at 309
# Python needs up to 200 bytes for each; more than this is no cluster.
_MOST_CONTAINERS: Final = 8_000_000
_MOST_VALUES: Final = 32_000_000
_MOST_ITEMS: Final = 500_000  # of one list; a fleet of 5,000 nodes has 15,000
_BLANKS: Final = " \t\r\n"


class NotJson(Exception):
    """The text is not even the beginning of a JSON document."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.message = message
        self.where = where


class _Flawed(dict[str, object]):
    """Stands in for something that is not proper JSON."""

    def __init__(self, flaw: str) -> None:
        super().__init__()
        self.flaw = flaw


def read_json(text: str, source: str) -> Loaded:
    """Read all documents of the text; the rest after a syntax error is a problem.

    Raises NotJson if the error is in the first document already.
    """
    loaded = Loaded([], [])
    containers = text.count("{") + text.count("[")
    if containers > _MOST_CONTAINERS or text.count(",") > _MOST_VALUES:
        loaded.report("holds more objects than dractl reads", source)
        return loaded
    reader = Reader()
    start, number = skip_blanks(text, 0), 0
    while start < len(text):
        try:
            value, end = reader.raw_decode(text, start)
        except json.JSONDecodeError as error:
            message, where = f"is not JSON: {error.msg}", _place(source, error)
            if number == 0:
                raise NotJson(message, where) from error
            loaded.report(message, where)
            return loaded
        except RecursionError:
            loaded.report("is nested too deeply", source)
            return loaded
        several = number > 0 or skip_blanks(text, end) < len(text)
        where = f"{source} document {number}" if several else source
        _add(loaded, value, where, flawed=reader.met_flaw)
        start, number = skip_blanks(text, end), number + 1
    return loaded


def skip_blanks(text: str, start: int) -> int:
    """Return where the next document begins."""
    while start < len(text) and text[start] in _BLANKS:
        start += 1
    return start


def _place(source: str, error: json.JSONDecodeError) -> str:
    return f"{source}:{error.lineno}:{error.colno}"


def _add(loaded: Loaded, value: object, where: str, *, flawed: bool) -> None:
    """Add a document; of a list the items, so that one flaw spoils only one."""
    if isinstance(value, list):
        given, complete = value, value
    elif flawed and is_list(value) and isinstance(items := value.get("items"), list):
        given, complete = items, list(items_of(value))
    else:
        _add_one(loaded, value, value if flawed else None, where)
        return
    if len(given) > _MOST_ITEMS:
        loaded.report("holds more objects than dractl reads", where)
        return
    for number, (item, whole) in enumerate(zip(given, complete, strict=True)):
        _add_one(loaded, whole, item if flawed else None, f"{where} item {number}")


def _add_one(loaded: Loaded, document: object, suspect: object, where: str) -> None:
    flaw = flaw_in(suspect)
    if flaw is None:
        loaded.documents.append(SourcedDocument(document, where))
    else:
        loaded.report(flaw, where)


def flaw_in(value: object) -> str | None:
    """Return what is not proper JSON in a value that `Reader` made; None: nothing."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, _Flawed):
            return each.flaw
        if isinstance(each, Mapping):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return None


class Reader(json.JSONDecoder):
    """Decodes strictly, and makes equal objects of one string field only once."""

    def __init__(self) -> None:
        self.met_flaw = False
        # A fleet repeats {"string": "gpu"} and {"value": "80Gi"} ten thousands of
        # times; nobody writes to documents, so they can be one object.
        self._shared: dict[tuple[str, object], dict[str, object]] = {}
        super().__init__(
            object_pairs_hook=self._object,
            parse_constant=self._constant,
            parse_int=self._whole,
            parse_float=self._float,
        )

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(pairs) == 1:
            pair = pairs[0]
            # Only strings: 1, 1.0 and true would be one key.
            if pair[1].__class__ is str:
                found = self._shared.get(pair)
                if found is None:
                    found = self._shared[pair] = {pair[0]: pair[1]}
                return found
        made = dict(pairs)
        if len(made) != len(pairs):
            return self._flawed(f"key {_repeated(pairs)!r} is there twice")
        return made

    def _constant(self, name: str) -> object:
        return self._flawed(f"{name} is not a JSON value")

    def _whole(self, digits: str) -> object:
        if len(digits) <= _LONGEST_NUMBER:
            return int(digits)
        return self._flawed(f"number {digits[:20]}... is too large")

    def _float(self, digits: str) -> object:
        value = float(digits)
        if math.isfinite(value):
            return value
        return self._flawed(f"number {digits[:20]} is too large")

    def _flawed(self, flaw: str) -> _Flawed:
        self.met_flaw = True
        return _Flawed(flaw)


def _repeated(pairs: list[tuple[str, object]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return ""

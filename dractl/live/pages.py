"""Pages of lists, of which no more than one object at a time is taken apart.

A list of 16,000 devices has 19 MB; as Python's mappings it would have ten times that.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")


class Page:
    """One answer to a list request. Raises ValueError for what is no such list."""

    def __init__(self, body: bytes) -> None:
        self.size = len(body)
        self._text = body.decode()
        self._items: list[object] | int = []
        self.head = self._read_head()

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the list."""
        found = self.head.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def token(self) -> str:
        """What to ask for the next page with; "" on the last one."""
        found = self.metadata.get("continue")
        return found if isinstance(found, str) else ""

    @property
    def remaining(self) -> int:
        """How many objects come on further pages, as far as the server tells."""
        found = self.metadata.get("remainingItemCount")
        return found if isinstance(found, int) else 0

    def items(self) -> Iterator[object]:
        """Yield the objects; raise ValueError where the text breaks off."""
        if isinstance(self._items, int):
            return self._from(self._items)
        return iter(self._items)

    def _read_head(self) -> dict[str, object]:
        """Read what stands before the items, and note where those begin."""
        head: dict[str, object] = {}
        place = self._past("{", 0)
        while self._text[place : place + 1] != "}":
            key, place = _DECODER.raw_decode(self._text, place)
            place = self._past(":", place)
            is_list = key == "items" and self._text[place : place + 1] == "["
            if is_list and "metadata" in head:
                self._items = self._past("[", place)
                return head
            value, place = _DECODER.raw_decode(self._text, place)
            head[key] = value
            if is_list:
                self._items = value
            place = self._next(place, "}")
        if "items" not in head:
            raise ValueError("no list has no items")
        return head

    def _from(self, place: int) -> Iterator[object]:
        while self._text[place : place + 1] != "]":
            item, place = _DECODER.raw_decode(self._text, place)
            yield item
            place = self._next(place, "]")
        # What follows the items tells nothing, but has to be there.
        json.loads("{" + self._text[place + 1 :].lstrip(", \t\r\n"))

    def _past(self, sign: str, place: int) -> int:
        """Return where something begins after a sign that has to come next."""
        place = self._skipped(place)
        if self._text[place : place + 1] != sign:
            message = f"no {sign} where one belongs"
            raise json.JSONDecodeError(message, self._text, place)
        return self._skipped(place + 1)

    def _next(self, place: int, end: str) -> int:
        """Return where the next entry begins, or the sign that ends them."""
        place = self._skipped(place)
        return place if self._text[place : place + 1] == end else self._past(",", place)

    def _skipped(self, place: int) -> int:
        found = _SPACE.match(self._text, place)
        return place if found is None else found.end()

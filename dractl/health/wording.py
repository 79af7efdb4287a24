"""The words in the names that drivers and admins make up: `LinkFailed`, `gpu-lost`."""

import re
from typing import Final

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def words_of(name: str) -> list[str]:
    """Return the words of a name without its domain, in the case that they have."""
    return _WORDS.findall(name.rpartition("/")[2])

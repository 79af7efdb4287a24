"""Renaming in sentences: whole words only, and none that sentences are made of."""

import re
from collections.abc import Mapping
from typing import Final

_CHUNK: Final = re.compile(r"[^\s\"'`,;()\[\]{}=<>]+")
_TOKEN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?")
_ADDRESS: Final = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){4,}[0-9A-Fa-f]{1,4}(?![\w:])"
    r"|(?<![\w:])[0-9A-Fa-f:]*::[0-9A-Fa-f:]+(?![\w:])"
)
_NO_ADDRESS: Final = "(address)"
_SHORTEST_PREFIX: Final = 3
# What the components of Kubernetes write; answers depend on these.
WORDS: Final = frozenset({
    "a", "admin", "admission", "allocatable", "allocate", "allocated", "allocation",
    "an", "and", "any", "are", "at", "attribute", "available", "be", "because",
    "been", "binding", "but", "by", "can", "cannot", "capacity", "claim", "claims",
    "class", "cluster", "container", "controller", "count", "cpu", "could",
    "create", "created", "default", "device", "devices", "driver", "drivers",
    "error", "event", "exceeded", "failed", "for", "found", "from", "gpu", "gpus",
    "had", "has", "have", "if", "image", "in", "insufficient", "is", "it",
    "kubelet", "limited", "limit", "main", "memory", "no", "node", "nodes", "not",
    "of", "on", "one", "or", "out", "plugin", "pod", "pods", "pool", "prepare",
    "quota", "ready", "request", "requested", "requests", "resource", "resources",
    "resourceclaim", "scheduler", "selector", "set", "slice", "state", "status",
    "taint", "test", "that", "the", "this", "time", "timed", "to", "type", "used",
    "user", "using", "was", "were", "will", "with", "without",
})  # fmt: skip


class Wording:
    """Renames in free text.

    `names` are those of objects, which also begin the names that Kubernetes makes of
    them; `values` are other texts, which are replaced where they stand alone. Tokens in
    `kept` stay as they are. `stayed` collects the names that are common words.
    """

    def __init__(
        self, names: Mapping[str, str], values: Mapping[str, str], kept: frozenset[str]
    ) -> None:
        self._names = names
        self._values = values
        self._kept = kept
        self.stayed: set[str] = set()

    def reworded(self, text: str) -> str:
        """Return the text with everything renamed that can be told in it."""
        plain = _ADDRESS.sub(_NO_ADDRESS, text)
        return _CHUNK.sub(lambda found: self._chunk(found.group()), plain)

    def _chunk(self, chunk: str) -> str:
        """Return what stands between blanks and quotes: an image, a PCI address."""
        core = chunk.rstrip(".:!?")
        if core in self._values:
            return self._values[core] + chunk[len(core) :]
        return _TOKEN.sub(lambda found: self._token(found.group()), chunk)

    def _token(self, token: str) -> str:
        if token in self._kept:
            return token
        first, slash, rest = token.partition("/")
        if not slash:
            return self._word(token)
        if "." in first and first not in self._names and first not in self._kept:
            return token  # the key of a label, or a type
        return "/".join([self._token(first), self._token(rest)])

    def _word(self, word: str) -> str:
        if word in WORDS:
            if self._names.get(word, word) != word:
                self.stayed.add(word)
            return word
        if word in self._names:
            return self._names[word]
        if word in self._values:
            return self._values[word]
        for end in range(len(word) - 1, _SHORTEST_PREFIX - 1, -1):
            head = word[:end]
            if word[end] in "-." and head in self._names and head not in WORDS:
                return self._names[head] + word[end:]
        return word

"""What is named in documents, before any of it is renamed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.capture.attributes import has_identifier, is_identifying
from dractl.capture.literals import looked_into
from dractl.capture.reports import node_groups
from dractl.capture.spots import (
    ATTRIBUTE,
    DEVICE,
    EXPRESSION,
    IMAGE,
    LABEL,
    NAMES,
    NODE_GROUP,
    POOL,
    REPORT,
    SLICE,
    Spot,
    renamed,
)

Document = Mapping[str, Any]

_COMPARED: Final = frozenset({"Gt", "Lt"})


@dataclass
class Survey:
    """All names and values by what they are for.

    `inspected` are the names that occur in expressions which look into values, and
    `compared` the labels whose values are compared as numbers.
    """

    names: dict[str, set[str]] = field(default_factory=dict)
    pools: set[str] = field(default_factory=set)
    slices: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    labels: set[tuple[str, str]] = field(default_factory=set)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    inspected: set[str] = field(default_factory=set)
    compared: set[str] = field(default_factory=set)
    drivers: set[str] = field(default_factory=set)

    @staticmethod
    def of(documents: Iterable[Document]) -> "Survey":
        """Return what the documents name."""
        found = Survey()
        for document in documents:
            renamed(document, found._note)
            found._note_fields(document)
        return found

    def _note(self, spot: Spot, text: str) -> str:
        if spot.what in NAMES:
            self.names.setdefault(spot.what, set()).add(text)
        elif spot.what == EXPRESSION:
            self.inspected |= looked_into(text)
        elif spot.what == REPORT:
            self.names.setdefault(NODE_GROUP, set()).update(node_groups(text))
        elif spot.what == LABEL:
            self.labels.add((spot.key, text))
        elif spot.what == ATTRIBUTE and is_identifying(spot.key, text):
            self.attributes.add((spot.key, text))
        elif spot.what == DEVICE and has_identifier(text):
            self.devices.add(text)
        elif spot.what in {POOL, SLICE, IMAGE}:
            by_what = {POOL: self.pools, SLICE: self.slices, IMAGE: self.images}
            by_what[spot.what].add(text)
        return text

    def _note_fields(self, value: Any) -> None:
        """Note drivers and classes, which stay, and labels that are compared."""
        if isinstance(value, list):
            for each in value:
                self._note_fields(each)
        if not isinstance(value, Mapping):
            return
        if value.get("operator") in _COMPARED:
            self.compared.add(str(value.get("key")))
        for key, each in value.items():
            if key in {"driver", "deviceClassName"} and isinstance(each, str):
                self.drivers.add(each)
            else:
                self._note_fields(each)

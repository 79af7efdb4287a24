"""Objects with parameters for drivers, and the classes and claims that took them up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dractl.legacy.construct import GROUP, Document
from dractl.legacy.shapes import mapping_at, text_at

Key = tuple[str, str, str]


@dataclass(slots=True)
class Parameters:
    """The objects by group, kind and name; who used one takes it away."""

    _objects: dict[Key, Document]
    _users: dict[Key, str] = field(default_factory=dict)
    _asked: dict[Key, str] = field(default_factory=dict)

    @staticmethod
    def among(documents: Iterable[Document]) -> "Parameters":
        """Return those of the documents that a parametersRef may point to."""
        keyed = ((_key_of(each), each) for each in documents)
        return Parameters({key: each for key, each in keyed if key[0] != GROUP})

    def taken(self, reference: Document, user: str) -> Document | None:
        """Return the spec of the object that is referred to, None if it is not here."""
        key = (
            text_at(reference, "apiGroup"),
            text_at(reference, "kind"),
            text_at(reference, "name"),
        )
        document = self._objects.get(key)
        if document is None:
            return None
        self._asked[key] = user
        return mapping_at(document, "spec")

    def settle(self, *, used: bool) -> None:
        """Note whether what was taken since the last time went into something."""
        if used:
            self._users |= self._asked
        self._asked.clear()

    def user_of(self, document: Document) -> str | None:
        """Return who took this object up."""
        return self._users.get(_key_of(document))


def _key_of(document: Mapping[str, object]) -> Key:
    group, slash, _ = text_at(document, "apiVersion").partition("/")
    name = text_at(document, "metadata", "name")
    return group if slash else "", text_at(document, "kind"), name

"""Names of what a migration makes: of requests, of templates and claims."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.api.decode import Decoded, decode
from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.migrate.inputs import Input, Wire
from dractl.migrate.memory import MIGRATED, note_in
from dractl.model.claims import ClaimSpec, ResourceClaim, ResourceClaimTemplate
from dractl.model.names import LABEL_BYTES

_OTHERS: Final = re.compile(r"[^a-z0-9]+")
_HASH: Final = 8
_KINDS: Final = frozenset({"ResourceClaim", "ResourceClaimTemplate"})
_UNSTATED: Final = "default"  # where an object is that names no namespace

Identity = tuple[ClaimSpec | None, str]


def label(text: str, fallback: str = "") -> str:
    """Return a DNS label that resembles a text, the fallback where nothing is left.

    A long one ends in a hash, so that it stays another one than its like.
    """
    plain = _OTHERS.sub("-", text.lower()).strip("-") or fallback
    if len(plain) <= LABEL_BYTES:
        return plain
    return hashed(plain, text)


def hashed(name: str, exact: object) -> str:
    """Return a DNS label that ends in a hash of something."""
    return f"{name[: LABEL_BYTES - _HASH - 1].rstrip('-')}-{digest(exact)}"


def digest(value: object) -> str:
    """Return a short hash of plain data, whatever the order of its keys is."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]


def unlike(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number where it is taken."""
    number, found = 2, name
    while found in taken:
        found = f"{name[: LABEL_BYTES - 1 - len(str(number))].rstrip('-')}-{number}"
        number += 1
    return found


@dataclass(slots=True)
class Names:
    """The templates and claims that are there, and those that are made.

    Specs of claims do not change, so an object of other contents needs another name.
    `files` are those that stand in files.
    """

    taken: dict[tuple[str, str, str], Identity] = field(default_factory=dict)
    files: set[tuple[str, str, str]] = field(default_factory=set)
    made: set[tuple[str, str, str]] = field(default_factory=set)

    @staticmethod
    def of(inputs: Iterable[Input], snapshot: Snapshot) -> "Names":
        """Return those of the inputs and of a cluster."""
        found = Names()
        for kind, objects in (
            ("ResourceClaimTemplate", snapshot.templates),
            ("ResourceClaim", snapshot.claims),
        ):
            for each in objects:
                key = kind, *each.meta.key
                found.taken[key] = each.spec, each.meta.annotations.get(MIGRATED, "")
        for one in inputs:
            if one.group == GROUP and one.kind in _KINDS:
                key = one.kind, one.namespace or _UNSTATED, one.name
                found.taken[key] = _identity(one.document)
                if one.is_file:
                    found.files.add(key)
        return found

    def claim(self, document: Wire, base: str) -> tuple[dict[str, Any], bool]:
        """Return an object under a name that is free, and whether it has to be made.

        It has not where a file has the same, or where it was made before.
        """
        for name in (base, hashed(base, [document["spec"], note_in(document)])):
            metadata = {**document["metadata"], "name": name}
            named = {**document, "metadata": metadata}
            kind, namespace = named["kind"], metadata.get("namespace") or _UNSTATED
            key = kind, namespace, name
            identity = _identity(named)
            if self.taken.setdefault(key, identity) == identity:
                break
        is_new = key not in self.made and key not in self.files
        self.made.add(key)
        return named, is_new


def _identity(document: Wire) -> Identity:
    found = decode(document)
    value = found.value if isinstance(found, Decoded) else None
    if isinstance(value, ResourceClaim | ResourceClaimTemplate):
        return value.spec, note_in(document)
    return None, note_in(document)

"""Who manages which fields: server-side apply, kept simply.

Lists are owned as a whole. Paths are those of the stored form.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.apiserver.resources import Wire
from tests.apiserver.statuses import manager_conflict

Path = tuple[str, ...]

APPLY: Final = "Apply"
UPDATE: Final = "Update"
_UNOWNED: Final = frozenset({"apiVersion", "kind"})
_OWNED_METADATA: Final = frozenset(
    {"annotations", "finalizers", "labels", "ownerReferences"}
)


@dataclass(frozen=True)
class Owner:
    """A manager with the paths of the fields that it set in one way."""

    manager: str
    operation: str
    api_version: str
    time: str
    paths: frozenset[Path]
    subresource: str = ""

    def is_same(self, other: "Owner") -> bool:
        """Tell whether both are kept in one entry."""
        return (self.manager, self.operation, self.subresource) == (
            other.manager, other.operation, other.subresource,
        )  # fmt: skip


def leaves(document: Mapping[str, Any]) -> dict[Path, Any]:
    """Return the values that can be owned, by path."""
    return dict(_leaves({k: v for k, v in document.items() if k not in _UNOWNED}, ()))


def _leaves(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, inner in value.items():
        below = (*path, key)
        if below[0] == "metadata" and len(below) == 2 and key not in _OWNED_METADATA:
            continue
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, below)
        else:
            yield below, inner


def managed_fields(owners: Sequence[Owner]) -> Wire:
    """Return the entry of metadata that tells of owners; empty without any."""
    entries = [_entry(owner) for owner in owners if owner.paths]
    return {"managedFields": entries} if entries else {}


def _entry(owner: Owner) -> Wire:
    fields: Wire = {}
    for path in sorted(owner.paths):
        inner = fields
        for step in path:
            inner = inner.setdefault(f"f:{step}", {})
    below = {"subresource": owner.subresource} if owner.subresource else {}
    return {
        "manager": owner.manager,
        "operation": owner.operation,
        "apiVersion": owner.api_version,
        "time": owner.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        **below,
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[Path]:
    """Return the paths at which two objects differ."""
    old, new = leaves(before), leaves(after)
    missing = object()
    return frozenset(
        path
        for path in old.keys() | new.keys()
        if old.get(path, missing) != new.get(path, missing)
    )


def applied(
    live: Wire, owners: Sequence[Owner], own: Owner, wanted: Wire, *, force: bool
) -> Wire:
    """Return the object with what `own`, the entry of its applier, wants of it.

    What the applier wants no more is gone, unless others own it, too. Raises the
    conflict with them, unless it is forced.
    """
    fields = leaves(wanted)
    others = [owner for owner in owners if not owner.is_same(own)]
    contested = [
        (owner.manager, "".join(f".{step}" for step in path))
        for owner in others
        for path in differences(live, wanted) & owner.paths & own.paths
    ]
    if contested and not force:
        raise manager_conflict(contested)
    former = {path for owner in owners if owner.is_same(own) for path in owner.paths}
    kept = fields.keys() | {path for owner in others for path in owner.paths}
    return _changed(live, fields, frozenset(former - kept))


def _changed(
    live: Mapping[str, Any], fields: Mapping[Path, Any], gone: frozenset[Path]
) -> Wire:
    """Return a copy with some fields set and others gone."""
    result: Wire = copy.deepcopy(dict(live))
    for path in gone:
        _remove(result, path)
    for path, value in fields.items():
        inner = result
        for step in path[:-1]:
            below = inner.get(step)
            if not isinstance(below, dict):
                inner[step] = below = {}
            inner = below
        inner[path[-1]] = value
    return result


def _remove(document: Wire, path: Path) -> None:
    """Take a field away, and the mappings that are empty without it."""
    below = document.get(path[0])
    if len(path) > 1 and isinstance(below, dict):
        _remove(below, path[1:])
    if len(path) == 1 or below == {}:
        document.pop(path[0], None)


def owned(
    owners: Sequence[Owner], new: Owner, changed: frozenset[Path]
) -> tuple[Owner, ...]:
    """Return the owners after `new` wrote; others lose what changed its value."""
    rest = [
        replace(owner, paths=owner.paths - changed)
        for owner in owners
        if not owner.is_same(new)
    ]
    return tuple(owner for owner in (*rest, new) if owner.paths)

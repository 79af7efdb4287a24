"""What each release published: types, their fields, and when they came and went."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path
from typing import Any, Final

OLDEST, NEWEST = 31, 37
GROUP: Final = "resource.k8s.io"
_PREFIX: Final = "io.k8s.api.resource."


@dataclass
class Field:
    """A field of a type, as the last release that has it defines it."""

    since: int
    until: int
    schema: Mapping[str, Any]
    required: bool


@dataclass
class Type:
    """A type with every field that any release has."""

    since: int
    until: int
    fields: dict[str, Field] = field(default_factory=dict)
    plain: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Root:
    """A kind in one version."""

    kind: str
    version: str
    type_name: str


def folder() -> Path | None:
    """Return where the published schemas are; None if they are not installed."""
    found = util.find_spec("kubernetes_validate")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "kubernetes-json-schema"


def read(schemas: Path) -> dict[str, Type]:
    """Return all types of all releases by their full name."""
    types: dict[str, Type] = {}
    for minor in range(OLDEST, NEWEST + 1):
        path = schemas / f"v1.{minor}.0-local-strict" / "_definitions.json"
        definitions = json.loads(path.read_text("utf-8"))["$defs"]
        for name, schema in definitions.items():
            _merge(types.setdefault(name, Type(minor, minor)), schema, minor)
    return types


def _merge(known: Type, schema: Mapping[str, Any], minor: int) -> None:
    known.until = minor
    known.plain = schema
    required = schema.get("required", ())
    for name, published in schema.get("properties", {}).items():
        since = known.fields[name].since if name in known.fields else minor
        known.fields[name] = Field(since, minor, published, name in required)


def roots(types: Mapping[str, Type]) -> list[Root]:
    """Return the kinds of the group in all their versions, without lists."""
    found = {
        Root(each["kind"], each["version"], name)
        for name, known in types.items()
        if name.startswith(_PREFIX)
        for each in known.plain.get("x-kubernetes-group-version-kind", ())
        if each["group"] == GROUP and not each["kind"].endswith("List")
    }
    return sorted(found, key=lambda root: (root.version, root.kind))

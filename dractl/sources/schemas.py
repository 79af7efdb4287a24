"""The JSON Schemas of resource.k8s.io that come with dractl."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

GROUP: Final = "resource.k8s.io"
_PACKAGE: Final = Path(__file__).parents[1]


def folder() -> Path:
    """Return where they are: inside the package, or beside it in a working copy."""
    inside = _PACKAGE / "schemas"
    return (inside if inside.is_dir() else _PACKAGE.parent / "schemas") / GROUP


def known() -> list[tuple[str, str]]:
    """Return every version and kind (in lower case) that has a schema."""
    return sorted((path.parent.name, path.stem) for path in folder().glob("*/*.json"))


def schema_path(kind: str, version: str) -> Path | None:
    """Return the file for a kind in a version such as v1; None if there is none."""
    if (version, kind.lower()) not in known():
        return None
    return folder() / version / f"{kind.lower()}.json"


def schema(kind: str, version: str) -> Mapping[str, Any] | None:
    """Return the schema of a kind in a version; None if there is none."""
    path = schema_path(kind, version)
    return None if path is None else json.loads(path.read_text("utf-8"))

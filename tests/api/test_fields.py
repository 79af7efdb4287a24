"""That the table of fields and the JSON schemas tell the same of gates and releases."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from dractl.api.fields import FIELDS, ITEMS, VALUES
from tests.cli.run import ROOT

SCHEMAS = ROOT / "schemas" / "resource.k8s.io" / "v1"
ROWS = [
    pytest.param(kind, path, id=f"{kind}.{path}")
    for kind, rows in FIELDS.items()
    for path in rows
    if (SCHEMAS / f"{kind.lower()}.json").is_file()
]


def followed(node: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node with what it refers to."""
    while "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = {**target, **{key: node[key] for key in node if key != "$ref"}}
    return node


def below(node: Mapping[str, Any], step: str) -> Mapping[str, Any]:
    key = {ITEMS: "items", VALUES: "additionalProperties"}.get(step)
    found: Mapping[str, Any] = node[key] if key else node["properties"][step]
    return found


@pytest.mark.parametrize(("kind", "path"), ROWS)
def test_a_field_is_in_the_schema_with_its_gate(kind: str, path: str) -> None:
    root = json.loads((SCHEMAS / f"{kind.lower()}.json").read_text("utf-8"))
    node: Mapping[str, Any] = root
    for step in ("spec", *path.split(".")):
        node = below(followed(node, root), step)

    field = FIELDS[kind][path]

    told = node.get("x-gate")
    assert told in field.gates if field.gates else told is not None
    assert node["x-since"] == f"1.{max(field.since, 34)}"

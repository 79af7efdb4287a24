"""Documents that commands print and read, without waiting for slow readers."""

from collections.abc import Mapping
from typing import Any

import jsonschema
import yaml


def validate(document: object, schema: Mapping[str, Any]) -> None:
    """Raise unless a document is as a schema says.

    That the schemas are schemas, tests.cli.test_schemas tells once; jsonschema.validate
    looks each time, which takes longer than what is asked for.
    """
    jsonschema.Draft202012Validator(schema).validate(document)


def from_yaml(text: str) -> Any:
    """Return the document of a text, as libyaml reads it."""
    return yaml.load(text, yaml.CSafeLoader)


def all_from_yaml(text: str) -> list[Any]:
    """Return the documents of a text, as libyaml reads them."""
    return list(yaml.load_all(text, yaml.CSafeLoader))


def to_yaml(*documents: object) -> str:
    """Return the text of documents, as libyaml writes it."""
    return yaml.dump_all(documents, Dumper=yaml.CSafeDumper)

"""Results as JSON and YAML: safe for a terminal, exact for a program."""

import json
from collections.abc import Mapping
from typing import Literal

OutputFormat = Literal["table", "wide", "json", "yaml", "name", "claims"]
AnswerFormat = Literal["table", "wide", "json", "yaml", "name"]


def as_json(document: Mapping[str, object]) -> str:
    """Return one JSON document in ASCII; what a terminal would obey is escaped."""
    # JSON may carry DEL as it is; terminals and log viewers should not get it.
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def as_line(document: Mapping[str, object]) -> str:
    """Return one JSON document in one line of ASCII, as `as_json` does."""
    return json.dumps(document).replace("\x7f", "\\u007f") + "\n"


def as_yaml(document: Mapping[str, object]) -> str:
    """Return one YAML document in ASCII, in which every ambiguous string is quoted."""
    from dractl.sources.yaml_write import one_lined

    return one_lined(document)

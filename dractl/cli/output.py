"""Results as JSON and YAML: safe for a terminal, exact for a program."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from textwrap import indent
from typing import Literal

OutputFormat = Literal["table", "wide", "json", "yaml", "name", "claims"]
AnswerFormat = Literal["table", "wide", "json", "yaml", "name"]
ReportFormat = Literal["table", "wide", "json", "yaml", "name", "junit"]


def as_data(document: Mapping[str, object], output_format: str) -> str:
    """Return a document as JSON if the format is that, else as YAML."""
    return (as_json if output_format == "json" else as_yaml)(document)


def as_json(document: Mapping[str, object]) -> str:
    """Return one JSON document in ASCII; what a terminal would obey is escaped."""
    # JSON may carry DEL as it is; terminals and log viewers should not get it.
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def as_json_list(documents: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield one JSON document in pieces: a List of them, or the only one itself."""
    coming = iter(documents)
    first = list(islice(coming, 2))
    if len(first) == 1:
        yield as_json(first[0])
        return
    yield '{\n  "apiVersion": "v1",\n  "kind": "List",\n  "items": ['
    for number, each in enumerate(chain(first, coming)):
        yield "," * bool(number) + "\n" + indent(as_json(each).rstrip(), " " * 4)
    yield "\n  ]\n}\n"


def as_line(document: Mapping[str, object]) -> str:
    """Return one JSON document in one line of ASCII, as `as_json` does."""
    return json.dumps(document).replace("\x7f", "\\u007f") + "\n"


def as_yaml(document: Mapping[str, object]) -> str:
    """Return one YAML document in ASCII, in which every ambiguous string is quoted."""
    from dractl.sources.yaml_write import one_lined

    return one_lined(document)

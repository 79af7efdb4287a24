"""Field selectors as kubectl's `--field-selector` has them, for what they can mean."""

import re
from typing import Annotated, Final, NamedTuple

import typer

from dractl.cli.options import usage

FieldsOption = Annotated[
    str | None,
    typer.Option(
        "--field-selector",
        metavar="FIELDS",
        help="As kubectl has it, of spec.driver, spec.nodeName, metadata.namespace.",
    ),
]

_EQUAL: Final = re.compile(r"([^=!\s]+)\s*==?\s*([^=!\s]+)")


class Narrowed(NamedTuple):
    """The driver, the node and the namespace that are asked for; None: any."""

    driver: str | None
    node: str | None
    namespace: str | None


_OPTIONS: Final = {
    "spec.driver": "driver",
    "spec.nodeName": "node",
    "metadata.namespace": "namespace",
}


def narrowed(text: str | None, given: Narrowed) -> Narrowed:
    """Return what options and fields ask for together.

    Raises DractlError for other fields, and for a field that contradicts an option.
    """
    found = given
    for part in text.split(",") if text is not None else ():
        match = _EQUAL.fullmatch(part.strip())
        if match is None or match[1] not in _OPTIONS:
            known = ", ".join(f"{field}=NAME" for field in _OPTIONS)
            raise usage(f"--field-selector: {part[:80]!r} is none of {known}")
        name, value = _OPTIONS[match[1]], match[2]
        if getattr(found, name) not in {None, value}:
            raise usage(f"--field-selector: {match[1]} is given twice")
        found = found._replace(**{name: value})
    return found

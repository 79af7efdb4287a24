"""Rules of decoding: what the API server answers with 400, and no cause in it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dractl.rules.path import Path
from dractl.rules.reasons import BAD_REQUEST
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Misfit


def check_decoded(misfits: Iterable[Misfit]) -> Iterator[Violation]:
    """Yield what could not be decoded: all of it, where the server names the first."""
    for misfit in misfits:
        yield from unknown_field(misfit) if misfit.unknown else wrong_type(misfit)


@rule("unknown-field")
def unknown_field(misfit: Misfit) -> Iterator[Violation]:
    """Every field exists in the version that the object is written in.

    kubectl asks for strict decoding since 1.25, and then the server answers 400. With
    `--validate=warn` it drops the field and warns. Upper and lower case count. A field
    of an older version is unknown, too: v1beta1 has no `exactly`, v1 has no `basic`.
    """
    yield Violation("unknown-field", misfit.path, misfit.message, BAD_REQUEST)


@rule("wrong-type")
def wrong_type(misfit: Misfit) -> Iterator[Violation]:
    """Every value has the JSON type of its field.

    Whole numbers fit into 64 bits, have no fraction and no quotes; quantities such as
    40Gi can be parsed; times are like 2026-01-31T12:00:00Z. The server answers 400.
    """
    path, message = misfit.path, misfit.message
    yield Violation("wrong-type", path, message, BAD_REQUEST, wanted=misfit.wanted)


@rule("type-meta")
def type_meta(document: Mapping[str, Any]) -> Iterator[Violation]:
    """An object says what it is: apiVersion and kind are filled strings.

    Without them nobody can tell where to send it.
    """
    for key in ("apiVersion", "kind"):
        value = document.get(key)
        if not isinstance(value, str) or not value:
            message = f"the object has no {key}"
            if value is not None and not isinstance(value, str):
                message = f"{key} must be a string"
            yield Violation("type-meta", Path.of(key), message, BAD_REQUEST)

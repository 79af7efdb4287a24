"""Expressions and cases as users give them: on the command line, in files, on stdin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dractl.catalogue.expectation import Expectation
from dractl.cli.options import usage
from dractl.errors import DractlError
from dractl.sources.files import load_documents, load_text

_FIELDS = frozenset(
    {"name", "expression", "selects", "count", "class", "driver", "node"}
)
_PARTS = 3  # of a device: driver, pool, name


@dataclass(frozen=True, slots=True)
class Case:
    """An expression and what it should select; other fields narrow down the devices."""

    name: str
    expression: str
    expected: Expectation
    device_class: str | None = None
    driver: str | None = None
    node: str | None = None


def read_expression(argument: str) -> str:
    """Return the expression: the argument, stdin for `-`, a file's text for `@file`.

    Raises DractlError for what cannot be read.
    """
    if argument == "-":
        return load_text("-").rstrip("\r\n")
    if argument.startswith("@"):
        return load_text(argument[1:]).rstrip("\r\n")
    return argument


def expected_devices(texts: Sequence[str]) -> Expectation:
    """Return what the options expect; raise DractlError for what is no device."""
    for text in texts:
        if len(text.split("/")) != _PARTS or not all(text.split("/")):
            raise usage(
                f"--expect: {text[:80]!r} is no device",
                hint="write it as driver/pool/device, for instance "
                "gpu.nvidia.com/node-1/gpu-0 or 'gpu.nvidia.com/node-1/*'",
            )
    return Expectation(devices=tuple(texts) or None)


def read_cases(path: str, default: Case) -> list[Case]:
    """Read cases from a file: a list, or `cases:` with one; raise DractlError.

    What a case does not say is taken from the default.
    """
    loaded = load_documents(path)
    for problem in loaded.problems:
        raise DractlError("malformed", problem.message, where=problem.where)
    found: list[Case] = []
    for document, where in loaded.documents:
        for wire in _listed(document):
            place = f"{where} case {len(found) + 1}"
            found.append(_case(wire, place, default, len(found) + 1))
    return found


def _listed(document: object) -> Iterator[object]:
    if isinstance(document, Mapping) and "cases" in document:
        document = document["cases"]
    if isinstance(document, list):
        yield from document
    else:
        yield document


def _case(wire: object, place: str, default: Case, number: int) -> Case:
    if not isinstance(wire, Mapping):
        raise _malformed(place, "is no mapping")
    unknown = sorted(str(key) for key in wire if key not in _FIELDS)
    if unknown:
        raise _malformed(place, f"has unknown fields: {', '.join(unknown)[:80]}")
    texts = {key: _text(wire, key, place) for key in _FIELDS - {"selects", "count"}}
    expression = texts["expression"] or default.expression
    if not expression:
        raise _malformed(place, "has no expression")
    return Case(
        texts["name"] or f"case {number}",
        expression,
        Expectation(_selects(wire, place), _count(wire, place)),
        texts["class"] or default.device_class,
        texts["driver"] or default.driver,
        texts["node"] or default.node,
    )


def _text(wire: Mapping[str, object], key: str, place: str) -> str | None:
    value = wire.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _malformed(place, f"{key} is no text")


def _selects(wire: Mapping[str, object], place: str) -> tuple[str, ...] | None:
    value = wire.get("selects")
    if value is None:
        if wire.get("count") is None:
            raise _malformed(place, "expects nothing: it needs selects or count")
        return None
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise _malformed(place, "selects is no list of driver/pool/device")


def _count(wire: Mapping[str, object], place: str) -> int | None:
    value = wire.get("count")
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _malformed(place, "count is no number")


def _malformed(place: str, message: str) -> DractlError:
    return DractlError(
        "malformed-case",
        message,
        where=place,
        hint="a case has an expression, and selects (a list of driver/pool/device) "
        "or count",
    )

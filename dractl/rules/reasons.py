"""The API server's reasons, and a short way to each kind of violation."""

from collections.abc import Iterable, Iterator
from typing import Final

from dractl.rules.path import Path
from dractl.rules.registry import Violation

REQUIRED: Final = "FieldValueRequired"
INVALID: Final = "FieldValueInvalid"
NOT_SUPPORTED: Final = "FieldValueNotSupported"
DUPLICATE: Final = "FieldValueDuplicate"
FORBIDDEN: Final = "FieldValueForbidden"
TOO_LONG: Final = "FieldValueTooLong"
TOO_MANY: Final = "FieldValueTooMany"
NOT_FOUND: Final = "FieldValueNotFound"
INTERNAL: Final = "InternalError"
BAD_REQUEST: Final = "BadRequest"
KIND_NOT_FOUND: Final = "NotFound"

_SHOWN: Final = 60


def shown(value: object) -> str:
    """Return a value as messages show it, in one short line."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def invalid(
    code: str, path: Path, message: str, fix: str | None = None
) -> Iterator[Violation]:
    """Say that a value is wrong."""
    yield Violation(code, path, message, INVALID, fix)


def invalid_each(
    code: str,
    path: Path,
    value: str,
    faults: Iterable[str],
    fix: str | None = None,
) -> Iterator[Violation]:
    """Say of a value, once per fault, what is wrong with it."""
    for fault in faults:
        yield Violation(code, path, f"{shown(value)} {fault}", INVALID, fix)


def required(
    code: str, path: Path, message: str, fix: str | None = None
) -> Iterator[Violation]:
    """Say that a value is missing."""
    yield Violation(code, path, message, REQUIRED, fix)


def not_supported(
    code: str, path: Path, value: str, choices: Iterable[str]
) -> Iterator[Violation]:
    """Say that a value is none of the choices."""
    listed = ", ".join(choices)
    message = f"{shown(value)} is none of {listed}"
    yield Violation(code, path, message, NOT_SUPPORTED, f"use one of {listed}")


def duplicate(code: str, path: Path, value: object) -> Iterator[Violation]:
    """Say that an entry repeats an earlier one."""
    yield Violation(
        code, path, f"{shown(value)} is here a second time", DUPLICATE, "remove it"
    )


def forbidden(
    code: str, path: Path, message: str, fix: str | None = None
) -> Iterator[Violation]:
    """Say that a field may not be used here."""
    yield Violation(code, path, message, FORBIDDEN, fix)


def too_long(code: str, path: Path, size: int, most: int) -> Iterator[Violation]:
    """Say that a text is too long."""
    yield Violation(
        code, path, f"has {size} bytes; at most {most} are allowed", TOO_LONG
    )


def too_many(code: str, path: Path, count: int, most: int) -> Iterator[Violation]:
    """Say that a list or map has too many entries."""
    yield Violation(
        code, path, f"has {count} entries; at most {most} are allowed", TOO_MANY
    )


def not_found(
    code: str, path: Path, message: str, fix: str | None = None
) -> Iterator[Violation]:
    """Say that what is named is not there."""
    yield Violation(code, path, message, NOT_FOUND, fix)

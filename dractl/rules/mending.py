"""What to write instead of what the API server refuses, where that is plain."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Final

from dractl.catalogue.advice import AMBIGUOUS, advise_on_text
from dractl.catalogue.index import Catalogue
from dractl.cel.errors import SelectorCompileError
from dractl.cel.selector import compile_cached
from dractl.model.quantity import Quantity, QuantityError
from dractl.rules.path import Field, Index, Path
from dractl.rules.registry import Violation
from dractl.rules.subject import Subject

_AMOUNT: Final = re.compile(
    r"\s*([-+]?[0-9.]+)\s*([kKmMgGtTpPeE]?)(i?)[bB]?\s*", re.ASCII
)
_EXACT: Final = frozenset(
    map(
        Field,
        (
            "adminAccess",
            "allocationMode",
            "capacity",
            "count",
            "deviceClassName",
            "selectors",
            "tolerations",
        ),
    )
)
_QUOTES: Final = "put it in quotes; YAML takes n, y, on and digits for other values"
_EXPRESSION: Final = Field("expression")
_NO_DEVICES: Final = Catalogue.of(())


def value_at(document: object, path: Path) -> object:
    """Return the value at a path of a document as it was written; None: none."""
    found: Any = document
    for step in path.steps:
        name = step.number if isinstance(step, Index) else step.name
        found = _below(found, name)
    return found


def steps_to(document: object, path: Path) -> tuple[str | int, ...] | None:
    """Return the keys and numbers that lead to a value as written; None: it has none.

    A path is in the spelling of v1: older versions have no `exactly` and no `basic`.
    """
    found: Any = document
    steps: list[str | int] = []
    for step in path.steps:
        name = step.number if isinstance(step, Index) else step.name
        below = _below(found, name)
        if below is None:
            return None
        if below is not found:
            steps.append(name)
        found = below
    return tuple(steps)


def _below(value: Any, name: str | int) -> Any:
    if isinstance(name, int):
        return value[name] if isinstance(value, list) and name < len(value) else None
    if not isinstance(value, Mapping):
        return None
    if name in value or name not in {"exactly", "basic"}:
        return value.get(name)
    return value  # v1beta1 has nothing between


def remove(document: dict[str, Any], path: Path) -> bool:
    """Remove the value at a path from a document; tell whether it was there."""
    last = path.steps[-1]
    name = last.number if isinstance(last, Index) else last.name
    holder = value_at(document, Path(path.steps[:-1]))
    if isinstance(holder, dict) and name in holder:
        del holder[name]
        return True
    return False


def mended(
    violation: Violation, document: Mapping[str, Any], subject: Subject
) -> Violation:
    """Return the violation with the place in its text, and a fix if there is one."""
    if violation.path.steps[-1:] == (_EXPRESSION,):
        return _of_expression(violation, document, subject)
    if violation.fix is not None:
        return violation
    fix, replacement = None, None
    value = value_at(document, violation.path)
    if violation.code == "wrong-type" and isinstance(value, str):
        fix = amount(value)
        if violation.wanted == "quantity":
            replacement = None if AMBIGUOUS.search(value) else fix
    elif violation.wanted == "string":
        fix = _QUOTES if isinstance(value, bool | int | float) else None
    elif violation.code == "unknown-field":
        fix = _of_field(violation.path, value)
    if fix is None:
        return violation
    return dataclasses.replace(violation, fix=fix, replacement=replacement)


def _of_field(path: Path, value: object) -> str | None:
    """Return what takes the place of fields that other versions have."""
    *above, last = path.steps
    if last in _EXACT and above[-2:-1] == [Field("requests")]:
        return f"put {str(last)[1:]} below `exactly:`"
    if last == Field("devices") and above == [Field("spec")]:
        return "put devices below `spec:`, which a template has twice"
    if not isinstance(value, Mapping):
        return None
    if last == Field("source") and "resourceClaims" in str(path):
        names = ", ".join(f"{key}: {name}" for key, name in value.items())
        return f"remove `source:` and indent {names} less"
    if last == Field("exactly"):
        return "apiVersion: resource.k8s.io/v1, or write its fields without `exactly:`"
    return None


def amount(text: str) -> str | None:
    """Return the quantity that was meant: `6 GiB` is 6Gi, `40GB` 40G, `4K` 4k."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    number, prefix, binary = match.groups()
    if binary:
        prefix = prefix.upper()
    elif prefix != "m":
        prefix = prefix.upper() if prefix not in {"k", "K"} else "k"
    better = f"{number}{prefix}{binary}"
    try:
        Quantity.parse(better)
    except QuantityError:
        return None
    return better


def _of_expression(
    violation: Violation, document: Mapping[str, Any], subject: Subject
) -> Violation:
    expression = value_at(document, violation.path)
    if not isinstance(expression, str):
        return violation
    span, message = None, violation.message
    try:
        compile_cached(expression, subject.environment)
    except SelectorCompileError as error:
        issue = error.issues[0]
        if issue.line > 0:
            lines = expression.split("\n")[: issue.line - 1]
            start = sum(len(line) + 1 for line in lines) + max(issue.column - 1, 0)
            span = (start, start + 1)
        message = "does not compile: " + "; ".join(
            dict.fromkeys(each.message for each in error.issues)
        )
    fix = violation.fix
    replacement = None
    for each in advise_on_text(expression, _NO_DEVICES, subject.environment):
        if fix is None and each.is_certain:
            replacement = each.expression
        fix = fix or each.expression or each.message
    return dataclasses.replace(
        violation, span=span, fix=fix, message=message, replacement=replacement
    )

"""How the answer of `dractl fields` looks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dractl.api.versions import GROUP
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, indented
from dractl.model.cluster import GATES, KubernetesVersion, stage
from dractl.reference.answer import Entry, Field, Page, Spelling
from dractl.reference.book import Book
from dractl.sources.schemas import known, schema

_STAGES: Final = {
    "-": "not in {}",
    "a": "alpha, off in {}",
    "b": "beta, off in {}",
    "B": "beta, on in {}",
    "G": "on in {}",
    "L": "always on in {}",
    "x": "gone in {}",
}
_LABEL: Final = 9  # columns before what is told
_MOST_RULES: Final = 8


def book(manuals: Mapping[str, str]) -> Book:
    """Return what dractl knows of fields; `manuals` are those of rules."""
    found = (schema(kind, version) for version, kind in known())
    return Book([each for each in found if each is not None], manuals)


def contents(
    entries: Sequence[Entry], release: KubernetesVersion, screen: Terminal
) -> str:
    """Return the kinds, one a line."""
    limit = screen.columns or NARROW
    rows = [("KIND", "VERSIONS"), *((e.kind, ", ".join(e.versions)) for e in entries)]
    header, *lines = columns(rows)
    text = [screen.heading(f"{GROUP} in Kubernetes {release}"), header]
    for line, each in zip(lines, entries, strict=True):
        text += [line, *indented(each.text, limit, "    ", "    ")]
        if each.gate:
            text.append(f"    needs {_gate(each.gate, release)}")
    return _joined(text)


def page(told: Page, screen: Terminal) -> str:
    """Return all that is known of a field, and the fields in it."""
    limit = screen.columns or NARROW
    field = told.field
    text = list(_title(told, screen))
    for label, value in _facts(field, told):
        text += indented(value, limit, f"{label:<{_LABEL}}", " " * _LABEL)
    if field.pattern:
        text += _broken("form", field.pattern, limit)
    text += ["", *indented(field.text, limit, "", "")]
    if field.fields:
        text += ["", screen.heading("FIELDS")]
    for each in field.fields:
        text += [f"  {_line(each)}", *indented(each.text, limit, "    ", "    ")]
        if each.gate:
            text.append(f"    needs {_gate(each.gate, told.release)}")
    return _joined(text)


def tree(told: Page, screen: Terminal) -> str:
    """Return all fields below a field with their types."""
    return _joined([*_title(told, screen), *_branches(told.field, 1)])


def _title(told: Page, screen: Terminal) -> Iterator[str]:
    path = f".{told.field.path}" if told.field.path else ""
    yield screen.heading(f"{told.kind}{path}")
    yield f"{'in':<{_LABEL}}{GROUP}/{told.version}, Kubernetes {told.release}"


def _facts(field: Field, told: Page) -> Iterator[tuple[str, str]]:
    """Yield what is known, with a label for each kind of it."""
    required = ", required" if field.required else ""
    yield "type", f"{field.type}{required}"
    if field.default is not None:
        yield "default", str(field.default)
    if field.values:
        yield "values", ", ".join(map(str, field.values))
    if field.limits:
        yield "limits", ", ".join(field.limits)
    since = f"Kubernetes {field.since}"
    yield "since", since if field.last is None else f"{since}, until {field.last}"
    if field.gate:
        yield "needs", _gate(field.gate, told.release)
    for label, each in zip(("also", *[""] * 9), field.spellings, strict=False):
        yield label, _spelled(each, told)
    if field.rules:
        more = len(field.rules) - _MOST_RULES
        shown = ", ".join(field.rules[:_MOST_RULES])
        yield "rules", f"{shown}, {more} more" if more > 0 else shown


def _spelled(spelling: Spelling, told: Page) -> str:
    first, last = spelling.since, spelling.last
    when = f"since {first}" if last is None else f"{first} to {last}"
    if first == last:
        when = f"only {first}"
    is_same = spelling.path == told.field.path
    return f"{spelling.version} ({when}){'' if is_same else f': {spelling.path}'}"


def _gate(gate: str, release: KubernetesVersion) -> str:
    if gate not in GATES:
        return gate
    return f"{gate} ({_STAGES[stage(gate, release)].format(release)})"


def _broken(label: str, text: str, limit: int) -> Iterator[str]:
    """Yield what has no blanks in pieces, as long as a line can be."""
    size = max(limit - _LABEL, _LABEL)
    for start in range(0, len(text), size):
        yield f"{'' if start else label:<{_LABEL}}{text[start : start + size]}"


def _branches(field: Field, depth: int) -> Iterator[str]:
    for each in field.fields:
        yield "  " * depth + _line(each)
        yield from _branches(each, depth + 1)


def _line(field: Field) -> str:
    return f"{field.name} <{field.type}>{' required' if field.required else ''}"


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)

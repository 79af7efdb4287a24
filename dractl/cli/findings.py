"""What `dractl validate` finds: each thing with its place in a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from dractl.api.problems import Problem
from dractl.rules.mending import steps_to, value_at
from dractl.rules.registry import RULES, Severity, Violation
from dractl.sources.located import Located, Places, spot_at
from dractl.sources.spots import Spot, place_in

UNREADABLE: Final = "unreadable"
RANKS: Final[Mapping[str, int]] = {"info": 0, "warning": 1, "error": 2}
_LONGEST_LINE: Final = 200
_OF_KEYS: Final = frozenset({"unknown-field", "field-dropped"})


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of a file, and what of it is meant: columns from 0."""

    line: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Change:
    """The new value of a finding's place: `items` leads through Lists to its object."""

    items: tuple[int, ...]
    steps: tuple[str | int, ...]
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation in a file; lines and columns count from 1."""

    file: str
    document: int
    line: int
    column: int
    kind: str
    namespace: str
    name: str
    path: str
    code: str
    severity: Severity
    message: str
    reason: str | None = None
    fix: str | None = None
    excerpt: Excerpt | None = None
    change: Change | None = None

    def as_data(self) -> dict[str, object]:
        """Return it as answers in JSON list it."""
        return {
            "file": self.file,
            "document": self.document,
            "line": self.line,
            "column": self.column,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "path": self.path,
            "code": self.code,
            "severity": str(self.severity),
            "reason": self.reason,
            "message": self.message,
            "fix": self.fix,
        }

    @property
    def order(self) -> tuple[object, ...]:
        """What findings are sorted by: the place, then what is worst."""
        worst = -RANKS[self.severity]
        return self.file, self.line, self.column, worst, self.code, self.message


@dataclass(frozen=True, slots=True)
class Checked:
    """An object that was looked at; `is_known` False: its kind is not for dractl."""

    file: str
    document: int
    kind: str
    namespace: str
    name: str
    is_known: bool = True


@dataclass(slots=True)
class Report:
    """All that was found in some files; `unreadable` says whether parts were not."""

    findings: list[Finding] = field(default_factory=list)
    objects: list[Checked] = field(default_factory=list)
    documents: int = 0
    ignored: int = 0
    unreadable: int = 0

    def extend(self, other: "Report") -> None:
        """Add what was found in other files."""
        self.findings += other.findings
        self.objects += other.objects
        self.documents += other.documents
        self.ignored += other.ignored
        self.unreadable += other.unreadable

    def restricted(self, least: str, without: Iterable[str]) -> None:
        """Keep what is at least so severe and has none of the codes, in order."""
        codes = frozenset(without)
        self.findings = sorted(
            (
                each
                for each in self.findings
                if RANKS[each.severity] >= RANKS[least] and each.code not in codes
            ),
            key=lambda each: each.order,
        )

    @property
    def skipped(self) -> int:
        """How many objects are of kinds that no rule is about."""
        return sum(not each.is_known for each in self.objects)


def identity(document: object) -> tuple[str, str, str]:
    """Return kind, namespace and name of a document, each "" where there is none."""
    if not isinstance(document, Mapping):
        return "", "", ""
    metadata = document.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else {}
    name = known.get("name") or known.get("generateName")
    named = (document.get("kind"), known.get("namespace"), name)
    kind, namespace, name = (text if isinstance(text, str) else "" for text in named)
    return kind, namespace, name


def found_in(
    located: Located, file: str, violation: Violation, places: Places
) -> Finding:
    """Return the violation of an object with its place in the file."""
    part = located.part
    spot, is_exact = spot_at(places.root(located), violation.path)
    line, column = spot.place
    excerpt = None
    if is_exact and violation.code in _OF_KEYS and violation.path.steps:
        line, column = spot.key
        name = str(violation.path.steps[-1]).lstrip(".")
        excerpt = _excerpt(part.text, spot.key, (line, column + len(name)))
    elif is_exact and spot.is_scalar:
        start, end = _marked(spot, part.text, located.document, violation)
        line, column = start
        excerpt = _excerpt(part.text, start, end)
    kind, namespace, name = identity(located.document)
    return Finding(
        file,
        located.number,
        part.skipped + line,
        column,
        kind,
        namespace,
        name,
        str(violation.path),
        violation.code,
        RULES[violation.code].severity,
        violation.message,
        violation.reason,
        violation.fix,
        excerpt,
        _change(located, violation),
    )


def _change(located: Located, violation: Violation) -> Change | None:
    """Return what is certain to be meant instead, None where nothing is."""
    if violation.replacement is None:
        return None
    steps = steps_to(located.document, violation.path)
    if not steps:
        return None
    old = value_at(located.document, violation.path)
    return Change(located.items, steps, old, violation.replacement)


def _marked(
    spot: Spot, text: str, document: object, violation: Violation
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where what is meant begins and ends in the text of a scalar."""
    value = value_at(document, violation.path)
    span = violation.span
    if span is None and spot.style in {"|", ">"} and isinstance(value, str):
        span = (0, len(value.partition("\n")[0]))
    if span is None or not isinstance(value, str):
        is_short = "\n" not in text[spot.start : spot.end]
        width = spot.end - spot.start if is_short else 1
        return spot.place, (spot.line, spot.column + width)
    first, last = span
    start = place_in(spot, text, value, first)
    end = place_in(spot, text, value, max(last - 1, first))
    return start, (end[0], end[1] + 1)


def _excerpt(text: str, start: tuple[int, int], end: tuple[int, int]) -> Excerpt | None:
    lines = text.split("\n", start[0])
    if len(lines) < start[0]:
        return None
    line = lines[start[0] - 1].rstrip("\r")
    if len(line) > _LONGEST_LINE:
        return None
    last = end[1] - 1 if end[0] == start[0] else len(line)
    return Excerpt(line, start[1] - 1, max(last, start[1]))


def unreadable(problem: Problem, file: str) -> Finding:
    """Return what could not be read as a finding."""
    line, column = _numbers(problem.where, file)
    message = problem.message
    return Finding(
        file, 0, line, column, "", "", "", "", UNREADABLE, Severity.ERROR, message
    )


def _numbers(where: str, file: str) -> tuple[int, int]:
    given = [
        int(each) for each in where.removeprefix(file).split(":") if each.isdigit()
    ]
    return (*given, 1, 1)[0], (*given[1:], 1)[0]

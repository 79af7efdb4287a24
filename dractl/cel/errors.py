"""What can go wrong with a CEL expression: it does not compile, or not evaluate."""

from dataclasses import dataclass

from dractl.cel.nodes import Node

MOST_ISSUES = 100
"""How many complaints cel-go reports at most (common/errors.go)."""


class CelError(Exception):
    """A selector expression that does not give an answer."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One complaint of the compiler; line and column count from 1, in code points.

    An issue without a place is about the expression as a whole: `line` 0 shows the bare
    message, -1 shows cel-go's "-1:0" before it.
    """

    line: int
    column: int
    message: str


class SelectorCompileError(CelError):
    """The API server refuses the expression.

    `message` is the text of cel-go, several lines where it points into the source
    (the API server puts "compilation failed: " before those); `issues` holds the same
    as data.
    """

    def __init__(self, source: str, issues: tuple[Issue, ...]) -> None:
        self.source = source
        self.issues = issues
        self.message = "\n".join(_rendered(source, issue) for issue in issues)
        super().__init__(self.message)


class SelectorEvalError(CelError):
    """The expression compiles, but has no answer for this device.

    `message` is cel-go's text; `node` is the place that failed, None if unknown.
    """

    def __init__(self, message: str, node: Node | None = None) -> None:
        self.message = message
        self.node = node
        super().__init__(message)


def issue_at(source: str, position: int, message: str) -> Issue:
    """Return the issue for a position that counts code points of the source."""
    if not source:
        return Issue(1, 0, message)  # where cel-go sees the end of nothing
    line_start = source.rfind("\n", 0, position) + 1
    line = source.count("\n", 0, position) + 1
    return Issue(line, position - line_start + 1, message)


_WIDE_DOT = "\uff0e"
_WIDE_CARET = "\uff3e"


def _rendered(source: str, issue: Issue) -> str:
    if issue.line == 0:
        return issue.message
    head = f"ERROR: <input>:{issue.line}:{issue.column}: {issue.message}"
    lines = source.split("\n")
    if issue.line < 0 or not source:
        return head
    shown = lines[issue.line - 1].replace("\t", " ")
    before = shown[: issue.column - 1]
    dots = "".join("." if char.isascii() else _WIDE_DOT for char in before)
    under = shown[issue.column - 1 : issue.column]
    mark = "^" if under.isascii() else _WIDE_CARET
    return f"{head}\n | {shown}\n | {dots}{mark}"

"""Documents with their places, and what could not be read beside them."""

from typing import NamedTuple

from dractl.api.problems import Problem


class SourcedDocument(NamedTuple):
    """A document and its place: `file:line`, or the file and a number."""

    document: object
    where: str


class Loaded(NamedTuple):
    """What a source holds. A problem stands for one document that is not readable."""

    documents: list[SourcedDocument]
    problems: list[Problem]

    def extend(self, other: "Loaded") -> None:
        """Add what another source holds."""
        self.documents.extend(other.documents)
        self.problems.extend(other.problems)

    def report(self, message: str, where: str) -> None:
        """Note that a document at this place is unreadable."""
        self.problems.append(Problem("", "", "", "", message, where))

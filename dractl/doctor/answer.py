"""What an examination says of a cluster."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from dractl.api.problems import Problem
from dractl.model.cluster import Profile
from dractl.rules.registry import Severity

Evidence = Mapping[str, object]
"""Plain data as JSON has it, keyed in camelCase."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that somebody should know.

    `code` is that of the check. `subject` is what it is about, as `Node/n1` or
    `ResourceClaim/ns/name`; "" for the cluster. `where` is the node, file or component
    on which it shows, "" for none. `fix` says what to do, in words; `commands` are to
    be typed as they are.
    """

    code: str
    severity: Severity
    message: str
    subject: str = ""
    where: str = ""
    fix: str = ""
    commands: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that could not look, in whole or in part, and why."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Examination:
    """The answer to `doctor`: findings, the most severe first.

    `passed` are the codes of the checks that looked and found nothing. `unread` are
    the kinds that the source could not read. `is_of_files`: no cluster was there to
    look at.
    """

    profile: Profile
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    passed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()
    is_of_files: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether something in the cluster could not be read."""
        return bool(self.unread or self.problems)

    def count(self, severity: Severity) -> int:
        """Return how many findings are that severe."""
        return Counter(each.severity for each in self.findings)[severity]

    def reaches(self, severity: Severity) -> bool:
        """Tell whether a finding is that severe, or more."""
        return any(rank(each.severity) <= rank(severity) for each in self.findings)


def rank(severity: Severity) -> int:
    """Return the place of a severity, the most severe first."""
    return tuple(Severity).index(severity)

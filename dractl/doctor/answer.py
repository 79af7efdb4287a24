"""What an examination says of a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dractl.api.problems import Problem
from dractl.diagnose.words import listed
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
    """A check that could not look, in whole or in part, and why.

    Where `drivers` are named, `reason` leads up to them, and it is only about these.
    """

    code: str
    reason: str
    drivers: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why it could not look."""
        return " ".join(filter(None, (self.reason, listed(self.drivers))))

    def concerning(self, driver: str) -> "Skipped | None":
        """Return what of it is about a driver; None: nothing."""
        if not self.drivers:
            return self
        return replace(self, drivers=(driver,)) if driver in self.drivers else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What checks say: findings, the most severe first.

    `passed` are the codes of what was looked at and is well. `unread` are the kinds
    that the source could not read, `problems` the objects.
    """

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    passed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether something in the cluster or in a file could not be read."""
        return bool(self.unread or self.problems)

    def count(self, severity: Severity) -> int:
        """Return how many findings are that severe."""
        return sum(each.severity is severity for each in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination(Answer):
    """The answer to `doctor`. `is_of_files`: no cluster was there to look at."""

    profile: Profile
    is_of_files: bool = False

    def reaches(self, severity: Severity) -> bool:
        """Tell whether a finding is that severe, or more."""
        return any(rank(each.severity) <= rank(severity) for each in self.findings)


def rank(severity: Severity) -> int:
    """Return the place of a severity, the most severe first."""
    return tuple(Severity).index(severity)

"""What is said of an upgrade."""

from dataclasses import dataclass
from enum import StrEnum

from dractl.api.problems import Problem
from dractl.doctor.answer import Finding, Skipped
from dractl.rules.registry import Severity


class Verdict(StrEnum):
    """Whether to upgrade: now, after some steps, or not at all."""

    GO = "go"
    PREPARE = "prepare"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do. `code` is that of the findings that ask for it, "" for none.

    `commands` are to be typed as they are, but for words in capitals.
    """

    text: str
    commands: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The answer. `subject` is a driver's name, or Kubernetes.

    `current` and `target` are versions, "" where they are not known. `findings` come
    the most severe first, `steps` in the order in which to do them. `interruptions`
    are what users will notice. `passed` are the codes of what was looked at and is
    well; `unread` are the kinds that could not be read.
    """

    subject: str
    current: str
    target: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    interruptions: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    passed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether something in the cluster could not be read."""
        return bool(self.unread or self.problems)

    def count(self, severity: Severity) -> int:
        """Return how many findings are that severe."""
        return sum(each.severity is severity for each in self.findings)

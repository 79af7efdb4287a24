"""What is said of an object that may be left over."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from dractl.api.problems import Problem
from dractl.model.claims import ObjectMeta


class Verdict(Enum):
    """What is to become of an object.

    SAFE: deleting it is proposed, nothing can need it. REVIEW: deleting it is proposed,
    and somebody should know what it was for. TELL: deleting it is not proposed.
    UNKNOWN: the source lacks what would tell.
    """

    SAFE = "safe"
    REVIEW = "review"
    TELL = "tell"
    UNKNOWN = "unknown"

    @property
    def proposes(self) -> bool:
        """Whether the object is to be deleted."""
        return self in {Verdict.SAFE, Verdict.REVIEW}


@dataclass(frozen=True, slots=True)
class Finding:
    """An object that looks left over.

    `age` None: nobody says when it was made. `affects` says what deleting it, or the
    object being there, does to others. `managed_by` names the tool that would make it
    again, "" for none.
    """

    code: str
    kind: str
    meta: ObjectMeta
    verdict: Verdict
    why: str
    age: timedelta | None = None
    affects: tuple[str, ...] = ()
    managed_by: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells its object from others: kind, namespace, name."""
        return self.kind, *self.meta.key


@dataclass(frozen=True, slots=True)
class Limits:
    """Which findings are asked for.

    `older_than` leaves out what was made later, and what does not tell when it was.
    Without `codes`, all count. `namespace` leaves out what is in others, and
    `has_cluster_scoped` tells whether what is in none counts.
    """

    older_than: timedelta | None = None
    codes: frozenset[str] = frozenset()
    namespace: str | None = None
    has_cluster_scoped: bool = True

    def concern(self, finding: Finding) -> bool:
        """Tell whether the finding is asked for, whatever its age."""
        if self.codes and finding.code not in self.codes:
            return False
        if not finding.meta.namespace:
            return self.has_cluster_scoped
        return self.namespace in {None, finding.meta.namespace}

    def allow(self, age: timedelta | None) -> bool:
        """Tell whether something of that age is old enough."""
        return self.older_than is None or (age is not None and age >= self.older_than)


ALL: Final = Limits()


class Outcome(Enum):
    """What became of an object that was to be deleted."""

    DELETED = "deleted"
    TRIED = "would-be-deleted"
    GONE = "gone"
    CHANGED = "changed"
    FAILED = "failed"
    UNSURE = "unsure"
    LEFT = "not-tried"


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of a finding's object, and why."""

    finding: Finding
    outcome: Outcome
    message: str = ""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The answer to `cleanup`.

    `younger` are how many findings an age limit left out, with those of unknown age.
    """

    findings: tuple[Finding, ...] = ()
    younger: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def proposed(self) -> tuple[Finding, ...]:
        """Those that are to be deleted."""
        return tuple(each for each in self.findings if each.verdict.proposes)

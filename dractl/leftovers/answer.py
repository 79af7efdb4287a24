"""What is said of an object that may be left over."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

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

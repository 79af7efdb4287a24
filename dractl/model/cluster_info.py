"""What a source says of the cluster itself, beside its objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """Why a source lacks the objects of a kind."""

    FORBIDDEN = "forbidden"
    NOT_SERVED = "not-served"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind that could not be read, everywhere or beyond one namespace.

    `only` is the namespace whose objects were read all the same; None: nothing was.
    `needs` says what would allow it, as text for the user.
    """

    kind: str
    resource: str
    group: str
    cause: Cause
    only: str | None = None
    needs: str = ""

    def __str__(self) -> str:
        """Return a clause for "not checked" lines."""
        if self.cause is Cause.NOT_SERVED:
            return f"this cluster does not serve {self.resource}"
        where = "" if self.only is None else f" outside of namespace {self.only}"
        is_asked_for = self.cause is Cause.LEFT_OUT
        why = "were left out" if is_asked_for else "may not be read"
        return f"{self.resource}{where} {why}"


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """The release of the API server, its gates as far as it says them, and the gaps.

    `kubernetes` is the version as the server spells it; None: this is no source that
    tells what it read. `gates` is None where it could not see them.
    """

    kubernetes: str | None = None
    gates: Mapping[str, bool] | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether a kind of which there is no object and no gap has none."""
        return self.kubernetes is not None

    def gap(self, kind: str) -> Gap | None:
        """Return what is known to be missing of a kind."""
        return next((each for each in self.gaps if each.kind == kind), None)

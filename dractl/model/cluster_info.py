"""What a source says of the cluster itself, beside its objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Cause(Enum):
    """Why a source lacks the objects of a kind."""

    FORBIDDEN = "forbidden"
    FAILED = "failed"
    NOT_SERVED = "not-served"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind that could not be read, everywhere or beyond one namespace.

    `only` is the namespace whose objects were read all the same; None: nothing was.
    `needs` says what would allow it, or what is wrong, as text for the user.
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
        return f"{self.resource}{where} {_WHY[self.cause]}"


_WHY: Final = {
    Cause.FORBIDDEN: "may not be read",
    Cause.FAILED: "could not be read",
    Cause.LEFT_OUT: "were left out",
}


def qualified(kind: str, group: str) -> str:
    """Return a kind with its group, as kubectl names it."""
    return f"{kind}.{group}" if group else kind


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """The release of the API server, its gates as far as it says them, and the gaps.

    `kubernetes` is the version as the server spells it. `gates` is None where the
    source could not see them. `read` are the kinds that it looked for, as
    `Deployment.apps`: of one of these without an object and a gap there is none.
    `served` are the versions of resource.k8s.io that the server has; None: it is not
    known.
    """

    kubernetes: str | None = None
    gates: Mapping[str, bool] | None = None
    gaps: tuple[Gap, ...] = ()
    read: frozenset[str] = frozenset()
    served: frozenset[str] | None = None

    def has_read(self, kind: str, *groups: str) -> bool:
        """Tell whether it was looked for a kind, which is in one of the groups."""
        return any(qualified(kind, group) in self.read for group in groups)

    def gap(self, kind: str) -> Gap | None:
        """Return what is known to be missing of a kind."""
        return next((each for each in self.gaps if each.kind == kind), None)

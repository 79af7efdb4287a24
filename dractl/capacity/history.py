"""How the use of devices went from one snapshot of a cluster to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from dractl.capacity.groups import Counts


@dataclass(frozen=True, slots=True)
class Moment:
    """What a snapshot has: how many devices of each group are in which state."""

    name: str
    groups: tuple[tuple[str, Counts], ...]

    def of(self, group: str) -> Counts:
        """Return the counts of a group, zeros where there is none of that name."""
        return dict(self.groups).get(group, Counts())


@dataclass(frozen=True, slots=True)
class Course:
    """One group over all moments. `peak` is the place of the one with most in use."""

    name: str
    counts: tuple[Counts, ...]

    @property
    def used(self) -> tuple[int, ...]:
        """How many devices claims had, in whole or in part, moment by moment."""
        return tuple(each.allocated + each.partly for each in self.counts)

    @property
    def peak(self) -> int:
        """The place of the first moment with most in use."""
        return self.used.index(max(self.used))


def courses(moments: Sequence[Moment]) -> tuple[Course, ...]:
    """Return each group over all moments, in the order in which they come up."""
    names = dict.fromkeys(name for each in moments for name, _ in each.groups)
    return tuple(
        Course(name, tuple(each.of(name) for each in moments)) for name in names
    )

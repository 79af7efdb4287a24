"""What the slices of a pool say of it: how many are to be in which generation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dractl.rules.subject import Subject, mapping, number, text


@dataclass(frozen=True, slots=True)
class Share:
    """What a slice says of its pool: how many slices its generation is to have."""

    driver: str
    pool: str
    generation: int
    count: int

    @property
    def key(self) -> tuple[str, str]:
        """The pool: names of pools are those of one driver."""
        return self.driver, self.pool


@dataclass(slots=True)
class Generation:
    """The slices of one generation of a pool.

    `counts` tells how many slices there are to be, with the first slice that says so.
    """

    slices: int = 0
    counts: dict[int, str] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The name of its first slice."""
        return next(iter(self.counts.values()), "")


@dataclass(slots=True)
class Pool:
    """All slices of a pool, by generation."""

    generations: dict[int, Generation] = field(default_factory=dict)

    @property
    def slices(self) -> int:
        """How many slices there are, old ones too."""
        return sum(each.slices for each in self.generations.values())

    @property
    def newest(self) -> int:
        """The only generation that the scheduler uses."""
        return max(self.generations, default=0)


def name_of(subject: Subject) -> str:
    """Return the name of a slice; empty: the API server is to make one."""
    return text(mapping(subject.wire, "metadata"), "name")


def share_of(subject: Subject) -> Share | None:
    """Return the share of a slice in its pool; None: it does not state one."""
    pool, driver = mapping(subject.spec, "pool"), text(subject.spec, "driver")
    name, count = text(pool, "name"), number(pool, "resourceSliceCount", 0)
    if not subject.is_slice or not driver or not name or count < 1:
        return None
    return Share(driver, name, number(pool, "generation", 0), count)


def pools_of(
    slices: Iterable[tuple[str, Share | None]],
) -> Mapping[tuple[str, str], Pool]:
    """Return the pools that slices make up; of several with one name the first counts.

    What a file defines comes first, as it would replace what is in the cluster.
    """
    found: dict[tuple[str, str], Pool] = {}
    seen: set[str] = set()
    for name, share in slices:
        if share is None or name in seen:
            continue
        seen.update({name} - {""})
        pool = found.setdefault(share.key, Pool())
        generation = pool.generations.setdefault(share.generation, Generation())
        generation.slices += 1
        generation.counts.setdefault(share.count, name)
    return found

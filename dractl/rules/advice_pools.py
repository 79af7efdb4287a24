"""Rules about the slices of one pool, for authors of drivers."""

from collections.abc import Iterator
from typing import Final

from dractl.rules.advice import advice
from dractl.rules.path import Path
from dractl.rules.pools import Generation, Pool, Share, name_of, share_of
from dractl.rules.registry import Severity, Violation
from dractl.rules.subject import Subject
from dractl.rules.world import World

_POOL: Final = Path.of("spec", "pool")
_COUNT: Final = _POOL.field("resourceSliceCount")


def _pool(subject: Subject, world: World) -> tuple[Share, Pool] | None:
    """Return a slice's share in its pool and all that is known of that pool."""
    share = share_of(subject) if subject.is_slice else None
    pool = None if share is None else world.pools.get(share.key)
    return None if share is None or pool is None else (share, pool)


@advice("pool-incomplete-in-files")
def pool_is_incomplete(subject: Subject, world: World) -> Iterator[Violation]:
    """A pool with more or fewer slices than `resourceSliceCount` says.

    The scheduler does not use a pool until all slices of its newest generation are
    there, and a request with the mode All fails. All given files and the snapshot are
    looked at; without a snapshot, a slice that is alone in its pool is left out, as the
    others may be elsewhere. Told at the first slice of the pool.
    """
    found = _pool(subject, world)
    if found is None:
        return
    share, pool = found
    mine = pool.generations.get(share.generation, Generation())
    if not world.is_whole and pool.slices == 1:
        return
    if share.generation < pool.newest or set(mine.counts) != {share.count}:
        return  # nobody uses it, or other rules tell
    if mine.slices == share.count or name_of(subject) != mine.first:
        return
    hint = ", unless slices are missing here" if mine.slices < share.count else ""
    yield Violation(
        "pool-incomplete-in-files",
        _COUNT,
        f"pool {share.pool} of {share.driver} has {_slices(mine.slices)} of "
        f"generation {share.generation}, but is to have {share.count}; the scheduler "
        "will not use it",
        fix=f"resourceSliceCount: {mine.slices}{hint}",
    )


def _slices(count: int) -> str:
    return "1 slice" if count == 1 else f"{count} slices"


@advice("pool-counts-differ")
def counts_differ(subject: Subject, world: World) -> Iterator[Violation]:
    """A slice that says another `resourceSliceCount` than others of its generation.

    All slices of one generation of a pool have the same number, that of all of them.
    To change it, publish all slices again with a higher generation.
    """
    found = _pool(subject, world)
    if found is None:
        return
    share, pool = found
    counts = pool.generations.get(share.generation, Generation()).counts
    for count, name in counts.items():
        if count != share.count:
            yield Violation(
                "pool-counts-differ",
                _COUNT,
                f"{name or 'another slice'} of the same pool and generation says "
                f"{count}",
            )
            return


@advice("pool-older-generation", Severity.INFO)
def generation_is_old(subject: Subject, world: World) -> Iterator[Violation]:
    """A slice of a pool that has slices of a newer generation.

    The scheduler uses only the newest generation of a pool. While a driver replaces its
    slices there are several for a moment; what stays behind is no use, and misleads
    those who look at it.
    """
    found = _pool(subject, world)
    if found is not None and found[0].generation < found[1].newest:
        share, pool = found
        yield Violation(
            "pool-older-generation",
            _POOL.field("generation"),
            f"pool {share.pool} of {share.driver} is in generation {pool.newest} "
            "already; the scheduler ignores this slice",
            fix="delete the slice, or publish it with the newest generation",
        )

"""How each state of a device is called, and in which order states are drawn."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from dractl.capacity.devices import State
from dractl.capacity.groups import Counts


class Look(NamedTuple):
    """The word and the meaning of a state."""

    word: str
    meaning: str


LOOKS: Final = {
    State.ALLOCATED: Look("allocated", "a claim has it; nothing more can be had"),
    State.PARTLY: Look("partly", "claims share it, and there is more to have"),
    State.FREE: Look("free", "it can be had as a whole"),
    State.TAINTED: Look("tainted", "only for claims that tolerate its taint"),
    State.UNUSABLE: Look("unusable", "nobody can have it as things stand"),
}
"""In the order in which they are drawn."""


def counted(counts: Counts) -> Iterator[tuple[State, int]]:
    """Yield the states in the order in which they are drawn, with their numbers."""
    yield State.ALLOCATED, counts.allocated
    yield State.PARTLY, counts.partly
    yield State.FREE, counts.free
    yield State.TAINTED, counts.tainted
    yield State.UNUSABLE, counts.unusable


def told(counts: Counts) -> str:
    """Return the states that there are in words: `3 allocated, 5 free`."""
    parts = [f"{number:,} {LOOKS[state].word}" for state, number in counted(counts)]
    return ", ".join(part for part in parts if not part.startswith("0 ")) or "none"

"""Values of any type anywhere: a check never fails, and the rest is still judged."""

import copy
import random
from collections.abc import Iterator
from typing import Any, Final

import pytest

from dractl.api.snapshot import Snapshot
from dractl.doctor.case import Case
from dractl.doctor.run import examine
from tests.doctor.healthy import NOW, allocated, claim, healthy, pod

ODD: Final[tuple[Any, ...]] = (
    None, 7, -1, True, "x", "", "\x1b[2J", "2026-99-99T00:00:00Z", [], [1], {},
    {"a": 1},
)  # fmt: skip
ROUNDS: Final = 60
CHANGES: Final = 3

Path = tuple[Any, ...]


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the places of all values."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        yield (*path, key)
        yield from paths(each, (*path, key))


def changed(documents: list[Any], path: Path, value: object) -> None:
    """Put a value at a place, if the place is still there."""
    here: Any = documents
    try:
        for key in path[:-1]:
            here = here[key]
        here[path[-1]] = value
    except (IndexError, KeyError, TypeError):
        return


@pytest.mark.parametrize("seed", range(5))
def test_odd_values_are_no_crash(seed: int) -> None:
    chance = random.Random(seed)
    lost = claim("c", status=allocated("n1", "gpu-9", reserved="work-0"))
    base = [*healthy(), lost, pod("p", claims=["c"], node_name="", phase="Pending")]
    places = list(paths(base))
    for _ in range(ROUNDS):
        documents = copy.deepcopy(base)
        for place in chance.sample(places, CHANGES):
            changed(documents, place, chance.choice(ODD))
        answer = examine(Case(Snapshot.from_documents(documents), NOW))
        assert answer.passed

"""The flow over demands, against trying everything."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest

from dractl.solver.flow import can_supply

Demands = Sequence[tuple[int, int]]


def brute_force(
    demands: Demands,
    limits: Mapping[int, int],
    groups: Mapping[int, str],
    group_limits: Mapping[str, int],
) -> bool:
    """Try to give each unit of each demand each of its devices."""
    units = [mask for wanted, mask in demands for _ in range(wanted)]
    choices = [[p for p in range(6) if mask >> p & 1] for mask in units]
    return any(
        all(chosen.count(p) <= limits.get(p, 1) for p in set(chosen))
        and all(
            sum(groups.get(p) == group for p in chosen) <= limit
            for group, limit in group_limits.items()
        )
        for chosen in product(*choices)
    )


def problems() -> Iterator[
    tuple[Demands, dict[int, int], dict[int, str], dict[str, int]]
]:
    rng = random.Random(7)
    for _ in range(400):
        yield (
            [(rng.randint(0, 2), rng.randrange(64)) for _ in range(rng.randint(1, 3))],
            {p: rng.randint(0, 3) for p in range(6) if rng.random() < 0.3},
            {p: rng.choice("gh") for p in range(6) if rng.random() < 0.5},
            {"g": rng.randint(0, 2), "h": rng.randint(0, 2)},
        )


def test_the_flow_says_what_trying_everything_says() -> None:
    answers = [(can_supply(*each), brute_force(*each)) for each in problems()]

    assert [pair for pair in answers if pair[0] != pair[1]] == []
    assert {fast for fast, _ in answers} == {True, False}


@pytest.mark.parametrize(
    ("demands", "suffices"),
    [
        ([], True),
        ([(1, 0)], False),
        ([(0, 0)], True),
        ([(2, 0b11), (1, 0b11)], False),
        ([(1, 0b11), (1, 0b01)], True),
    ],
)
def test_devices_suffice(demands: Demands, *, suffices: bool) -> None:
    assert can_supply(demands, {}, {}, {}) is suffices

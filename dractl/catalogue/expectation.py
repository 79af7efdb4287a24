"""What a selector should select, and how that differs from what it selects."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate

from dractl.model.devices import Device


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should be selected: exactly these devices, or so many; None: no matter.

    Devices are given as driver/pool/device, also with `*`, `?` and `[...]`; a pattern
    stands for at least one device.
    """

    devices: tuple[str, ...] | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """How a selection differs from what was expected; empty where it does not.

    `missing` are the patterns that nothing selected fits, `unexpected` the devices that
    were selected beyond that. `count` is the number that was expected, None where that
    is met.
    """

    missing: tuple[str, ...] = ()
    unexpected: tuple[Device, ...] = ()
    count: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the selection is as expected."""
        return self == Difference()


def difference(expected: Expectation, selected: Sequence[Device]) -> Difference:
    """Return how a selection differs from the expectation."""
    count = expected.count
    if count == len(selected):
        count = None
    if expected.devices is None:
        return Difference(count=count)
    patterns = [re.compile(translate(each)) for each in expected.devices]
    names = [str(device.id) for device in selected]
    return Difference(
        missing=tuple(
            text
            for text, pattern in zip(expected.devices, patterns, strict=True)
            if not _any_fits([pattern], names)
        ),
        unexpected=tuple(
            device
            for device, name in zip(selected, names, strict=True)
            if not _any_fits(patterns, [name])
        ),
        count=count,
    )


def _any_fits(patterns: Iterable[re.Pattern[str]], names: Sequence[str]) -> bool:
    return any(pattern.match(name) for pattern in patterns for name in names)

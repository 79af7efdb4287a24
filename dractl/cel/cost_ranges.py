"""Ranges of costs and of sizes, with the arithmetic of cel-go (checker/cost.go).

Numbers are Go's uint64: what would overflow stays at the largest number, and products
with a fraction go through a double and are rounded up.
"""

import math
from typing import Final, NamedTuple, Self

MOST: Final = 2**64 - 1

TRAVERSAL: Final = 0.1
"""Cost of reading one character of a string."""

REGEX: Final = 0.25
"""Cost of one character of a regular expression, per unit of cost of the text."""


class CostRange(NamedTuple):
    """Fewest and most: units of CEL's cost, or elements of a list, map or string."""

    minimum: int
    maximum: int

    def plus(self, other: "CostRange") -> Self:
        """Return the sum."""
        least, most = self[0] + other[0], self[1] + other[1]
        return self.__class__(min(least, MOST), min(most, MOST))

    def times(self, other: "CostRange") -> Self:
        """Return the product."""
        least, most = self[0] * other[0], self[1] * other[1]
        return self.__class__(min(least, MOST), min(most, MOST))

    def scaled(self, factor: float) -> Self:
        """Return the product with a factor, rounded up."""
        return self.__class__(_scaled(self[0], factor), _scaled(self[1], factor))

    def union(self, other: "CostRange") -> Self:
        """Return the smallest range that holds both."""
        return self.__class__(min(self[0], other[0]), max(self[1], other[1]))


def _scaled(number: int, factor: float) -> int:
    product = float(number) * factor
    return MOST if product > MOST else min(math.ceil(product), MOST)


def exactly(number: int) -> CostRange:
    """Return the range of that number alone."""
    return CostRange(number, number)


NOTHING: Final = exactly(0)
ONE: Final = exactly(1)
UNKNOWN: Final = CostRange(0, MOST)
NO_ELEMENTS: Final = CostRange(MOST, 0)
"""Where a union over elements begins."""

NEW_LIST: Final = exactly(10)
NEW_MAP: Final = exactly(30)

"""Exact amounts: resource.Quantity without a single float.

Follows Kubernetes 1.36, apimachinery pkg/api/resource/quantity.go: an amount is a whole
number of nanos (finer values round away from zero), binary amounts stop at 2^63 - 1,
and the text that the API prints is the shortest with an exponent that has a suffix.
"""

import functools
import re
from dataclasses import dataclass
from typing import Final, Literal

Format = Literal["DecimalSI", "BinarySI", "DecimalExponent"]

NANO: Final = 10**9
_DECIMAL: Final = {
    "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
}  # fmt: skip
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX: Final = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX: Final = {bits: suffix for suffix, bits in _BINARY.items()}
_BINARY_MAX: Final = (2**63 - 1) * NANO
_EXPONENT_DIGITS: Final = 6
_LONGEST: Final = 4096  # digits and exponent; beyond it only hostile text is found
_SHAPE: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?"
    r"(?:(?P<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?P<exponent>[+-]?[0-9]+))?",
    re.ASCII,
)


class QuantityError(ValueError):
    """The text is not a quantity."""


@functools.total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """An amount. Equality, order and hash look at the amount, not at its spelling."""

    nanos: int
    format: Format = "DecimalSI"

    @staticmethod
    def parse(text: str) -> "Quantity":
        """Read any spelling that the API accepts; raise QuantityError for the rest."""
        return _parse(text)

    @staticmethod
    def of(whole: int, form: Format = "DecimalSI") -> "Quantity":
        """Return a whole amount."""
        return Quantity(whole * NANO, form)

    @property
    def is_whole(self) -> bool:
        """Whether there is no fraction."""
        return self.nanos % NANO == 0

    @property
    def ceiling(self) -> int:
        """The amount rounded up to a whole number, as Quantity.Value() does."""
        # Go rounds away from zero, so a negative amount grows in size.
        size = -(-abs(self.nanos) // NANO)
        return size if self.nanos >= 0 else -size

    def __eq__(self, other: object) -> bool:
        """Compare amounts."""
        return isinstance(other, Quantity) and self.nanos == other.nanos

    def __lt__(self, other: "Quantity") -> bool:
        """Compare amounts."""
        return self.nanos < other.nanos

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.nanos)

    def __add__(self, other: "Quantity") -> "Quantity":
        """Add; the format of the left side stays, unless that is zero."""
        form = self.format if self.nanos else other.format
        return Quantity(self.nanos + other.nanos, form)

    def __sub__(self, other: "Quantity") -> "Quantity":
        """Subtract; the format follows the same rule as for addition."""
        form = self.format if self.nanos else other.format
        return Quantity(self.nanos - other.nanos, form)

    def __str__(self) -> str:
        """Return the canonical text, as the API prints it."""
        if (
            self.format == "BinarySI"
            and self.is_whole
            and abs(self.nanos) >= 1024 * NANO
        ):
            return _binary_text(self.nanos // NANO)
        mantissa, exponent = _mantissa(self.nanos)
        # No suffix is larger than E. Releases before kubernetes/kubernetes#140459 lose
        # such an exponent (1000E prints as 1); later ones write it as here.
        if self.format == "DecimalExponent" or exponent not in _DECIMAL_SUFFIX:
            return f"{mantissa}e{exponent}" if exponent else str(mantissa)
        return f"{mantissa}{_DECIMAL_SUFFIX[exponent]}"


def _binary_text(amount: int) -> str:
    bits = 0
    while amount % 1024 == 0 and bits < max(_BINARY_SUFFIX):
        amount //= 1024
        bits += 10
    return f"{amount}{_BINARY_SUFFIX[bits]}" if bits else str(amount)


def _mantissa(nanos: int) -> tuple[int, int]:
    """Return the smallest mantissa whose exponent is a multiple of three."""
    if nanos == 0:
        return 0, 0
    exponent = -9
    while nanos % 1000 == 0:
        nanos //= 1000
        exponent += 3
    return nanos, exponent


@functools.lru_cache(maxsize=65536)
def _parse(text: str) -> Quantity:
    match = _SHAPE.fullmatch(text) if len(text) <= _LONGEST else None
    if text in {"+", "-"}:
        return Quantity(0)  # so says the API server, too
    if match is None or not (match["whole"] or match["part"]):
        raise QuantityError(f"{text[:80]!r} is not a quantity")
    digits = match["whole"] + (match["part"] or "")
    scale = -len(match["part"] or "")
    form: Format = "DecimalSI"
    factor = 1
    if match["exponent"] is not None:
        form = "DecimalExponent"
        scale += _bounded_exponent(match["exponent"], text)
    elif (suffix := match["suffix"] or "") in _BINARY:
        form = "BinarySI"
        factor = 1 << _BINARY[suffix]
    else:
        scale += _DECIMAL[suffix]
    nanos = _scaled(int(digits) * factor, scale + 9)
    if form == "BinarySI":
        nanos = min(nanos, _BINARY_MAX)
        if 0 < nanos < NANO:
            form = "DecimalSI"
    return Quantity(-nanos if match["sign"] == "-" else nanos, form)


def _bounded_exponent(text: str, quantity: str) -> int:
    digits = text.lstrip("+-").lstrip("0")
    size = int(digits or "0") if len(digits) <= _EXPONENT_DIGITS else 2 * _LONGEST
    if text[0] == "-":
        return -min(size, 2 * _LONGEST)  # all that is smaller rounds to one nano, too
    if size > _LONGEST:
        raise QuantityError(f"{quantity[:80]!r} is too large a quantity")
    return size


def _scaled(number: int, power: int) -> int:
    """Multiply by a power of ten; what does not divide rounds away from zero."""
    factor: int = 10 ** abs(power)
    return number * factor if power >= 0 else -(-number // factor)

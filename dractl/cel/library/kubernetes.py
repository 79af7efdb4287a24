"""Quantities and versions: `quantity()`, `semver()` and what can be asked of them.

Follows Kubernetes 1.36, apiserver/pkg/cel/library: quantity.go and semverlib.go.
"""

import operator
import re
from collections.abc import Callable
from typing import Final

from dractl.cel.library.signature import (
    BOOL,
    QUANTITY,
    SEMVER,
    STRING,
    Function,
    Functions,
    takes,
)
from dractl.cel.values import (
    INT_MAX,
    INT_MIN,
    EvalFailure,
    Sum,
    Unreduced,
    Value,
    no_such_overload,
)
from dractl.model.attributes import SemVer, SemVerError
from dractl.model.quantity import NANO, Quantity, QuantityError

_NUMBER_THEN_SUFFIX: Final = re.compile(
    r"[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*", re.ASCII
)
_QUANTITY_FORM: Final = (
    "quantities must match the regular expression "
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_VERSION_PARTS: Final = 3
_SPELLING: Final = re.compile(
    r"[+-]?([0-9]*)(?:\.([0-9]*))?([numkMGTPE]?|[KMGTPE]i|[eE][+-]?[0-9]{1,6})",
    re.ASCII,
)
_DECIMAL: Final = {
    "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
}  # fmt: skip
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_DIGITS: Final = 18
_BINARY_DIGITS: Final = 15
_LEAST_SCALE: Final = -9


def quantity(text: str) -> Quantity:
    """Return the quantity that the text spells."""
    try:
        amount = Quantity.parse(text)
    except QuantityError as error:
        known = _NUMBER_THEN_SUFFIX.fullmatch(text)
        message = "unable to parse quantity's suffix" if known else _QUANTITY_FORM
        raise EvalFailure(message) from error
    scale = _scale_of(text) if amount.is_whole else 0
    if scale is None or scale < 0:
        return Unreduced(amount.nanos, amount.format)
    return amount


def _scale_of(text: str) -> int | None:
    """Return the power of ten that Go keeps beside an int64, None: it keeps no int64.

    Follows the fast path of apimachinery's resource.ParseQuantity.
    """
    found = _SPELLING.fullmatch(text)
    if found is None:
        return None
    whole, part, suffix = found[1].lstrip("0") or "0", found[2] or "", found[3]
    if suffix in _BINARY:
        # Three tenths of the bits are about the digits that they add.
        digits = len(whole) + _BINARY[suffix] * 3 // 10
        return 0 if not part and digits < _BINARY_DIGITS else None
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    scale = power - len(part)
    fits = len(whole) + len(part) <= _DECIMAL_DIGITS and scale >= _LEAST_SCALE
    return scale if fits else None


def _quantity_scale(amount: Quantity) -> int | None:
    if isinstance(amount, Sum):
        return amount.scale
    if isinstance(amount, Unreduced):
        return -1
    return _scale_of(str(amount))


def semver(text: str, normalize: bool = False) -> SemVer:
    """Return the version that the text spells, put into shape first if asked."""
    if normalize:
        text = _normalized(text)
    try:
        return SemVer.parse(text)
    except SemVerError as error:
        raise EvalFailure(_version_complaint(text)) from error


def _version_complaint(text: str) -> str:
    if not text:
        return "Version string empty"
    parts = text.split(".", 2)
    if len(parts) != _VERSION_PARTS:
        return "No Major.Minor.Patch elements found"
    for name, part in zip(("major", "minor", "patch"), parts, strict=True):
        number = re.split(r"[-+]", part, maxsplit=1)[0] if name == "patch" else part
        if not number.isdecimal() or not number.isascii():
            return f'Invalid character(s) found in {name} number "{number}"'
        if len(number) > 1 and number[0] == "0":
            title = name.capitalize()
            return f'{title} number must not contain leading zeroes "{number}"'
    return f'Invalid version "{text}"'


def _normalized(text: str) -> str:
    """Drop a leading v and leading zeros, and fill up to three numbers."""
    parts = text.removeprefix("v").split(".", 2)
    for at, part in enumerate(parts):
        if len(part) > 1:
            short = part.lstrip("0")
            parts[at] = short if short[:1].isdecimal() else f"0{short}"
    if len(parts) < _VERSION_PARTS:
        if any(char in parts[-1] for char in "+-"):
            raise EvalFailure("short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (_VERSION_PARTS - len(parts))
    return ".".join(parts)


def _is_valid(make: Function) -> Function:
    def valid(*arguments: Value) -> bool:
        try:
            make(*arguments)
        except EvalFailure:
            return False
        return True

    return valid


def _amount(value: Value) -> Value:
    """Return what a quantity or a version is ordered by."""
    return value.precedence if value.__class__ is SemVer else value.nanos


def _comparison(name: str, answer: Callable[[Value, Value], Value]) -> Function:
    def compared(left: Value, right: Value) -> Value:
        for kind in (QUANTITY, SEMVER):
            if left.__class__ in kind and right.__class__ in kind:
                return answer(_amount(left), _amount(right))
        raise no_such_overload(name, left, right)

    return compared


def _compare(left: Value, right: Value) -> int:
    return int(left > right) - int(left < right)


def _arithmetic(name: str, sign: int) -> Function:
    def computed(left: Value, right: Value) -> Value:
        if isinstance(left, Quantity) and isinstance(right, Quantity):
            return _total(left, sign * right.nanos, _quantity_scale(right))
        if isinstance(left, Quantity) and right.__class__ is int:
            return _total(left, sign * right * NANO, 0)
        raise no_such_overload(name, left, right)

    return computed


def _total(left: Quantity, nanos: int, scale: int | None) -> Sum:
    own = _quantity_scale(left)
    if left.nanos == 0:
        total = scale
    elif nanos == 0:
        total = own
    else:
        total = None if own is None or scale is None else min(own, scale)
    return Sum.of_scale(left.nanos + nanos, left.format, total)


def _is_integer(amount: Quantity) -> bool:
    scale = _quantity_scale(amount)
    if scale is None or scale < 0:
        return False
    return INT_MIN <= amount.nanos // NANO <= INT_MAX


def _as_integer(amount: Quantity) -> int:
    if not _is_integer(amount):
        raise EvalFailure("cannot convert value to integer")
    return int(amount.nanos // NANO)


def _as_float(amount: Quantity) -> float:
    return amount.nanos / NANO


def _sign(amount: Quantity) -> int:
    return _compare(amount.nanos, 0)


def _part(name: str, place: int) -> Function:
    def part(version: SemVer) -> int:
        return int(version.precedence[place])  # type: ignore[arg-type] # one of three numbers

    return takes(name, SEMVER, call=part)


FUNCTIONS: Final[Functions] = {
    "quantity": takes("quantity", STRING, call=quantity),
    "isQuantity": takes("isQuantity", STRING, call=_is_valid(quantity)),
    "semver": takes("semver", STRING, BOOL, call=semver),
    "isSemver": takes("isSemver", STRING, BOOL, call=_is_valid(semver)),
    "isGreaterThan": _comparison("isGreaterThan", operator.gt),
    "isLessThan": _comparison("isLessThan", operator.lt),
    "compareTo": _comparison("compareTo", _compare),
    "add": _arithmetic("add", 1),
    "sub": _arithmetic("sub", -1),
    "isInteger": takes("isInteger", QUANTITY, call=_is_integer),
    "asInteger": takes("asInteger", QUANTITY, call=_as_integer),
    "asApproximateFloat": takes("asApproximateFloat", QUANTITY, call=_as_float),
    "sign": takes("sign", QUANTITY, call=_sign),
    "major": _part("major", 0),
    "minor": _part("minor", 1),
    "patch": _part("patch", 2),
}

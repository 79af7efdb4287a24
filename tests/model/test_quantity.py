"""Amounts are exact, and print as the API prints them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.model.quantity import NANO, Quantity, QuantityError

DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15}
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40}

whole = st.integers(min_value=-(10**12), max_value=10**12)
digits = st.text("0123456789", min_size=1, max_size=12)
texts = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "+", "-"]),
    digits,
    st.one_of(st.just(""), digits.map(".{}".format)),
    st.sampled_from([*DECIMAL, *BINARY, "E", "Ei", "e3", "E-2", "e0"]),
)
amounts = texts.map(Quantity.parse)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("+", "0"),
        ("0Gi", "0"),
        ("1000", "1k"),
        ("1024", "1024"),
        ("1024Ki", "1Mi"),
        ("1024Mi", "1Gi"),
        ("1000Mi", "1000Mi"),
        ("0.5Gi", "512Mi"),
        ("0.5", "500m"),
        ("1500m", "1500m"),
        ("1.5", "1500m"),
        ("2000m", "2"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("1000e0", "1e3"),
        ("12e-1", "1200e-3"),
        ("1e-10", "1e-9"),
        ("0.0000000001", "1n"),
        ("-0.0000000001", "-1n"),
        ("100G", "100G"),
        ("1E", "1E"),
        (".5", "500m"),
        ("5.", "5"),
        ("+3Ki", "3Ki"),
    ],
)
def test_the_canonical_text_is_that_of_the_api(text: str, canonical: str) -> None:
    assert str(Quantity.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1K", "1ki", "1_000", "NaN", "inf", "1.2.3", "1e", "Ki", "-Ki", ".",
     "1e3Ki", "0x10", "1,5", "\u0661"],
)  # fmt: skip
def test_other_texts_are_no_quantities(text: str) -> None:
    with pytest.raises(QuantityError):
        Quantity.parse(text)


@pytest.mark.parametrize("text", ["9" * 10**6, "1e999999", "1e" + "9" * 10**5])
def test_monstrous_numbers_are_refused_at_once(text: str) -> None:
    with pytest.raises(QuantityError):
        Quantity.parse(text)


@pytest.mark.parametrize(
    ("text", "ceiling"),
    [("1", 1), ("1m", 1), ("1001m", 2), ("-1m", -1), ("0", 0), ("1.5Ki", 1536)],
)
def test_the_ceiling_grows_away_from_zero(text: str, ceiling: int) -> None:
    assert Quantity.parse(text).ceiling == ceiling


def test_binary_amounts_stop_where_int64_does() -> None:
    assert Quantity.parse("16Ei").nanos == (2**63 - 1) * NANO
    assert Quantity.parse("16E").nanos == 16 * 10**18 * NANO


@pytest.mark.property
@given(texts)
def test_the_canonical_text_means_the_same_and_stays(text: str) -> None:
    amount = Quantity.parse(text)
    again = Quantity.parse(str(amount))
    assert again == amount
    assert str(again) == str(amount)


@pytest.mark.property
@given(digits, digits, st.sampled_from(sorted({**DECIMAL, **BINARY})))
def test_the_value_is_exact_up_to_nanos(left: str, right: str, suffix: str) -> None:
    factor = Fraction(10) ** DECIMAL.get(suffix, 0) * 2 ** BINARY.get(suffix, 0)
    exact = Fraction(Decimal(f"{left}.{right}")) * factor
    nanos = exact * NANO
    rounded = -(-nanos.numerator // nanos.denominator)
    if suffix in BINARY:
        rounded = min(rounded, (2**63 - 1) * NANO)
    assert Quantity.parse(f"{left}.{right}{suffix}").nanos == rounded


@pytest.mark.property
@given(amounts, amounts)
def test_sums_and_differences_are_exact(left: Quantity, right: Quantity) -> None:
    assert (left + right).nanos == left.nanos + right.nanos
    assert left + right - right == left


@pytest.mark.property
@given(amounts, amounts)
def test_order_and_equality_look_at_the_amount(left: Quantity, right: Quantity) -> None:
    assert (left < right) == (left.nanos < right.nanos)
    assert (left == right) == (left.nanos == right.nanos)
    assert left != right or hash(left) == hash(right)


@pytest.mark.property
@given(whole)
def test_whole_amounts_are_their_own_ceiling(number: int) -> None:
    assert Quantity.of(number).ceiling == number
    assert Quantity.of(number).is_whole

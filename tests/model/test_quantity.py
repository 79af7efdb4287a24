"""Amounts are exact, and print as the API prints them."""

import math
from collections.abc import Callable
from fractions import Fraction
from time import perf_counter
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dractl.model.quantity import NANO, Format, Quantity, QuantityError

DECIMAL = {
    "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
}  # fmt: skip
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
INT64_MAX = 2**63 - 1


class Spelling(NamedTuple):
    """A quantity in its parts, so that tests know its value without the parser."""

    sign: str
    whole: str
    part: str
    suffix: str

    @property
    def text(self) -> str:
        point = f".{self.part}" if self.part else ""
        return f"{self.sign}{self.whole}{point}{self.suffix}"

    @property
    def factor(self) -> Fraction:
        if self.suffix in BINARY:
            return Fraction(2) ** BINARY[self.suffix]
        if self.suffix in DECIMAL:
            return Fraction(10) ** DECIMAL[self.suffix]
        return Fraction(10) ** int(self.suffix[1:])

    @property
    def value(self) -> Fraction:
        """The value as Kubernetes keeps it: whole nanos, rounded away from zero."""
        written = Fraction(int(self.whole + self.part), 10 ** len(self.part))
        size = Fraction(math.ceil(written * self.factor * NANO), NANO)
        if self.suffix in BINARY:
            size = min(size, Fraction(INT64_MAX))
        return -size if self.sign == "-" else size


exponents = st.builds(
    "{}{}{}".format,
    st.sampled_from("eE"),
    st.sampled_from(["", "+", "-"]),
    st.integers(0, 24),
)
spellings = st.builds(
    Spelling,
    st.sampled_from(["", "+", "-"]),
    st.text("0123456789", min_size=1, max_size=20),
    st.text("0123456789", max_size=12),
    st.one_of(st.sampled_from([*DECIMAL, *BINARY]), exponents),
)
amounts = spellings.map(lambda each: Quantity.parse(each.text))


def value(amount: Quantity) -> Fraction:
    return Fraction(amount.nanos, NANO)


@pytest.mark.parametrize(("suffix", "exponent"), DECIMAL.items())
def test_a_decimal_suffix_is_a_power_of_ten(suffix: str, exponent: int) -> None:
    assert value(Quantity.parse(f"3{suffix}")) == 3 * Fraction(10) ** exponent


@pytest.mark.parametrize(("suffix", "bits"), BINARY.items())
def test_a_binary_suffix_is_a_power_of_two(suffix: str, bits: int) -> None:
    assert value(Quantity.parse(f"3{suffix}")) == 3 * 2**bits


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("1e3", 1000 * NANO),
        ("1E3", 1000 * NANO),
        ("1e+3", 1000 * NANO),
        ("1e-3", NANO // 1000),
        ("1E-9", 1),
        ("1.5e1", 15 * NANO),
        ("-2e0", -2 * NANO),
        ("1e03", 1000 * NANO),
        ("1e+0000003", 1000 * NANO),
    ],
)
def test_an_exponent_has_either_case_and_any_sign(text: str, nanos: int) -> None:
    assert Quantity.parse(text).nanos == nanos


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1000", "1k"),
        ("1024", "1024"),
        ("1024Ki", "1Mi"),
        ("1024Mi", "1Gi"),
        ("1000Mi", "1000Mi"),
        ("1025Ki", "1025Ki"),
        ("1Ki", "1Ki"),
        ("0.5Ki", "512"),
        ("0.5Gi", "512Mi"),
        ("1.5Gi", "1536Mi"),
        ("-1024Mi", "-1Gi"),
        ("0.0001Ki", "102400u"),
        ("0.5", "500m"),
        ("1500m", "1500m"),
        ("1.5", "1500m"),
        ("2000m", "2"),
        ("1000000u", "1"),
        ("-1000", "-1k"),
        ("1e3", "1e3"),
        ("1E4", "10e3"),
        ("1000e0", "1e3"),
        ("12e-1", "1200e-3"),
        ("7e0", "7"),
        ("1e18", "1e18"),
        ("100G", "100G"),
        ("1E", "1E"),
        ("100E", "100E"),
        ("1000E", "1e21"),
        ("1234000E", "1234e21"),
        (".5", "500m"),
        ("05.50", "5500m"),
    ],
)
def test_the_exponent_of_the_canonical_text_is_the_largest_possible(
    text: str, canonical: str
) -> None:
    assert str(Quantity.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    ["0", "-0", "+0", "00", "0.0", ".0", "0.", "0n", "0E", "0Ki", "-0Ei", "0e5", "0e-5",
     "+", "-"],
)  # fmt: skip
def test_zero_has_one_canonical_text(text: str) -> None:
    zero = Quantity.parse(text)
    assert zero == Quantity(0)
    assert str(zero) == "0"


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("0.1n", 1),
        ("-0.1n", -1),
        ("1.1n", 2),
        ("-1.1n", -2),
        ("0.0000000001", 1),
        ("1e-10", 1),
        ("1e-999999", 1),
        ("1e-99999999", 1),
        ("-1e-10", -1),
        ("0.00000000001Ki", 11),
        ("2.0000000000000000000001", 2 * NANO + 1),
    ],
)
def test_what_is_finer_than_a_nano_rounds_away_from_zero(text: str, nanos: int) -> None:
    assert Quantity.parse(text).nanos == nanos


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("7Ei", 7 * 2**60),
        ("8Ei", INT64_MAX),
        ("-8Ei", -INT64_MAX),
        ("9223372036854775807Ki", INT64_MAX),
        ("16E", 16 * 10**18),
        ("9223372036854775808", 2**63),
        ("1e30", 10**30),
    ],
)
def test_only_binary_amounts_stop_where_int64_does(text: str, whole: int) -> None:
    assert Quantity.parse(text) == Quantity.of(whole)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1", "DecimalSI"),
        ("1k", "DecimalSI"),
        ("1E", "DecimalSI"),
        ("1E1", "DecimalExponent"),
        ("1e0", "DecimalExponent"),
        ("1Ki", "BinarySI"),
        ("0.5Ki", "BinarySI"),
        ("0.0005Ki", "DecimalSI"),
    ],
)
def test_an_amount_remembers_its_kind_of_suffix(text: str, form: Format) -> None:
    assert Quantity.parse(text).format == form


@pytest.mark.parametrize(
    "text",
    ["", " ", " 1", "1 ", "1\n", "\t1", "1K", "1ki", "1KI", "1Kib", "1GB", "1mi", "1mm",
     "1_000", "1,5", "0x10", "NaN", "inf", "null", "1.2.3", "1..2", "1e", "1e+", "1E-",
     "1e1.5", "1e3Ki", "1Ki3", "Ki", "--1", "+-1", "1-", "1 Ki", "\u0661", "\uff11"],
)  # fmt: skip
def test_other_texts_are_no_quantities(text: str) -> None:
    with pytest.raises(QuantityError):
        Quantity.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10**6,
        "0." + "0" * 10**6,
        "1e999999",
        "1e" + "9" * 10**6,
        "1" * 10**6 + "x",
    ],
    ids=["digits", "zeros", "exponent", "digits of an exponent", "no suffix"],
)
def test_monstrous_numbers_are_refused_at_once(text: str) -> None:
    start = perf_counter()
    with pytest.raises(QuantityError) as caught:
        Quantity.parse(text)
    assert perf_counter() - start < 0.5
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    "text",
    ["9" * 4096, "1e4096", "1e-4096", "0." + "0" * 4000 + "1", "9" * 4000 + "Ei"],
)
def test_the_longest_numbers_are_read_and_printed_at_once(text: str) -> None:
    start = perf_counter()
    amount = Quantity.parse(text)
    assert Quantity.parse(str(amount)) == amount
    assert perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("text", "ceiling"),
    [
        ("0", 0),
        ("1", 1),
        ("1n", 1),
        ("999999999n", 1),
        ("1001m", 2),
        ("-1m", -1),
        ("-1001m", -2),
        ("0.1Ki", 103),
        ("1.5Ki", 1536),
        ("1e-3", 1),
        ("2.5e1", 25),
        ("8Ei", INT64_MAX),
        ("1000E", 10**21),
    ],
)
def test_the_ceiling_grows_away_from_zero(text: str, ceiling: int) -> None:
    assert Quantity.parse(text).ceiling == ceiling


@pytest.mark.parametrize(
    ("text", "whole"),
    [("0", True), ("2000m", True), ("-3Ki", True), ("1500m", False), ("1n", False)],
)
def test_an_amount_is_whole_where_nothing_is_left_over(
    text: str, *, whole: bool
) -> None:
    assert Quantity.parse(text).is_whole is whole


@pytest.mark.parametrize(
    ("operation", "left", "right", "result"),
    [
        (Quantity.__add__, "1Gi", "1k", "1073742824"),
        (Quantity.__add__, "1Ki", "1024", "2Ki"),
        (Quantity.__add__, "1024", "1Ki", "2048"),
        (Quantity.__add__, "0", "1Ki", "1Ki"),
        (Quantity.__add__, "0Ki", "1k", "1k"),
        (Quantity.__add__, "100m", "200m", "300m"),
        (Quantity.__add__, "1e3", "1k", "2e3"),
        (Quantity.__sub__, "1Gi", "512Mi", "512Mi"),
        (Quantity.__sub__, "1Gi", "1Gi", "0"),
        (Quantity.__sub__, "0", "1Ki", "-1Ki"),
        (Quantity.__sub__, "0.3", "0.1", "200m"),
    ],
)
def test_a_result_is_spelled_like_the_left_side_unless_that_is_zero(
    operation: Callable[[Quantity, Quantity], Quantity],
    left: str,
    right: str,
    result: str,
) -> None:
    assert str(operation(Quantity.parse(left), Quantity.parse(right))) == result


def test_a_quantity_is_no_number() -> None:
    assert Quantity.of(1) != 1
    assert Quantity.of(1) != "1"


@pytest.mark.property
@given(spellings)
@example(Spelling("-", "0", "0000000001", "Ei"))
@example(Spelling("", "1024", "", "Pi"))
def test_an_amount_is_what_rational_arithmetic_says(spelling: Spelling) -> None:
    assert value(Quantity.parse(spelling.text)) == spelling.value


@pytest.mark.property
@given(spellings)
@example(Spelling("", "1000", "", "E"))
def test_the_canonical_text_means_the_same_and_stays(spelling: Spelling) -> None:
    amount = Quantity.parse(spelling.text)
    again = Quantity.parse(str(amount))
    assert again == amount
    assert str(again) == str(amount)


@pytest.mark.property
@given(spellings, spellings)
@example(Spelling("", "1024", "", ""), Spelling("", "1", "", "Ki"))
@example(Spelling("-", "0", "", "Ki"), Spelling("", "0", "", "e9"))
@example(Spelling("", "1000", "", "m"), Spelling("", "1", "", "e0"))
def test_order_equality_and_hash_are_those_of_the_values(
    left: Spelling, right: Spelling
) -> None:
    first, second = Quantity.parse(left.text), Quantity.parse(right.text)
    assert (first < second) is (left.value < right.value)
    assert (first <= second) is (left.value <= right.value)
    assert (first > second) is (left.value > right.value)
    assert (first == second) is (left.value == right.value)
    assert first != second or hash(first) == hash(second)


@pytest.mark.property
@given(spellings, spellings)
def test_sums_and_differences_are_exact(left: Spelling, right: Spelling) -> None:
    first, second = Quantity.parse(left.text), Quantity.parse(right.text)
    assert value(first + second) == left.value + right.value
    assert value(first - second) == left.value - right.value


@pytest.mark.property
@given(amounts, amounts)
def test_subtraction_undoes_addition(left: Quantity, right: Quantity) -> None:
    assert left + right - right == left
    assert left - right + right == left


@pytest.mark.property
@given(spellings)
def test_the_ceiling_is_the_next_whole_number(spelling: Spelling) -> None:
    size = math.ceil(abs(spelling.value))
    ceiling = Quantity.parse(spelling.text).ceiling
    assert ceiling == (size if spelling.value >= 0 else -size)

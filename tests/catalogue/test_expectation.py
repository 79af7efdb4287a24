from dractl.catalogue.expectation import Difference, Expectation, difference
from tests.builders import device

A, B = device("a"), device("b")


def test_a_selection_as_expected_has_no_difference() -> None:
    expected = Expectation(devices=(str(A.id), str(B.id)), count=2)
    assert difference(expected, [B, A]).is_empty
    assert difference(Expectation(devices=()), []).is_empty
    assert difference(Expectation(), [A]).is_empty


def test_what_is_missing_and_what_is_too_much_is_told() -> None:
    expected = Expectation(devices=(str(A.id),), count=2)
    assert difference(expected, [B]) == Difference((str(A.id),), (B,), 2)


def test_a_pattern_stands_for_one_device_at_least() -> None:
    expected = Expectation(devices=("*/pool/[ab]", "nic/*/*"))
    assert difference(expected, [A, B]) == Difference(missing=("nic/*/*",))

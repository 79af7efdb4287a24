import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.catalogue.nearest import likeness, nearest


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("modle", ["memory", "model", "mode"], "model"),
        ("productname", ["productNames", "productName"], "productName"),
        ("driver-version", ["driverVersions", "driverVersion"], "driverVersion"),
        ("gpu.nvdia.com", ["gpu.amd.com", "gpu.nvidia.com"], "gpu.nvidia.com"),
        ("NVIDIA H100", ["NVIDIA H200", "NVIDIA H100 80GB"], "NVIDIA H100 80GB"),
        ("gpu", ["gpu.example.com", "npu"], "gpu.example.com"),
        ("node-1", ["node-12", "node-1"], "node-1"),
    ],
)
def test_the_name_that_was_meant_comes_first(
    word: str, known: list[str], expected: str
) -> None:
    assert nearest(word, known) == (expected,)


@pytest.mark.parametrize("word", ["", "x", "memory", "\x00" * 1000])
def test_what_resembles_nothing_has_no_neighbour(word: str) -> None:
    assert nearest(word, ["productName", "uuid"]) == ()


def test_a_common_domain_makes_no_names_alike() -> None:
    assert nearest("no-driver.example.com", ["node-cpu.example.com"]) == ()
    assert nearest("gpu.exmaple.com", ["gpu.example.com"]) == ("gpu.example.com",)
    assert nearest("gpus.example.com", ["gpu.example.com"]) == ("gpu.example.com",)


def test_equally_close_names_come_in_their_order() -> None:
    assert nearest("abc1", ["abc3", "abc2"], most=2) == ("abc2", "abc3")


def test_a_letter_makes_another_word_of_a_short_one() -> None:
    assert nearest("npu", ["gpu", "tpu"]) == ()
    assert nearest("npu.example.com", ["gpu.example.com"]) == ()


@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=6))
def test_the_order_of_the_known_names_does_not_matter(
    word: str, known: list[str]
) -> None:
    assert nearest(word, known, most=3) == nearest(word, reversed(known), most=3)


@given(st.text(max_size=8), st.text(max_size=8))
def test_only_a_name_itself_is_wholly_alike(word: str, other: str) -> None:
    assert (likeness(word, other) == 1) == (word == other)
    assert 0 <= likeness(word, other) <= 1

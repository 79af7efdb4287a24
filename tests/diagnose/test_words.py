from collections.abc import Sequence

import pytest

from dractl.diagnose.words import counted, listed, on_nodes


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 devices"), (1, "1 device"), (2, "2 devices")]
)
def test_what_is_counted_is_in_the_right_number(number: int, text: str) -> None:
    assert counted(number, "device") == text


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ("", ""),
        ("a", "a"),
        ("abcd", "a, b, c, d"),
        ("abcdef", "a, b, c, d and 2 more"),
        ("aabab", "a, b"),
    ],
)
def test_of_a_list_the_first_are_named_each_once(items: str, text: str) -> None:
    assert listed(items) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["n1"], "on n1"),
        (["n1", "n2"], "on n1 and n2"),
        (["n1", "n2", "n3"], "on 3 nodes"),
    ],
)
def test_two_nodes_are_named_and_more_are_counted(
    names: Sequence[str], text: str
) -> None:
    assert on_nodes(names) == text

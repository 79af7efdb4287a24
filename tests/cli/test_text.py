import pytest

from dractl.cli.text import columns, counted, filled, visible, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gpu-0", "gpu-0"),
        ("größe 数", "größe 数"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x9b2J", "\\x9b2J"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("\u2066x\u2069\u200b\ufeff", "\\u2066x\\u2069\\u200b\\ufeff"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("数字", 4), ("e\u0301", 1), ("", 0)]
)
def test_width_counts_terminal_cells(text: str, cells: int) -> None:
    assert width(text) == cells


def test_columns_line_up_and_end_without_blanks() -> None:
    assert columns([("A", "B"), ("数字", ""), ("x", "y")]) == [
        "A     B",
        "数字",
        "x     y",
    ]


def test_filled_breaks_between_words_and_never_inside() -> None:
    words = ["aa", "bb", "a-very-long-word", "c"]
    assert filled(words, 6) == ["aa bb", "a-very-long-word", "c"]


@pytest.mark.parametrize(("number", "said"), [(1, "1 node"), (2, "2 nodes")])
def test_counted_knows_the_plural(number: int, said: str) -> None:
    assert counted(number, "node") == said

"""Tokens and the values of literals."""

import pytest

from dractl.cel.errors import Issue
from dractl.cel.lexer import LiteralError, bytes_value, string_value, tokens_of


def kinds(source: str) -> list[str]:
    return [token.kind for token in tokens_of(source).tokens]


def test_words_and_operators_are_their_own_kind() -> None:
    found = kinds("a in [null, true] && !b.in || c <= -1")
    expected = "ident in [ null , true ] && ! ident . in || ident <= - int eof"
    assert found == expected.split()


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("0", "int"),
        ("0xFf", "int"),
        ("7u", "uint"),
        ("0x1U", "uint"),
        ("1.5", "double"),
        ("1e3", "double"),
        (".5E-2", "double"),
        ('"a\\n"', "string"),
        ("'''it's'''", "string"),
        (r"r'\d'", "string"),
        ('R"""a"b"""', "string"),
        (r"b'\xff'", "bytes"),
        ("BR'x'", "bytes"),
        ("`a-b/c.d e`", "quoted"),
        ("_a1", "ident"),
        ("nullable", "ident"),
    ],
)
def test_a_literal_is_one_token(source: str, kind: str) -> None:
    assert kinds(source) == [kind, "eof"]


def test_white_space_and_comments_disappear() -> None:
    assert kinds("a // b && c\n\t\f\r+ 1") == ["ident", "+", "int", "eof"]


def test_a_dot_after_a_number_is_an_operator() -> None:
    assert kinds("1.size") == ["int", ".", "ident", "eof"]


def test_positions_count_code_points() -> None:
    token = tokens_of("'😁' == x").tokens[-2]
    assert (token.text, token.start, token.end) == ("x", 7, 8)


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("a = b", [(3, "= ")]),
        ("a & b", [(3, "& ")]),
        ("#", [(1, "#")]),
        (r'"\q"', [(1, r'"\q'), (4, '"')]),
        (r'"\x4g"', [(1, r'"\x4g'), (6, '"')]),
        ("'open", [(1, "'open")]),
        ("'a\nb", [(1, "'a\n")]),
    ],
)
def test_what_is_no_token_is_skipped_and_complained_about(
    source: str, places: list[tuple[int, str]]
) -> None:
    head = "Syntax error: token recognition error at: "
    issues = [Issue(1, column, f"{head}'{text}'") for column, text in places]
    assert tokens_of(source).issues == issues


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\a\b\f\n\r\t\v\\\"\'\`\?"', "\a\b\f\n\r\t\v\\\"'`?"),
        (r'"\x41\u00e9\U0001F600\101"', "Aé😀A"),
        (r'r"\n"', r"\n"),
        ('"""a\r\nb\rc"""', "a\nb\nc"),
        ("''", ""),
        ("''''''", ""),
    ],
)
def test_a_string_means_its_characters(text: str, value: str) -> None:
    assert string_value(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"b'\xff\377\n'", b"\xff\xff\n"),
        ("b'é'", "é".encode()),
        (r"br'\xff'", rb"\xff"),
        (r"b'''a\x00'b'''", b"a\x00'b"),
    ],
)
def test_bytes_mean_their_octets(text: str, value: bytes) -> None:
    assert bytes_value(text) == value


def test_half_of_a_surrogate_pair_is_no_character() -> None:
    with pytest.raises(LiteralError, match="invalid unicode code point"):
        string_value(r'"\ud800"')


def test_characters_have_no_place_in_bytes() -> None:
    with pytest.raises(LiteralError, match="unable to unescape string"):
        bytes_value(r"b'\u0041'")

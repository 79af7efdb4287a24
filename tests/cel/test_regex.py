"""Regular expressions mean what RE2 means by them, and take bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.cel.regex import (
    Pattern,
    RegexError,
    TooMuchWork,
    check_pattern,
    compile_pattern,
)
from dractl.cel.regex_machine import Machine
from dractl.cel.regex_syntax import parse


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("[", "missing closing ]: `[`"),
        ("(", "missing closing ): `(`"),
        ("a)", "unexpected ): `a)`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("|+", "missing argument to repetition operator: `+`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a*+", "invalid nested repetition operator: `*+`"),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("(a{500}){3}", "invalid repeat count: `{3}`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?<=a)", "invalid or unsupported Perl syntax: `(?<=`"),
        ("(?>a)", "invalid or unsupported Perl syntax: `(?>`"),
        (r"(a)\1", r"invalid escape sequence: `\1`"),
        (r"\Z", r"invalid escape sequence: `\Z`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:alfa:]]", "invalid character class range: `[:alfa:]`"),
        (r"\pX", r"invalid character class range: `\pX`"),
        ("\\", "trailing backslash at end of expression: ``"),
        ("(" * 200 + ")" * 200, None),
    ],
)
def test_what_re2_refuses_is_refused(pattern: str, complaint: str | None) -> None:
    with pytest.raises(RegexError, match=r"^error parsing regexp: ") as refusal:
        check_pattern(pattern)
    if complaint is not None:
        assert str(refusal.value) == f"error parsing regexp: {complaint}"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a$", "a\n", None),
        ("(?m)a$", "a\nb", "a"),
        (".", "\n", None),
        ("(?s).", "\n", "\n"),
        (r"\d+", "x\u0661\u06627", "7"),
        (r"\w+", "\u00e9a_1", "a_1"),
        (r"\bb", "\u00e9b", "b"),
        (r"\B", "", ""),
        ("(?i)NVIDIA", "nVidia", "nVidia"),
        ("(?i)k", "\u212a", "\u212a"),
        ("(?i:A)b", "ab", "ab"),
        ("(?i:A)b", "aB", None),
        (r"\pL+", "1\u00fc\u00f12", "\u00fc\u00f1"),
        (r"\p{Greek}", "a\u03b1", "\u03b1"),
        (r"\P{L}", "ab1", "1"),
        ("[[:alpha:]]+", "12ab", "ab"),
        ("[^[:alpha:]]+", "ab12", "12"),
        (r"\Qa.b\E+", "xa.bb", "a.bb"),
        ("a{,2}", "a{,2}", "a{,2}"),
        ("[]a]+", "]a", "]a"),
        ("[a-]+", "a-", "a-"),
        (r"\x41\x{42}\103", "ABC", "ABC"),
        ("a|ab", "ab", "a"),
        ("a+?", "aaa", "a"),
        ("(?U)a+", "aaa", "a"),
        ("(a|ab)(c|bcd)*", "abcd", "abcd"),
        ("(a*)*", "b", ""),
        ("(?P<name>a)", "a", "a"),
        ("(|a)*", "aa", ""),
        (r"\Ab", "ab", None),
        (r"b\z", "ab", "b"),
        ("", "abc", ""),
    ],
)
def test_the_first_match_is_re2s(pattern: str, text: str, found: str | None) -> None:
    assert compile_pattern(pattern).find(text) == found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a*", "baaac", ["", "aaa", ""]),
        ("", "ab", ["", "", ""]),
        ("[0-9]", "1a2", ["1", "2"]),
        ("(a|a)*", "aab", ["aa", ""]),
    ],
)
def test_all_matches_are_gos(pattern: str, text: str, found: list[str]) -> None:
    assert list(compile_pattern(pattern).find_all(text)) == found


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*$", "(a|ab)*c", "a?" * 30 + "a" * 30, "(.*)*x", ".*a.*a.*a.*b$"],
)
def test_backtracking_never_explodes(pattern: str) -> None:
    started = time.process_time()
    assert not compile_pattern(f"^{pattern}").matches("a" * 29 + "!")
    assert time.process_time() - started < 1


def test_a_text_that_would_take_too_long_is_refused() -> None:
    with pytest.raises(TooMuchWork):
        compile_pattern(r"(\pL{1,300})*x").matches("a" * 50_000)


def test_a_name_of_a_group_cannot_be_used_twice() -> None:
    with pytest.raises(RegexError):
        check_pattern("(?P<a>x)(?P<a>y)")


atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\b", "^", "$", "", r"\w"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "*?", "{1,2}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)


@pytest.mark.property
@given(patterns, st.text("ab \n", max_size=8))
def test_both_engines_find_the_same_match(pattern: str, text: str) -> None:
    quick = compile_pattern(pattern)
    slow = Pattern(parse(pattern), None, 0, machine=Machine.build(parse(pattern)))
    assert list(quick.find_all(text)) == list(slow.find_all(text))


gaps = st.sampled_from(["", ".*", "(?s:.*)"])
fixed = st.sampled_from(["a", "ab", "(?:ab|ba)", "[ab]{2}", "b", "(?:a|b)a", ""])
lines = st.tuples(
    st.sampled_from(["", "^"]),
    st.lists(st.tuples(gaps, fixed).map("".join), max_size=4).map("".join),
    gaps,
    st.sampled_from(["", "$"]),
).map("".join)


@pytest.mark.property
@given(lines, st.text("ab\n", max_size=9))
def test_pieces_match_like_the_machine(pattern: str, text: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.pieces is not None
    found = Machine.build(parse(pattern)).find(text, 0)
    assert compiled.matches(text) is (found is not None)


@pytest.mark.property
@given(st.text(r"ab()[]{}*+?|\^$.-,:<>P?=!012pLdQEi", max_size=14))
def test_any_text_compiles_or_is_refused(pattern: str) -> None:
    try:
        found = compile_pattern(pattern).find("ab1")
    except RegexError:
        return
    assert found is None or found in "ab1"

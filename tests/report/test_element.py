"""Markup is made of elements, and what they are given is text."""

import pytest

from dractl.report.element import Markup, element, embedded, fingerprint, joined


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<b>", "&lt;b&gt;"),
        ("a & b", "a &amp; b"),
        ("\"'", "&quot;&#x27;"),
        ("&lt;", "&amp;lt;"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\x00", "a\\nb\\x00"),
        ("\u202egpj", "\\u202egpj"),
        ("\ud800", "\\ud800"),
        ("é 日本 …", "é 日本 …"),
    ],
)
def test_text_is_escaped_wherever_it_stands(text: str, written: str) -> None:
    assert str(element("p", {}, text)) == f"<p>{written}</p>"
    assert str(element("p", {"title": text})) == f'<p title="{written}"></p>'
    assert str(element("p", {}, [text, [text]])) == f"<p>{written}{written}</p>"
    assert str(joined(text)) == written


def test_elements_nest_and_leave_out_nothing_that_is_there() -> None:
    inner = element("b", {}, 0)
    made = element("p", {"class": None, "tabindex": 0}, None, inner, " ", (inner, None))
    assert str(made) == '<p tabindex="0"><b>0</b> <b>0</b></p>'
    assert str(element("path", {"d": "M0 0"})) == '<path d="M0 0"/>'
    assert str(element("meta", {"charset": "utf-8"})) == '<meta charset="utf-8">'


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("onclick", "x()"),
        ("OnError", "x()"),
        ("style", "color:red"),
        ("href", "javascript:x()"),
        ("href", "https://example.com"),
        ("src", "x.png"),
    ],
)
def test_nothing_runs_or_leads_out_of_the_page(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        element("a", {name: value})


def test_nobody_else_makes_markup() -> None:
    with pytest.raises(ValueError, match="elements only"):
        Markup("<b>", key=None)


@pytest.mark.parametrize("text", ["</script>", "a </STYLE", "<!--", "]]>"])
def test_what_is_embedded_does_not_end_early(text: str) -> None:
    with pytest.raises(ValueError, match="script"):
        embedded("script", text)


def test_what_is_embedded_stays_as_it_is() -> None:
    assert str(embedded("style", "a>b{}")) == "<style>a>b{}</style>"
    # The digest of the empty text, as everybody knows it.
    assert fingerprint("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"

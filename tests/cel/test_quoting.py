"""Text that stands in an expression means what it meant outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.cel import SelectorCompileError, compile_selector
from dractl.cel.quoting import optional_path, quoted, value_path, value_test

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(texts)
def test_a_literal_means_its_text(text: str) -> None:
    selector = compile_selector(f"device.driver == {quoted(text)}")
    assert selector.matches({"driver": text})
    assert "\n" not in quoted(text)


@given(texts.filter(lambda text: "/" not in text), texts)
def test_a_path_leads_to_its_value(domain: str, name: str) -> None:
    device = {"driver": "d", "attributes": {f"{domain}/{name}": {"bool": True}}}
    path = ("attributes", domain, name)
    for text in (
        value_path(path),
        value_test(path),
        f"{optional_path(path)}.orValue(false)",
    ):
        assert compile_selector(text).matches(device)


def test_what_has_no_spelling_does_not_compile() -> None:
    with pytest.raises(SelectorCompileError):
        compile_selector(f"device.driver == {quoted(chr(0xD800))}")

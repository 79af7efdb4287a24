"""What render changes in a text: lines about devices, and no byte of any other."""

import contextlib
import io
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dractl.cli.app import main
from dractl.sources.manifests import manifests as read
from dractl.sources.text import read_text
from dractl.sources.yaml_edit import edited, values_of
from tests.migrate.recorded import CASES, CORPUS, asked, manifests
from tests.migrate.styled import Styled, staying

_COMMA = re.compile(r",(?=\s*(#|$))")
_DASHES = re.compile(r"^[ -]*")


def _named(document: Any) -> str:
    metadata = document.get("metadata", {})
    names = [metadata.get("namespace"), metadata.get("name")]
    return json.dumps([document.get("apiVersion"), document.get("kind"), *names])


def _rendered(case: str) -> Iterator[tuple[Any, Any]]:
    """Yield the objects of a case that change, with what they become."""
    out = io.StringIO()
    with (
        contextlib.chdir(CORPUS / case),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        main([*asked(case, "render"), "-o", "-"])
        before = [
            document
            for each in read(manifests(case), recursive=True)
            for document in read_text(each.text, each.path).documents
        ]
    after = {
        _named(e.document): e.document for e in read_text(out.getvalue(), "x").documents
    }
    for each in before:
        new = after.get(_named(each.document))
        if new is not None and new != each.document:
            yield each.document, new


@cache
def _changes() -> tuple[tuple[Any, Any], ...]:
    return tuple(pair for case in CASES for pair in _rendered(case))


def _plain(line: str) -> str:
    """Return a line without what its neighbours decide: its comma, and its dash."""
    blanks = _DASHES.match(line)
    assert blanks is not None
    return " " * blanks.end() + _COMMA.sub("", line[blanks.end() :])


def _first_lost(lines: list[str], text: str) -> str | None:
    """Return the first line that is not in a text, behind those before it."""
    rest = map(_plain, text.split("\n"))
    return next((each for each in lines if _plain(each) not in rest), None)


@pytest.mark.property
@settings(max_examples=200, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1 << 32), ending=st.sampled_from(["\n", "\r\n"]))
def test_only_what_is_touched_changes(seed: int, ending: str) -> None:
    dice = random.Random(seed)
    old, new = dice.choice(_changes())
    styled = Styled(old, dice)
    before = styled.text.replace("\n", ending)
    assert values_of(before) == [old]

    result = edited(before, old, new)

    assert result.kept
    assert values_of(result.text) == [new]
    assert result.text.count("\n") == result.text.count(ending)
    assert _first_lost(staying(styled, new), result.text.replace("\r\n", "\n")) is None

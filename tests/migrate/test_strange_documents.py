"""No document, whatever is in it, keeps the others from being planned and rewritten."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.migrate.inputs import Input, Route, Shares
from dractl.migrate.plan import plan
from dractl.migrate.reverse import reversed_
from dractl.migrate.rewrite import rewritten
from dractl.sources.embedded import texts
from tests.migrate.builders import documents, order
from tests.migrate.recorded import CASES, CORPUS, manifests
from tests.migrate.rewriting import CHAT

_STRANGE: Any = (
    None, True, 0, -1, 1.5, 10**30, "", "x", 'a"b', "a\nb", "a,b", "1g.5gb", [], [None],
    [[]], {}, {"a": 1}, {"": None}, [7, "x", {}, []],
)  # fmt: skip


@cache
def _corpus() -> tuple[Any, ...]:
    files = [
        file
        for case in CASES
        for each in manifests(case)
        for file in [CORPUS / case / each]
        if file.is_file()
    ]
    found = [one for file in files for one in documents(file.read_text())]
    made = _answers(found, Route.CLAIMS, Shares.CAPACITY)
    return *found, *made


def _places(value: Any, steps: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield steps
    pairs = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else pairs:
        yield from _places(inner, (*steps, key))


def _with(value: Any, steps: tuple[Any, ...], strange: Any) -> Any:
    """Return a value with a strange one at a place."""
    if not steps:
        return strange
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[steps[0]] = _with(value[steps[0]], steps[1:], strange)
    return copy


@st.composite
def _strange(draw: st.DrawFn) -> Any:
    """Return a document with a strange value in it, or in one of its texts."""
    document = draw(st.sampled_from(_corpus()))
    if document.get("kind") == "ConfigMap":
        key = draw(st.sampled_from(sorted(document["data"])))
        inner = yaml.safe_load(document["data"][key])
        steps = draw(st.sampled_from(list(_places(inner))))
        said = yaml.safe_dump(_with(inner, steps, draw(st.sampled_from(_STRANGE))))
        return _with(document, ("data", key), said)
    steps = draw(st.sampled_from(list(_places(document))[1:]))
    return _with(document, steps, draw(st.sampled_from(_STRANGE)))


def _inputs(found: list[Any]) -> list[Input]:
    return [
        Input(each, "app.yaml:1", number, is_file=True, texts=texts(each))
        for number, each in enumerate(found)
    ]


def _answers(found: list[Any], route: Route, shares: Shares) -> list[Any]:
    """Return what documents become, and what these become on the way back."""
    inputs, wishes = _inputs(found), order(route=route, shares=shares)
    nodes = Snapshot.from_documents([])
    made = rewritten(plan(inputs, nodes, wishes), nodes, inputs)
    after = [made.documents.get(each.number, each.document) for each in inputs]
    after += [one for added in made.added.values() for one in added]
    after += made.shared
    back = reversed_(_inputs(after), wishes)
    return [*after, *back.documents.values()]


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(
    st.lists(_strange(), min_size=1, max_size=3),
    st.sampled_from(Route),
    st.sampled_from(Shares),
)
def test_strange_values_harm_nobody(
    strange: list[Any], route: Route, shares: Shares
) -> None:
    (plain,) = documents(CHAT)
    after = _answers([plain, *strange], route, shares)
    assert after[0]["metadata"] == plain["metadata"]

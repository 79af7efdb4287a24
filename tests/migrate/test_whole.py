"""Whole migrations of documents in which something is not what it should be."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.migrate.inputs import Route
from tests.migrate.clusters import GPU, live, migration, node, running, slices, workload

CLUSTER = (
    node("a", {GPU: 1}),
    node("b", {GPU: 2}),
    *live("chat", "a"),
    running("alone", "b"),
    slices("b", 1),
    workload("watch", "DaemonSet", counted={}),
)
FILES = (workload("chat"), workload("new", tolerations=[{"key": "a"}]))
DOCUMENTS = (*CLUSTER, *FILES)
WRONG: tuple[Any, ...] = (
    None, [], {}, "x", 5, -1, True, [1], {"a": 1}, "", [[]], [{"name": 3}], "1e9",
)  # fmt: skip


def _places(value: Any, steps: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if steps:
        yield steps
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        yield from _places(each, (*steps, key))


PLACES = [
    (number, *steps)
    for number, document in enumerate(DOCUMENTS)
    for steps in _places(document)
]


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(WRONG)), max_size=3),
    st.booleans(),
    st.sampled_from(Route),
)
def test_whatever_is_wrong_there_is_an_answer(
    wrong: list[tuple[tuple[Any, ...], Any]], has_files: bool, route: Route
) -> None:
    documents: Any = [copy.deepcopy(dict(each)) for each in DOCUMENTS]
    for (*above, last), value in wrong:
        holder = documents
        for step in above:
            try:
                holder = holder[step]
            except (LookupError, TypeError):
                holder = None
        if isinstance(holder, dict):
            holder[last] = copy.deepcopy(value)
    count = len(CLUSTER)
    found = migration(
        documents[:count], documents[count:] if has_files else (), route=route
    )

    assert len(found.proof.fits) == len(found.plan.users)
    assert all(each.name for each in found.stages)

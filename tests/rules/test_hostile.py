"""Whatever a file holds: rules answer, and every answer has a place."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.cli.findings import found_in
from dractl.model.cluster import Profile
from dractl.rules.check import check
from dractl.rules.world import World
from dractl.sources.files import load_snapshot
from dractl.sources.located import Places, read_located

HERE = Path(__file__).parent
CLUSTER = World.of(load_snapshot(HERE / "cluster.yaml"), ())
FILES = [
    *sorted(HERE.glob("controls/*.yaml")),
    *sorted(HERE.glob("mistakes/*.yaml")),
    HERE / "cluster.yaml",
]
DOCUMENTS = [
    each.document
    for file in FILES
    for each in read_located(file.read_text(), file.name).objects
]
VALUES = st.sampled_from(
    [None, True, 0, -1, 2**63, 1.5, "", "a/b", "6 GiB", "\u202e", [], [None], {}, [[]]]
) | st.sampled_from([{"": None}, {"a": {}}, [1, "a"], "x" * 300, {"cel": []}])


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(value, dict):
        for key, each in value.items():
            found += places_in(each, (*path, key))
    if isinstance(value, list):
        for number, each in enumerate(value):
            found += places_in(each, (*path, number))
    return found


@st.composite
def spoilt(draw: st.DrawFn) -> object:
    document: Any = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        places = places_in(document)[1:]
        if not places:
            break
        *above, last = draw(st.sampled_from(places))
        holder = document
        for step in above:
            holder = holder[step]
        holder[last] = copy.deepcopy(draw(VALUES))
    return document


@pytest.mark.property
@settings(max_examples=400, deadline=None)
@given(spoilt(), st.sampled_from(["1.31", "1.34", "1.36", "1.37"]))
def test_spoilt_objects_get_an_answer_with_places(
    document: object, release: str
) -> None:
    source = read_located(json.dumps(document, indent=1), "f", is_json=True)
    for located in source.objects:
        for world in (World(), CLUSTER):
            answer = check(located.document, Profile.of(release), world)
            for violation in answer.violations:
                found = found_in(located, "f", violation, Places())
                assert found.line >= 1
                assert found.column >= 1
                assert found.message

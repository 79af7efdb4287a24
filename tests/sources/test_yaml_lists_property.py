"""Any document, changed anywhere: what has nothing to do with it stays."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.sources.yaml_edit import edited, values_of
from dractl.sources.yaml_write import inline

Path = tuple[str | int, ...]
WORDS = st.sampled_from(["a", "b", "c", "yes", "1", "x y", "#", "<<", "\u00e4", "*a"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)
    ),
    max_leaves=8,
)
LEAF = "leaf"
TREES = st.recursive(
    st.just(LEAF),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4),
        st.dictionaries(st.sampled_from("abcdef"), inner, min_size=1, max_size=4),
    ),
    max_leaves=14,
)


class Writer:
    """Writes trees as a person would; each leaf has a number, and a comment with it."""

    def __init__(self, draw: Any, *, has_anchors: bool = False) -> None:
        self.draw, self.has_anchors = draw, has_anchors
        self.anchors: list[str] = []
        self.step, self.dash = draw(st.integers(1, 4)), draw(st.integers(0, 3))
        self.gap = draw(st.integers(1, 3))
        self.numbers = 0
        self.places: dict[str, Path] = {}

    def number(self, tree: Any) -> Any:
        """Put numbers in the place of leaves."""
        if isinstance(tree, dict):
            return {key: self.number(each) for key, each in tree.items()}
        if isinstance(tree, list):
            return [self.number(each) for each in tree]
        self.numbers += 1
        return f"w{self.numbers}"

    def lines(self, value: Any, path: Path) -> list[str]:
        """Return the lines of a value, and remember where each stands."""
        if isinstance(value, str):
            if self.anchors and self.draw(st.booleans()):
                return [f"*{self.draw(st.sampled_from(self.anchors))} # {value}"]
            remark = f"{value} # about {value}"
            self.places[remark] = path
            return [remark]
        if self.draw(st.integers(0, 9)) == 0:
            self.places[inline(value)] = path
            return [inline(value)]
        found = []
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in pairs:
            if self.draw(st.integers(0, 4)) == 0:
                above = f"# above {'.'.join(map(str, (*path, key)))}"
                self.places[above] = (*path, key)
                found.append(above)
            first, *rest = self.lines(each, (*path, key))
            if isinstance(value, list):
                blanks = " " * self.gap
                found += [f"-{blanks}{first}", *(f" {blanks}{one}" for one in rest)]
            elif isinstance(each, str) or (not rest and first[0] in "[{"):
                found.append(f"{key}: {first}")
            else:
                further = self.dash if isinstance(each, list) else self.step
                head = f"{key}:{self.anchor()}"
                found += [head, *(" " * further + one for one in [first, *rest])]
        return found

    def anchor(self) -> str:
        """Return an anchor for what has been written, or none."""
        if not self.has_anchors or self.draw(st.booleans()):
            return ""
        self.anchors.append(f"n{len(self.anchors)}")
        return f" &{self.anchors[-1]}"


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Return the ways to all parts of a value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(one for key, each in inner for one in paths(each, (*path, key)))]


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def changed_at(draw: Any, value: Any) -> tuple[Any, Path]:
    """Return a value with a small change, and what it cost."""
    new = deepcopy(value)
    path = draw(st.sampled_from(paths(value)))
    what = at(new, path)
    added = draw(st.sampled_from(["new", ["new", {"z": 1}], {"z": ["new"]}]))
    if isinstance(what, list) and draw(st.booleans()):
        what.insert(draw(st.integers(0, len(what))), added)
        return new, (*path, "added")
    if isinstance(what, dict) and draw(st.booleans()):
        what["z"] = added
        return new, (*path, "added")
    if not path:
        return new, ("nothing",)
    holder = at(new, path[:-1])
    if draw(st.booleans()):
        del holder[path[-1]]
    else:
        holder[path[-1]] = added
    return new, path


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_has_nothing_to_do_with_a_change_stays(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    old = writer.number(data.draw(TREES.filter(lambda tree: tree != LEAF)))
    before = "\n".join(writer.lines(old, ())) + "\n"
    assert values_of(before) == [old]
    new, path = changed_at(data.draw, old)

    result = edited(before, old, new)

    assert values_of(result.text) == [new]
    lines = [line.strip(" -") for line in result.text.split("\n")]
    stays = [
        line.strip(" -")
        for line in before.split("\n")
        if any(
            line.endswith(text)
            and where[: len(path)] != path
            and ("{" not in text and "[" not in text)
            for text, where in writer.places.items()
        )
    ]
    rest = iter(lines)
    assert [line for line in stays if line not in rest] == []
    assert result.kept


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_shares_an_anchor_keeps_its_value_whatever_changes(
    data: st.DataObject,
) -> None:
    writer = Writer(data.draw, has_anchors=True)
    tree = writer.number(data.draw(TREES.filter(lambda tree: tree != LEAF)))
    before = "\n".join(writer.lines(tree, ())) + "\n"
    (old,) = values_of(before)
    new, _ = changed_at(data.draw, json.loads(json.dumps(old)))

    result = edited(before, old, new)

    assert values_of(result.text) == [new]
    assert result.kept

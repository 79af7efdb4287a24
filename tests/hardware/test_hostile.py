"""Trees that no kernel shows: whatever is in them, facts come, and soon."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.hardware.facts import facts
from dractl.model.hosts import HostFacts, Nvml
from tests.hosts.reading import facts_of
from tests.hosts.trees import Entry, Link, Mark, Tree, names, tree

SOUND = [
    (path, entry) for name in names() for path, entry in tree(name).entries.items()
]
PATHS = sorted({path for path, _ in SOUND})
TARGETS = st.one_of(
    st.sampled_from([".", "..", "/", "/sys", "../../..", "nowhere", "/proc/self/mem"]),
    st.sampled_from(PATHS).map(lambda path: f"/{path}"),
)
JUNK: st.SearchStrategy[Entry] = st.one_of(
    st.binary(max_size=64),
    st.sampled_from([b"-1\n", b"0x\n", b"0-9999\n", b"\xff\xff\n", b"9" * 70_000]),
    st.builds(Link, TARGETS),
    st.sampled_from(Mark),
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Return a part of the hosts that are known, with junk in some places of it."""
    chosen = dict(draw(st.lists(st.sampled_from(SOUND), max_size=60)))
    places = draw(st.lists(st.sampled_from(PATHS), max_size=20))
    depths = draw(st.lists(st.integers(1, 9), min_size=20, max_size=20))
    for path, depth in zip(places, depths, strict=False):
        chosen["/".join(path.split("/")[:depth])] = draw(JUNK)
    return Tree("junk", _without_inner(chosen))


def _without_inner(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Leave out what would lie below something that is no folder."""
    return {
        path: entry
        for path, entry in entries.items()
        if not any(parent in entries for parent in _parents(path))
    }


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(trees())
def test_whatever_is_there_facts_come_and_soon(host: Tree) -> None:
    with TemporaryDirectory() as folder:
        started = time.process_time()

        told = facts_of(host, Path(folder))

        assert isinstance(told, HostFacts)
        assert time.process_time() - started < 2


def test_files_in_the_place_of_the_root_or_none_are_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")

    for root in (file, tmp_path / "none"):
        assert [each.what for each in facts(root, Nvml()).problems] == [
            "there is no such folder"
        ]

"""Plots are well-formed, tell in words what they draw, and escape."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from dractl.capacity.devices import State
from dractl.capacity.groups import Counts, Group
from dractl.discovery.inventory import Inventory
from dractl.discovery.links import Link
from dractl.discovery.topology import Affinity, Branch, Nearness, Place, Topology
from dractl.report.svg.capacity import capacity_plot
from dractl.report.svg.frame import shortened
from dractl.report.svg.histogram import histogram
from dractl.report.svg.strip import bar, strip
from dractl.report.svg.tree import topology_plot
from tests.report.hostile import SPITE

_SVG = "{http://www.w3.org/2000/svg}"
_COUNTS = Counts(total=10, free=4, partly=1, allocated=3, tainted=1, unusable=1)


def _group(name: str, counts: Counts = _COUNTS) -> Group:
    return Group(name, (), counts)


def _texts(drawn: str) -> list[str]:
    root = ET.fromstring(drawn)
    return ["".join(each.itertext()) for each in root.iter(f"{_SVG}text")]


def test_a_plot_has_a_bar_for_each_group() -> None:
    drawn = capacity_plot([_group("a"), _group("b")], "Devices by model", "20 devices")
    root = ET.fromstring(drawn)
    told = root.find(f"{_SVG}desc")
    assert told is not None
    assert told.text is not None
    assert "a: 3 allocated, 1 partly, 4 free, 1 tainted, 1 unusable; b:" in told.text
    assert _texts(drawn).count("5 of 10 free") == 2
    fills = [each.get("fill") for each in root.iter(f"{_SVG}rect")]
    assert [each for each in fills if each] == 2 * [
        "url(#p-a)", "url(#p-p)", "url(#p-f)", "url(#p-t)", "url(#p-u)",
    ]  # fmt: skip


def test_of_very_many_groups_the_largest_are_drawn() -> None:
    groups = [_group(f"n-{each}", Counts(each, free=each)) for each in range(1, 101)]
    texts = _texts(capacity_plot(groups, "t", "s"))
    assert "n-100" in texts
    assert "n-40" not in texts
    assert "and 40 smaller ones" in texts


@pytest.mark.parametrize("groups", [(), (_group("none", Counts()),)])
def test_there_may_be_nothing_to_draw(groups: Sequence[Group]) -> None:
    ET.fromstring(capacity_plot(groups, "t", "s"))


def test_names_in_plots_are_text() -> None:
    part = Inventory(
        SPITE,
        topology=Topology(
            (
                Branch(
                    Place.NUMA,
                    "0",
                    label=SPITE,
                    branches=(Branch(Place.DEVICE, SPITE, "gpu", SPITE, SPITE),),
                ),
            ),
            (Link(SPITE, SPITE, None, 4),),
            (Affinity(SPITE, Nearness.NUMA, (SPITE,)),),
        ),
    )
    for drawn in (topology_plot(part), capacity_plot([_group(SPITE)], SPITE, SPITE)):
        root = ET.fromstring(drawn)
        tags = {each.tag.removeprefix(_SVG) for each in root.iter()}
        assert not tags & {"script", "img", "a", "foreignObject"}
        assert "<script>window" in "".join(root.itertext())
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", drawn)


def test_a_topology_shows_what_hangs_where() -> None:
    gpus = tuple(
        Branch(Place.DEVICE, f"0000:0{each}:00.0", "gpu", f"gpu-{each}", "H100")
        for each in range(3)
    )
    root_of = Branch(Place.ROOT, "pci0000:00", branches=gpus)
    numa = Branch(Place.NUMA, "0", label="CPUs 0-3", branches=(root_of,))
    names = [each.name for each in gpus]
    pairs = [(0, 1), (0, 2), (1, 2)]
    links = tuple(Link("NVLink", names[a], names[b], 6) for a, b in pairs)
    drawn = topology_plot(Inventory("n1", topology=Topology((numa,), links)))
    texts = _texts(drawn)
    assert "NUMA node 0: CPUs 0-3" in texts
    assert "0000:00:00.0 · gpu · gpu-0 · H100" in texts
    assert "NVLink, 6 each to each other: gpu-0, gpu-1, gpu-2" in texts
    # Each two are linked: that is one line with three ends.
    assert drawn.count('class="link"') == 1
    assert drawn.count('class="linked"') == 3


def test_parts_that_are_alike_are_counted() -> None:
    parts = tuple(Branch(Place.DEVICE, "a", "vf", f"vf-{n}") for n in range(20))
    nic = Branch(Place.DEVICE, "a", "nic", "nic-0", "CX7", parts)
    numa = Branch(Place.NUMA, "0", branches=(nic,))
    texts = _texts(topology_plot(Inventory("n1", topology=Topology((numa,)))))
    assert "and 18 more like these" in texts
    assert "vf · vf-2" not in texts


def test_a_machine_without_devices_is_drawn_all_the_same() -> None:
    assert "no devices" in topology_plot(Inventory("n1"))


def test_marks_and_bars_tell_in_words() -> None:
    drawn = str(strip([State.FREE] * 17, "17 free"))
    assert 'aria-label="17 free"' in drawn
    assert drawn.count("<use") == 17
    assert 'height="32"' in drawn  # two rows
    shares = re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', str(bar(_COUNTS)))
    ends = [float(start) + float(width) for start, width in shares]
    assert [start for start, _ in shares] == [
        "0.00",
        "30.00",
        "40.00",
        "80.00",
        "90.00",
    ]
    assert ends[-1] == 100


def test_a_histogram_has_a_bar_for_each_number() -> None:
    drawn = str(histogram({0: 5, 3: 1}, "said"))
    assert re.findall(r">(\d+)<", drawn) == ["5", "0", "1", "2", "1", "3"]
    assert drawn.count('class="bin none"') == 1
    wide = str(histogram({0: 1, 100: 2}, "said"))
    assert "98+" in wide or "96+" in wide


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [("abc", 3, "abc"), ("abcdefghij", 7, "abcd…ij"), ("abcdefghij", 4, "ab…j")],
)
def test_long_text_loses_its_middle(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short

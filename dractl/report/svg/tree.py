"""What hangs where in a machine, drawn: NUMA nodes, PCIe, devices, links, near NICs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from dractl.discovery.inventory import Inventory
from dractl.discovery.links import Link
from dractl.discovery.topology import NEAR, Branch, Place, Topology, told
from dractl.report.element import Attributes, Markup, element, joined
from dractl.report.svg.frame import alone, label, text

_EDGE: Final = 16
_ROW: Final = 26
_INDENT: Final = 26
_GAP: Final = 18  # between NUMA nodes
_WIDTH: Final = 560  # of the tree
_HEAD: Final = 68
_ALIKE: Final = 8  # parts of a device that are drawn one by one
_LETTER: Final = 7.2  # pixels that a letter takes at most
_LANE: Final = 9  # between links beside the tree
_LANES: Final = 24  # links that are drawn; of more, the words tell
_NAMED: Final = 4  # ends of links that a note names
_MESH: Final = 3  # devices of which each two are linked, that are one line


class _Line(NamedTuple):
    """A row of the tree: what it is of, how deep, and the row that it hangs from.

    `branch` None: it stands for parts of a device that are not drawn one by one.
    """

    branch: Branch | None
    said: str
    depth: int
    above: "_Line | None"
    y: int

    @property
    def x(self) -> int:
        """Where it begins."""
        return _EDGE + self.depth * _INDENT

    @property
    def letters(self) -> int:
        """How many letters there is room for."""
        return int((_WIDTH - self.depth * _INDENT - 12) / _LETTER)

    @property
    def end(self) -> float:
        """Where its box ends."""
        return self.x + min(len(self.said), self.letters) * _LETTER + 16


def topology_plot(part: Inventory) -> str:
    """Return the plot of a machine as a file."""
    lines = list(_lines(part.topology.branches))
    bottom = lines[-1].y + _ROW if lines else _HEAD
    notes = list(_notes(part.topology))
    title = " ".join(filter(None, (part.node or "this machine", part.machine)))
    lanes = _Lanes(lines, part.topology.links)
    width = _EDGE * 2 + _WIDTH + lanes.width
    height = bottom + _GAP + 20 * len(notes) + (_EDGE if notes else 0)
    said = [*(each.said for each in lines), *notes]
    return alone(
        width,
        height,
        f"Topology of {title}",
        "; ".join(said) or "no devices with an address",
        label(_EDGE, 30, title, 70, "title"),
        text(_EDGE, 50, _summary(part.topology), "quiet"),
        _bands(lines),
        _wires(lines),
        (_drawn(each) for each in lines),
        lanes.drawn(),
        (
            label(_EDGE, bottom + _GAP + 14 + 20 * number, note, 80, "quiet")
            for number, note in enumerate(notes)
        ),
    )


# -- the tree


def _lines(branches: Sequence[Branch]) -> Iterator[_Line]:
    y = _HEAD
    for numa in branches:
        found = list(_below(numa, None, y))
        yield from found
        y = found[-1].y + _ROW + _GAP


def _below(
    branch: Branch,
    above: _Line | None,
    y: int,
) -> Iterator[_Line]:
    """Yield the rows of a branch that hangs from another row."""
    whole = None if above is None else above.branch
    said = told(branch, whole).replace("  ", " · ")
    own = _Line(branch, said, 0 if above is None else above.depth + 1, above, y)
    yield own
    shown = branch.branches
    alike = branch.place is Place.DEVICE and len(shown) > _ALIKE
    y += _ROW
    for each in shown[:2] if alike else shown:
        found = list(_below(each, own, y))
        yield from found
        y = found[-1].y + _ROW
    if alike:
        more = f"and {len(shown) - 2} more like these"
        yield _Line(None, more, own.depth + 1, own, y)


def _bands(lines: Sequence[_Line]) -> Iterator[Markup]:
    """Yield the ground on which a NUMA node stands."""
    tops = [place for place, each in enumerate(lines) if not each.depth]
    for start, end in pairwise([*tops, len(lines)]):
        size: Attributes = {
            "class": "band",
            "x": _EDGE - 8,
            "y": lines[start].y - 3,
            "width": _WIDTH + 16,
            "height": lines[end - 1].y - lines[start].y + _ROW + 4,
            "rx": 8,
        }
        yield element("rect", size)


def _wires(lines: Sequence[_Line]) -> Iterator[Markup]:
    for each in lines:
        if each.above is None:
            continue
        x = each.x - 14
        top, middle = each.above.y + 21, each.y + 11
        yield element("path", {"class": "wire", "d": f"M{x} {top}V{middle}h10"})


def _drawn(line: _Line) -> Markup:
    x = line.x
    branch = line.branch
    kind = None
    if branch is not None and branch.place is Place.DEVICE:
        kind = branch.kind if branch.kind in {"gpu", "nic"} else "box"
    box = None
    if kind is not None:
        length = round(line.end - x, 1)
        size: Attributes = {"x": x, "y": line.y, "width": length, "height": 22, "rx": 5}
        box = element("rect", {"class": kind, **size})
    return joined(
        box, label(x + (8 if box else 0), line.y + 16, line.said, line.letters)
    )


# -- links


class _Lanes:
    """Links beside the tree, each in a lane of its own."""

    def __init__(self, lines: Sequence[_Line], links: Sequence[Link]) -> None:
        # A part has the address of its device, which comes before it.
        self._at = {
            each.branch.name: each
            for each in reversed(lines)
            if each.branch is not None and each.branch.place is Place.DEVICE
        }
        self._links = [
            each
            for each in links
            if each.start in self._at and (each.end is None or each.end in self._at)
        ]
        # Where each two are linked, a line for each pair says less than one for all.
        groups: dict[tuple[str, bool], list[Link]] = {}
        for each in self._links:
            groups.setdefault((each.kind, each.end is None), []).append(each)
        self._groups = groups
        self.width = _LANE * min(sum(1 for _ in self._lanes()), _LANES)
        self.width += 2 * _EDGE if self.width else 0

    def _lanes(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield what is joined by one line, and how it is called."""
        for (kind, to_switch), links in self._groups.items():
            ends = _ends(links)
            pairs = len(ends) * (len(ends) - 1) // 2
            if to_switch or (len(ends) >= _MESH and len(links) == pairs):
                yield kind, ends
            else:
                yield from ((kind, [one.start, one.end or ""]) for one in links)

    def drawn(self) -> Iterator[Markup]:
        """Yield the lines."""
        for place, (kind, ends) in enumerate([*self._lanes()][:_LANES]):
            x = _EDGE + _WIDTH + 20 + place * _LANE
            found = sorted((self._at[each] for each in ends), key=lambda one: one.y)
            rows = [each.y + 11 for each in found]
            stubs = "".join(f"M{each.end:.1f} {each.y + 11}H{x}" for each in found)
            path = f"M{x} {rows[0]}V{rows[-1]}{stubs}"
            dots = (
                element("circle", {"class": "linked", "cx": x, "cy": y, "r": 3})
                for y in rows
            )
            title = element("title", {}, f"{kind}: {', '.join(ends)}")
            line = element("path", {"class": "link", "d": path})
            yield element("g", {}, title, line, dots)


def _ends(links: Iterable[Link]) -> list[str]:
    found = (end for each in links for end in (each.start, each.end) if end)
    return list(dict.fromkeys(found))


# -- words


def _summary(topology: Topology) -> str:
    counts: dict[str, int] = {}
    for kind in _kinds(topology.branches):
        counts[kind] = counts.get(kind, 0) + 1
    said = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    return said or "no devices with an address"


def _kinds(branches: Iterable[Branch]) -> Iterator[str]:
    for each in branches:
        if each.place is Place.DEVICE:
            yield each.kind
        else:
            yield from _kinds(each.branches)


def _notes(topology: Topology) -> Iterator[str]:
    called = topology.called
    groups: dict[tuple[str, int, bool], list[Link]] = {}
    for each in topology.links:
        groups.setdefault((each.kind, each.count, each.end is None), []).append(each)
    for (kind, count, to_switch), links in groups.items():
        where = "to switches" if to_switch else "to each other"
        ends = [called.get(each, each) for each in _ends(links)]
        names = ", ".join(ends) if len(ends) <= _NAMED else f"{len(ends)} devices"
        yield f"{kind}, {count} each {where}: {names}"
    for one in topology.affinities:
        nics = ", ".join(called.get(nic, nic) for nic in one.nics)
        name = called.get(one.device, one.device)
        yield f"{name}: nearest NIC {nics}, {NEAR[one.nearness]}"

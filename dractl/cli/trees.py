"""How the topology of machines looks: a tree, links, and the NICs near accelerators."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, filled, visible, width
from dractl.discovery.inventory import Inventory
from dractl.discovery.links import Link
from dractl.discovery.topology import NEAR, Branch, Place, Topology, told

_MOST: Final = 8  # parts of one device that are drawn one by one


class _Strokes(NamedTuple):
    """What lines of the tree begin with."""

    inner: str
    last: str
    along: str
    below: str


_LINES: Final = _Strokes("├── ", "└── ", "│   ", "    ")
_ASCII: Final = _Strokes("|-- ", "`-- ", "|   ", "    ")


def drawn(parts: Sequence[Inventory], screen: Terminal) -> str:
    """Return the trees of machines, in what the output's encoding can show."""
    strokes = _strokes(screen)
    limit = screen.columns or NARROW
    blocks = []
    for part in parts:
        title = " ".join(filter(None, (part.node or "this machine", part.machine)))
        lines = [screen.heading(visible(title))]
        lines += _below(_within(part), strokes, "", limit)
        called = part.topology.called
        lines += _links(part.topology.links, called, limit)
        lines += _nics(part.topology, called, limit)
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def _strokes(screen: Terminal) -> _Strokes:
    try:
        "".join(_LINES).encode(screen.out.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return _ASCII
    return _LINES


# -- the tree


def _within(part: Inventory) -> Sequence[Branch]:
    """Return what is drawn: no NUMA nodes where the kernel tells of one at most."""
    branches = part.topology.branches
    if len(branches) == 1 and not branches[0].label:
        return branches[0].branches
    return branches


def _below(
    branches: Sequence[Branch],
    strokes: _Strokes,
    start: str,
    limit: int,
    whole: Branch | None = None,
) -> Iterator[str]:
    shown = branches if len(branches) <= _MOST or _has_more(branches) else branches[:2]
    rest = len(branches) - len(shown)
    for number, branch in enumerate(shown):
        is_last = number == len(shown) - 1 and not rest
        head = f"{start}{strokes.last if is_last else strokes.inner}"
        yield _cut(f"{head}{visible(told(branch, whole))}", limit)
        inner = f"{start}{strokes.below if is_last else strokes.along}"
        yield from _below(branch.branches, strokes, inner, limit, branch)
    if rest:
        yield _cut(f"{start}{strokes.last}and {rest} more like these", limit)


def _has_more(branches: Sequence[Branch]) -> bool:
    """Tell whether there are not just parts of a device that are all alike."""
    likeness = {(each.place, each.kind, each.model) for each in branches}
    is_whole = any(each.place is not Place.DEVICE for each in branches)
    return is_whole or len(likeness) > 1 or branches[0].kind in {"gpu", "nic"}


def _cut(line: str, limit: int) -> str:
    while width(line) > limit:
        line = line[:-2] + "~"
    return line


# -- links and NICs


def _links(
    links: Sequence[Link], called: Mapping[str, str], limit: int
) -> Iterator[str]:
    """Yield pairs by kind and number of links, which mostly are the same for all."""
    groups: dict[tuple[str, int, bool, int], list[Link]] = {}
    for each in links:
        key = (each.kind, each.count, each.end is None, each.inactive)
        groups.setdefault(key, []).append(each)
    if groups:
        yield ""
    for (kind, count, to_switch, inactive), group in groups.items():
        where = " to switches" if to_switch else ""
        down = f", {inactive} down" if inactive else ""
        yield f"{kind}: {counted(count, 'link')} each{where}{down}"
        words = _ends(group, called)
        yield from (f"  {visible(line)}" for line in filled(words, limit - 2))


def _ends(group: Sequence[Link], called: Mapping[str, str]) -> list[str]:
    ends = list(dict.fromkeys(e for each in group for e in (each.start, each.end) if e))
    pairs = len(ends) * (len(ends) - 1) // 2
    if group[0].end is not None and len(ends) > 2 and len(group) == pairs:  # noqa: PLR2004 - one pair is named
        names = [called.get(each, each) for each in ends]
        return [*f"each two of {len(ends)}:".split(), *names]
    return [
        "-".join(called.get(each, each) for each in (one.start, one.end) if each)
        for one in group
    ]


def _nics(topology: Topology, called: Mapping[str, str], limit: int) -> Iterator[str]:
    if not topology.affinities:
        return
    yield ""
    yield "nearest NICs:"
    rows = [
        (
            called.get(each.device, each.device),
            NEAR[each.nearness],
            ", ".join(called.get(nic, nic) for nic in each.nics),
        )
        for each in topology.affinities
    ]
    for line in columns([tuple(map(visible, row)) for row in rows]):
        yield _cut(f"  {line}", limit)

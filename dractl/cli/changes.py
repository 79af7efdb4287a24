"""How the answer of `dractl diff` looks: by kind, what changed alike together."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible
from dractl.comparison.answer import CODES, THERE, Change, Comparison, Detail

_PLURALS: Final = {
    "Cluster": "cluster",
    "Node": "nodes",
    "Pool": "pools",
    "Device": "devices",
    "DeviceTaintRule": "taint rules",
    "DeviceClass": "classes",
    "ResourceClaimTemplate": "templates",
    "ResourceQuota": "quotas",
    "ResourceClaim": "claims",
    "Pod": "pods",
}
_SIGNS: Final = {"added": "+", "removed": "-"}
_MOST_HOMES: Final = 4  # that what changed alike is listed by
_MOST_NAMES: Final = 6
_MOST_DETAILS: Final = 8
_NOTHING: Final = "<none>"

_Alike = tuple[str, tuple[Detail, ...]]


def table(found: Comparison, screen: Terminal) -> str:
    """Return what changed; what changed in the same way is told once."""
    limit = screen.columns or NARROW
    blocks = []
    for kind, plural_name in _PLURALS.items():
        lines = [
            line
            for (code, details), alike in _grouped(found, kind)
            for line in _group(code, details, alike, limit)
        ]
        if lines:
            blocks.append([screen.heading(plural_name.upper()), *lines])
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks)


def wide(found: Comparison, screen: Terminal) -> str:
    """Return a line for every difference."""
    rows = [
        tuple(map(visible, (each.code, each.full_name, *_cells(detail))))
        for each in found.changes
        for detail in each.details or (Detail("", None, None),)
    ]
    if not rows:
        return ""
    header, *lines = columns([("CODE", "NAME", "WHAT", "BEFORE", "AFTER"), *rows])
    return "".join(f"{line}\n" for line in (screen.heading(header), *lines))


def names(found: Comparison) -> str:
    """Return the kinds and names of what changed."""
    return "".join(
        f"{each.kind.lower()}/{visible(each.full_name)}\n" for each in found.changes
    )


def plural(kind: str) -> str:
    """Return what objects of a kind are called."""
    return _PLURALS[kind]


def summary(found: Comparison) -> str:
    """Return how much is different, in one line."""
    if not found.changes:
        return "nothing is different"
    counts = {kind: sum(1 for _ in found.of(kind)) for kind in _PLURALS}
    parts = (
        f"{count} {_PLURALS[kind] if count > 1 else _singular(kind)}"
        for kind, count in counts.items()
        if count
    )
    return f"{counted(len(found.changes), 'change')}: {', '.join(parts)}"


def _singular(kind: str) -> str:
    return _PLURALS[kind].removesuffix("es" if kind == "DeviceClass" else "s")


def _said(detail: Detail) -> str:
    """Return a difference in words; what only is there or not has no value."""
    if detail.before is None and detail.after == THERE:
        return f"now: {detail.what}"
    if detail.before == THERE and detail.after is None:
        return f"no longer: {detail.what}"
    what, before, after = _cells(detail)
    return f"{what}: {before} -> {after}"


def _cells(detail: Detail) -> tuple[str, str, str]:
    if not detail.what:
        return "", "", ""
    return detail.what, detail.before or _NOTHING, detail.after or _NOTHING


def _grouped(found: Comparison, kind: str) -> Iterator[tuple[_Alike, Sequence[Change]]]:
    """Yield changes that are alike: by code, in the order of CODES, and details.

    What came or went with its pool is told with that.
    """
    pools = {
        (each.full_name, each.code.rpartition("-")[2]) for each in found.of("Pool")
    }
    groups: dict[_Alike, list[Change]] = {}
    for each in found.of(kind):
        verb = each.code.rpartition("-")[2]
        if kind != "Device" or verb == "changed" or (each.home, verb) not in pools:
            groups.setdefault((each.code, each.details), []).append(each)
    order = list(CODES)
    yield from sorted(groups.items(), key=lambda group: order.index(group[0][0]))


def _group(
    code: str, details: Sequence[Detail], alike: Sequence[Change], limit: int
) -> Iterator[str]:
    sign = _SIGNS.get(code.rpartition("-")[2], "~")
    homes: dict[str, list[str]] = {}
    for each in alike:
        homes.setdefault(each.home, []).append(each.name)
    for text in _places(homes, alike):
        said = f"{text}: {CODES[code]}"
        yield from indented(said, limit, f"  {sign} ", "      ")
    for detail in details[:_MOST_DETAILS]:
        yield from indented(_said(detail), limit, "      ", "        ")
    if len(details) > _MOST_DETAILS:
        yield f"      and {len(details) - _MOST_DETAILS} more; -o wide lists them"


def _places(homes: dict[str, list[str]], alike: Sequence[Change]) -> Iterator[str]:
    """Yield the names, by where they are if these are few."""
    if len(homes) > _MOST_HOMES:
        noun = _PLURALS[alike[0].kind]
        yield f"{len(alike)} {noun} ({_few([each.full_name for each in alike])})"
        return
    for home, inside in homes.items():
        prefix = f"{home}/" if home else ""
        if len(inside) == 1:
            yield f"{prefix}{inside[0]}"
        else:
            noun = _PLURALS[alike[0].kind]
            where = f" of {home}" if home else ""
            yield f"{len(inside)} {noun}{where} ({_few(inside)})"


def _few(found: Sequence[str]) -> str:
    more = len(found) - _MOST_NAMES
    shown = ", ".join(found[:_MOST_NAMES])
    return f"{shown}, {more} more" if more > 0 else shown

"""How the answer of `dractl attributes` looks: tables, names, and the data."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from dractl.catalogue.index import Entry, Seen
from dractl.catalogue.listing import Listing, Section
from dractl.catalogue.snippets import snippet
from dractl.catalogue.values import ELEMENTS, Value, noun, text_of
from dractl.cel.selector import environment_of
from dractl.cli.terminal import Terminal
from dractl.cli.text import columns, counted, visible, width
from dractl.model.attributes import SemVer
from dractl.model.cluster import Profile
from dractl.model.quantity import Quantity

if TYPE_CHECKING:
    from dractl.api.problems import Problem

_NARROW: Final = 80  # columns of the terminal that everybody has
_LEAST: Final = 20  # cells that the last column keeps, however narrow the terminal
_HEADER: Final = ("NAME", "TYPE", "DEVICES", "VALUES")
_WIDE: Final = ("NAME", "MAP", "TYPE", "DEVICES", "DISTINCT", "VALUES", "SELECT")
_ETC: Final = "..."
_LISTED: Final = 3  # values beyond which the bounds of ordered ones say more

# -- data


def document(found: Listing, problems: Sequence["Problem"]) -> dict[str, object]:
    """Return the answer as JSON has it."""
    catalogue = found.catalogue
    return {
        "apiVersion": "dractl/v1",
        "kind": "AttributesResult",
        "devices": catalogue.devices,
        "drivers": [
            {"name": name, "devices": number}
            for name, number in catalogue.drivers.items()
        ],
        "attributes": [_entry(each) for each in found.entries],
        "problems": [each.as_data() for each in problems],
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "domain": entry.domain,
        "id": entry.id,
        "map": entry.map,
        "types": list(entry.kinds),
        "devices": entry.devices,
        "distinct": entry.distinct,
        "values": [
            {"value": _plain(each.value), "type": each.kind, "devices": each.devices}
            for each in entry.values
        ],
        "least": _plain(entry.least),
        "largest": _plain(entry.largest),
        "drivers": dict(entry.drivers),
        "snippet": snippet(entry),
    }


def _plain(value: Value) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, SemVer | Quantity) else value


def names(entries: Sequence[Entry]) -> str:
    """Return the qualified names, one a line."""
    return "".join(
        f"{visible(name)}\n" for name in dict.fromkeys(each.name for each in entries)
    )


# -- text


def table(sections: Sequence[Section], terminal: Terminal) -> str:
    """Return name, type, number of devices and values, in a table for each driver."""
    starts = [
        [_start(entry, each.driver) for entry in each.entries] for each in sections
    ]
    grid = [_HEADER[:-1], *(row for rows in starts for row in rows)]
    sizes = [max(map(width, column)) for column in zip(*grid, strict=True)]
    rest = (terminal.columns or _NARROW) - sum(sizes) - 2 * len(sizes)
    room = max(rest, _LEAST)
    blocks = [
        [
            [*start, _values(entry, room)]
            for start, entry in zip(rows, section.entries, strict=True)
        ]
        for rows, section in zip(starts, sections, strict=True)
    ]
    return _laid_out(_HEADER, sections, blocks, terminal)


def _start(entry: Entry, driver: str) -> list[str]:
    kind = "capacity" if entry.map == "capacity" else _types(entry)
    return [_name(entry, driver), kind, str(entry.devices)]


def wide(sections: Sequence[Section], terminal: Terminal) -> str:
    """Return the same with every value that is kept, and an expression to copy."""
    blocks = [
        [_wide_row(entry, each.driver) for entry in each.entries] for each in sections
    ]
    return _laid_out(_WIDE, sections, blocks, terminal)


def _wide_row(entry: Entry, driver: str) -> list[str]:
    return [
        _name(entry, driver),
        entry.map,
        _types(entry),
        str(entry.devices),
        str(entry.distinct),
        _values(entry, None),
        visible(snippet(entry) or "<none>"),
    ]


def _laid_out(
    header: Sequence[str],
    sections: Sequence[Section],
    blocks: Sequence[Sequence[Sequence[str]]],
    terminal: Terminal,
) -> str:
    """Return the blocks below each other, their columns in line."""
    head, *lines = columns([header, *(row for rows in blocks for row in rows)])
    rest = iter(lines)
    found: list[str] = []
    for section, rows in zip(sections, blocks, strict=True):
        devices = counted(section.catalogue.devices, "device")
        found += ["", f"{visible(section.driver)}: {devices}", terminal.heading(head)]
        found += [next(rest) for _ in rows]
    return "".join(f"{line}\n" for line in found[1:])


def _name(entry: Entry, driver: str) -> str:
    return visible(entry.id if entry.domain == driver else entry.name)


def _types(entry: Entry) -> str:
    return "|".join(map(_named, entry.kinds))


def _named(kind: str) -> str:
    return kind or "<none>"


def _values(entry: Entry, room: int | None) -> str:
    """Return values with the number of devices, as many as there is room for."""
    if room is not None and entry.distinct > _LISTED and entry.least is not None:
        bounds = f"{text_of(entry.least)} to {text_of(entry.largest)}"
        return visible(f"{bounds}, {entry.distinct} values")
    shown: list[str] = []
    for each in entry.values:
        longer = [*shown, _counted(each, entry)]
        if room is not None and width(_listed(longer, entry)) > room:
            break
        shown = longer
    if not shown and room is not None:
        return _cut(entry, room)
    return _listed(shown, entry)


def _listed(shown: Sequence[str], entry: Entry) -> str:
    more = entry.distinct - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more else [])])


def _cut(entry: Entry, room: int) -> str:
    """Return the start of a value for all of which there is no room."""
    text = _counted(entry.values[0], entry)
    while text and width(_listed([f"{text}{_ETC}"], entry)) > room:
        text = text[:-1]
    return _listed([f"{text}{_ETC}"], entry)


def _counted(seen: Seen, entry: Entry) -> str:
    text = visible(str(seen)) or '""'
    all_differ = entry.distinct in {1, entry.devices}
    return text if all_differ else f"{text} ({seen.devices})"


# -- what stands on stderr


def cautions(found: Listing, profile: Profile) -> Iterator[str]:
    """Yield what a selector on these devices has to beware of."""
    for entry in found.entries:
        if "" in entry.kinds:
            number = sum(each.devices for each in entry.values if not each.kind)
            yield (
                f"{entry.name} has no value on {counted(number, 'device')}: "
                "every selector fails there"
            )
        elif len(entry.kinds) > 1:
            kinds = ", on others ".join(map(noun, entry.kinds))
            yield (
                f"{entry.name} is on some devices {kinds}: "
                "a selector that expects one may fail on the other"
            )
    lists = [
        each.name
        for each in found.entries
        if not ELEMENTS.keys().isdisjoint(each.kinds)
    ]
    if lists and not environment_of(profile).lists_readable:
        yield (
            f"{', '.join(lists)}: every selector fails on a device with a list, "
            "as the feature gate DRAListTypeAttributes is off"
        )


def remarks(
    found: Listing, name: str | None, scope: str, profile: Profile
) -> Iterator[str]:
    """Yield what the answer is about, and what to do where there is none."""
    devices = found.catalogue.devices
    release = f"(judged as Kubernetes {profile.version})"
    if not devices:
        yield f"no devices{scope} {release}"
        yield "drivers publish theirs: see kubectl get resourceslices"
        return
    if name is not None and not found.entries:
        near = f"; did you mean {' or '.join(found.near)}?" if found.near else ""
        yield f"no attribute or capacity is named like {name!r}{near}"
    yield f"{counted(devices, 'device')}{scope} {release}"

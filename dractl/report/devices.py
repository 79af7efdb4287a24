"""The map of devices: node by node, and where nodes are many, by what they have."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dractl.capacity.devices import DeviceUse, Held, State
from dractl.capacity.groups import NONE, SEVERAL, Counts, grouped
from dractl.report.element import Child, Markup, element
from dractl.report.parts import Column, counted, cut, details, folded, section, table
from dractl.report.spans import spans
from dractl.report.states import LOOKS, told
from dractl.report.subject import Report
from dractl.report.svg.strip import MOST, bar, sign, strip

_SINGLE: Final = 60  # up to so many nodes, each is shown on its own
_CARDS: Final = 500
_DEVICES: Final = 1500  # up to so many devices, each is told of
_NODES: Final = 6000  # names of nodes in a card
_SPANS: Final = 2  # of names, that are always shown
_REASONS: Final = 60
_ALIKE: Final = 12  # reasons of one kind that are told one by one
_EXAMPLES: Final = 40  # devices that a reason names
_NAMES: Final = {NONE: "on no node", SEVERAL: "for several nodes"}
_ORDER: Final = {state: place for place, state in enumerate(LOOKS)}


class _Row(NamedTuple):
    """The devices of a driver and a model on a node, in the order of states."""

    driver: str
    model: str
    states: tuple[State, ...]


class _Reason(NamedTuple):
    """Why devices cannot be had, and which."""

    why: str
    state: str
    names: Sequence[str]


class _Card(NamedTuple):
    """Nodes that have the same, in the same states."""

    names: Sequence[str]
    uses: Sequence[DeviceUse]
    rows: tuple[_Row, ...]


def device_map(report: Report) -> Markup:
    """Return the section."""
    if not report.fleet:
        return section("devices", "Devices by node", lead="No device is published.")
    groups = grouped(report.fleet, "node")
    collapses = len(groups) > _SINGLE
    cards = _cards({each.name: each.uses for each in groups}, collapses=collapses)
    lead = "Each mark is a device; colour and sign tell its state."
    if collapses:
        lead += " Nodes that have the same in the same states are shown once."
    tells = len(report.fleet) <= _DEVICES
    shown = [_card(each, tells=tells) for each in cards[:_CARDS]]
    rest = cards[_CARDS:]
    return section(
        "devices",
        "Devices by node",
        _key(),
        _filter() if len(shown) > 1 else None,
        element("ul", {"class": "cards", "id": "cards"}, shown),
        _rest(rest),
        _bare(report, {each.name for each in groups}),
        _out_of_reach(report.fleet),
        lead=lead,
    )


def _cards(
    nodes: Mapping[str, Sequence[DeviceUse]], *, collapses: bool
) -> Sequence[_Card]:
    found: dict[object, list[str]] = {}
    rows: dict[object, tuple[_Row, ...]] = {}
    for name, uses in nodes.items():
        inside = tuple(_rows(uses))
        key = inside if collapses and name not in _NAMES else name
        found.setdefault(key, []).append(name)
        rows[key] = inside
    cards = [_Card(names, nodes[names[0]], rows[key]) for key, names in found.items()]
    if collapses:
        cards.sort(key=lambda each: -len(each.names))
    return cards


def _rows(uses: Iterable[DeviceUse]) -> Iterator[_Row]:
    states: dict[tuple[str, str], list[State]] = {}
    for use in uses:
        states.setdefault((use.id.driver, use.model), []).append(use.state)
    for (driver, model), found in states.items():
        yield _Row(driver, model, tuple(sorted(found, key=_ORDER.__getitem__)))


def _key() -> Markup:
    items = (element("li", {}, sign(state), look.word) for state, look in LOOKS.items())
    return element("ul", {"class": "key", "aria-label": "Marks"}, items)


def _filter() -> Markup:
    """Return the field that the script makes work; without it, nothing is shown."""
    return element(
        "div",
        {"class": "filter", "hidden": ""},
        element("label", {"for": "filter"}, "Filter nodes and devices"),
        element(
            "input",
            {
                "id": "filter",
                "type": "search",
                "autocomplete": "off",
                "spellcheck": "false",
            },
        ),
        element("p", {"id": "matches", "role": "status"}),
    )


def _card(card: _Card, *, tells: bool) -> Markup:
    many = len(card.names)
    name = _NAMES.get(card.names[0], card.names[0])
    title: Child = name if many == 1 else counted(many, "node")
    return element(
        "li",
        {"class": "card"},
        element("h3", {}, title),
        None if many == 1 else _named(card.names),
        element("ul", {"class": "rows"}, map(_line, card.rows)),
        _told(card) if tells and many == 1 else None,
    )


def _named(names: Sequence[str]) -> Markup:
    short = spans(names)
    first = ", ".join(short[:_SPANS])
    if len(names) <= _SPANS:
        return element("p", {"class": "names"}, first)
    # All names, so that each can be found.
    whole = ", ".join(map(str, cut(names, _NODES, "nodes")))
    summary = f"{first}, …" if len(short) > _SPANS else first
    return details(summary, element("p", {"class": "names"}, whole))


def _line(row: _Row) -> Markup:
    counts = _counts(row.states)
    said = told(counts)
    drawn = strip(row.states, said) if len(row.states) <= MOST else bar(counts)
    return element(
        "li",
        {},
        element(
            "p",
            {},
            element("strong", {}, row.model or row.driver),
            element("span", {"class": "quiet"}, row.driver) if row.model else None,
        ),
        drawn,
        element("p", {"class": "quiet"}, said),
    )


def _counts(states: Sequence[State]) -> Counts:
    return Counts(
        len(states),
        free=states.count(State.FREE),
        partly=states.count(State.PARTLY),
        allocated=states.count(State.ALLOCATED),
        tainted=states.count(State.TAINTED),
        unusable=states.count(State.UNUSABLE),
    )


def _told(card: _Card) -> Markup:
    """Return every device of a node, with who has it and why it cannot be had."""
    name = _NAMES.get(card.names[0], card.names[0])
    rows = [
        (
            use.id.device,
            use.model or use.id.driver,
            LOOKS[use.state].word,
            "; ".join(filter(None, [*map(_holder, use.holders), use.why])),
        )
        for use in card.uses
    ]
    columns = (
        Column("Device"),
        Column("Model"),
        Column("State"),
        Column("Held by, why"),
    )
    inner = table(f"Devices of {name}", columns, rows)
    return details(counted(len(rows), "device"), inner)


def _holder(held: Held) -> str:
    pods = ", ".join(held.pods[:3])
    claim = f"{held.claim.meta.namespace}/{held.claim.meta.name}"
    access = " (admin access)" if held.is_admin else ""
    return f"claim {claim}{access}{f' of pod {pods}' if pods else ''}"


def _rest(cards: Sequence[_Card]) -> Child:
    if not cards:
        return None
    nodes = sum(len(each.names) for each in cards)
    said = f"{counted(nodes, 'more node')} with other states of devices are not drawn."
    return element("p", {"class": "quiet"}, said)


def _bare(report: Report, having: set[str]) -> Child:
    bare = [each.name for each in report.snapshot.nodes if each.name not in having]
    if not bare:
        return None
    said = f"{counted(len(bare), 'node')} without devices"
    return details(said, element("p", {"class": "names"}, ", ".join(spans(bare))))


def _out_of_reach(fleet: Sequence[DeviceUse]) -> Child:
    """Return why devices cannot be had, reason by reason."""
    kinds: dict[tuple[State, str], dict[str, list[str]]] = {}
    for use in fleet:
        if use.state in {State.TAINTED, State.UNUSABLE}:
            for reason in use.reasons[:1]:
                messages = kinds.setdefault((use.state, reason.code), {})
                messages.setdefault(reason.message, []).append(str(use.id))
    reasons = [
        _Reason(why, LOOKS[state].word, names)
        for (state, _), messages in kinds.items()
        for why, names in _alike(messages)
    ]
    if not reasons:
        return None
    reasons.sort(key=lambda each: -len(each.names))
    rows: list[list[Child]] = [
        [
            each.why,
            each.state,
            f"{len(each.names):,}",
            folded(spans(each.names), "of these", _EXAMPLES),
        ]
        for each in reasons[:_REASONS]
    ]
    caption = "Why devices cannot be had"
    if len(reasons) > _REASONS:
        caption += f"; {_REASONS} of {len(reasons):,} reasons"
    columns = (
        Column("Reason"),
        Column("State"),
        Column("Devices", "number"),
        Column("Which"),
    )
    return table(caption, columns, rows, "reasons")


def _alike(
    messages: Mapping[str, Sequence[str]],
) -> Iterable[tuple[str, Sequence[str]]]:
    """Return messages of one kind with their devices; of very many, one for all."""
    if len(messages) <= _ALIKE:
        return messages.items()
    said = f"{next(iter(messages))}, and {len(messages) - 1:,} more like this"
    return [(said, [name for names in messages.values() for name in names])]

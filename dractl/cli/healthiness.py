"""How the answer of `dractl health` looks: worst first, like devices together."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.cli import output
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible
from dractl.health.answer import (
    Eviction,
    FreeStatus,
    Health,
    Level,
    Sign,
    State,
    User,
)
from dractl.health.groups import Group, grouped
from dractl.model.claims import DeviceStatus
from dractl.model.devices import DeviceId
from dractl.taints.moments import moment, written_moment

_HEAD: Final = ("HEALTH", "DEVICE", "NODE", "CLAIMS", "PODS", "WHY", "NETWORK", "DATA")
_NONE: Final = "<none>"
_NAMED: Final = 3  # devices or pods that are named where there are many
_MOST_DATA: Final = 120  # characters that are shown of a driver's own data
_MOST_SAID: Final = 400  # characters that are shown of what is said of a device


def table(found: Health, screen: Terminal, *, is_named: bool) -> str:
    """Return a block for each level; `is_named` also shows what is well."""
    limit = screen.columns or NARROW
    blocks = []
    for level in Level:
        shown = [
            each
            for each in found.states
            if each.level is level and (is_named or _is_told(each))
        ]
        if shown:
            lines = [screen.heading(level.upper())]
            for each in grouped(shown):
                lines += _group(each, limit, is_named=is_named)
            blocks.append(lines)
    blocks += [list(_eviction(each, screen, limit)) for each in found.evictions]
    blocks += [list(_free(each, screen, limit)) for each in found.free]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in blocks)


def wide(found: Health, screen: Terminal) -> str:
    """Return one line for each device of which something is said."""
    if not found.states:
        return ""
    rows = [tuple(map(visible, _row(each))) for each in found.states]
    header, *lines = columns([_HEAD, *rows])
    return "".join(f"{line}\n" for line in (screen.heading(header), *lines))


def names(found: Health) -> str:
    """Return what is not well, worst first, as health can be asked about it.

    Only of what a device plugin serves it is the name that the pod's status has.
    """
    ill = (_named(each) for each in found.states if each.level in _ILL)
    return "".join(f"{visible(each)}\n" for each in dict.fromkeys(ill))


def summary(found: Health) -> str:
    """Return how many devices are how, in one line."""
    total = sum(found.counts.values())
    parts = [f"{number} {level}" for level, number in found.counts.items() if number]
    return f"{counted(total, 'device')}: {', '.join(parts)}" if total else "no devices"


def silences(found: Health) -> Iterator[str]:
    """Yield of how many devices nobody says how they are, and why."""
    reasons: dict[tuple[str, bool | None], list[tuple[str, int]]] = {}
    for each in found.silent:
        told = (each.driver, len(each.devices))
        reasons.setdefault((each.why, each.is_in_use), []).append(told)
    for (why, is_in_use), drivers in sorted(
        reasons.items(), key=lambda each: not each[0][1]
    ):
        total = sum(number for _, number in drivers)
        of = ", ".join(f"{number} of {driver}" for driver, number in drivers[:_NAMED])
        more = (
            "" if len(drivers) <= _NAMED else f", {len(drivers) - _NAMED} drivers more"
        )
        devices = f"{counted(total, 'device')}{_USES[is_in_use]} ({of}{more})"
        yield f"nobody reports health for {devices}: {why}"
    for driver, switch in dict.fromkeys((e.driver, e.switch) for e in found.silent):
        if switch:
            yield f"driver {driver} publishes health only with {switch}"


_USES: Final = {True: " in use", False: " not in use", None: ""}
_ILL: Final = frozenset({Level.UNHEALTHY, Level.DEGRADED})


def _is_told(state: State) -> bool:
    """Tell whether somebody says that a device is not as it should be."""
    return any(each.level not in {None, Level.HEALTHY} for each in state.signs)


def _named(state: State) -> str:
    if isinstance(state.subject, DeviceId):
        return f"device/{state.subject}"
    if state.claims:
        return f"claim/{'/'.join(state.claims[0].meta.key)}"
    return str(state.subject)


def _group(group: Group, limit: int, *, is_named: bool) -> Iterator[str]:
    yield from indented(_devices(group), limit, "  ", "    ")
    for sign in group.signs:
        if is_named or sign.level not in {None, Level.HEALTHY}:
            yield from indented(_said(sign), limit, "    ", "      ")
    if not group.signs:
        yield from indented("nobody says how it is", limit, "    ", "      ")
    if len(group.states) == 1:
        yield from _extras(group.first, limit, is_named=is_named)
    if group.users:
        doing = "affects" if group.level in _ILL else "used by"
        text = f"{doing} {_pods(group.users)}"
        yield from indented(text, limit, "    ", "      ")


def _extras(state: State, limit: int, *, is_named: bool) -> Iterator[str]:
    """Yield what a driver wrote into claims beside conditions."""
    for status in state.statuses:
        if text := _network(status):
            yield from indented(f"network: {text}", limit, "    ", "      ")
        if is_named and status.data:
            text = f"data: {_cut(status.data, _MOST_SAID)}"
            yield from indented(text, limit, "    ", "      ")


def _devices(group: Group) -> str:
    first = group.first.subject
    nodes = group.nodes
    where = f" on node {nodes[0]}" if len(nodes) == 1 else ""
    if not isinstance(first, DeviceId):
        return str(first)
    if len(group.states) == 1:
        return f"{first}{where}"
    pools = group.pools
    number = counted(len(group.states), "device")
    if len(pools) > 1:
        shown = ", ".join(str(each.subject) for each in group.states[:_NAMED])
        of = f"{number} of {first.driver} in {len(pools)} pools{where}"
    else:
        inner = [each.subject for each in group.states[:_NAMED]]
        shown = ", ".join(each.device for each in inner if isinstance(each, DeviceId))
        of = f"{number} of {first.driver}/{pools[0]}{where}"
    more = len(group.states) - _NAMED
    return f"{of}: {shown}{f' and {more} more' if more > 0 else ''}"


def _said(sign: Sign) -> str:
    return f"{_cut(sign.message, _MOST_SAID)}{_since(sign)}"


def _since(sign: Sign) -> str:
    if sign.since is None:
        return ""
    time = moment(sign.since)
    return f", since {sign.since if time is None else written_moment(time)}"


def _pods(users: Sequence[User]) -> str:
    shown = ", ".join(_pod(each) for each in users[:_NAMED])
    more = len(users) - _NAMED
    also = f" and {more} more" if more > 0 else ""
    return f"{counted(len(users), 'pod')}: {shown}{also}"


def _pod(user: User) -> str:
    name = "/".join(user.pod.meta.key)
    if user.due is None:
        return name
    return f"{name} (to be evicted at {written_moment(user.due.when)})"


def _network(status: DeviceStatus) -> str:
    known = status.network
    if known is None:
        return ""
    return " ".join(
        filter(None, (known.interface, *known.addresses, known.hardware_address))
    )


def _row(state: State) -> tuple[str, ...]:
    claims = ", ".join("/".join(each.meta.key) for each in state.claims)
    networks = ", ".join(filter(None, map(_network, state.statuses)))
    data = ", ".join(
        _cut(each.data, _MOST_DATA) for each in state.statuses if each.data
    )
    return (
        str(state.level),
        str(state.subject),
        ", ".join(state.nodes) or _NONE,
        claims or _NONE,
        ", ".join(_pod(each) for each in state.users) or _NONE,
        "; ".join(_said(each) for each in state.signs) or _NONE,
        networks or _NONE,
        data or _NONE,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}..."


def _eviction(eviction: Eviction, screen: Terminal, limit: int) -> Iterator[str]:
    yield screen.heading("EVICTION")
    rule, said = eviction.rule, eviction.said
    told = "no controller has said anything of it"
    if said is not None:
        words = _cut(": ".join(filter(None, (said.reason, said.message))), _MOST_SAID)
        told = f"EvictionInProgress={said.status}{f' ({words})' if words else ''}"
    yield from indented(f"DeviceTaintRule {rule.name}: {told}", limit, "  ", "    ")
    if eviction.leaving:
        text = f"evicts {_pods(eviction.leaving)}"
        yield from indented(text, limit, "    ", "      ")


def _free(free: FreeStatus, screen: Terminal, limit: int) -> Iterator[str]:
    yield screen.heading("STATUS THAT THE API DOES NOT HAVE")
    name = "/".join(free.claim.key)
    told = (
        f"claim {name} has a status.driverStatus, as articles show it. It was never a "
        "field of the API, whose server drops it. Since 1.32 drivers report in "
        "status.devices: conditions for health, data for the rest:"
    )
    yield from indented(told, limit, "  ", "  ")
    for line in output.as_yaml(free.instead).splitlines():
        yield f"    {line}"

"""How a plan looks: for people, a section for each question that it answers."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from dractl.cli.migrate import prospects
from dractl.cli.migrate.groups import Need, needs
from dractl.cli.migrate.wording import meant, named, replaced
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible, width
from dractl.migrate.answer import Finding, Mention, Moved, Plan, Proof, UserPlan
from dractl.migrate.document import requirement
from dractl.migrate.inputs import Route
from dractl.migrate.labels import GONE, MOVED
from dractl.migrate.routes import conditions
from dractl.migrate.steps import Stage
from dractl.rules.registry import Severity

_RANKS: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_SEVERAL: Final = "several meanings, of which somebody has to choose one"
_SHOWN: Final = frozenset({MOVED.code, GONE.code})
_MOST: Final = 5  # of a kind that are listed one by one
_WIDE: Final = (
    *("NAMESPACE", "WORKLOAD", "PODS", "CONTAINER", "RESOURCE", "AMOUNT", "MEANS"),
    *("BECOMES", "ROUTE", "WHERE", "WHY NOT"),
)


def table(
    plan: Plan,
    proof: Proof,
    stages: Sequence[Stage],
    screen: Terminal,
    *,
    known: Collection[str] = (),
) -> str:
    """Return the plan in sections; those that have nothing to say are left out.

    `known` are places that say nothing to a reader: those of a cluster's objects.
    """
    limit = screen.columns or NARROW
    sections = (
        ("WHO ASKS FOR WHAT", _asking(plan, limit)),
        ("WHAT BECOMES OF SELECTORS ON NODE LABELS", _moved(plan, limit)),
        ("WHAT THE PLUGINS ARE TOLD", _settings(plan, limit)),
        ("FINDINGS", _findings(plan, known, limit)),
        ("WHAT ELSE KNOWS THE OLD NAMES", _mentions(plan, limit)),
        ("DOES AS MUCH FIT AFTER", prospects.proven(proof, plan, limit)),
        ("STAGES", prospects.staged(stages, limit)),
    )
    blocks = [
        [screen.heading(title), *lines]
        for title, found in sections
        if (lines := list(found))
    ]
    return "\n".join("".join(f"{line}\n" for line in each) for each in blocks)


def wide(plan: Plan, screen: Terminal) -> str:
    """Return one line for each request of a container."""
    rows = [
        tuple(visible(cell) or "-" for cell in row)
        for each in plan.users
        for row in _rows(each, plan.order.route)
    ]
    if not rows:
        return ""
    header, *lines = columns([_WIDE, *rows])
    return "".join(f"{line}\n" for line in (screen.heading(header), *lines))


def names(plan: Plan) -> str:
    """Return who asks for devices, as `kubectl -o name` writes it."""
    found = (each.user.input for each in plan.users)
    lines = (
        f"{each.kind.lower()}{f'.{each.group}' if each.group else ''}/{each.name}"
        for each in found
    )
    return "".join(f"{visible(line)}\n" for line in dict.fromkeys(lines))


def _rows(each: UserPlan, wished: Route) -> Iterator[tuple[str, ...]]:
    user = each.user
    for ask in user.asks:
        target = each.targets.get(ask.resource)
        yield (
            user.namespace,
            f"{user.input.kind}/{user.input.name}",
            "each node" if user.replicas is None else str(user.replicas),
            ask.container,
            ask.resource,
            str(ask.amount),
            _SEVERAL
            if ask.resource in each.doubtful
            else meant(each.meanings[ask.resource]),
            "stays" if target is None else replaced(target),
            each.route.value if each.route is not None else "",
            user.input.place(ask.steps),
            "; ".join(each.blocks.get(wished, ())),
        )


# -- who asks for what


def _asking(plan: Plan, limit: int) -> Iterator[str]:
    for number, need in enumerate(needs(plan)):
        if number:
            yield ""
        yield from _need(need, plan, limit)


def _need(need: Need, plan: Plan, limit: int) -> Iterator[str]:
    said = _SEVERAL if need.meaning is None else meant(need.meaning)
    yield from indented(f"{need.resource}: {said}", limit, "  ", "    ")
    for text in need.meaning.evidence[:_MOST] if need.meaning else ():
        yield from indented(f"known by {text}", limit, "    ", "      ")
    if need.meaning is None:
        pass  # it depends on the meaning
    elif need.target is None:
        yield from indented("stays with its device plugin", limit, "    ", "      ")
    else:
        text = f"becomes {replaced(need.target)}"
        yield from indented(text, limit, "    ", "      ")
        for expression in need.target.expressions:
            yield from indented(f"with {expression}", limit, "      ", "        ")
    yield from _users(need, limit)
    if (rest := len(need.users) - _MOST) > 0:
        yield f"    and {counted(rest, 'workload')} more"
    yield from _ways(need, plan, limit)


def _users(need: Need, limit: int) -> Iterator[str]:
    """Yield who asks, with the place beside it, or below where there is no room."""
    shown = need.users[:_MOST]
    rows = [_line(each, need.resource) for each in shown]
    places = [
        visible(each.user.input.where) if each.user.input.is_file else ""
        for each in shown
    ]
    beside = columns([(*row, place) for row, place in zip(rows, places, strict=True)])
    if max(map(width, beside)) <= limit - 4:
        yield from (f"    {line}" for line in beside)
        return
    for line, place in zip(columns(rows), places, strict=True):
        yield f"    {line}"
        yield from [f"      {place}"] * bool(place)


def _line(each: UserPlan, resource: str) -> tuple[str, ...]:
    user = each.user
    amount = sum(ask.amount for ask in user.asks if ask.resource == resource)
    pods = "each node" if user.replicas is None else counted(user.replicas, "pod")
    route = "stays" if each.route is None else f"by {each.route.value}"
    return visible(named(user)), f"{pods} with {amount}", route


def _ways(need: Need, plan: Plan, limit: int) -> Iterator[str]:
    """Yield for both routes how many can go them, with what it takes, or why not."""
    if need.meaning is not None and need.target is None:
        return
    for route in Route:
        blocked = [each for each in need.users if route in each.blocks]
        chosen = ", as is wished" if route is plan.order.route else ""
        yield f"    route {route.value}{chosen}: {_open(len(blocked), len(need.users))}"
        if len(blocked) < len(need.users):
            first = next(each for each in need.users if route not in each.blocks)
            needed = "; ".join(conditions(first, plan.order, route))
            yield from indented(f"needs {needed}", limit, "      ", "        ")
        reasons = [why for each in blocked for why in each.blocks[route]]
        for why in list(dict.fromkeys(reasons))[:_MOST]:
            yield from indented(f"- {why}", limit, "      ", "        ")


def _open(blocked: int, number: int) -> str:
    if not blocked:
        return "open"
    return f"closed to {blocked} of {number}" if blocked < number else "closed"


# -- selectors


def _moved(plan: Plan, limit: int) -> Iterator[str]:
    if plan.order.route is not Route.CLAIMS:
        return  # pods stay as they are
    groups: dict[tuple[str, str, str], list[Moved]] = {}
    for each in plan.users:
        for one in each.moved:
            key = (requirement(one), one.expression, one.why)
            groups.setdefault(key, []).append(one)
    for (text, expression, why), found in groups.items():
        times = f"  ({counted(len(found), 'place')})" if len(found) > 1 else ""
        yield from indented(f"{text}{times}", limit, "  ", "    ")
        if expression:
            yield from indented(f"becomes {expression}", limit, "    ", "      ")
        if why:
            told = why if expression else f"goes: {why}"
            yield from indented(told, limit, "    ", "      ")


def _settings(plan: Plan, limit: int) -> Iterator[str]:
    """Yield what configurations say; node labels stand beside who asks."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in plan.settings:
        if each.where:
            key = (each.kind, each.says, each.means)
            groups.setdefault(key, []).append(each.subject)
    for (kind, says, means), subjects in groups.items():
        yield from indented(f"{kind}: {says}", limit, "  ", "    ")
        yield from indented(f"in {_some(subjects)}", limit, "    ", "      ")
        if means:
            yield from indented(means, limit, "    ", "      ")


# -- findings


def _findings(plan: Plan, known: Collection[str], limit: int) -> Iterator[str]:
    """Yield what is found, most severe first; the same at several places once.

    What closes the other route stands there, and what becomes of labels above.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    told = {None, plan.order.route}
    found = dict.fromkeys(
        each
        for each in plan.all_findings
        if (each.route in told or each.severity is not Severity.ERROR)
        and each.code not in _SHOWN
    )
    for each in sorted(found, key=lambda one: _RANKS[one.severity]):
        key = (each.severity, each.code, each.message, each.fix)
        groups.setdefault(key, []).append(each)
    for same in groups.values():
        first = same[0]
        text = f"{first.severity} {first.code}: {first.message}"
        yield from indented(text, limit, "  ", "    ")
        yield from _places(same, known, limit)
        yield from _fix(first.fix.rstrip(), limit)


def _fix(fix: str, limit: int) -> Iterator[str]:
    """Yield what to do; text of several lines is for a file, and stays as it is."""
    if "\n" in fix:
        yield "    fix:"
        yield from (f"      {visible(each)}".rstrip() for each in fix.split("\n"))
    elif fix:
        yield from indented(f"fix: {fix}", limit, "    ", "      ")


def _places(
    same: Sequence[Finding], known: Collection[str], limit: int
) -> Iterator[str]:
    listed: dict[str, None] = {}
    for each in same:
        subject = "" if each.subject in each.message else each.subject.strip()
        where = "" if each.where in known else each.where
        if subject or where:
            listed[
                f"{subject} ({where})" if subject and where else subject or where
            ] = None
    if listed:
        yield from indented(f"at {_some([*listed])}", limit, "    ", "      ")


def _mentions(plan: Plan, limit: int) -> Iterator[str]:
    groups: dict[tuple[str, str, str], list[Mention]] = {}
    for each in plan.mentions:
        groups.setdefault((each.role, each.input.title, each.resource), []).append(each)
    for (role, title, _), found in groups.items():
        text = f"{role}: {title} says {found[0].text}"
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield from indented(f"{text}{more}", limit, "  ", "    ")


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_MOST])
    more = len(texts) - _MOST
    return f"{shown} and {more} more" if more > 0 else shown

"""How a plan looks: for people, a section for each question that it answers."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from dractl.cli.migrate import findings, prospects
from dractl.cli.migrate.groups import Need, needs
from dractl.cli.migrate.summary import summary
from dractl.cli.migrate.views import View
from dractl.cli.migrate.wording import meant, named, replaced
from dractl.cli.terminal import Terminal
from dractl.cli.text import columns, counted, indented, visible, width
from dractl.migrate.answer import Mention, Moved, Plan, Proof, UserPlan
from dractl.migrate.document import requirement
from dractl.migrate.inputs import Route
from dractl.migrate.routes import conditions
from dractl.migrate.steps import Stage

_SEVERAL: Final = "several meanings, of which somebody has to choose one"
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
    view = View.of(screen)
    asked = needs(plan)
    sections = (
        ("HOW MANY CAN GO BY WHICH ROUTE", summary(asked)),
        ("WHO ASKS FOR WHAT", _asking(asked, plan, view)),
        ("WHAT BECOMES OF SELECTORS ON NODE LABELS", _moved(plan, view)),
        ("WHAT THE PLUGINS ARE TOLD", _settings(plan, view)),
        ("FINDINGS", findings.found(plan, known, view)),
        ("WHAT ELSE KNOWS THE OLD NAMES", _mentions(plan, view)),
        ("DOES AS MUCH FIT AFTER", prospects.proven(proof, plan, view)),
        ("STAGES", prospects.staged(stages, view)),
    )
    blocks = [
        [screen.heading(title), *lines]
        for title, section in sections
        if (lines := list(section))
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
        is_doubtful = ask.resource in each.doubtful
        target = each.targets.get(ask.resource)
        becomes = "stays" if target is None else replaced(target)
        yield (
            user.namespace,
            f"{user.input.kind}/{user.input.name}",
            "each node" if user.replicas is None else str(user.replicas),
            ask.container,
            ask.resource,
            str(ask.amount),
            _SEVERAL if is_doubtful else meant(each.meanings[ask.resource]),
            "" if is_doubtful else becomes,
            each.route.value if each.route is not None else "",
            user.input.place(ask.steps),
            "; ".join(each.blocks.get(wished, ())),
        )


# -- who asks for what


def _asking(asked: Sequence[Need], plan: Plan, view: View) -> Iterator[str]:
    for number, need in enumerate(asked):
        if number:
            yield ""
        yield from _need(need, plan, view)


def _need(need: Need, plan: Plan, view: View) -> Iterator[str]:
    said = _SEVERAL if need.meaning is None else meant(need.meaning)
    yield from indented(f"{need.resource}: {said}", view.limit, "  ", "    ")
    for text in [*need.evidence][: view.few]:
        yield from indented(f"known by {text}", view.limit, "    ", "      ")
    if (rest := len(need.evidence) - view.few) > 0:
        yield f"    and by {rest} more"
    if need.meaning is None:
        pass  # it depends on the meaning
    elif need.target is None:
        yield from indented(
            "stays with its device plugin", view.limit, "    ", "      "
        )
    else:
        text = f"becomes {replaced(need.target)}"
        yield from indented(text, view.limit, "    ", "      ")
        for expression in need.target.expressions:
            yield from indented(f"with {expression}", view.limit, "      ", "        ")
    yield from _users(need, view)
    if (rest := len(need.users) - view.few) > 0:
        yield f"    and {counted(rest, 'workload')} more"
    yield from _ways(need, plan, view)


def _users(need: Need, view: View) -> Iterator[str]:
    """Yield who asks, with the place beside it, or below where there is no room."""
    shown = need.users[: view.few]
    rows = [_line(each, need.resource) for each in shown]
    places = [
        visible(each.user.input.where) if each.user.input.is_file else ""
        for each in shown
    ]
    beside = columns([(*row, place) for row, place in zip(rows, places, strict=True)])
    if max(map(width, beside)) <= view.limit - 4:
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


def _ways(need: Need, plan: Plan, view: View) -> Iterator[str]:
    """Yield for both routes how many can go them, with what it takes, or why not."""
    if need.meaning is not None and need.target is None:
        return
    told: dict[str, None] = {}
    for route in Route:
        blocked = [each for each in need.users if route in each.blocks]
        chosen = ", as is wished" if route is plan.order.route else ""
        yield f"    route {route.value}{chosen}: {_open(len(blocked), len(need.users))}"
        if len(blocked) < len(need.users):
            first = next(each for each in need.users if route not in each.blocks)
            needed = "; ".join(conditions(first, plan.order, route))
            yield from indented(f"needs {needed}", view.limit, "      ", "        ")
        reasons = [why for each in blocked for why in each.blocks[route]]
        different = [each for each in dict.fromkeys(reasons) if each not in told]
        if len(different) < len(set(reasons)):
            yield "      - as above"
        told |= dict.fromkeys(reasons)
        for why in different[: view.few]:
            yield from indented(f"- {why}", view.limit, "      ", "        ")
        if (rest := len(different) - view.few) > 0:
            yield f"      - and {counted(rest, 'reason')} more"


def _open(blocked: int, number: int) -> str:
    if not blocked:
        return "open"
    return f"closed to {blocked} of {number}" if blocked < number else "closed"


# -- selectors


def _moved(plan: Plan, view: View) -> Iterator[str]:
    if plan.order.route is not Route.CLAIMS:
        return  # pods stay as they are
    groups: dict[tuple[str, str, str], list[Moved]] = {}
    for each in plan.users:
        for one in each.moved:
            key = (requirement(one), one.expression, one.why)
            groups.setdefault(key, []).append(one)
    for (text, expression, why), found in groups.items():
        times = f"  ({counted(len(found), 'place')})" if len(found) > 1 else ""
        yield from indented(f"{text}{times}", view.limit, "  ", "    ")
        if expression:
            yield from indented(f"becomes {expression}", view.limit, "    ", "      ")
        if why:
            told = why if expression else f"goes: {why}"
            yield from indented(told, view.limit, "    ", "      ")


def _settings(plan: Plan, view: View) -> Iterator[str]:
    """Yield what configurations say; node labels stand beside who asks."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in plan.settings:
        if each.where:
            key = (each.kind, each.says, each.means)
            groups.setdefault(key, []).append(each.subject)
    for (kind, says, means), subjects in groups.items():
        yield from indented(f"{kind}: {says}", view.limit, "  ", "    ")
        yield from indented(f"in {view.some(subjects)}", view.limit, "    ", "      ")
        if means:
            yield from indented(means, view.limit, "    ", "      ")


def _mentions(plan: Plan, view: View) -> Iterator[str]:
    groups: dict[tuple[str, str, str], list[Mention]] = {}
    for each in plan.mentions:
        groups.setdefault((each.role, each.input.title, each.resource), []).append(each)
    for (role, title, _), found in groups.items():
        text = f"{role}: {title} says {found[0].text}"
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield from indented(f"{text}{more}", view.limit, "  ", "    ")

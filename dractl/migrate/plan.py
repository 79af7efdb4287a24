"""The plan: who asks for what, what replaces it, and what stands in the way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dractl.api.snapshot import Snapshot
from dractl.migrate import evidence, hazards, labels, targets, traces
from dractl.migrate.answer import (
    Asking,
    Meaning,
    Mention,
    Plan,
    Target,
    User,
    UserPlan,
)
from dractl.migrate.classes import classes
from dractl.migrate.evidence import Evidence
from dractl.migrate.inputs import Input, Order, Route
from dractl.migrate.mentions import mentions
from dractl.migrate.users import users
from dractl.rules.registry import Severity

_Known = dict[tuple[str, Meaning], Target | None]


def plan(inputs: Sequence[Input], snapshot: Snapshot, order: Order) -> Plan:
    """Return what becomes of all that asks for extended resources.

    Users are those of the files; of the cluster, if the files have none. A user whose
    resources stay with their plugin is part of the plan, with no route.
    """
    found = evidence.gathered(inputs, snapshot, order)
    known: _Known = {}
    first = tuple(
        _first(user, found, snapshot, order, known)
        for user in _wanted(users(inputs, order.namespace), order)
    )
    names = frozenset(name for each in first for name in each.user.resources)
    draft = Plan(
        order,
        first,
        mentions=tuple(_near(mentions(inputs, names | found.resources), order)),
        findings=found.findings,
        settings=found.settings,
    )
    settled = _settled(draft, hazards.found(draft, inputs, snapshot, found))
    return replace(settled, objects=classes(settled.users, snapshot, inputs))


# -- users


def _wanted(found: Sequence[User], order: Order) -> Iterator[User]:
    """Yield the users that the order is for, each with the resources that matter."""
    has_files = any(user.input.is_file for user in found)
    for user in found:
        if has_files and not user.input.is_file:
            continue
        placed = replace(user, namespace=user.namespace or order.namespace)
        if order.scope and placed.namespace != order.scope:
            continue
        asks = tuple(_asks(placed, order))
        if asks:
            yield replace(placed, asks=asks)


def _asks(user: User, order: Order) -> Iterator[Asking]:
    for each in user.asks:
        if not order.resources or each.resource in order.resources:
            yield each


def _first(
    user: User, found: Evidence, snapshot: Snapshot, order: Order, known: _Known
) -> UserPlan:
    """Return what can be said of a user without looking at others."""
    told = {name: found.meanings(name, user) for name in user.resources}
    meanings = {name: several[0] for name, several in told.items()}
    served = _targets(meanings, found, order, known)
    moved = labels.translated(user, served, snapshot)
    return UserPlan(
        user,
        meanings,
        served,
        route=None,
        moved=moved.moved,
        findings=(*moved.findings, *traces.findings(user, served, snapshot)),
        doubtful=frozenset(name for name, several in told.items() if len(several) > 1),
    )


def _targets(
    meanings: Mapping[str, Meaning], found: Evidence, order: Order, known: _Known
) -> dict[str, Target]:
    """Return what replaces resources; `known` grows by what was not known before."""
    served = {}
    for name, meaning in meanings.items():
        key = (name, meaning)
        if key not in known:
            spots = {name: found.selectors(name)}
            known[key] = targets.target(name, meaning, order, spots)
        if (target := known[key]) is not None:
            served[name] = target
    return served


def _near(found: Iterable[Mention], order: Order) -> Iterator[Mention]:
    """Yield what names resources that matter, in the namespace that does or in none."""
    for each in found:
        if order.resources and each.resource not in order.resources:
            continue
        where = each.input.namespace or order.namespace
        if not order.scope or where == order.scope:
            yield each


# -- routes


def _settled(draft: Plan, found: hazards.Found) -> Plan:
    """Return the plan with findings at their users, and the routes that are open."""
    settled = tuple(
        _routed(replace(each, findings=(*each.findings, *own)), draft)
        for each, own in zip(draft.users, found.of_users, strict=True)
    )
    return replace(draft, users=settled, findings=(*draft.findings, *found.of_all))


def _routed(each: UserPlan, draft: Plan) -> UserPlan:
    blocks = {
        route: reasons
        for route in Route
        if (reasons := tuple(dict.fromkeys(_reasons(each, route))))
    }
    wished = draft.order.route
    is_open = bool(each.targets) and wished not in blocks
    return replace(each, blocks=blocks, route=wished if is_open else None)


def _reasons(each: UserPlan, route: Route) -> Iterator[str]:
    """Yield what closes a route to a user."""
    for finding in each.findings:
        if finding.severity is Severity.ERROR and finding.route in {None, route}:
            yield finding.message
    if route is Route.EXTENDED:
        for name, target in each.targets.items():
            if target.keeper is None:
                yield f"no DeviceClass can serve {name} to pods as they are"

"""Causes in what is asked for together: constraints, and claims that compete."""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial

from dractl.catalogue.nearest import nearest
from dractl.diagnose.blaming import MOST_SHOWN, about, subject_of
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, with_option, with_spec
from dractl.diagnose.fewer import fewer
from dractl.diagnose.stock import Stock, stocks
from dractl.diagnose.survey import Found
from dractl.diagnose.table import told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed, on_nodes
from dractl.model.claims import ClaimSpec, Constraint, ResourceClaim
from dractl.solver.constraints import applies


@told_of_nodes("constraint-unsatisfiable")
def constraint(case: Case, found: Found) -> Told:
    """Enough devices are free, but no choice of them satisfies a constraint."""
    claim = case.claim(found)
    assert claim is not None, "constraints are within a claim"
    whole = found._replace(blame=found.blame._replace(request=""))
    known = stocks(case, whole)
    concerned = [
        (number, each)
        for number, each in enumerate(claim.spec.constraints)
        if not found.blame.request or _concerns(each, found.blame.request)
    ]
    seen = [_values(known, each) for _, each in concerned]
    parts = [f"{_written(each)}: {_shown(values)}" for (_, each), values in
             zip(concerned, seen, strict=True)]  # fmt: skip
    meant = _meant(known, [each for _, each in concerned])
    cause = about(
        case,
        found,
        f"{subject_of(case, found)}: enough devices are free {on_nodes(found.names)}, "
        f"but not with {listed(parts, 2)}{meant}",
        constraints=[
            {
                "index": number,
                "matchAttribute": each.match_attribute,
                "distinctAttribute": each.distinct_attribute,
                "values": values,
            }
            for (number, each), values in zip(concerned, seen, strict=True)
        ],
    )
    changes = (*_dropping(case, claim, concerned), *fewer(case, found, _largest(seen)))
    return Told(cause, changes, "devices that satisfy the constraint, on one node")


Values = dict[str, dict[str, dict[str, int]]]
"""How many devices have each value, by node and request."""


def _concerns(each: Constraint, request: str) -> bool:
    base = request.partition("/")[0]
    return applies(frozenset(each.requests), base, request)


def _written(each: Constraint) -> str:
    if each.match_attribute:
        return f"the same {each.match_attribute}"
    return f"different {each.distinct_attribute}"


def _values(known: Sequence[Stock], each: Constraint) -> Values:
    """Return, by node and request, how many free devices have each value."""
    name = each.match_attribute or each.distinct_attribute or ""
    found: Values = {}
    for stock in known:
        if not _concerns(each, stock.plan.name):
            continue
        if len(found) == MOST_SHOWN and stock.node.name not in found:
            break
        counts: dict[str, int] = {}
        for device in stock.devices(stock.good):
            value = stock.plan.attribute(device, name)
            text = "<none>" if value is None else _text(value.value)
            counts[text] = counts.get(text, 0) + 1
        of_node = found.setdefault(stock.node.name, {})
        of_node[stock.plan.name] = counts
    return found


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(found: Values) -> str:
    """Return the values of the first node in a few words."""
    if not found:
        return "no values"
    node, requests = next(iter(found.items()))
    parts = []
    for request, counts in requests.items():
        values_of = listed(f"{value} ({number})" for value, number in counts.items())
        parts.append(f"{request} has {values_of or 'none'}")
    return f"{node}: {'; '.join(parts)}"


def _meant(known: Sequence[Stock], concerned: Sequence[Constraint]) -> str:
    """Return which attribute devices have instead of one that all of a request lack.

    Best one with values that the others have under the right name; else the one whose
    name comes nearest.
    """
    for each in concerned:
        name = each.match_attribute or each.distinct_attribute or ""
        mine = [s for s in known if s.good and _concerns(each, s.plan.name)]
        lacking = [s for s in mine if not _valued(s, name)]
        wanted = {value for s in mine for value in _valued(s, name)}
        devices = [d for s in lacking for d in s.devices(s.good)]
        if not devices:
            continue
        there = dict.fromkeys(key for d in devices for key in d.attributes)
        alike = [
            key
            for key in there
            if wanted
            & {d.attributes[key].value for d in devices if key in d.attributes}
        ]
        ids = {key.rpartition("/")[2]: key for key in there}
        near = alike or [ids[n] for n in nearest(name.rpartition("/")[2], ids)]
        if near:
            number = sum(near[0] in device.attributes for device in devices)
            return (
                f"; {lacking[0].plan.name} lacks {name}, {near[0]} exists on {number}"
            )
    return ""


def _valued(stock: Stock, name: str) -> set[object]:
    found = (stock.plan.attribute(each, name) for each in stock.devices(stock.good))
    return {each.value for each in found if each is not None}


def _largest(seen: Sequence[Values]) -> int:
    """Return the most devices of one node that agree on a value."""
    return max(
        (
            number
            for values in seen
            for requests in values.values()
            for counts in requests.values()
            for value, number in counts.items()
            if value != "<none>"
        ),
        default=0,
    )


def _dropping(
    case: Case, claim: ResourceClaim, concerned: Sequence[tuple[int, Constraint]]
) -> Iterator[Change]:
    several = len(case.subject.claims) > 1
    where = f" of claim {claim.meta.name}" if several else ""
    for _, each in concerned:
        requests = f" for {listed(each.requests)}" if each.requests else ""
        yield Change(
            f"drop the constraint that demands {_written(each)}{requests}{where}",
            with_spec(claim.meta.name, partial(_without, dropped=each)),
        )


def _without(spec: ClaimSpec, dropped: Constraint) -> ClaimSpec:
    kept = tuple(each for each in spec.constraints if each != dropped)
    return dataclasses.replace(spec, constraints=kept)


@told_of_nodes("claims-conflict")
def conflict(case: Case, found: Found) -> Told:
    """Each claim fits by itself, but not all of them on one node."""
    known = stocks(case, found)
    node = found.nodes[0]
    here = [stock for stock in known if stock.node is node]
    parts = [
        f"{stock.plan.claim_name} {stock.plan.name} wants "
        f"{stock.needs} of {stock.good.bit_count()}"
        for stock in here
    ]
    union = 0
    for stock in here:
        union |= stock.good
    cause = about(
        case,
        found,
        f"each claim fits by itself, but not all together {on_nodes(found.names)}: on "
        f"{node.name} {listed(parts, 4)}, {union.bit_count()} different devices in all",
        node=node.name,
        claims=[
            {
                "claim": stock.plan.claim_name,
                "request": stock.plan.name,
                "wants": stock.needs,
                "free": stock.good.bit_count(),
            }
            for stock in here
        ],
        devices=union.bit_count(),
    )
    return Told(cause, tuple(_smaller(case)), "a node with devices for all claims")


def _smaller(case: Case) -> Iterator[Change]:
    """Yield asking for one device less, claim by claim."""
    for claim in case.attempt.open:
        for request in claim.spec.requests:
            if not request.prioritized and request.options[0].count > 1:
                less = request.options[0].count - 1
                yield Change(
                    f"ask for {less} instead of {less + 1} in request {request.name} "
                    f"of claim {claim.meta.name}",
                    with_option(
                        claim.meta.name,
                        request.name,
                        partial(dataclasses.replace, count=less),
                    ),
                )

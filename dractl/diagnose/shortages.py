"""Causes in what nodes have: devices that others hold, and too few devices."""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.diagnose.blaming import (
    MOST_SHOWN,
    about,
    held_by,
    subject_of,
    tied,
    wants,
)
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change
from dractl.diagnose.fewer import fewer
from dractl.diagnose.stock import Stock, best, different, merged, stocks
from dractl.diagnose.survey import Found
from dractl.diagnose.table import told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import counted, listed, on_nodes
from dractl.solver.holders import Holder

_MOST_FREED: Final = 8  # holders that are tried one by one


@told_of_nodes("devices-in-use")
def in_use(case: Case, found: Found) -> Told:
    """Enough devices match, but other claims have them."""
    known = merged(case, found)
    key = ("holders", case.attempt.signature, found.blame)
    holders = case.world.once(key, lambda: list(_holders(case, known)))
    top = best(known)
    matching, held = case.world.once(
        ("in use", case.attempt.signature, found.blame),
        lambda: (
            different(known, lambda stock: stock.matching),
            different(known, lambda stock: stock.held),
        ),
    )
    free = top.good.bit_count()
    share = "all" if held == matching else str(held)
    message = (
        f"{subject_of(case, found)} wants {wants(top)}: {share} of the {matching} that "
        f"match {on_nodes(found.names)} are in use"
    )
    if free >= top.needs:
        message += f"; the {free} that are free do not suffice{tied(case, found)}"
    elif len(found.names) > 1 and free:
        message += f", and no node has more than {free} free"
    cause = about(
        case,
        found,
        message,
        wants=top.needs,
        matching=matching,
        inUse=held,
        mostFree=free,
        held=[case.world.holders.described(each) for each in holders[:MOST_SHOWN]],
        **held_by(case, holders),
    )
    lacking = max(top.needs - free, 1)
    return Told(
        cause,
        (*fewer(case, found, free), *freeing(case, holders)),
        f"{counted(lacking, 'more free device')} that match, on one node",
    )


def _holders(case: Case, known: Sequence[Stock]) -> Iterator[Holder]:
    for stock in known:
        for device in stock.devices(stock.held):
            yield from case.world.holders.of(device.id)


def freeing(case: Case, holders: Sequence[Holder]) -> Iterator[Change]:
    """Yield the release of each claim, those that nobody needs any more first."""
    index = case.world.holders
    own = {each.meta.key for each in case.subject.claims}
    claims = {
        each.claim.meta.key: each.claim
        for each in holders
        if each.claim.meta.key not in own
    }
    idle = {
        key
        for key, claim in claims.items()
        if all(each.is_gone or each.is_done for each in index.consumers(claim))
    }
    for key in sorted(claims, key=lambda key: key not in idle)[:_MOST_FREED]:
        pods = listed((str(each) for each in index.consumers(claims[key])), 3)
        why = "which nobody uses any more" if key in idle else f"held by {pods}"
        yield Change(f"free claim {'/'.join(key)}, {why}", frees=(key,))
    if 1 < len(claims) <= _MOST_FREED:
        names = listed(("/".join(key) for key in claims), 3)
        yield Change(f"free the claims {names}", frees=tuple(claims))


@told_of_nodes("not-enough-devices")
def not_enough(case: Case, found: Found) -> Told:
    """No node could ever hold that many, even when all its devices are free."""
    known = stocks(case, found)
    if not found.blame.request:
        return _not_together(case, found, known)
    top = best(known, lambda stock: stock.matching)
    most = top.matching.bit_count()
    have = f"{top.node.name} has {most}"
    if len(found.names) > 1:
        have = f"no node has more than {most}"
    cause = about(
        case,
        found,
        f"{subject_of(case, found)} wants {wants(top)} of one node, but {have} that "
        f"match{'es' if most == 1 else ''}",
        wants=top.needs,
        most=most,
        devices={
            stock.node.name: stock.matching.bit_count() for stock in known[:MOST_SHOWN]
        },
    )
    free = best(known).good.bit_count()
    lacking = max(top.needs - most, 1)
    return Told(
        cause,
        tuple(fewer(case, found, free)),
        f"{counted(lacking, 'more device')} that match, on one node",
    )


def _not_together(case: Case, found: Found, known: Sequence[Stock]) -> Told:
    """Tell of requests that no node can meet at once."""
    have: dict[str, dict[str, int]] = {}
    for stock in known:
        of_request = have.setdefault(stock.plan.name, {})
        if number := stock.matching.bit_count():
            of_request[stock.node.name] = number
    parts = [
        f"{case.wanted(case.claim(found), name)} on {listed(nodes, 3) or 'none'}"
        for name, nodes in have.items()
    ]
    message = (
        f"{subject_of(case, found)}: no node has enough devices for all of its "
        f"requests at once ({'; '.join(parts)})"
    )
    missing = "a node that has devices for all of these requests"
    return Told(about(case, found, message, devices=have), (), missing)

"""What causes that the survey found have in common: their object and their place."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.holders import in_words
from dractl.diagnose.stock import Stock
from dractl.diagnose.survey import Found
from dractl.diagnose.words import counted, listed
from dractl.model.claims import Option, ResourceClaim
from dractl.solver.constraints import applies
from dractl.solver.holders import Holder

MOST_SHOWN: Final = 32
"""Entries of a list in evidence; how many there are in all stands beside it."""


def about(case: Case, found: Found, message: str, **evidence: object) -> Cause:
    """Return the cause of a blame, with its claim, request and nodes filled in.

    Evidence that is None is left out.
    """
    return Cause(
        found.blame.code,
        message,
        case.claim_name(case.claim(found)),
        found.blame.request or None,
        found.names,
        {key: value for key, value in evidence.items() if value is not None},
    )


def held_by(case: Case, holders: Sequence[Holder]) -> dict[str, object]:
    """Return who holds devices as evidence, and how many claims that are."""
    claims: dict[tuple[str, str], Holder] = {}
    for each in holders:
        claims.setdefault(each.claim.meta.key, each)
    shown = islice(claims.values(), MOST_SHOWN)
    words = in_words(shown, case.world.holders)
    return {"heldBy": words, "heldByCount": len(claims)}


def subject_of(case: Case, found: Found) -> str:
    """Return whom a blame is about, as the start of a sentence."""
    claim = case.claim(found)
    if claim is None:
        return "the pod"
    name = case.claim_name(claim)
    requests = (
        [found.blame.request]
        if found.blame.request
        else [each.name for each in claim.spec.requests]
    )
    wanted = listed(case.wanted(claim, each) for each in requests)
    return f"{wanted} of claim {name}" if name else wanted


def tied(case: Case, found: Found) -> str:
    """Return which constraints a request has to satisfy; "" for none."""
    claim = case.claim(found)
    if claim is None:
        return ""
    base = found.blame.request.partition("/")[0]
    names = [
        each.match_attribute or each.distinct_attribute or ""
        for each in claim.spec.constraints
        if not base or applies(frozenset(each.requests), base, found.blame.request)
    ]
    return f" for the constraint on {listed(names)}" if names else ""


def wants(stock: Stock) -> str:
    """Return how many devices a request wants."""
    if stock.plan.all:
        return f"all {counted(stock.needs, 'device')}"
    return counted(stock.needs, "device")


def option_named(claim: ResourceClaim, request: str) -> Option | None:
    """Return the request or alternative of a claim that results name so."""
    return next(
        (
            option
            for each in claim.spec.requests
            for option in each.options
            if request in {each.name, f"{each.name}/{option.name}"}
        ),
        None,
    )


def place(case: Case, found: Found) -> str:
    """Return where a change is to be made, as far as that has to be said.

    "" where the pod has one claim, and that one request.
    """
    claim = case.claim(found)
    name = case.claim_name(claim)
    if claim is None or name is None:
        return ""
    text = ""
    if found.blame.request and (
        len(claim.spec.requests) > 1 or "/" in found.blame.request
    ):
        text = f" in request {found.blame.request}"
    return f"{text} of claim {name}" if len(case.subject.claims) > 1 else text


def options_of(case: Case, found: Found) -> list[Option]:
    """Return the requests or alternatives that a blame is about."""
    return case.survey.options(found)

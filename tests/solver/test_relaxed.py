"""Where even a search that allows more finds nothing, there is nothing."""

import pytest

from dractl.solver.guide import may_abort, shares_pool_names
from dractl.solver.relaxed import RelaxedLedger, relaxed_slots
from dractl.solver.search import Search
from tests.solver.test_search import asked, mixes
from tests.solver.ways import Question


def is_provable(question: Question) -> bool:
    return not (may_abort(*question.start()) or shares_pool_names(question.view))


def has_proof(question: Question) -> bool:
    search = Search(question.view, question.outline, question.usage)
    return search._has_proof_of_nothing()


@mixes
@pytest.mark.property
def test_a_proof_of_nothing_is_never_wrong(mix: frozenset[str]) -> None:
    proved = [
        each.literally()
        for each in asked(mix)
        if not isinstance(begun(each), str) and is_provable(each) and has_proof(each)
    ]

    assert set(proved) <= {"none", None}
    assert len(proved) > 20


def begun(question: Question) -> str | None:
    """Return why the search cannot even begin, if that is so."""
    found = question.searched()
    return found if isinstance(found, str) and found != "none" else None


@mixes
@pytest.mark.property
def test_a_relaxed_ledger_ends_as_it_began(mix: frozenset[str]) -> None:
    for question in asked(mix, range(120)):
        if begun(question) is not None:
            continue
        claims = relaxed_slots(question.start()[0])
        ledger = RelaxedLedger(question.view, question.usage, len(claims))
        slots = [s for c in claims for r in c.requests for s in r if s.wanted is None]
        start = ledger.leaking_state(), ledger.taken_devices
        taken = [
            slot
            for slot in slots
            for position in range(len(question.view.devices))
            if slot.candidates >> position & 1 and ledger.take(slot, position) is None
        ]
        for slot in reversed(taken):
            ledger.undo(slot)

        assert (ledger.leaking_state(), ledger.taken_devices) == start

"""What one node offers to each request of an attempt.

Follows Kubernetes 1.36, allocator_incubating.go: Allocate, up to its search.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dractl.solver.constraints import Constraint
from dractl.solver.errors import AllocationAborted, Fault
from dractl.solver.plan import ClaimPlan, OptionPlan, Outline
from dractl.solver.rules import MAX_DEVICES
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView, Selectable, Shares, positions


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A request or subrequest with its candidates on this node.

    `candidates` holds the selectable devices that have the capacity, in use or not;
    `failing` those on which an expression fails. `wanted` lists what an All request
    must get, None for a count. `constraints` are the claim's that apply.
    """

    plan: OptionPlan
    needs: int
    candidates: int
    selectable: Selectable
    failing: int
    tainted: int
    shares: Shares | None
    wanted: tuple[int, ...] | None
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ClaimSlots:
    """A claim's requests, each with the slots to choose from, in order."""

    plan: ClaimPlan
    requests: tuple[tuple[Slot, ...], ...]
    constraints: tuple[Constraint, ...]


def prepare(view: NodeView, outline: Outline, usage: Usage) -> tuple[ClaimSlots, ...]:
    """Return the slots of all claims; AllocationAborted for the first that is wrong."""
    return tuple(_claim(view, plan, usage) for plan in outline)


def _claim(view: NodeView, plan: ClaimPlan, usage: Usage) -> ClaimSlots:
    drafts = [
        [_draft(view, plan, option, usage) for option in request.options]
        for request in plan.requests
    ]
    if plan.error is not None:
        raise plan.error
    least = sum(min(needs for _, needs, _ in options) for options in drafts)
    if least > MAX_DEVICES:
        raise AllocationAborted(
            f"claim {plan.claim.meta.name}: number of requested devices {least} "
            f"exceeds the claim limit of {MAX_DEVICES}",
            fault=Fault("size", plan.claim.meta.name, subject=str(least)),
        )
    constraints = tuple(plan.constraints(view.rules))
    return ClaimSlots(
        plan,
        tuple(
            tuple(_slot(view, draft, usage, constraints) for draft in options)
            for options in drafts
        ),
        constraints,
    )


_Draft = tuple[OptionPlan, int, tuple[int, ...] | None]


def _draft(view: NodeView, claim: ClaimPlan, plan: OptionPlan, usage: Usage) -> _Draft:
    if not plan.all:
        return plan, plan.option.count, None
    selectable = view.selectable(plan.eligibility)
    _check_pools(view, claim, plan, selectable)
    # Upstream silently leaves out of "all" what lacks the capacity right now.
    wanted = positions(view.capable(plan.option, usage, selectable.passing))
    return plan, len(wanted), tuple(wanted)


def _check_pools(
    view: NodeView, claim: ClaimPlan, plan: OptionPlan, selectable: Selectable
) -> None:
    """Raise the error that comes first, pool by pool, for a request for all devices."""
    failing = min(selectable.failures, default=None)
    end = 0
    for pool in view.inventory.pools:
        if pool.defect:
            state = "being updated" if pool.defect == "incomplete" else "invalid"
            raise AllocationAborted(
                f"claim {claim.claim.meta.name}, request {plan.name}: asks for all "
                f"devices, but resource pool {'/'.join(pool.key)} is currently {state}",
                fault=Fault(
                    "pool",
                    claim.claim.meta.name,
                    plan.name,
                    subject="/".join(pool.key),
                ),
            )
        end += len(pool.entries)
        if failing is not None and failing < end:
            raise plan.failure(claim.claim, selectable.failures[failing])


def _slot(
    view: NodeView, draft: _Draft, usage: Usage, constraints: Sequence[Constraint]
) -> Slot:
    plan, needs, wanted = draft
    selectable = view.selectable(plan.eligibility)
    return Slot(
        plan,
        needs,
        view.capable(plan.option, usage, selectable.passing),
        selectable,
        selectable.failing if selectable.failures else 0,
        view.tainted(plan.option.tolerations),
        view.shares(plan.option) if view.rules.consumable else None,
        wanted,
        tuple(constraints[position] for position in plan.constraints),
    )

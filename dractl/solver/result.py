"""Turns what a search has taken into allocations, as the API stores them.

Follows Kubernetes 1.36, allocator_incubating.go: the end of Allocate and
createNodeSelector.
"""

from collections.abc import Sequence

from dractl.model.claims import (
    Allocation,
    ConfigResult,
    DeviceConfig,
    DeviceResult,
    ResourceClaim,
)
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.solver.errors import AllocationAborted
from dractl.solver.ledger import Taken
from dractl.solver.plan import OptionPlan
from dractl.solver.rules import Rules
from dractl.solver.slots import ClaimSlots
from dractl.solver.view import NodeView

ANY_SHARE = "*"  # stands for the random share id that the scheduler makes up


def allocation(
    view: NodeView,
    claim: ClaimSlots,
    taken: Sequence[Taken],
    chosen: Sequence[OptionPlan],
) -> Allocation:
    """Return the claim's allocation; `chosen` has the option of each request."""
    return Allocation(
        tuple(_result(view, each) for each in taken),
        tuple(_config(claim.plan.claim, chosen, view.rules)),
        _node_selector(view, claim, taken),
    )


def _result(view: NodeView, taken: Taken) -> DeviceResult:
    device = view.devices[taken.position]
    plan = taken.slot.plan
    binding = view.rules.binding
    return DeviceResult(
        request=plan.name,
        device=device.id,
        admin_access=plan.admin,
        tolerations=plan.option.tolerations,
        binding_conditions=device.binding_conditions if binding else (),
        binding_failure_conditions=device.binding_failure_conditions if binding else (),
        share_id=None if taken.consumed is None else ANY_SHARE,
        consumed_capacity=taken.consumed or None,
    )


def _node_selector(
    view: NodeView, claim: ClaimSlots, taken: Sequence[Taken]
) -> NodeSelector | None:
    expressions: list[Requirement] = []
    fields: list[Requirement] = []
    for each in taken:
        entry = view.inventory.entries[each.position]
        scope = entry.scope
        bound = entry.device.binds_to_node and view.rules.binds_to_node
        if scope.node_name is not None or bound:
            return NodeSelector.only(view.node.name)
        if scope.selector is None or not scope.selector.terms:
            continue
        if len(scope.selector.terms) > 1:
            raise AllocationAborted(
                f"claim {claim.plan.claim.meta.name}: create NodeSelector: unsupported "
                f"number of terms: {len(scope.selector.terms)}"
            )
        _merge(expressions, scope.selector.terms[0].match_expressions)
        _merge(fields, scope.selector.terms[0].match_fields)
    if not expressions and not fields:
        return None
    return NodeSelector((NodeSelectorTerm(tuple(expressions), tuple(fields)),))


def _merge(into: list[Requirement], more: Sequence[Requirement]) -> None:
    for requirement in more:
        if not any(_same(requirement, each) for each in into):
            into.append(requirement)


def _same(left: Requirement, right: Requirement) -> bool:
    return (
        left.key == right.key
        and left.operator == right.operator
        and set(left.values) == set(right.values)
    )


def _config(
    claim: ResourceClaim, chosen: Sequence[OptionPlan], rules: Rules
) -> list[ConfigResult]:
    found = _class_config(chosen)
    for config in claim.spec.config:
        found += [
            ConfigResult("FromClaim", config.requests, config.body)
            for _ in range(_times(config, chosen, rules))
        ]
    if not rules.covering_requests_cleared:
        return found
    return [
        ConfigResult(each.source, (), each.body)
        if each.requests and all(_concerns(each.requests, plan) for plan in chosen)
        else each
        for each in found
    ]


def _class_config(chosen: Sequence[OptionPlan]) -> list[ConfigResult]:
    """Return the configs of each class once, with the requests that use the class."""
    users: dict[str, list[OptionPlan]] = {}
    for plan in chosen:
        users.setdefault(plan.device_class.name, []).append(plan)
    return [
        ConfigResult("FromClass", tuple(plan.name for plan in plans), config.body)
        for plans in users.values()
        for config in plans[0].device_class.config
    ]


def _times(config: DeviceConfig, chosen: Sequence[OptionPlan], rules: Rules) -> int:
    """Return how often a claim's config is in the result."""
    if not config.requests:
        return 1
    matches = sum(_concerns(config.requests, plan) for plan in chosen)
    # Quirk, repaired in 1.37: once for every request that it is for.
    return matches if rules.claim_config_repeats else min(matches, 1)


def _concerns(requests: Sequence[str], plan: OptionPlan) -> bool:
    return plan.base in requests or ("/" in plan.name and plan.name in requests)

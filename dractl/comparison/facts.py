"""What of an object is compared, as texts by what they are about."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.comparison.answer import THERE
from dractl.model.claims import (
    ClaimSpec,
    DeviceClass,
    DeviceConfig,
    DeviceResult,
    Option,
    ResourceClaim,
    ResourceClaimTemplate,
    Toleration,
)
from dractl.model.devices import Device, NodeScope, RequestPolicy, ResourceSlice, Taint
from dractl.model.nodeselection import NodeSelector
from dractl.model.quantity import Quantity
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Node, NodeTaint, Pod, ResourceQuota

Facts = Iterator[tuple[str, str]]

_EXTENDED: Final = "/"  # names of extended resources have a domain
_CLOCKS: Final = frozenset({"nvidia.com/gfd.timestamp"})
"""Labels that say when others were written."""


def of_cluster(snapshot: Snapshot) -> Facts:
    """Yield the release and the gates, as far as the source says them."""
    if snapshot.info.kubernetes:
        yield "Kubernetes", snapshot.info.kubernetes
    for gate, is_on in sorted((snapshot.info.gates or {}).items()):
        yield gate, "on" if is_on else "off"


def of_node(node: Node) -> Facts:
    """Yield what keeps pods off a node or draws them, and what it runs."""
    if node.kubelet_version:
        yield "kubelet", node.kubelet_version
    if node.container_runtime:
        yield "runtime", node.container_runtime
    if node.unschedulable:
        yield "cordoned", THERE
    for condition in node.conditions:
        if condition.type == "Ready":
            yield "Ready", condition.status
    for taint in node.taints:
        yield f"taint {_taint(taint)}", THERE
    for name, amount in sorted(node.allocatable.items()):
        if _EXTENDED in name:
            yield name, str(amount)
    yield from _notes("label", node.meta.labels)


def of_pool(slices: Iterable[ResourceSlice]) -> Facts:
    """Yield the generation of a pool, its slices, its nodes and its counters."""
    newest = list(slices)
    first = newest[0]
    yield "generation", str(first.generation)
    yield "slices", f"{len(newest)} of {first.slice_count}"
    yield "nodes", "by device" if first.per_device_scope else _scope(first.scope)
    for counters in sorted(
        (each for piece in newest for each in piece.shared_counters),
        key=lambda each: each.name,
    ):
        yield f"counters {counters.name}", _amounts(counters.counters)


def of_device(device: Device) -> Facts:
    """Yield all that a driver publishes of a device."""
    for name, attribute in sorted(device.attributes.items()):
        yield f"attribute {name}", _value(attribute.value)
    for name, capacity in sorted(device.capacity.items()):
        yield f"capacity {name}", str(capacity.value)
        if capacity.policy is not None:
            yield f"request policy of {name}", _policy(capacity.policy)
    for taint in device.taints:
        yield f"taint {_taint(taint)}", THERE
    for each in device.consumes:
        yield f"takes from {each.counter_set}", _amounts(each.counters)
    if device.allow_multiple_allocations:
        yield "shared", THERE
    if device.scope is not None:
        yield "nodes", _scope(device.scope)
    yield from _binding(device)


def of_rule(rule: DeviceTaintRule) -> Facts:
    """Yield what a rule taints, and with what."""
    yield "taint", _taint(rule.taint)
    yield "devices", "none" if rule.selector is None else str(rule.selector)


def of_class(device_class: DeviceClass) -> Facts:
    """Yield what a class selects."""
    for number, each in enumerate(device_class.selectors):
        yield f"selector {number + 1}", each or ""
    if device_class.extended_resource_name:
        yield "extended resource", device_class.extended_resource_name
    if device_class.config:
        yield "configuration", _bodies(device_class.config)


def of_template(template: ResourceClaimTemplate) -> Facts:
    """Yield what a template asks for, and what its claims are marked with."""
    yield from of_spec(template.spec)
    yield from _notes("label", template.claim_labels)
    yield from _notes("annotation", template.claim_annotations)


def of_spec(spec: ClaimSpec) -> Facts:
    """Yield what a claim or template asks for."""
    for request in spec.requests:
        wanted = ", else ".join(map(_option, request.options))
        yield f"request {request.name}", wanted
    for number, each in enumerate(spec.constraints):
        about = ", ".join(each.requests) or "all"
        rule = each.match_attribute or f"distinct {each.distinct_attribute}"
        yield f"constraint {number + 1}", f"{rule} of {about}"
    if spec.config:
        yield "configuration", _bodies(spec.config)


def of_quota(quota: ResourceQuota) -> Facts:
    """Yield the limits of a quota."""
    for name, amount in sorted(quota.hard.items()):
        yield name, str(amount)


def of_claim(claim: ResourceClaim) -> Facts:
    """Yield what a claim asks for, has, and is told of its devices."""
    yield from of_spec(claim.spec)
    if claim.allocation is not None:
        yield "devices", devices_of(claim)
        if shares := ", ".join(filter(None, map(_share, claim.allocation.results))):
            yield "shares", shares
        if claim.allocation.node_selector is not None:
            yield "nodes", _selector(claim.allocation.node_selector)
    if claim.meta.deletion_timestamp:
        yield "being deleted", THERE
    if claim.reserved_for:
        yield "used by", ", ".join(sorted(each.name for each in claim.reserved_for))
    for status in claim.devices:
        for condition in status.conditions:
            yield f"{condition.type} of {status.device}", condition.status


def devices_of(claim: ResourceClaim) -> str:
    """Return the devices that a claim has; "": none."""
    if claim.allocation is None:
        return ""
    return ", ".join(str(each.device) for each in claim.allocation.results)


def of_pod(pod: Pod) -> Facts:
    """Yield where a pod is, how far, and what holds it up."""
    yield "phase", pod.phase or "Pending"
    if pod.node_name:
        yield "node", pod.node_name
    if pod.meta.deletion_timestamp:
        yield "being deleted", THERE
    for gate in pod.gates:
        yield f"scheduling gate {gate}", THERE
    for each in pod.health:
        yield f"health of {each.device}", each.health


def _notes(what: str, notes: Mapping[str, str]) -> Facts:
    for key in sorted(notes.keys() - _CLOCKS):
        yield f"{what} {key}", notes[key]


def _binding(device: Device) -> Facts:
    if device.binds_to_node:
        yield "tied to the node that is chosen", THERE
    for condition in device.binding_conditions:
        yield f"binding condition {condition}", THERE
    for condition in device.binding_failure_conditions:
        yield f"binding failure condition {condition}", THERE


def _option(option: Option) -> str:
    count = "all" if option.mode == "All" else str(option.count)
    name = f"{option.name}: " if option.name else ""
    parts = [f"{name}{count} {option.device_class}"]
    parts += [f"with {name} = {text}" for name, text in option.derived]
    parts += [f"where {each}" for each in option.selectors if each]
    if option.capacity:
        parts.append(f"with {_amounts(option.capacity)}")
    if option.admin_access:
        parts.append("as admin")
    parts += [f"tolerating {_toleration(each)}" for each in option.tolerations]
    return " ".join(parts)


def _toleration(toleration: Toleration) -> str:
    value = "" if toleration.operator == "Exists" else f"={toleration.value}"
    effect = f":{toleration.effect}" if toleration.effect else ""
    seconds = "" if toleration.seconds is None else f" for {toleration.seconds} s"
    return f"{toleration.key or 'all'}{value}{effect}{seconds}"


def _share(result: DeviceResult) -> str:
    """Return how a claim has a device, if not alone; "": alone."""
    parts = [_amounts(result.consumed_capacity)] if result.consumed_capacity else []
    if result.admin_access:
        parts.append("as admin")
    return f"{result.device} {' '.join(parts)}" if parts else ""


def _bodies(configs: Iterable[DeviceConfig]) -> str:
    found = [
        {"requests": each.requests, **each.body} if each.requests else each.body
        for each in configs
    ]
    return json.dumps(found, sort_keys=True, default=str)


def _policy(policy: RequestPolicy) -> str:
    parts = [
        f"{word} {amount}"
        for word, amount in (
            ("default", policy.default),
            ("min", policy.minimum),
            ("max", policy.maximum),
            ("step", policy.step),
        )
        if amount is not None
    ]
    if policy.valid_values:
        parts.append(f"one of {', '.join(map(str, policy.valid_values))}")
    return ", ".join(parts)


def _taint(taint: Taint | NodeTaint) -> str:
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}"


def _amounts(amounts: Mapping[str, Quantity]) -> str:
    return ", ".join(f"{name} {amounts[name]}" for name in sorted(amounts))


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_value, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scope(scope: NodeScope) -> str:
    if scope.node_name:
        return scope.node_name
    if scope.selector is not None:
        return _selector(scope.selector)
    return "all" if scope.all_nodes else "none"


def _selector(selector: NodeSelector) -> str:
    return " or ".join(
        " and ".join(
            f"{each.key} {each.operator} {', '.join(each.values)}".rstrip()
            for each in (*term.match_expressions, *term.match_fields)
        )
        for term in selector.terms
    )

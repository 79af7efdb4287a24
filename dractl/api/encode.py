"""From the model to v1 wire form, with the fields that the API server leaves out."""

from collections.abc import Mapping, Sequence

from dractl.model.claims import Allocation, ConfigResult, DeviceResult, Toleration
from dractl.model.devices import Taint
from dractl.model.nodeselection import NodeSelector, Requirement
from dractl.model.quantity import Quantity

Wire = dict[str, object]


def allocation_to_wire(allocation: Allocation) -> Wire:
    """Return the AllocationResult of resource.k8s.io/v1."""
    devices = _filled(
        results=[_result(each) for each in allocation.results],
        config=[_config(each) for each in allocation.config],
    )
    selector = allocation.node_selector
    return {"devices": devices} | _filled(
        nodeSelector=None if selector is None else node_selector_to_wire(selector),
        allocationTimestamp=allocation.timestamp,
    )


def _filled(**fields: object) -> Wire:
    """Return the fields that say something."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value is not False and value not in ("", [])
    }


def _result(result: DeviceResult) -> Wire:
    driver, pool, device = result.device
    wire: Wire = {
        "request": result.request,
        "driver": driver,
        "pool": pool,
        "device": device,
    }
    wire |= _filled(
        adminAccess=result.admin_access,
        tolerations=[toleration_to_wire(each) for each in result.tolerations],
        bindingConditions=list(result.binding_conditions),
        bindingFailureConditions=list(result.binding_failure_conditions),
        shareID=result.share_id,
    )
    if result.consumed_capacity:
        wire["consumedCapacity"] = quantities_to_wire(result.consumed_capacity)
    return wire


def toleration_to_wire(toleration: Toleration) -> Wire:
    """Return a device toleration."""
    return _filled(
        key=toleration.key,
        operator=toleration.operator,
        value=toleration.value,
        effect=toleration.effect,
        tolerationSeconds=toleration.seconds,
    )


def taint_to_wire(taint: Taint) -> Wire:
    """Return a device taint."""
    return _filled(
        key=taint.key,
        value=taint.value,
        effect=taint.effect,
        timeAdded=taint.time_added,
    )


def quantities_to_wire(amounts: Mapping[str, Quantity]) -> dict[str, str]:
    """Return amounts in canonical text."""
    return {name: str(amount) for name, amount in amounts.items()}


def _config(config: ConfigResult) -> Wire:
    return {
        "source": config.source,
        **_filled(requests=list(config.requests)),
        **config.body,
    }


def node_selector_to_wire(selector: NodeSelector) -> Wire:
    """Return a node selector of core/v1."""
    return {
        "nodeSelectorTerms": [
            _filled(
                matchExpressions=_requirements(term.match_expressions),
                matchFields=_requirements(term.match_fields),
            )
            for term in selector.terms
        ]
    }


def _requirements(requirements: Sequence[Requirement]) -> list[Wire]:
    return [
        {"key": each.key, "operator": each.operator} | _filled(values=list(each.values))
        for each in requirements
    ]

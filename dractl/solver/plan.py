"""What the claims of one attempt ask for, in the form that the search walks through.

An outline depends on the claims and classes alone, so all nodes share it. Whatever is
wrong with a claim is found here in upstream's order, but raised only when a node is
asked, since upstream looks at the slices first (Kubernetes 1.36,
allocator_incubating.go: Allocate, validateDeviceRequest).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dractl.model.attributes import Attribute
from dractl.model.claims import Constraint as ConstraintSpec
from dractl.model.claims import DeviceClass, Option, Request, ResourceClaim
from dractl.model.devices import Device
from dractl.solver.constraints import Constraint, applies, constraint, lookup
from dractl.solver.eligibility import Derived, Eligibility, Failure, Selectors
from dractl.solver.errors import AllocationAborted, Fault
from dractl.solver.rules import Rules


@dataclass(frozen=True, slots=True, eq=False)
class OptionPlan:
    """A request, or one of its subrequests, ready to be searched for.

    `name` is what results carry: `request` or `request/subrequest`. `constraints` are
    the positions of those that apply, in the claim's order.
    """

    claim: int
    claim_name: str
    base: str
    name: str
    option: Option
    device_class: DeviceClass
    eligibility: Eligibility
    admin: bool
    all: bool
    constraints: tuple[int, ...]
    derived: Mapping[str, Derived]

    def attribute(self, device: Device, name: str) -> Attribute | None:
        """Return what a constraint sees: a derived attribute hides the device's own.

        Raises AllocationAborted where the expression fails.
        """
        derived = self.derived.get(name)
        return lookup(device, name) if derived is None else derived.of(device)

    def failure(self, claim: ResourceClaim, failure: Failure) -> AllocationAborted:
        """Return the error that upstream would stop with at this device."""
        in_class = len(self.device_class.selectors)
        if failure.part < in_class:
            owner, index = f"class {self.device_class.name}", failure.part
        else:
            owner, index = f"claim {claim.meta.name}", failure.part - in_class
        form = self.eligibility.guarded(failure.part) if failure.part >= 0 else ""
        return AllocationAborted(
            f"{owner}: selector #{index}: {failure.text}",
            f"ask for the value before it is read: {form}" if form else "",
            Fault("selector", claim.meta.name, self.name, failure.device, failure.part),
        )


@dataclass(frozen=True, slots=True, eq=False)
class RequestPlan:
    """A request with its options; an exact one has a single option."""

    name: str
    options: tuple[OptionPlan, ...]
    prioritized: bool


@dataclass(frozen=True, slots=True, eq=False)
class ClaimPlan:
    """A claim: its requests, and how to make its constraints.

    `error` is what upstream stops with while it prepares request number `error_at`
    (after the devices of the requests before it have been looked at).
    """

    claim: ResourceClaim
    requests: tuple[RequestPlan, ...]
    constraint_specs: tuple[ConstraintSpec, ...]
    error: AllocationAborted | None = None

    def constraints(self, rules: Rules) -> list[Constraint]:
        """Return new constraint objects; AllocationAborted for an unknown kind."""
        return [
            constraint(spec, self.claim.meta.name, f"constraint #{index}", rules)
            for index, spec in enumerate(self.constraint_specs)
        ]


Outline = tuple[ClaimPlan, ...]


class Planner:
    """Makes outlines; classes and compiled selectors are shared by all of them."""

    def __init__(
        self, classes: Mapping[str, DeviceClass], selectors: Selectors, rules: Rules
    ) -> None:
        self._classes = classes
        self.selectors = selectors
        self._rules = rules

    def outline(self, claims: Sequence[ResourceClaim]) -> Outline:
        """Return the plan for claims that are allocated together."""
        return tuple(self._claim(index, claim) for index, claim in enumerate(claims))

    def _claim(self, index: int, claim: ResourceClaim) -> ClaimPlan:
        requests: list[RequestPlan] = []
        error = None
        for request in claim.spec.requests:
            options: list[OptionPlan] = []
            try:
                self._check_request(claim, request)
                for option in request.options:
                    plan = self._option(index, claim, request, option)
                    options.append(plan)
            except AllocationAborted as caught:
                error = caught
            requests.append(
                RequestPlan(request.name, tuple(options), request.prioritized)
            )
            if error is not None:
                break
        return ClaimPlan(claim, tuple(requests), claim.spec.constraints, error)

    def _check_request(self, claim: ResourceClaim, request: Request) -> None:
        where = f"claim {claim.meta.name}, request {request.name}"
        if not request.options:
            raise AllocationAborted(
                f"{where}: unknown request type",
                fault=Fault("gate", claim.meta.name, request.name),
            )
        if request.prioritized and not self._rules.prioritized_list:
            raise AllocationAborted(
                f"{where}: has subrequests, but the DRAPrioritizedList feature is "
                "disabled",
                fault=_gate(claim, request.name, "DRAPrioritizedList"),
            )
        if self._rules.consumable or self._rules.capacity_requests_ignored:
            return
        if any(option.capacity is not None for option in request.options):
            raise AllocationAborted(
                f"{where}: has capacity requests, but the DRAConsumableCapacity "
                "feature is disabled",
                fault=_gate(claim, request.name, "DRAConsumableCapacity"),
            )

    def _option(
        self, index: int, claim: ResourceClaim, request: Request, option: Option
    ) -> OptionPlan:
        name = request.name if option.name is None else f"{request.name}/{option.name}"
        where = f"claim {claim.meta.name}, request {name}"
        for position, text in enumerate(option.selectors):
            if text is None:
                raise AllocationAborted(
                    f"{where}: selector #{position}: CEL expression empty "
                    "(unsupported selector type?)"
                )
        if option.admin_access is not None and not self._rules.admin_access:
            raise AllocationAborted(
                f"{where}: admin access is requested, but the feature is disabled",
                fault=_gate(claim, name, "DRAAdminAccess"),
            )
        device_class = self._class(option.device_class, claim, name)
        if option.mode not in {"ExactCount", "All"}:
            raise AllocationAborted(f"{where}: unsupported count mode {option.mode}")
        return OptionPlan(
            index,
            claim.meta.name,
            request.name,
            name,
            option,
            device_class,
            self.selectors.eligibility((*device_class.selectors, *option.selectors)),
            admin=bool(option.admin_access),
            all=option.mode == "All",
            constraints=tuple(
                position
                for position, spec in enumerate(claim.spec.constraints)
                if applies(frozenset(spec.requests), request.name, name)
            ),
            derived={
                attribute: self.selectors.derived(text)
                for attribute, text in option.derived
                if self._rules.derived_attributes
            },
        )

    def _class(self, name: str, claim: ResourceClaim, request: str) -> DeviceClass:
        where = f"claim {claim.meta.name}, request {request}"
        fault = Fault("class", claim.meta.name, request, subject=name)
        if not name:
            raise AllocationAborted(
                f"{where}: missing device class name (unsupported request type?)",
                fault=fault,
            )
        if name not in self._classes:
            raise AllocationAborted(
                f"{where}: could not retrieve device class {name}: not found",
                fault=fault,
            )
        return self._classes[name]


def _gate(claim: ResourceClaim, request: str, gate: str) -> Fault:
    return Fault("gate", claim.meta.name, request, subject=gate)

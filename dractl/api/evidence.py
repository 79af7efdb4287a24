"""What stored objects tell of a cluster's feature gates.

The API server drops fields whose gate is off, and a controller whose gate is off writes
no status. So what is there in spite of the defaults of a release shows that an admin
has turned a gate on (Kubernetes 1.36, pkg/registry/resource/*/strategy.go and
pkg/controller/devicetainteviction). Only objects that an API server has stored count:
those have a uid.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.model.claims import Option, ResourceClaim
from dractl.model.cluster import Profile
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Pod


@dataclass(frozen=True, slots=True)
class Stored:
    """The objects that are looked at."""

    claims: tuple[ResourceClaim, ...] = ()
    taint_rules: tuple[DeviceTaintRule, ...] = ()
    pods: tuple[Pod, ...] = ()

    def options(self) -> Iterable[Option]:
        """Return all requests and subrequests of stored claims."""
        return (
            option
            for claim in self.claims
            if claim.meta.uid
            for request in claim.spec.requests
            for option in request.options
        )


EVIDENCE: Final[Mapping[str, Callable[[Stored], bool]]] = {
    "DRADeviceTaintRules": lambda stored: any(
        rule.is_watched for rule in stored.taint_rules
    ),
    "DRAPrioritizedList": lambda stored: any(
        request.prioritized
        for claim in stored.claims
        if claim.meta.uid
        for request in claim.spec.requests
    ),
    "DRAAdminAccess": lambda stored: any(
        option.admin_access is not None for option in stored.options()
    ),
    "DRAConsumableCapacity": lambda stored: any(
        option.capacity is not None for option in stored.options()
    ),
    "DRAExtendedResource": lambda stored: any(
        pod.meta.uid and pod.extended_claim for pod in stored.pods
    ),
}


def gates_shown_on(stored: Stored, profile: Profile) -> tuple[str, ...]:
    """Return the gates that are off by default and that the objects show to be on."""
    return tuple(
        gate
        for gate, shows in EVIDENCE.items()
        if profile.knows(gate) and not profile.enabled(gate) and shows(stored)
    )

"""What subjects have in common that fit on the same nodes."""

from collections.abc import Hashable

from dractl.model.claims import ClaimSpec
from dractl.model.workloads import Pod
from dractl.solver.nodefit import Needs


def claim_shape(spec: ClaimSpec) -> Hashable:
    """Return what of a claim matters to the search."""
    requests = tuple(
        (
            request.name,
            request.prioritized,
            tuple(
                (
                    option.name,
                    option.device_class,
                    option.selectors,
                    option.mode,
                    option.count,
                    option.admin_access,
                    option.tolerations,
                    option.derived,
                    None
                    if option.capacity is None
                    else tuple(sorted(option.capacity.items())),
                )
                for option in request.options
            ),
        )
        for request in spec.requests
    )
    return requests, spec.constraints


def pod_shape(pod: Pod, needs: Needs) -> Hashable:
    """Return what of a pod matters to a node."""
    return (
        tuple(sorted(pod.node_selector.items())),
        pod.affinity,
        pod.tolerations,
        tuple(sorted(needs.resources.items())),
        needs.ports,
    )

"""The solver: a snapshot and claims in, the devices that kube-scheduler chooses out."""

from dractl.solver.errors import AllocationAborted
from dractl.solver.placement import allocate

__all__ = ["AllocationAborted", "allocate"]

"""What tells an operator of a vendor what to run: only what dractl reads."""

from dataclasses import dataclass

from dractl.model.claims import ObjectMeta


@dataclass(frozen=True, slots=True)
class OperatorStack:
    """A ClusterPolicy or a GPUCluster of NVIDIA's GPU operator, which `kind` tells."""

    kind: str
    meta: ObjectMeta

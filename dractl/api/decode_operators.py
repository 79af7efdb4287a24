"""Decoding of what tells the operators of vendors what to run."""

from dractl.api.decode_fields import Wire, text
from dractl.api.decode_shared import cluster_meta
from dractl.model.operators import OperatorStack


def operator_stack(document: Wire) -> OperatorStack:
    """Read a ClusterPolicy or a GPUCluster."""
    return OperatorStack(text(document, "kind"), cluster_meta(document))

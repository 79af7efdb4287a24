"""What rows of known bugs name: releases, and where a bug can be read of."""

from typing import Final

from dractl.model.bug import Affected
from dractl.model.cluster import KubernetesVersion

V33, V34, V35, V36, V37, V38 = (
    KubernetesVersion(1, minor) for minor in (33, 34, 35, 36, 37, 38)
)
SEEN: Final = (Affected(V36), Affected(V37))
"""Both releases, and no fix that is known."""

K8S: Final = "kubernetes/kubernetes"
_READ: Final = f"{K8S}@v1.36.2"
ALLOCATOR: Final = f"{_READ}:staging/src/k8s.io/dynamic-resource-allocation/structured"
"""Where what was seen in the allocator's code and by running it has no issue."""
PLUGIN: Final = f"{_READ}:pkg/scheduler/framework/plugins/dynamicresources"
EVICTION: Final = f"{_READ}:pkg/controller/devicetainteviction"

"""Which tools make objects, and would make them again."""

from collections.abc import Mapping
from typing import Final

_BY_LABEL: Final[Mapping[str, str]] = {
    "addonmanager.kubernetes.io/mode": "the addon manager",
    "argocd.argoproj.io/instance": "Argo CD",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "kapp.k14s.io/app": "kapp",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "objectset.rio.cattle.io/hash": "Fleet",
    "olm.owner": "OLM",
    "resource.nvidia.com/computeDomain": "a ComputeDomain",
}
_BY_ANNOTATION: Final[Mapping[str, str]] = {
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "kapp.k14s.io/identity": "kapp",
    "meta.helm.sh/release-name": "Helm",
}
_MANAGED_BY: Final = "app.kubernetes.io/managed-by"
# Typed by people and by dractl itself; nobody makes these objects again.
_BY_HAND: Final = frozenset({"", "dractl", "kubectl", "kustomize"})


def tool_of(labels: Mapping[str, object], annotations: Mapping[str, object]) -> str:
    """Return the tool that would make an object again; "" for none."""
    for key, tool in _BY_ANNOTATION.items():
        if key in annotations:
            return tool
    for key, tool in _BY_LABEL.items():
        if key in labels:
            return tool
    stated = labels.get(_MANAGED_BY)
    is_tool = isinstance(stated, str) and stated.lower() not in _BY_HAND
    return str(stated) if is_tool else ""

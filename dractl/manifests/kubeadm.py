"""Configuration of kubeadm that turns on what DRA needs in a release."""

from collections.abc import Sequence
from typing import Any, Final

from dractl.api.versions import GROUP
from dractl.errors import unclear
from dractl.model.cluster import GATES, KubernetesVersion, stage
from dractl.model.gates import CONTROL, DRA, KUBELET, NEEDS, SERVER, readers

Document = dict[str, Any]
_MAIN_VERSION: Final = {31: "v1alpha3", 32: "v1beta1", 33: "v1beta2"}
_ON: Final = "BGL"


def kubeadm(
    release: KubernetesVersion,
    features: Sequence[str] = (),
    versions: Sequence[str] = (),
) -> list[Document]:
    """Return configuration for kubeadm and the kubelet.

    `features` are gates to turn on, with those that they depend on; `versions` are
    those of the API to serve beside what the release serves anyway.
    """
    gates = _wanted(release, features)
    served = list(dict.fromkeys([*_needed_versions(release, gates), *versions]))
    cluster: Document = {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "kubernetesVersion": f"stable-{release}",
    }
    for component in CONTROL:
        arguments = _arguments(component, gates, served)
        if arguments:
            cluster[component] = {"extraArgs": arguments}
    found = [cluster]
    for_kubelet = {each: True for each in gates if KUBELET in readers(each)}
    if for_kubelet:
        kubelet = {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "featureGates": for_kubelet,
        }
        found.append(kubelet)
    return found


def _wanted(release: KubernetesVersion, features: Sequence[str]) -> list[str]:
    """Return the gates to turn on: those that are off, and what they depend on."""
    found: list[str] = []
    waiting = [DRA, *features]
    while waiting:
        gate = waiting.pop(0)
        if gate not in GATES:
            raise unclear(f"no release has the DRA feature gate {gate[:60]!r}")
        letter = stage(gate, release)
        if letter in "-x":
            raise unclear(
                f"Kubernetes {release} does not have the feature gate {gate}",
                hint="name a later release with --for-kubernetes",
            )
        if letter not in _ON and gate not in found:
            found.append(gate)
            waiting.extend(NEEDS.get(gate, ()))
    return sorted(found)


def _needed_versions(release: KubernetesVersion, gates: Sequence[str]) -> list[str]:
    found = []
    if (main := _MAIN_VERSION.get(release.minor)) is not None:
        found.append(main)
    if "DRADeviceTaintRules" in gates:
        found.append("v1beta2" if release >= (1, 36) else "v1alpha3")
    if "DRAResourcePoolStatus" in gates:
        found.append("v1alpha3")
    return found


def _arguments(
    component: str, gates: Sequence[str], versions: Sequence[str]
) -> list[Document]:
    found = []
    here = [f"{each}=true" for each in gates if component in readers(each)]
    if here:
        found.append({"name": "feature-gates", "value": ",".join(here)})
    if component == SERVER and versions:
        served = ",".join(f"{GROUP}/{each}=true" for each in versions)
        found.append({"name": "runtime-config", "value": served})
    return found

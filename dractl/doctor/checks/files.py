"""The files of configuration themselves: their form, and versions of the API."""

from collections.abc import Iterator
from typing import Final

from dractl.api.lifecycle import LIVES
from dractl.api.versions import GROUP
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.configuration import Component, settings
from dractl.doctor.registry import check
from dractl.model.cluster import KubernetesVersion
from dractl.model.gates import DRA, SERVER
from dractl.rules.registry import Severity

_STABLE: Final = KubernetesVersion(1, 34)
_BETA: Final = {31: "v1alpha3", 32: "v1beta1", 33: "v1beta2"}


@check("configuration-form", Severity.ERROR)
def is_well_formed(case: Case) -> Iterator[Finding | Skipped]:
    """A file of configuration has a form that its reader refuses, or an old one.

    In kubeadm.k8s.io/v1beta3, extraArgs is a map: `feature-gates: "GATE=true"`. In
    v1beta4, which kubeadm has since 1.31, it is a list, so that an argument can stand
    twice: `- name: feature-gates` and `value: "GATE=true"`. The forms do not go into
    each other's version. `featureGates` of a ClusterConfiguration are those of kubeadm
    itself, not of Kubernetes.
    """
    for each in settings(case).wrong:
        yield Finding(
            "configuration-form",
            Severity.ERROR if each.is_fatal else Severity.WARNING,
            each.message,
            where=each.where,
            fix=each.fix,
            commands=each.commands,
        )


@check("runtime-config", Severity.ERROR)
def serves_the_api(case: Case) -> Iterator[Finding | Skipped]:
    """The API server is not told to serve DRA, or told to serve what soon goes.

    Before 1.34 the API of DRA is beta, which servers have only when `--runtime-config`
    says so: the feature gate alone does nothing. Versions that are deprecated can be
    turned on in the same way; clients that need them have to move on before the
    release that drops them.
    """
    release = case.snapshot.profile.version
    for each in settings(case).components:
        if each.part != SERVER or each.is_measured:
            continue
        if release < _STABLE:
            yield from _must_serve(each, release)
        for name, value in each.runtime.items():
            group, _, version = name.rpartition("/")
            if group != GROUP:
                continue
            if version == "v1" and value == "false":
                yield Finding(
                    "runtime-config",
                    Severity.ERROR,
                    f"{name} is turned off",
                    where=each.name,
                    fix=f"take {name}=false out of runtime-config",
                )
            elif value != "false":
                yield from _soon_gone(each, version, release)


def _must_serve(each: Component, release: KubernetesVersion) -> Iterator[Finding]:
    version = _BETA.get(release.minor, "v1beta1")
    served = {name for name, value in each.runtime.items() if value != "false"}
    is_served = any(name.startswith(f"{GROUP}/") for name in served)
    if each.profile(release).enabled(DRA) and not (is_served or "api/beta" in served):
        yield Finding(
            "runtime-config",
            Severity.ERROR,
            f"{DRA} is on, and nothing turns on {GROUP}/{version}, which "
            f"{release} does not serve by itself",
            where=each.name,
            fix=f"add runtime-config {GROUP}/{version}=true",
            commands=(f"dractl render kubeadm --for-kubernetes {release}",),
        )


def _soon_gone(
    each: Component, version: str, release: KubernetesVersion
) -> Iterator[Finding]:
    life = LIVES["ResourceClaim"].get(version)
    if life is None or life.removed is None or life.deprecated is None:
        return
    if release >= life.deprecated:
        gone = release >= life.removed
        yield Finding(
            "runtime-config",
            Severity.ERROR if gone else Severity.WARNING,
            f"{GROUP}/{version} is turned on; it is deprecated since "
            f"{life.deprecated}, and {life.removed} does not serve it",
            where=each.name,
            fix="move its clients to v1, then take it out of runtime-config",
            commands=("dractl convert --help",),
        )

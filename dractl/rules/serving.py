"""Which kinds and versions a release serves, and which only if it is told to."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.api.lifecycle import LIVES, life_in, versions_in
from dractl.api.versions import GROUP
from dractl.model.cluster import KubernetesVersion, Profile
from dractl.rules.path import Path
from dractl.rules.reasons import KIND_NOT_FOUND
from dractl.rules.registry import Violation, rule

_RULES_HAD_ONE_GATE: Final = KubernetesVersion(1, 34)
_GONE: Final[Mapping[str, str]] = {
    "ResourceClass": "1.30; a DeviceClass takes its place",
    "ResourceClassParameters": "1.30; DeviceClass has configuration of its own",
    "ResourceClaimParameters": "1.30; claims have configuration of their own",
    "PodSchedulingContext": "1.31; nothing takes its place",
    "PodScheduling": "1.26; nothing takes its place",
}


def check_served(kind: str, version: str, profile: Profile) -> Iterator[Violation]:
    """Yield why the API server has no place for such an object, if so."""
    life = life_in(kind, version, profile.version)
    if kind not in LIVES:
        yield from kind_unknown(kind)
    elif life is None:
        yield from version_not_served(kind, version, profile.version)
    elif life.gate is not None:
        yield from version_off(kind, version, life.gate, profile)


@rule("kind-unknown")
def kind_unknown(kind: str) -> Iterator[Violation]:
    """The kind is one that resource.k8s.io has.

    ResourceClass, the kinds of parameters and PodSchedulingContext were alpha and went
    with 1.31 and 1.32. The server answers 404.
    """
    gone = f"; it went after {_GONE[kind]}" if kind in _GONE else ""
    yield Violation(
        "kind-unknown",
        Path.of("kind"),
        f"{GROUP} has no kind {kind[:60]!r}{gone}",
        KIND_NOT_FOUND,
    )


@rule("version-not-served")
def version_not_served(
    kind: str, version: str, release: KubernetesVersion
) -> Iterator[Violation]:
    """The release has this version of the kind.

    v1 exists since 1.34, v1beta2 since 1.33, v1beta1 from 1.32 to 1.37; v1alpha3 from
    1.31 to 1.33. DeviceTaintRule: v1 since 1.37, v1beta2 since 1.36, v1alpha3 since
    1.33, and no v1beta1. The server answers 404.
    """
    there = versions_in(kind, release)
    yield Violation(
        "version-not-served",
        Path.of("apiVersion"),
        f"Kubernetes {release} has no {kind} in version {version[:60]!r}",
        KIND_NOT_FOUND,
        f"use {GROUP}/{there[0]}" if there else None,
    )


@rule("version-off")
def version_off(
    kind: str, version: str, gate: str, profile: Profile
) -> Iterator[Violation]:
    """An alpha version is used only where its feature gate is on.

    No server serves alpha versions by default; the flag `--runtime-config` turns them
    on, and is of use only with the gate. The server answers 404. Beta versions need
    the flag, too, but no gate, so they are no error here.
    """
    if gate == "DRADeviceTaintRules" and profile.version <= _RULES_HAD_ONE_GATE:
        gate = "DRADeviceTaints"
    if not profile.enabled(gate):
        yield Violation(
            "version-off",
            Path.of("apiVersion"),
            f"Kubernetes {profile.version} serves {kind} in version {version} only "
            f"when told to, and the feature gate {gate} is off",
            KIND_NOT_FOUND,
            f"turn on {gate} and --runtime-config={GROUP}/{version}=true",
        )

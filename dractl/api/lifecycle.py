"""In which releases of Kubernetes the versions of resource.k8s.io come and go."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dractl.model.cluster import KubernetesVersion


class Life(NamedTuple):
    """The releases in which a version came, was deprecated, and was gone.

    None stands for what is not planned. `gate` is what has to be on for an alpha
    version: who turns it on turns on the version, too.
    """

    since: KubernetesVersion
    deprecated: KubernetesVersion | None = None
    removed: KubernetesVersion | None = None
    gate: str | None = None

    @property
    def is_on(self) -> bool:
        """Whether servers have it without a flag: only what is there to stay."""
        return self.removed is None

    def is_served_by(self, release: KubernetesVersion) -> bool:
        """Tell whether the release has the version, be it only when told to."""
        return self.since <= release and (
            self.removed is None or release < self.removed
        )


def _life(
    since: int, deprecated: int = 0, removed: int = 0, gate: str | None = None
) -> Life:
    return Life(
        KubernetesVersion(1, since),
        KubernetesVersion(1, deprecated) if deprecated else None,
        KubernetesVersion(1, removed) if removed else None,
        gate,
    )


# staging/src/k8s.io/api/resource/*/zz_generated.prerelease-lifecycle.go of 1.37 beta;
# v1alpha3 went with 1.34 for all but rules and requests for a pool's status.
_MAIN: Final[Mapping[str, Life]] = {
    "v1": _life(34),
    "v1beta2": _life(33, 36, 39),
    "v1beta1": _life(32, 35, 38),
    "v1alpha3": _life(31, 32, 34, "DynamicResourceAllocation"),
}
LIVES: Final[Mapping[str, Mapping[str, Life]]] = {
    "DeviceClass": _MAIN,
    "ResourceClaim": _MAIN,
    "ResourceClaimTemplate": _MAIN,
    "ResourceSlice": _MAIN,
    "DeviceTaintRule": {
        "v1": _life(37),
        "v1beta2": _life(36, 39, 42),
        "v1alpha3": _life(33, 36, 39, "DRADeviceTaintRules"),
    },
    "ResourcePoolStatusRequest": {
        "v1alpha3": _life(36, 39, 42, "DRAResourcePoolStatus"),
    },
}
"""Of each kind its versions, the newest first."""


def life_in(kind: str, version: str, release: KubernetesVersion) -> Life | None:
    """Return the life of a version that the release has; None: it has not."""
    life = LIVES.get(kind, {}).get(version)
    return life if life is not None and life.is_served_by(release) else None


def versions_in(kind: str, release: KubernetesVersion) -> list[str]:
    """Return the versions of a kind that the release has, the newest first."""
    lives = LIVES.get(kind, {})
    return [name for name, life in lives.items() if life.is_served_by(release)]


def best_in(kind: str, release: KubernetesVersion) -> str | None:
    """Return the version to write a kind in: one that servers have without a flag.

    Where there is none, the newest; None: the release does not have the kind.
    """
    served = versions_in(kind, release)
    on = [each for each in served if LIVES[kind][each].is_on]
    return next(iter(on or served), None)

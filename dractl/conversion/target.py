"""What to convert to: a version of the API, or what a release of Kubernetes serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.api.versions import GROUP
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import KubernetesVersion

VERSIONS: Final = ("v1", "v1beta2", "v1beta1", "v1alpha3")


class Life(NamedTuple):
    """The releases in which a version came, was deprecated, and was gone."""

    since: KubernetesVersion
    deprecated: KubernetesVersion | None = None
    removed: KubernetesVersion | None = None


def _life(since: int, deprecated: int = 0, removed: int = 0) -> Life:
    return Life(
        KubernetesVersion(1, since),
        KubernetesVersion(1, deprecated) if deprecated else None,
        KubernetesVersion(1, removed) if removed else None,
    )


# staging/src/k8s.io/api/resource/*/zz_generated.prerelease-lifecycle.go of 1.37 beta;
# v1alpha3 went with 1.34 for all but rules and requests for a pool's status.
_MAIN: Final[Mapping[str, Life]] = {
    "v1": _life(34),
    "v1beta2": _life(33, 36, 39),
    "v1beta1": _life(32, 35, 38),
    "v1alpha3": _life(31, 32, 34),
}
LIVES: Final[Mapping[str, Mapping[str, Life]]] = {
    "DeviceClass": _MAIN,
    "ResourceClaim": _MAIN,
    "ResourceClaimTemplate": _MAIN,
    "ResourceSlice": _MAIN,
    "DeviceTaintRule": {
        "v1": _life(37),
        "v1beta2": _life(36, 39, 42),
        "v1alpha3": _life(33, 36, 39),
    },
    "ResourcePoolStatusRequest": {"v1alpha3": _life(36, 39, 42)},
}


@dataclass(frozen=True, slots=True)
class Target:
    """A version for all kinds, or a release with its newest version of each kind."""

    version: str | None = None
    release: KubernetesVersion | None = None

    @staticmethod
    def parse(text: str) -> "Target":
        """Read `v1beta1` or `1.33`; raise DractlError for anything else."""
        version = text.removeprefix(f"{GROUP}/")
        if version in VERSIONS:
            return Target(version=version)
        try:
            return Target(release=KubernetesVersion.parse(text))
        except DractlError as error:
            raise DractlError(
                "usage",
                f"--to: {text[:40]!r} is neither a version of the API nor a release",
                hint=f"name one of {', '.join(VERSIONS)}, or a release such as 1.33",
                status=ExitStatus.USAGE,
            ) from error

    def of(self, kind: str) -> str | None:
        """Return the version that objects of this kind become, None if it has none."""
        lives = LIVES.get(kind, {})
        if self.release is None:
            return self.version if self.version in lives else None
        served = (name for name, life in lives.items() if _serves(life, self.release))
        return next(served, None)

    def __str__(self) -> str:
        """Return it as users write it."""
        return self.version or f"Kubernetes {self.release}"


def _serves(life: Life, release: KubernetesVersion) -> bool:
    return life.since <= release and (life.removed is None or release < life.removed)


def deprecation(kind: str, api_version: str) -> str | None:
    """Return what is to be said of a version that is on its way out, or gone."""
    version = api_version.removeprefix(f"{GROUP}/")
    life = LIVES.get(kind, {}).get(version)
    if life is None or life.deprecated is None:
        return None
    return (
        f"{api_version} is deprecated since Kubernetes {life.deprecated} and gone in "
        f"{life.removed}"
    )

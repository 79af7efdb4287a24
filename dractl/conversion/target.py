"""What to convert to: a version of the API, or what a release of Kubernetes serves."""

from dataclasses import dataclass
from typing import Final

from dractl.api.lifecycle import LIVES, versions_in
from dractl.api.versions import GROUP
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import KubernetesVersion

VERSIONS: Final = ("v1", "v1beta2", "v1beta1", "v1alpha3")


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
        if self.release is None:
            return self.version if self.version in LIVES.get(kind, {}) else None
        return next(iter(versions_in(kind, self.release)), None)

    def __str__(self) -> str:
        """Return it as users write it."""
        return self.version or f"Kubernetes {self.release}"


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

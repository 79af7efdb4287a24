"""What a known bug of Kubernetes is, and whether a release may have it."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from dractl.model.cluster import KubernetesVersion, Profile

_PATCH: Final = re.compile(r"v?\d+\.\d+\.(\d{1,4})", re.ASCII)


class Part(Enum):
    """Whose bug it is."""

    API_SERVER = "kube-apiserver"
    SCHEDULER = "kube-scheduler"
    CONTROLLERS = "kube-controller-manager"
    KUBELET = "kubelet"
    DRIVER = "driver"
    OTHER = "another scheduler"


class Affected(NamedTuple):
    """A minor release, up to a patch; `fixed` None: which that is, is not known."""

    minor: KubernetesVersion
    fixed: int | None = None

    def has(self, patch: int) -> bool:
        """Tell whether a patch release of it can have the bug."""
        return self.fixed is None or patch < self.fixed

    def __str__(self) -> str:
        """Return which releases it means, as `1.36 before 1.36.3`."""
        ends = "" if self.fixed is None else f" before {self.minor}.{self.fixed}"
        return f"{self.minor}{ends}"


@dataclass(frozen=True, slots=True)
class Bug:
    """A row. With no `affected` releases, all before `gone_in` are.

    Without that either, the issue does not say which. All of `gates` must be on.
    `avoid` says how to do without what meets it.
    """

    id: str
    part: Part
    symptom: str
    reference: str
    affected: tuple[Affected, ...] = ()
    gone_in: KubernetesVersion | None = None
    gates: tuple[str, ...] = ()
    avoid: str = ""

    @property
    def is_of_nodes(self) -> bool:
        """Whether each node's kubelet tells if it may be there."""
        return self.part is Part.KUBELET and bool(self.affected or self.gone_in)

    @property
    def releases(self) -> str:
        """Which releases have it, as far as it is known."""
        if self.affected:
            return ", ".join(map(str, self.affected))
        return "not known" if self.gone_in is None else f"before {self.gone_in}"

    def fixed_in(self, release: KubernetesVersion) -> str:
        """Return the first release after one that does not have it; "": not known."""
        row = next((each for each in self.affected if each.minor == release), None)
        if row is not None:
            return "" if row.fixed is None else f"{row.minor}.{row.fixed}"
        return "" if self.affected or self.gone_in is None else str(self.gone_in)

    def chance(self, profile: Profile, server: str = "") -> str | None:
        """Say how the bug and a release with its gates go together; None: not at all.

        For the control plane; a kubelet's release is asked of the kubelet. `server` is
        the version of the API server as it spells it, "" where it is not known: its
        patch release is taken for that of the whole control plane.
        """
        release = profile.version
        if not self._is_on(profile):
            return None
        if self.affected:
            row = next((each for each in self.affected if each.minor == release), None)
            patch = _patch(server, release)
            if row is None or (patch is not None and not row.has(patch)):
                return None
            return f"{self.part.value} {release} may have it, {_fixes(row)}"
        if self.gone_in is not None:
            if release >= self.gone_in:
                return None
            merged = f"its fix was merged before {self.gone_in}"
            return f"{self.part.value} {release} may have it; {merged}"
        return "the issue does not say in which releases"

    def chance_on(self, profile: Profile, node: str, kubelet: str) -> str | None:
        """Say the same of a kubelet, given with its node; None as well if unknown.

        `profile` is that of the cluster, whose gates kubelets are taken to have.
        """
        if not self._is_on(profile):
            return None
        for each in self.affected:
            patch = _patch(kubelet, each.minor)
            if patch is not None and each.has(patch):
                return f"the kubelet on {node} is {kubelet}; {_fixes(each)}"
        found = _PATCH.match(kubelet)
        if self.gone_in is None or found is None:
            return None
        if KubernetesVersion.parse(kubelet) >= self.gone_in:
            return None
        merged = f"its fix was merged before {self.gone_in}"
        return f"the kubelet on {node} is {kubelet}; {merged}"

    def _is_on(self, profile: Profile) -> bool:
        return all(map(profile.enabled, self.gates))


def _patch(version: str, minor: KubernetesVersion) -> int | None:
    """Return the patch of a version of a minor release; None: it is of no such."""
    found = _PATCH.match(version)
    if found is None or KubernetesVersion.parse(version) != minor:
        return None
    return int(found[1])


def _fixes(row: Affected) -> str:
    if row.fixed is None:
        return "up to a patch release that is not known here"
    return f"fixed in {row.minor}.{row.fixed}"

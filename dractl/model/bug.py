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
    OTHER = "another scheduler"


class Affected(NamedTuple):
    """A minor release, from a patch on; `fixed` None: in which patch is not known."""

    minor: KubernetesVersion
    since: int = 0
    fixed: int | None = None


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

    def chance(self, profile: Profile) -> str | None:
        """Say how the bug and a release with its gates go together; None: not at all.

        For the control plane; a kubelet's release is asked of the kubelet.
        """
        release = profile.version
        if not all(profile.enabled(gate) for gate in self.gates):
            return None
        if self.affected:
            if release not in {each.minor for each in self.affected}:
                return None
            return f"{self.part.value} {release} may have it, {self._fixes()}"
        if self.gone_in is not None:
            if release >= self.gone_in:
                return None
            merged = f"its fix was merged before {self.gone_in}"
            return f"{self.part.value} {release} may have it; {merged}"
        return "the issue does not say in which releases"

    def chance_on(self, node: str, kubelet: str) -> str | None:
        """Say the same of a kubelet, given with its node; None as well if unknown."""
        patch = _PATCH.match(kubelet)
        if patch is None:
            return None
        minor = KubernetesVersion.parse(kubelet)
        for each in self.affected:
            ends = each.fixed is not None and int(patch[1]) >= each.fixed
            if each.minor == minor and int(patch[1]) >= each.since and not ends:
                return f"the kubelet on {node} is {kubelet}; {self._fixes()}"
        return None

    def _fixes(self) -> str:
        known = [f"{a.minor}.{a.fixed}" for a in self.affected if a.fixed is not None]
        if known:
            return f"fixed in {', '.join(known)}"
        return "up to a patch release that is not known here"

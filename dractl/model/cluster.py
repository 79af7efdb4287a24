"""Releases of Kubernetes, their feature gates, and the profile that answers follow.

Stages are those of the versioned gate tables of 1.36.2 (pkg/features/kube_features.go)
and, for 1.37, of the scheduler's feature file of that release.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.errors import DractlError, ExitStatus

_TEXT: Final = re.compile(r"v?(\d{1,3})\.(\d{1,3})(?:[.+-].*)?", re.ASCII)


class KubernetesVersion(NamedTuple):
    """A minor release."""

    major: int
    minor: int

    @staticmethod
    def parse(text: str) -> "KubernetesVersion":
        """Read `1.36`, `v1.36.2`, `v1.36.1-gke.100`; raise DractlError for the rest."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise DractlError(
                "kubernetes-version",
                f"{text[:40]!r} is not a Kubernetes version",
                hint="write it like 1.36",
                status=ExitStatus.USAGE,
            )
        return KubernetesVersion(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        """Return it as users write it."""
        return f"{self.major}.{self.minor}"


OLDEST: Final = KubernetesVersion(1, 31)
NEWEST: Final = KubernetesVersion(1, 37)
ADMIN_ACCESS_NEEDS_LABEL: Final = KubernetesVersion(1, 33)
ADMIN_ACCESS_LABEL_RENAMED: Final = KubernetesVersion(1, 34)
COUNTER_POOLS_FOLLOW_NODES: Final = KubernetesVersion(1, 37)
CLAIM_CONFIG_ONCE: Final = KubernetesVersion(1, 37)
LIST_ATTRIBUTES_ALWAYS_READABLE: Final = KubernetesVersion(1, 37)

# One letter per release from 1.31 on: - absent, a alpha (off), b beta (off), B beta
# (on), G stable, L stable and locked, x removed.
GATES: Final[Mapping[str, str]] = {
    "DynamicResourceAllocation": "abbGLLL",
    "DRAAdminAccess": "-aaBBLL",
    "DRAResourceClaimDeviceStatus": "-aBBBBL",
    "DRAPrioritizedList": "--aBBGL",
    "DRAPartitionableDevices": "--aaaBB",
    "DRADeviceTaints": "--aaaBG",
    "DRADeviceTaintRules": "----abG",
    "DRAConsumableCapacity": "---aaBB",
    "DRADeviceBindingConditions": "---aaBB",
    "DRAExtendedResource": "---aaBL",
    "DRASchedulerFilterTimeout": "---BBBB",
    "DRAResourceClaimGranularStatusAuthorization": "-----BB",
    "DRAListTypeAttributes": "-----aa",
    "DRANodeAllocatableResources": "-----aa",
    "DRAResourcePoolStatus": "-----aa",
    "DRAWorkloadResourceClaims": "-----ab",
    "DRADerivedAttributes": "------a",
    "DRADeviceCompatibilityGroups": "------a",
    "DRAOptionalNodeOperations": "------a",
    "DRAPartitionableDevicesType": "------a",
    "DRAFractionalCapacityRange": "------b",
    "ResourceHealthStatus": "aaaaaBB",
    "ResourceHealthStatusMessage": "-----BB",
    "KubeletPodResourcesDynamicResources": "aaaBBLL",
    "KubeletPodResourcesGet": "aaaBBLL",
    "GenericWorkload": "----aab",
    "GangScheduling": "----aaa",
    "TopologyAwareWorkloadScheduling": "-----aa",
    "WorkloadAwarePreemption": "-----aa",
    "WorkloadWithJob": "-----aa",
}
_ON: Final = frozenset("BGL")
GATE_GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "AllAlpha": frozenset("a"),
    "AllBeta": frozenset("bB"),
}


def stage(gate: str, version: KubernetesVersion) -> str:
    """Return the gate's letter in that release (see GATES)."""
    # Releases that are older or newer than the table read as its nearest column.
    column = min(max(version, OLDEST), NEWEST).minor - OLDEST.minor
    return GATES[gate][column]


@dataclass(frozen=True, slots=True)
class Profile:
    """A release with its gates: what all answers are judged by."""

    version: KubernetesVersion = NEWEST
    gates: frozenset[str] = frozenset()

    @staticmethod
    def of(
        kubernetes: str | KubernetesVersion | None = None,
        feature_gates: Mapping[str, bool] | None = None,
    ) -> "Profile":
        """Return the release's defaults with the given gates on top.

        `AllAlpha` and `AllBeta` set what is alpha or beta in that release; a gate that
        is named wins over them. Raises DractlError for a gate that no release has.
        """
        version = (
            KubernetesVersion.parse(kubernetes)
            if isinstance(kubernetes, str)
            else kubernetes or NEWEST
        )
        wanted = dict(feature_gates or {})
        for name in wanted:
            _check_known(name)
        state = {gate: stage(gate, version) in _ON for gate in GATES}
        for group, letters in GATE_GROUPS.items():
            if group in wanted:
                for gate in GATES:
                    if stage(gate, version) in letters:
                        state[gate] = wanted[group]
        state |= {gate: on for gate, on in wanted.items() if gate in GATES}
        return Profile(version, frozenset(gate for gate, on in state.items() if on))

    def enabled(self, gate: str) -> bool:
        """Tell whether a gate is on; a KeyError means that GATES lacks the gate."""
        if gate not in GATES:
            raise KeyError(gate)
        return gate in self.gates

    def knows(self, gate: str) -> bool:
        """Tell whether the release has a gate, on or off."""
        return stage(gate, self.version) not in "-x"

    @property
    def admin_access_label(self) -> str | None:
        """The label that a namespace needs for admin access; None: no such check."""
        if self.version < ADMIN_ACCESS_NEEDS_LABEL:
            return None
        renamed = self.version >= ADMIN_ACCESS_LABEL_RENAMED
        return f"resource.{'kubernetes' if renamed else 'k8s'}.io/admin-access"

    def since(self, version: KubernetesVersion) -> bool:
        """Tell whether the release is that one or a later one."""
        return self.version >= version


def _check_known(name: str) -> None:
    if name in GATES or name in GATE_GROUPS:
        return
    near = difflib.get_close_matches(name, [*GATES, *GATE_GROUPS], n=1)
    raise DractlError(
        "unknown-gate",
        f"no release from {OLDEST} to {NEWEST} has the DRA feature gate {name[:60]!r}",
        hint=f"did you mean {near[0]}?" if near else "check the spelling of the gate",
        status=ExitStatus.USAGE,
    )

"""Limits that changed from release to release, as rows of a table."""

from collections.abc import Mapping
from typing import Final

from dractl.model.cluster import NEWEST, OLDEST, KubernetesVersion

_NONE: Final = 2**31
COUNTERS_APART: Final = KubernetesVersion(1, 35)
# One number per release from 1.31 on. Where a release did not have the field, the row
# starts with the number of the first one that has it.
LIMITS: Final[Mapping[str, tuple[int, ...]]] = {
    "devices": (128, 128, 128, 128, 128, 128, 128),
    # With taints or counters on any device; 1.36 adds lists among the attributes.
    "devices-with-more": (128, 128, 128, 128, 64, 64, 64),
    # Up to 1.34 the counters of a pool were in the slices with its devices.
    "counter-sets": (_NONE, _NONE, _NONE, _NONE, 8, 8, 8),
    "consumptions": (_NONE, _NONE, _NONE, _NONE, 2, 2, 2),
    "taints": (4, 4, 4, 4, 16, 16, 16),
    # Pods for which a claim may be reserved (ResourceClaimReservedForMaxSize); it is as
    # many since 1.32.1.
    "reservations": (32, 256, 256, 256, 256, 256, 256),
}


def limit(name: str, release: KubernetesVersion) -> int:
    """Return a limit in a release; outside of the table, in its nearest."""
    return LIMITS[name][min(max(release, OLDEST), NEWEST).minor - OLDEST.minor]

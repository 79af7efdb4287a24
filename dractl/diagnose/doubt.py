"""Causes that only look so, since the source could not read what they are about."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from dractl.diagnose.answer import Cause
from dractl.model.cluster_info import ClusterInfo

_ABSENCE: Final[Mapping[str, str]] = {
    "template-missing": "ResourceClaimTemplate",
    "claim-missing": "ResourceClaim",
    "claim-not-created": "ResourceClaim",
    "class-missing": "DeviceClass",
    "admin-access-forbidden": "Namespace",
    "no-devices-published": "ResourceSlice",
}
"""The causes that say that something is not there, and of which kind it would be."""


def certain(causes: Sequence[Cause], info: ClusterInfo) -> list[Cause]:
    """Return the causes, `unknown` where what seems to be absent was not read at all.

    Where a namespace was read, what its pods name would have been found.
    """
    return [_certain(cause, info) for cause in causes]


def _certain(cause: Cause, info: ClusterInfo) -> Cause:
    gap = info.gap(_ABSENCE.get(cause.code, ""))
    if gap is None or gap.only is not None:
        return cause
    return dataclasses.replace(
        cause,
        code="unknown",
        message=f"cannot be told, since {gap}; it looks like {cause.code}",
        fixes=(gap.needs,) if gap.needs else (),
        evidence={"unread": gap.resource, "suspected": cause.code},
    )

"""Whether the release has a stable API for DRA, and which versions are served."""

from collections.abc import Iterator
from typing import Final

from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.model.cluster import NEWEST, OLDEST, KubernetesVersion
from dractl.rules.registry import Severity

_STABLE: Final = KubernetesVersion(1, 34)


@check("release-old", Severity.ERROR)
def is_new_enough(case: Case) -> Iterator[Finding | Skipped]:
    """The release is older than 1.34, the first with a stable API for DRA.

    Before 1.34, resource.k8s.io has beta versions only, which are off unless the API
    server is told to serve them, and the feature gate DynamicResourceAllocation is off.
    Current drivers want resource.k8s.io/v1. From 1.34 on, all of it is on by default.
    """
    release = case.snapshot.profile.version
    if release < _STABLE:
        yield Finding(
            "release-old",
            Severity.ERROR if release < OLDEST else Severity.WARNING,
            f"the cluster is Kubernetes {release}; DRA is stable from {_STABLE} on",
            fix=f"upgrade to Kubernetes {_STABLE} or later",
            evidence={"release": str(release), "stableSince": str(_STABLE)},
        )


@check("release-unknown", Severity.INFO)
def is_known(case: Case) -> Iterator[Finding | Skipped]:
    """The release is newer than those that dractl knows.

    Answers then follow the newest release that it knows: feature gates and rules of
    the API may have changed since.
    """
    release = case.snapshot.profile.version
    if release > NEWEST:
        yield Finding(
            "release-unknown",
            Severity.INFO,
            f"dractl knows Kubernetes up to {NEWEST}, and the cluster is {release}",
            fix="look for a newer dractl",
            evidence={"release": str(release), "newestKnown": str(NEWEST)},
        )

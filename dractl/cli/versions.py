"""In which version of the API an object is written."""

from collections.abc import Mapping
from typing import Any

from dractl.api.lifecycle import best_in, versions_in
from dractl.api.versions import GROUP
from dractl.api.versions_back import from_hub
from dractl.errors import DractlError, ExitStatus
from dractl.model.cluster import Profile

Document = Mapping[str, Any]


def written(document: Document, wanted: str | None, profile: Profile) -> Document:
    """Return an object in a version, by default in the best that the release has on.

    What is not of resource.k8s.io stays. Raises DractlError for a version that the
    release does not serve, or that cannot express the object.
    """
    kind = str(document["kind"])
    if not str(document["apiVersion"]).startswith(f"{GROUP}/"):
        return document
    served = versions_in(kind, profile.version)
    best = best_in(kind, profile.version)
    if best is None or wanted not in {None, *served}:
        raise DractlError(
            "version-not-served",
            f"Kubernetes {profile.version} has no {kind}"
            + (f" in {GROUP}/{wanted}" if served else ""),
            hint=f"it has {', '.join(served)}" if served else "name a later release",
            status=ExitStatus.NO,
        )
    return from_hub(document, wanted or best)

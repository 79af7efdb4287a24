"""The order of documents in a file: what others refer to comes before them."""

from collections.abc import Mapping
from typing import Any, Final

Document = Mapping[str, Any]

_KINDS: Final = (
    "ClusterInfo", "Namespace", "Node", "DeviceClass", "ResourceSlice",
    "DeviceTaintRule", "ResourceClaimTemplate", "ResourceClaim", "PodGroup", "Pod",
    "ResourceQuota", "Event",
)  # fmt: skip
_RANK: Final = {kind: rank for rank, kind in enumerate(_KINDS)}


def place(document: Document) -> tuple[int, str, str, str, str]:
    """Return what documents are ordered by: kind, namespace and name, as in the API.

    Kinds that are not in the list come last, by their names. Two captures of one state
    are thus equal, and the difference of two is short.
    """
    kind, version = str(document.get("kind")), str(document.get("apiVersion"))
    given = document.get("metadata")
    meta = given if isinstance(given, Mapping) else {}
    namespace, name, uid = (
        str(meta.get(key) or "") for key in ("namespace", "name", "uid")
    )
    return _RANK.get(kind, len(_RANK)), kind, version, f"{namespace}/{name}", uid

"""The order of documents in a file: what others refer to comes before them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

Document = Mapping[str, Any]

_KINDS: Final = (
    "ClusterInfo", "Namespace", "Node", "DeviceClass", "ResourceSlice",
    "DeviceTaintRule", "ResourceClaimTemplate", "ResourceClaim", "PodGroup", "Pod",
    "ResourceQuota", "Event",
)  # fmt: skip
_RANK: Final = {kind: rank for rank, kind in enumerate(_KINDS)}


def ordered(documents: Iterable[Document]) -> list[Document]:
    """Return the documents by kind, namespace and name.

    Kinds that are not in the list come last, by their names. Two captures of one state
    are thus equal, and the difference of two is short.
    """
    return sorted(documents, key=place)


def place(document: Document) -> tuple[int, str, str, str, str]:
    """Return what documents are ordered by; namespaces and names as in the API."""
    kind, version = str(document.get("kind")), str(document.get("apiVersion"))
    given = document.get("metadata")
    meta = given if isinstance(given, Mapping) else {}
    namespace, name, uid = (
        str(meta.get(key) or "") for key in ("namespace", "name", "uid")
    )
    return _RANK.get(kind, len(_RANK)), kind, version, f"{namespace}/{name}", uid

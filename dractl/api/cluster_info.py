"""The document in which a source says what it knows of the cluster itself.

A live cluster makes it and a snapshot keeps it, so that both give the same answers.
"""

from collections.abc import Sequence
from typing import Any, Final

from dractl.api.decode_fields import (
    Wire,
    each,
    flag,
    mapped,
    mismatch,
    text,
    text_if_set,
    texts,
)
from dractl.model.cluster_info import Cause, ClusterInfo, Gap

GROUP: Final = "dractl"
KIND: Final = "ClusterInfo"
_VERSION: Final = f"{GROUP}/v1"
TYPE: Final = (_VERSION, KIND)


def cluster_info(document: Wire) -> ClusterInfo:
    """Read a ClusterInfo."""
    gates = document.get("featureGates")
    return ClusterInfo(
        kubernetes=text_if_set(document, "kubernetes"),
        gates=None if gates is None else mapped(document, "featureGates", _switch),
        gaps=each(document, "unread", _gap),
        read=frozenset(texts(document, "read")),
        served=frozenset(texts(document, "served")) if "served" in document else None,
    )


def _switch(value: Any) -> bool:
    return flag({"value": value}, "value")


def _gap(source: Wire) -> Gap:
    stated = text(source, "cause")
    if stated not in {cause.value for cause in Cause}:
        raise mismatch("cause", " or ".join(cause.value for cause in Cause), stated)
    return Gap(
        text(source, "kind"),
        text(source, "resource"),
        text(source, "group"),
        Cause(stated),
        text_if_set(source, "only"),
        text(source, "needs"),
    )


def written(info: ClusterInfo) -> dict[str, object]:
    """Return the document that `cluster_info` reads."""
    found: dict[str, object] = {
        "apiVersion": _VERSION,
        "kind": KIND,
        "metadata": {"name": "cluster"},
    }
    if info.kubernetes is not None:
        found["kubernetes"] = info.kubernetes
    if info.gates is not None:
        found["featureGates"] = dict(sorted(info.gates.items()))
    if info.read:
        found["read"] = sorted(info.read)
    if info.served is not None:
        found["served"] = sorted(info.served)
    if info.gaps:
        found["unread"] = _unread(info.gaps)
    return found


def _unread(gaps: Sequence[Gap]) -> list[dict[str, str]]:
    return [
        {
            "kind": gap.kind,
            "resource": gap.resource,
            "group": gap.group,
            "cause": gap.cause.value,
            **({} if gap.only is None else {"only": gap.only}),
            "needs": gap.needs,
        }
        for gap in gaps
    ]

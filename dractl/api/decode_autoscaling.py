"""Decoding of what the Cluster Autoscaler and Karpenter publish.

The autoscaler's report is text in a ConfigMap: YAML since 1.30, before it lines for
people (cluster-autoscaler, clusterstate/api). Of either only what is certain is read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from dractl.api.block_yaml import entries
from dractl.api.decode_fields import Wire, child, each, quantities, text, within
from dractl.api.decode_shared import cluster_meta, condition, namespaced_meta
from dractl.model.autoscaling import AutoscalerStatus, NodeClaim, NodeGroup, NodePool

STATUS: Final = "cluster-autoscaler-status"
_FOR_PEOPLE: Final = "Cluster-autoscaler status at "
_GROUPS: Final = "nodeGroups"
_LINE: Final = re.compile(r"  (Name|Health|ScaleUp):\s+(\S+)(.*)")
_AMOUNT: Final = re.compile(r"(cloudProviderTarget|maxSize)=(\d{1,9})\b")


def autoscaler_status(document: Wire) -> AutoscalerStatus:
    """Read the ConfigMap of the Cluster Autoscaler."""
    report = within(document, "data", lambda data: text(data, "status"))
    read = _lines if report.startswith(_FOR_PEOPLE) else _fields
    health, *groups = [_group(part) for part in read(report)]
    return AutoscalerStatus(
        namespaced_meta(document), report, health.health, tuple(groups)
    )


def _group(found: Mapping[str, str]) -> NodeGroup:
    code, said = found.get("errorCode", ""), found.get("errorMessage", "")
    return NodeGroup(
        found.get("name", ""),
        found.get("health", ""),
        found.get("scaleUp", ""),
        ": ".join(part for part in (code, said) if part),
        _whole(found.get("cloudProviderTarget", "")),
        _whole(found.get("maxSize", "")),
    )


def _whole(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() else None


def _fields(report: str) -> Iterator[Mapping[str, str]]:
    """Yield what the YAML says of the whole, then of each group."""
    found: dict[str, str] = {}
    for path, value, starts in entries(report):
        inside = path[:1] == (_GROUPS,)
        if inside and starts and len(path) == 2:  # noqa: PLR2004 a key of an item
            yield found
            found = {}
        match path:
            case ("clusterWide" | "nodeGroups", "health" | "scaleUp" as kind, "status"):
                found[kind] = value
            case ("nodeGroups", "name" as key):
                found[key] = value
            case ("nodeGroups", "health", "cloudProviderTarget" | "maxSize" as key):
                found[key] = value
            case ("nodeGroups", "scaleUp", "backoffInfo", key):
                found[key] = value
    yield found


def _lines(report: str) -> Iterator[Mapping[str, str]]:
    """Yield what the lines for people say of the whole, then of each group."""
    found: dict[str, str] = {}
    for line in report.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        kind, value, rest = match.groups()
        if kind == "Name":
            yield found
            found = {"name": value}
        elif kind == "Health":
            found |= {"health": value, **dict(_AMOUNT.findall(rest))}
        else:
            found["scaleUp"] = value
    yield found


def node_pool(document: Wire) -> NodePool:
    """Read a NodePool of Karpenter."""
    limits = within(document, "spec", lambda spec: quantities(spec, "limits"))
    return within(
        document,
        "status",
        lambda status: NodePool(
            cluster_meta(document),
            limits,
            quantities(status, "resources"),
            each(status, "conditions", condition),
        ),
    )


def node_claim(document: Wire) -> NodeClaim:
    """Read a NodeClaim of Karpenter."""
    status = child(document, "status")
    return NodeClaim(
        cluster_meta(document),
        text(status, "nodeName"),
        within(document, "status", lambda found: each(found, "conditions", condition)),
    )

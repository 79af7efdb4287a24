"""Inventories as plain data, as `-o json` prints them, and back from it.

What pods print on every node of a cluster is gathered from their logs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from dractl.discovery.inventory import Inventory, Missing
from dractl.discovery.links import Link
from dractl.discovery.topology import Affinity, Branch, Nearness, Place, Topology
from dractl.model.hosts import HostProblem
from dractl.vendors.base import Found

Document = dict[str, Any]
API: Final = "dractl/v1"
KIND: Final = "DiscoverResult"


def document(inventories: Sequence[Inventory], failed: Mapping[str, str]) -> Document:
    """Return the answer; see schemas/output/discover.v1.json.

    `failed` are the reasons why nodes have none, by their names.
    """
    return {
        "apiVersion": API,
        "kind": KIND,
        "nodes": list(map(_node, inventories)),
        "failed": [{"node": node, "reason": why} for node, why in failed.items()],
    }


def inventories(found: object) -> list[Inventory]:
    """Return the inventories of a document; raise ValueError for any other."""
    if not isinstance(found, Mapping) or found.get("kind") != KIND:
        raise ValueError("it is no answer of dractl discover -o json")
    try:
        return [_inventory(each) for each in found["nodes"]]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            "it is an answer of another version of dractl discover"
        ) from error


def _node(whole: Inventory) -> Document:
    registered = whole.registered
    return {
        "name": whole.node,
        "machine": whole.machine,
        "kernel": whole.kernel,
        "architecture": whole.architecture,
        "nvml": whole.nvml,
        "pciFunctions": whole.functions,
        "devices": list(map(_found, whole.found)),
        "topology": _topology(whole.topology),
        "registeredPlugins": None if registered is None else list(registered),
        "cdi": [{**asdict(each), "nodes": list(each.nodes)} for each in whole.cdi],
        "problems": list(map(asdict, whole.problems)),
    }


def _inventory(node: Mapping[str, Any]) -> Inventory:
    registered = node["registeredPlugins"]
    return Inventory(
        str(node["name"]),
        node["machine"],
        node["kernel"],
        node["architecture"],
        node["nvml"],
        node["pciFunctions"],
        tuple(map(_found_in, node["devices"])),
        _topology_in(node["topology"]),
        None if registered is None else tuple(registered),
        tuple(
            Missing(each["path"], each["kind"], tuple(each["nodes"]))
            for each in node["cdi"]
        ),
        tuple(HostProblem(**each) for each in node["problems"]),
    )


def _found(each: Found) -> Document:
    return {
        "vendor": each.vendor,
        "kind": each.kind,
        "model": each.model,
        "address": each.address,
        "furtherAddresses": list(each.also),
        "parent": each.parent,
        "numaNode": each.numa_node,
        "pcieRoot": each.root,
        "kernelDriver": each.kernel_driver,
        "driver": each.driver,
        "device": each.device,
        "sharedCounters": list(each.counters),
        "notPublished": each.why_not,
        "warnings": list(each.warnings),
        "details": dict(each.details),
    }


def _found_in(each: Mapping[str, Any]) -> Found:
    return Found(
        vendor=each["vendor"],
        kind=each["kind"],
        model=each["model"],
        address=each["address"],
        parent=each["parent"],
        numa_node=each["numaNode"],
        root=each["pcieRoot"],
        kernel_driver=each["kernelDriver"],
        driver=each["driver"],
        device=each["device"],
        counters=tuple(each["sharedCounters"]),
        why_not=each["notPublished"],
        warnings=tuple(each["warnings"]),
        details=each["details"],
        also=tuple(each["furtherAddresses"]),
    )


def _topology(whole: Topology) -> Document:
    return {
        "tree": list(map(_branch, whole.branches)),
        "links": list(map(asdict, whole.links)),
        "nics": [
            {
                "device": each.device,
                "nearness": each.nearness.value,
                "nics": list(each.nics),
            }
            for each in whole.affinities
        ],
    }


def _topology_in(found: Mapping[str, Any]) -> Topology:
    return Topology(
        tuple(map(_branch_in, found["tree"])),
        tuple(Link(**each) for each in found["links"]),
        tuple(
            Affinity(each["device"], Nearness(each["nearness"]), tuple(each["nics"]))
            for each in found["nics"]
        ),
    )


def _branch(each: Branch) -> Document:
    texts = {"kind": each.kind, "label": each.label, "model": each.model}
    stated = {key: value for key, value in texts.items() if value}
    inside = {"branches": list(map(_branch, each.branches))} if each.branches else {}
    return {"place": each.place.value, "name": each.name, **stated, **inside}


def _branch_in(each: Mapping[str, Any]) -> Branch:
    return Branch(
        Place(each["place"]),
        each["name"],
        each.get("kind", ""),
        each.get("label", ""),
        each.get("model", ""),
        tuple(map(_branch_in, each.get("branches", ()))),
    )

"""Inventories as plain data, as `-o json` prints them, and back from it.

What pods print on every node of a cluster is gathered from their logs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final

from dractl.discovery.inventory import Inventory, Missing
from dractl.discovery.links import Link
from dractl.discovery.recording import facts_in, recorded
from dractl.discovery.topology import Affinity, Branch, Nearness, Place, Topology
from dractl.model.hosts import HostFacts, HostProblem
from dractl.vendors.base import Found

Document = dict[str, Any]
API: Final = "dractl/v1"
KIND: Final = "DiscoverResult"


def document(
    inventories: Sequence[Inventory],
    failed: Mapping[str, str],
    facts: Mapping[str, HostFacts] = MappingProxyType({}),
) -> Document:
    """Return the answer; see schemas/output/discover.v1.json.

    `failed` are the reasons why nodes have none, by their names; `facts` are what
    nodes' inventories were made of, for those who want to make them anew.
    """
    return {
        "apiVersion": API,
        "kind": KIND,
        "nodes": [
            {**_node(each), "facts": recorded(facts[each.node])}
            if each.node in facts
            else _node(each)
            for each in inventories
        ],
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


def facts_of(found: Mapping[str, Any]) -> dict[str, HostFacts]:
    """Return the facts that are in a document; raise ValueError if they are none."""
    stated = {each["name"]: each.get("facts") for each in found["nodes"]}
    try:
        return {node: facts_in(each) for node, each in stated.items() if each}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("its facts are of another version of dractl") from error


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
        _text(node["name"]),
        _text(node["machine"]),
        _text(node["kernel"]),
        _text(node["architecture"]),
        _text(node["nvml"]),
        int(node["pciFunctions"]),
        tuple(map(_found_in, node["devices"])),
        _topology_in(node["topology"]),
        None if registered is None else _texts(registered),
        tuple(
            Missing(_text(each["path"]), _text(each["kind"]), _texts(each["nodes"]))
            for each in node["cdi"]
        ),
        tuple(
            HostProblem(*(_text(each[key]) for key in ("where", "what", "hint")))
            for each in node["problems"]
        ),
    )


def _text(value: object) -> str:
    """Return a text; raise TypeError for anything else, for logs are anybody's."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(_text, values))


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
    device, numa = each["device"], each["numaNode"]
    if device is not None:
        _text(device["name"])
    return Found(
        vendor=_text(each["vendor"]),
        kind=_text(each["kind"]),
        model=_text(each["model"]),
        address=_text_or_none(each["address"]),
        parent=_text_or_none(each["parent"]),
        numa_node=None if numa is None else int(numa),
        root=_text_or_none(each["pcieRoot"]),
        kernel_driver=_text_or_none(each["kernelDriver"]),
        driver=_text_or_none(each["driver"]),
        device=device,
        counters=tuple(each["sharedCounters"]),
        why_not=_text(each["notPublished"]),
        warnings=_texts(each["warnings"]),
        details={_text(key): _text(value) for key, value in each["details"].items()},
        also=_texts(each["furtherAddresses"]),
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
        tuple(map(_link_in, found["links"])),
        tuple(
            Affinity(
                _text(each["device"]), Nearness(each["nearness"]), _texts(each["nics"])
            )
            for each in found["nics"]
        ),
    )


def _link_in(each: Mapping[str, Any]) -> Link:
    return Link(
        _text(each["kind"]),
        _text(each["start"]),
        _text_or_none(each["end"]),
        int(each["count"]),
        int(each["inactive"]),
    )


def _branch(each: Branch) -> Document:
    texts = {"kind": each.kind, "label": each.label, "model": each.model}
    stated = {key: value for key, value in texts.items() if value}
    inside = {"branches": list(map(_branch, each.branches))} if each.branches else {}
    return {"place": each.place.value, "name": each.name, **stated, **inside}


def _branch_in(each: Mapping[str, Any]) -> Branch:
    return Branch(
        Place(each["place"]),
        _text(each["name"]),
        _text(each.get("kind", "")),
        _text(each.get("label", "")),
        _text(each.get("model", "")),
        tuple(map(_branch_in, each.get("branches", ()))),
    )

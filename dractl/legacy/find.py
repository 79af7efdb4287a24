"""The legacy constructs of a document."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dractl.legacy.claims import in_claim, in_template
from dractl.legacy.construct import GROUP, OLD_VERSIONS, Document, Legacy, legacy
from dractl.legacy.others import elsewhere
from dractl.legacy.shapes import mapping_at, sequence_at

_PARAMETERS: Final = frozenset({"ResourceClaimParameters", "ResourceClassParameters"})
_CONTEXTS: Final = frozenset({"PodScheduling", "PodSchedulingContext"})
_NESTED_SINCE: Final = frozenset({f"{GROUP}/v1", f"{GROUP}/v1beta2"})


def found(document: Document) -> tuple[Legacy, ...]:
    """Return the legacy constructs of one document, in its order of fields.

    Other kinds, and documents of any shape, have none rather than raise. Items of a
    List are documents of their own.
    """
    version = document.get("apiVersion")
    if isinstance(version, str) and version.startswith(f"{GROUP}/"):
        return tuple(_in_group(document, version))
    return tuple(elsewhere(document))


def _in_group(document: Document, version: str) -> Iterator[Legacy]:
    kind = str(document.get("kind"))
    if kind == "ResourceClass":
        yield from _in_resource_class(document, version)
        return
    if kind in _CONTEXTS:
        yield legacy("pod-scheduling-context", (), kind)
        return
    if kind in _PARAMETERS:
        yield legacy("parameters-kind", (), kind)
        return
    if version in OLD_VERSIONS:
        if kind == "ResourceSlice":
            yield legacy("published-resources", (), f"{kind} of {version}")
            return
        yield legacy("old-api-version", ("apiVersion",), version)
    if (look := _KINDS.get(kind)) is not None:
        yield from look(document)


def _in_resource_class(document: Document, version: str) -> Iterator[Legacy]:
    subject = "ResourceClass"
    if version not in OLD_VERSIONS:
        subject = f"ResourceClass, which {version} never had,"
    yield legacy("resource-class", (), subject)
    spec = mapping_at(document, "spec")
    for steps, holder in (((), document), (("spec",), spec)):
        if "parametersRef" in holder:
            yield legacy("parameters-ref", (*steps, "parametersRef"), "parametersRef")


def _in_class(document: Document) -> Iterator[Legacy]:
    if "suitableNodes" in mapping_at(document, "spec"):
        yield legacy("classic-controller", ("spec", "suitableNodes"), "suitableNodes")


def _in_slice(document: Document) -> Iterator[Legacy]:
    if document.get("apiVersion") not in _NESTED_SINCE:
        return
    for index, device in enumerate(sequence_at(document, "spec", "devices")):
        if isinstance(device, Mapping) and isinstance(device.get("basic"), Mapping):
            steps = ("spec", "devices", index, "basic")
            yield legacy("nested-device", steps, f"basic in {document['apiVersion']}")


def _in_rule(document: Document) -> Iterator[Legacy]:
    selector = mapping_at(document, "spec", "deviceSelector")
    for key in ("deviceClassName", "selectors"):
        if selector.get(key):
            yield legacy("taint-rule-selector", ("spec", "deviceSelector", key), key)


_KINDS: Final[Mapping[str, Callable[[Document], Iterator[Legacy]]]] = {
    "DeviceClass": _in_class,
    "DeviceTaintRule": _in_rule,
    "ResourceClaim": in_claim,
    "ResourceClaimTemplate": in_template,
    "ResourceSlice": _in_slice,
}

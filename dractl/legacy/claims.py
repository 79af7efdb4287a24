"""Legacy constructs in claims and in templates of claims."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.legacy.construct import (
    GROUP,
    OLD_VERSIONS,
    Document,
    Legacy,
    Steps,
    legacy,
)
from dractl.legacy.shapes import mapping_at, sequence_at

# Fields of a claim's spec that make a template's spec look like one.
CLAIM_FIELDS: Final = frozenset(
    {"resourceClassName", "allocationMode", "parametersRef", "devices"}
    | {"devicePreferences", "tolerations", "controller"}
)
_SPEC: Final = {
    "resourceClassName": "resource-class-name",
    "parametersRef": "parameters-ref",
    "devicePreferences": "device-preferences",
    "tolerations": "claim-tolerations",
    "controller": "classic-controller",
}
_OLD_MODES: Final = ("Immediate", "WaitForFirstConsumer")
_EXACT: Final = ("deviceClassName", "selectors", "allocationMode", "count")
_MORE_EXACT: Final = ("adminAccess", "tolerations", "capacity")


def in_claim(document: Document) -> Iterator[Legacy]:
    """Yield what a claim has of it, in spec and status."""
    yield from _in_spec(document, mapping_at(document, "spec"), ("spec",))
    status = mapping_at(document, "status")
    if "driverStatus" in status:
        yield legacy("driver-status", ("status", "driverStatus"), "driverStatus")
    for key in ("deallocationRequested", "driverName"):
        if key in status:
            yield legacy("classic-controller", ("status", key), key)


def in_template(document: Document) -> Iterator[Legacy]:
    """Yield what a template has of it."""
    spec = mapping_at(document, "spec")
    if is_without_spec(spec):
        yield legacy("template-without-spec", ("spec",), "a template without spec.spec")
        yield from _in_spec(document, spec, ("spec",))
    else:
        inner = mapping_at(spec, "spec")
        yield from _in_spec(document, inner, ("spec", "spec"))


def is_without_spec(spec: Document) -> bool:
    """Tell whether a template's spec is that of a claim."""
    return "spec" not in spec and not CLAIM_FIELDS.isdisjoint(spec)


def _in_spec(document: Document, spec: Document, steps: Steps) -> Iterator[Legacy]:
    version = str(document.get("apiVersion"))
    for key in spec:
        if key in _SPEC:
            subject = _subject(key, version, removed=key != "tolerations")
            yield legacy(_SPEC[key], (*steps, key), subject)
        elif key == "allocationMode":
            yield legacy("claim-allocation-mode", (*steps, key), _mode(spec))
    yield from _in_requests(version, spec, (*steps, "devices", "requests"))


def _subject(key: str, version: str, *, removed: bool) -> str:
    if version in OLD_VERSIONS or not removed or key == "devicePreferences":
        return key
    return f"{key}, which {version} never had,"


def _mode(spec: Document) -> str:
    mode = spec["allocationMode"]
    known = isinstance(mode, str) and mode in _OLD_MODES
    return f"allocationMode {mode}" if known else "allocationMode of a whole claim"


def _in_requests(version: str, spec: Document, steps: Steps) -> Iterator[Legacy]:
    for index, request in enumerate(sequence_at(spec, "devices", "requests")):
        if not isinstance(request, Mapping):
            continue
        if version in {f"{GROUP}/v1", f"{GROUP}/v1beta2"}:
            for key in request:
                if key in _EXACT or key in _MORE_EXACT:
                    subject = f"{key} beside the name in {version}"
                    yield legacy("flat-request", (*steps, index, key), subject)
                    break
        elif version == f"{GROUP}/v1beta1" and "exactly" in request:
            subject = f"exactly in {version}"
            yield legacy("nested-request", (*steps, index, "exactly"), subject)

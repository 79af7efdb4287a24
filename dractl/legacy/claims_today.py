"""Claims and templates that named a class as today's, which list requests."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dractl.api.versions import to_hub
from dractl.legacy.claims import CLAIM_FIELDS, is_without_spec
from dractl.legacy.construct import GROUP, OLD_VERSIONS, Document
from dractl.legacy.parameters import Parameters
from dractl.legacy.shapes import mapping_at, sequence_at, text_at
from dractl.legacy.today import Modern, Refused

_V1: Final = f"{GROUP}/v1"
_NAME: Final = "device"  # of the one request that a claim for a class becomes
_MOST_ALTERNATIVES: Final = 8
_LONGEST_LABEL: Final = 63
_TEMPLATE_METADATA: Final = frozenset({"labels", "annotations"})


def claim_today(document: Document, parameters: Parameters) -> Modern:
    """Return the claim with requests; raise Refused where it asks for nothing."""
    notes: list[str] = []
    spec = mapping_at(document, "spec")
    status = mapping_at(document, "status")
    if "driverStatus" in status:
        if not spec:
            raise Refused(
                "status.driverStatus names no driver, pool and device, so it cannot be "
                "status.devices, and the claim asks for nothing"
            )
        notes.append("driverStatus is dropped: only drivers write a status")
    claim = {key: value for key, value in document.items() if key != "status"}
    kept = _status(document, status)
    if kept:
        claim["status"] = kept
    elif status and "driverStatus" not in status:
        notes.append("the status is dropped: it is that of the old model")
    claim["spec"] = _spec(document, spec, parameters, notes)
    return Modern((_as_v1(claim),), tuple(notes))


def template_today(document: Document, parameters: Parameters) -> Modern:
    """Return the template with requests; raise Refused where it asks for nothing."""
    notes: list[str] = []
    spec = mapping_at(document, "spec")
    if is_without_spec(spec):
        outer = {key: value for key, value in spec.items() if key not in CLAIM_FIELDS}
        inner = {key: value for key, value in spec.items() if key in CLAIM_FIELDS}
    else:
        outer, inner = dict(spec), dict(mapping_at(spec, "spec"))
    renewed = {**outer, "spec": _spec(document, inner, parameters, notes)}
    return Modern((_as_v1({**document, "spec": renewed}),), tuple(notes))


def _as_v1(document: Document) -> Document:
    """Return it as v1, whose shape everything here has."""
    return {**document, "apiVersion": _V1}


def _status(document: Document, status: Document) -> Document:
    if document.get("apiVersion") in OLD_VERSIONS:
        return {}
    gone = {"driverStatus", "deallocationRequested", "driverName"}
    return {key: value for key, value in status.items() if key not in gone}


def _spec(
    document: Document, spec: Document, parameters: Parameters, notes: list[str]
) -> Document:
    kept = {key: value for key, value in spec.items() if key not in CLAIM_FIELDS}
    if "allocationMode" in spec:
        notes.append(_mode_note(spec["allocationMode"]))
    if "controller" in spec:
        notes.append("controller is dropped: drivers have none of their own now")
    tolerations = sequence_at(spec, "tolerations")
    devices = mapping_at(spec, "devices")
    if devices:
        if "resourceClassName" in spec or "devicePreferences" in spec:
            raise Refused("it asks for devices both in the old way and in today's")
        return {**kept, "devices": _tolerant(document, devices, tolerations)}
    request = _request(spec, tolerations, notes)
    kind = str(document.get("kind"))
    name = text_at(document, "metadata", "name")
    _take_parameters(spec, parameters, f"{kind} {name}", request, notes)
    return {**kept, "devices": {"requests": [request]}}


def _mode_note(mode: object) -> str:
    if mode == "Immediate":
        return (
            "allocationMode Immediate has no successor: devices are allocated when a "
            "pod that uses the claim is scheduled"
        )
    return "allocationMode is dropped: allocation always waits for the first pod"


def _request(
    spec: Document, tolerations: Sequence[object], notes: list[str]
) -> dict[str, object]:
    asked: dict[str, object] = {}
    if tolerations:
        asked["tolerations"] = list(tolerations)
    class_name = text_at(spec, "resourceClassName")
    preferences = sequence_at(spec, "devicePreferences")
    if preferences:
        if class_name:
            notes.append(
                f"resourceClassName {class_name} is dropped: each alternative names "
                "its own class"
            )
        return {"name": _NAME, "firstAvailable": _alternatives(preferences, asked)}
    if not class_name:
        raise Refused("it names no class, so nothing says what it asks for")
    return {"name": _NAME, "exactly": {"deviceClassName": class_name, **asked}}


def _alternatives(
    preferences: Sequence[object], asked: Document
) -> list[dict[str, object]]:
    if len(preferences) > _MOST_ALTERNATIVES:
        raise Refused(
            f"devicePreferences has {len(preferences)} entries; a request may have "
            f"{_MOST_ALTERNATIVES} alternatives"
        )
    alternatives: list[dict[str, object]] = []
    names: set[str] = set()
    for number, each in enumerate(preferences):
        wanted = next(
            (
                text_at(each, key)
                for key in ("class", "deviceClassName", "resourceClassName")
                if text_at(each, key)
            ),
            "",
        )
        if not wanted:
            raise Refused(f"devicePreferences[{number}] names no class")
        count = each.get("count", 1) if isinstance(each, Mapping) else 1
        alternatives.append(
            {
                "name": _unused(wanted, names),
                "deviceClassName": wanted,
                "count": count,
                **asked,
            }
        )
    return alternatives


def _unused(text: str, names: set[str]) -> str:
    """Return a name for an alternative that is a DNS label, and not taken."""
    label = re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST_LABEL].strip("-")
    name, number = label or _NAME, 2
    while name in names:
        suffix = f"-{number}"
        name, number = label[: _LONGEST_LABEL - len(suffix)] + suffix, number + 1
    names.add(name)
    return name


def _take_parameters(
    spec: Document,
    parameters: Parameters,
    user: str,
    request: dict[str, object],
    notes: list[str],
) -> None:
    reference = mapping_at(spec, "parametersRef")
    if not reference:
        return
    named = f"{text_at(reference, 'kind')} {text_at(reference, 'name')}"
    given = parameters.taken(reference, user)
    if given is None:
        notes.append(
            f"{named} is not among the documents; what it said must go into selectors "
            "or config"
        )
        return
    exactly = request.get("exactly")
    for key, value in given.items():
        if key != "count" or not isinstance(exactly, dict):
            raise Refused(
                f"parameter {key!r} of {named} has no equivalent that is known; write "
                "it as a selector, or as config[].opaque of today's driver"
            )
        exactly["count"] = value


def _tolerant(
    document: Document, devices: Document, tolerations: Sequence[object]
) -> Document:
    """Return the devices with a claim's tolerations in each of its requests."""
    if document.get("apiVersion") == f"{GROUP}/v1beta1":
        hub = to_hub(
            {
                "apiVersion": f"{GROUP}/v1beta1",
                "kind": "ResourceClaim",
                "spec": {"devices": devices},
            }
        )
        devices = mapping_at(hub, "spec", "devices")
    if not tolerations:
        return devices
    requests = sequence_at(devices, "requests")
    return {**devices, "requests": [_one_tolerant(r, tolerations) for r in requests]}


def _one_tolerant(request: object, tolerations: Sequence[object]) -> object:
    if not isinstance(request, Mapping):
        return request
    renewed = dict(request)
    if isinstance(exactly := request.get("exactly"), Mapping):
        renewed["exactly"] = _with(exactly, tolerations)
    if isinstance(options := request.get("firstAvailable"), list | tuple):
        renewed["firstAvailable"] = [
            _with(each, tolerations) if isinstance(each, Mapping) else each
            for each in options
        ]
    return renewed


def _with(option: Document, tolerations: Sequence[object]) -> Document:
    own = sequence_at(option, "tolerations")
    return {**option, "tolerations": [*own, *tolerations]}

"""Formats of text that the API server asks for, as keywords of JSON Schema.

Kubernetes 1.36, staging/src/k8s.io/apimachinery/pkg/api/validate/content. Lengths are
counted in bytes there and in characters here; all that is not ASCII is refused anyway.
"""

from collections.abc import Mapping
from typing import Final

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_ANY_CASE: Final = "[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?"
_ANY_DOMAIN: Final = rf"(?=[^/]{{1,63}}(/|$)){_ANY_CASE}(\.{_ANY_CASE})*"
_IDENTIFIER: Final = "[A-Za-z_][A-Za-z0-9_]{0,31}"
_NAME: Final = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_NUMBER: Final = "(0|[1-9][0-9]*)"
_PRE: Final = "(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SUFFIX: Final = "([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?"

QUANTITY: Final = rf"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+){_SUFFIX}\s*$"


def _text(pattern: str, longest: int) -> Mapping[str, object]:
    return {"pattern": f"^{pattern}$", "maxLength": longest}


FORMS: Final[Mapping[str, Mapping[str, object]]] = {
    "dns-label": _text(_LABEL, 63),
    "dns-label-or-empty": _text(f"({_LABEL})?", 63),
    "object-name": _text(_DOMAIN, 253),
    "object-name-or-empty": _text(f"({_DOMAIN})?", 253),
    "class-name": _text(_DOMAIN, 253),
    "driver-name": _text(_ANY_DOMAIN, 63),
    "pool-name": _text(f"{_DOMAIN}(/{_DOMAIN})*", 253),
    "qualified-name": _text(f"({_ANY_DOMAIN}/)?{_IDENTIFIER}", 96),
    "fully-qualified-name": _text(f"{_ANY_DOMAIN}/{_IDENTIFIER}", 96),
    "request-ref": _text(f"{_LABEL}(/{_LABEL})?", 127),
    "label-key": _text(f"({_DOMAIN}/)?{_NAME}", 317),
    "label-key-or-empty": _text(f"(({_DOMAIN}/)?{_NAME})?", 317),
    "label-value": _text(f"({_NAME})?", 63),
    "object-or-label": _text(f"({_NAME}|{_DOMAIN})?", 253),
    "uuid": _text("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", 36),
    "semver": _text(
        rf"{_NUMBER}(\.{_NUMBER}){{2}}(-{_PRE}(\.{_PRE})*)?"
        r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
        64,
    ),
    "short-text": {"maxLength": 64},
    "interface-address": {"pattern": "^[0-9a-f.:]+/[0-9]{1,3}$"},
    "extended-resource-name": _text(
        rf"(?!requests\.)(?!.*kubernetes\.io/){_DOMAIN}/{_NAME}", 308
    ),
    "node-operation": {"enum": ["NodePrepareResources", "NodeUnprepareResources", "*"]},
    "reason": _text("[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?", 1024),
    "quantity": {},
}
"""Keywords by the name that fields.yaml uses."""


def _is_set(field: str) -> Mapping[str, object]:
    return {"required": [field], "properties": {field: {"not": {"type": "null"}}}}


def _one_of(*fields: str) -> Mapping[str, object]:
    return {"oneOf": [_is_set(each) for each in fields]}


def _true(field: str) -> Mapping[str, object]:
    return {"required": [field], "properties": {field: {"const": True}}}


_ALL_WITHOUT_COUNT: Final = {
    "if": {
        "required": ["allocationMode"],
        "properties": {"allocationMode": {"const": "All"}},
    },
    "then": {"properties": {"count": {"enum": [0, None]}}},
}
_ALTERNATIVES: Final = {
    "required": ["firstAvailable"],
    "properties": {"firstAvailable": {"type": "array", "minItems": 1}},
}

SHAPES: Final[Mapping[str, Mapping[str, object]]] = {
    "ExactDeviceRequest": _ALL_WITHOUT_COUNT,
    "DeviceSubRequest": _ALL_WITHOUT_COUNT,
    "DeviceConstraint": {
        "anyOf": [_is_set("matchAttribute"), _is_set("distinctAttribute")]
    },
    "DeviceAttribute": _one_of(
        "bool", "int", "string", "version", "bools", "ints", "strings", "versions"
    ),
    "CapacityRequestPolicy": {
        "not": {
            "required": ["validValues", "validRange"],
            "properties": {
                "validValues": {"type": "array", "minItems": 1},
                "validRange": {"type": "object"},
            },
        }
    },
    "ResourceSliceSpec": {
        "oneOf": [
            {
                "required": ["nodeName"],
                "properties": {"nodeName": {"type": "string", "minLength": 1}},
            },
            _is_set("nodeSelector"),
            _true("allNodes"),
            _true("perDeviceNodeSelection"),
        ]
    },
    "NodeAllocatableResource": {"anyOf": [_is_set("mapping"), _is_set("overhead")]},
    "NodeAllocatableMapping": _one_of("capacityKey", "deviceMultiplier"),
    "NodeAllocatableOverhead": {"anyOf": [_is_set("perPod"), _is_set("perContainer")]},
    "DeviceToleration": {
        "if": {
            "required": ["operator"],
            "properties": {"operator": {"const": "Exists"}},
        },
        "then": {"properties": {"value": {"enum": ["", None]}}},
    },
}
"""What holds between the fields of a type; for requests it depends on the version."""

NESTED_REQUEST: Final = {"oneOf": [_is_set("exactly"), _ALTERNATIVES]}
FLAT_REQUEST: Final = {
    "oneOf": [
        {
            "required": ["deviceClassName"],
            "properties": {"deviceClassName": {"type": "string", "minLength": 1}},
        },
        _ALTERNATIVES,
    ],
    **_ALL_WITHOUT_COUNT,
}

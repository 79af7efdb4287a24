"""Which release brought a field: an older one drops it, or refuses the object."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.api.versions_back import Loss
from dractl.model.cluster import KubernetesVersion

Document = Mapping[str, object]

# Paths in v1 spelling; [] is every element of a list, * every value of a map. The
# types.go files of 1.32 to 1.37 name the gates that came with them.
_OPTION: Final = {"tolerations": 33, "capacity": 34, "derivedAttributes": 37}
_CLAIM: Final[Mapping[str, int]] = {
    "devices.requests[].firstAvailable": 33,
    "devices.constraints[].distinctAttribute": 34,
    **{f"devices.requests[].exactly.{key}": since for key, since in _OPTION.items()},
    **{
        f"devices.requests[].firstAvailable[].{key}": since
        for key, since in _OPTION.items()
    },
}
_LISTS: Final = ("ints", "bools", "strings", "versions")
_DEVICE: Final[Mapping[str, int]] = {
    **dict.fromkeys(("taints", "consumesCounters", "nodeName"), 33),
    **dict.fromkeys(("nodeSelector", "allNodes"), 33),
    **dict.fromkeys(("bindsToNode", "bindingConditions"), 34),
    **dict.fromkeys(("bindingFailureConditions", "allowMultipleAllocations"), 34),
    "capacity.*.requestPolicy": 34,
    "nodeAllocatableResourceMappings": 36,
    "nodeAllocatableResources": 37,
    **{f"attributes.*.{key}": 36 for key in _LISTS},
    "consumesCounters[].compatibilityGroups": 37,
}
_FIELDS: Final[Mapping[str, Mapping[str, int]]] = {
    "DeviceClass": {"spec.extendedResourceName": 34},
    "ResourceClaim": {f"spec.{path}": since for path, since in _CLAIM.items()},
    "ResourceClaimTemplate": {
        f"spec.spec.{path}": since for path, since in _CLAIM.items()
    },
    "ResourceSlice": {
        "spec.perDeviceNodeSelection": 33,
        "spec.sharedCounters": 33,
        "spec.partitionTypeAttribute": 37,
        "spec.skipNodeOperations": 37,
        **{f"spec.devices[].{path}": since for path, since in _DEVICE.items()},
    },
}
_LAST: Final[Mapping[str, int]] = {"spec.devices[].nodeAllocatableResourceMappings": 36}


def too_new(hub: Document, release: KubernetesVersion) -> Iterator[Loss]:
    """Yield the fields of an object in v1 form that the release does not have."""
    for pattern, since in _FIELDS.get(str(hub.get("kind")), {}).items():
        last = _LAST.get(pattern)
        if release.minor >= since and (last is None or release.minor <= last):
            continue
        reason = f"came with Kubernetes 1.{since}"
        if release.minor >= since:
            reason = f"is gone since Kubernetes 1.{(last or since) + 1}"
        for path in _present(hub, _steps(pattern), ""):
            yield Loss(path, reason)


def _steps(pattern: str) -> list[str]:
    return pattern.replace("[]", ".[]").split(".")


def _present(value: object, steps: list[str], path: str) -> Iterator[str]:
    """Yield the paths that fit the steps and say something."""
    if not steps:
        if value not in (None, {}, []):
            yield path.removeprefix(".")
        return
    step, *rest = steps
    if step == "[]":
        for index, each in enumerate(value if isinstance(value, list | tuple) else ()):
            yield from _present(each, rest, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for key in value if step == "*" else (step,):
            shown = f"[{key}]" if step == "*" else f".{key}"
            yield from _present(value.get(key), rest, path + shown)

"""Rules about parameters for drivers that are known."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.catalogue.nearest import nearest
from dractl.rules.advice import advice
from dractl.rules.path import Path
from dractl.rules.registry import Violation
from dractl.rules.subject import Subject, entries, mapping, text
from dractl.rules.world import World

_Fields = Mapping[str, Any]
ANY: Final[_Fields] = {}
"""Stands for whatever there may be below a field."""

_MPS: Final[_Fields] = {
    "defaultActiveThreadPercentage": None,
    "defaultPinnedDeviceMemoryLimit": None,
    "defaultPerDevicePinnedMemoryLimit": ANY,
    "multiUser": None,
}
_STRATEGY: Final = ("TimeSlicing", "MPS")
_INTERVAL: Final = ("Default", "Short", "Medium", "Long")
_IOMMU: Final = ("LegacyOnly", "PreferIommuFD")

KNOWN: Final[Mapping[tuple[str, str], Mapping[str, _Fields]]] = {
    ("gpu.nvidia.com", "resource.nvidia.com/v1beta1"): {
        "GpuConfig": {
            "sharing": {
                "strategy": _STRATEGY,
                "timeSlicingConfig": {"interval": _INTERVAL},
                "mpsConfig": _MPS,
            }
        },
        "MigDeviceConfig": {"sharing": {"strategy": _STRATEGY, "mpsConfig": _MPS}},
        "VfioDeviceConfig": {
            "iommu": {"backendPolicy": _IOMMU, "enableAPIDevice": None}
        },
    },
    ("compute-domain.nvidia.com", "resource.nvidia.com/v1beta1"): {
        "ComputeDomainChannelConfig": {
            "domainID": None,
            "allocationMode": ("Single", "All"),
        },
        "ComputeDomainDaemonConfig": {"domainID": None},
    },
    ("gpu.amd.com", "gpu.resource.amd.com/v1alpha1"): {
        "GpuConfig": {},
        "VfioDeviceConfig": {"iommu": {"backendPolicy": None}},
    },
}
"""Kinds by driver and version; a tuple lists the values of a field."""

_HEAD: Final = frozenset({"apiVersion", "kind", "metadata"})


def _parameters(subject: Subject) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    if subject.is_class:
        holder, path = subject.spec, subject.spec_path
    elif subject.is_claim:
        holder = mapping(subject.spec, "devices")
        path = subject.spec_path.field("devices")
    else:
        return
    for place, config in enumerate(entries(holder, "config")):
        opaque = mapping(config, "opaque")
        where = path.field("config").index(place).field("opaque", "parameters")
        yield where, text(opaque, "driver"), mapping(opaque, "parameters")


@advice("parameters-kind-unknown")
def kind_is_unknown(subject: Subject, _world: World) -> Iterator[Violation]:
    """A kind of parameters that a known driver does not have.

    The driver reads its parameters when a pod starts, and fails then. Parameters of
    drivers that dractl does not know are not looked at, nor are other versions of
    those that it knows.
    """
    for path, driver, wire in _parameters(subject):
        kinds = KNOWN.get((driver, text(wire, "apiVersion")))
        kind = text(wire, "kind")
        if kinds is None or kind in kinds:
            continue
        near = next(iter(nearest(kind, kinds)), None)
        yield Violation(
            "parameters-kind-unknown",
            path.field("kind"),
            f"{driver} has no parameters of the kind {kind!r}, but {', '.join(kinds)}",
            fix=near,
        )


@advice("parameters-field-unknown")
def field_is_unknown(subject: Subject, _world: World) -> Iterator[Violation]:
    """A field that the parameters of a known driver do not have.

    Drivers decode their parameters strictly: the API server accepts a misspelt field,
    and the pod fails when its devices are prepared, after it was scheduled.
    """
    for path, driver, wire in _parameters(subject):
        fields = KNOWN.get((driver, text(wire, "apiVersion")), {}).get(
            text(wire, "kind")
        )
        if fields is not None:
            body = {key: value for key, value in wire.items() if key not in _HEAD}
            yield from _unknown(path, body, fields)


def _unknown(
    path: Path, wire: Mapping[str, Any], fields: _Fields
) -> Iterator[Violation]:
    for name, value in wire.items():
        here = path.field(str(name))
        if name not in fields:
            near = next(iter(nearest(str(name), fields)), None)
            hint = f", but {near}" if near else ""
            message = f"the driver knows no field {name}{hint}"
            yield Violation("parameters-field-unknown", here, message, fix=near)
        elif isinstance(fields[name], Mapping) and fields[name] is not ANY:
            yield from _unknown(here, mapping(value), fields[name])


@advice("parameters-value-unknown")
def value_is_unknown(subject: Subject, _world: World) -> Iterator[Violation]:
    """A value that a field of the parameters of a known driver cannot have."""
    for path, driver, wire in _parameters(subject):
        fields = KNOWN.get((driver, text(wire, "apiVersion")), {}).get(
            text(wire, "kind")
        )
        if fields is not None:
            yield from _wrong(path, wire, fields)


def _wrong(path: Path, wire: Mapping[str, Any], fields: _Fields) -> Iterator[Violation]:
    for name, known in fields.items():
        value = wire.get(name)
        if isinstance(known, Mapping):
            yield from _wrong(path.field(name), mapping(value), known)
        elif isinstance(known, tuple) and isinstance(value, str) and value not in known:
            yield Violation(
                "parameters-value-unknown",
                path.field(name),
                f"{value!r} is none of {', '.join(known)}",
                fix=next(iter(nearest(value, known)), None),
            )

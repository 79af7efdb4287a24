"""A ResourceClass as a DeviceClass, or as several."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dractl.cel.quoting import quoted
from dractl.legacy.construct import GROUP, Document
from dractl.legacy.parameters import Parameters
from dractl.legacy.shapes import mapping_at, sequence_at, text_at
from dractl.legacy.today import Modern, Refused
from dractl.model.quantity import Quantity

_V1: Final = f"{GROUP}/v1"
_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMGTP]?)(i?)B?", re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", re.ASCII)
_SEVERAL: Final = " &&\n"
_NVIDIA: Final = "gpu.nvidia.com"
_PARTITIONS: Final = frozenset({"partitionable", "partitionSizes"})
_MODELS: Final = ("model", "type", "productName")
_VENDOR_WORDS: Final = frozenset({"nvidia", "tesla", "geforce", "quadro", "gpu"})


class _Size(NamedTuple):
    name: str
    amount: str


def class_today(document: Document, parameters: Parameters) -> Modern:
    """Return the device classes that select what the old class stood for.

    Raises Refused where the class has no driver, or says what CEL cannot.
    """
    spec = mapping_at(document, "spec")
    driver = text_at(document, "driverName") or text_at(spec, "driverName")
    if not driver:
        raise Refused("it has no driverName, so nothing says which devices it is for")
    name = text_at(document, "metadata", "name")
    reference = mapping_at(spec, "parametersRef") or mapping_at(
        document, "parametersRef"
    )
    given: Document | None = {}
    if reference:
        given = parameters.taken(reference, f"DeviceClass {name}")
    notes = list(_notes(document, reference, given))
    clauses = [f"device.driver == {quoted(driver)}"]
    given = given or {}
    for key, value in given.items():
        if key in _MODELS and isinstance(value, str):
            clauses.append(_model(driver, value))
            notes.append(
                f"{key} {value!r} became a test of productName; compare with the "
                "driver's attributes"
            )
    sizes = _sizes(sequence_at(given, "partitionSizes"))
    if not sizes:
        return Modern((_device_class(document, name, clauses),), tuple(notes))
    notes.append(
        "one class per partition size; claims must name the size: "
        + ", ".join(f"{name}-{size.name}" for size in sizes)
    )
    classes = [
        _device_class(document, f"{name}-{size.name}", [*clauses, *of_size])
        for size, of_size in zip(sizes, _bounds(driver, sizes), strict=True)
    ]
    return Modern(tuple(classes), tuple(notes))


def _notes(
    document: Document, reference: Document, given: Document | None
) -> Iterator[str]:
    if given is None:
        yield (
            f"{text_at(reference, 'kind')} {text_at(reference, 'name')} is not among "
            "the documents; what it said must go into selectors or config"
        )
    for key, value in (given or {}).items():
        if key == "count":
            yield f"count {value!r} belongs in requests, where 1 is the default"
        elif key not in _PARTITIONS and key not in _MODELS:
            raise Refused(
                f"parameter {key!r} of {text_at(reference, 'kind')} has no equivalent "
                "that is known; write it as a selector, or as config[].opaque of "
                "today's driver"
            )
    for holder in (document, mapping_at(document, "spec")):
        if "suitableNodes" in holder:
            yield "suitableNodes has no successor: use a nodeSelector of the pods"


def _device_class(document: Document, name: str, clauses: Sequence[str]) -> Document:
    gone = {"driverName", "parametersRef", "suitableNodes", "structuredParameters"}
    kept = {key: value for key, value in document.items() if key not in gone}
    selector = {"cel": {"expression": _SEVERAL.join(clauses)}}
    return {
        **kept,
        "apiVersion": _V1,
        "kind": "DeviceClass",
        "metadata": {**mapping_at(document, "metadata"), "name": name},
        "spec": {"selectors": [selector]},
    }


def _model(driver: str, text: str) -> str:
    words = [each for each in re.split(r"[-_ ]", text.lower()) if each]
    model = "-".join(each for each in words if each not in _VENDOR_WORDS)
    if driver != _NVIDIA or not model:
        raise Refused(
            f"which attribute of driver {driver} tells the model {text!r} is not "
            "known; write a selector (dractl attributes lists what a driver publishes)"
        )
    holder = f"device.attributes[{quoted(driver)}]"
    return (
        f"has({holder}.productName){_SEVERAL}"
        f"{holder}.productName.lowerAscii().contains({quoted(model)})"
    )


def _sizes(listed: Sequence[object]) -> list[_Size]:
    sizes = []
    for each in listed:
        fields = each if isinstance(each, Mapping) else {str(each).lower(): each}
        for name, text in fields.items():
            match = _SIZE.fullmatch(str(text))
            if match is None or _LABEL.fullmatch(str(name)) is None:
                raise Refused(
                    f"partition size {name!r}: {text!r} is no amount of memory"
                )
            # What a GB is: 10^9 bytes, which Kubernetes writes as G.
            unit = match[2] if match[2] != "K" or match[3] else "k"
            sizes.append(_Size(str(name), f"{match[1]}{unit}{match[3]}"))
    return sorted(sizes, key=lambda size: Quantity.parse(size.amount))


def _bounds(driver: str, sizes: Sequence[_Size]) -> Iterator[list[str]]:
    """Yield the clauses of each size: that much memory, and less than the next has."""
    holder = f"device.capacity[{quoted(driver)}]"
    for number, size in enumerate(sizes):
        clauses = [
            f"has({holder}.memory)",
            f"{holder}.memory.compareTo(quantity({quoted(size.amount)})) >= 0",
        ]
        if number + 1 < len(sizes):
            above = quoted(sizes[number + 1].amount)
            clauses.append(f"{holder}.memory.compareTo(quantity({above})) < 0")
        yield clauses

"""What node labels say of devices, on the hosts that are kept."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import pytest

from dractl.api.snapshot import Snapshot
from dractl.cel import compile_selector
from dractl.discovery.inventory import inventory
from dractl.migrate.answer import Asking, Meaning, User
from dractl.migrate.labels import translated
from dractl.migrate.readings import sanitised
from dractl.migrate.targets import target
from dractl.model.nodeselection import Requirement, requirement_matches
from dractl.model.quantity import Quantity
from dractl.vendors.base import Wire
from dractl.vendors.plugins import Unit
from tests.hosts.reading import host_facts
from tests.migrate.builders import inputs, order

_NOBODY: Final = Snapshot.from_documents((), kubernetes="1.36")
_POD: Final = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}"
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_UNITS: Final[Mapping[str, Unit]] = {"gpu": "device", "mig": "partition"}
_HOSTS: Final = ("cloud-t4", "dgx-a100", "gb10", "hgx-h100")


@cache
def _devices(host: str) -> tuple[Wire, ...]:
    """Return the GPUs and partitions of NVIDIA's driver, each kind once."""
    found = inventory(host_facts(host)).found
    devices = (each.device for each in found if each.driver == "gpu.nvidia.com")
    return tuple(
        {
            str(sorted(_labels(device).items())): device
            for device in devices
            if device is not None and "cudaComputeCapability" in device["attributes"]
        }.values()
    )


def _labels(device: Wire) -> dict[str, str]:
    """Return what GPU Feature Discovery says of a node with only such devices."""
    read = {name: str(*each.values()) for name, each in device["attributes"].items()}
    product = sanitised(read["productName"], "-")
    if "profile" in read:
        product = f"{product}-MIG-{read['profile'].replace('+', '.')}"
    found = {
        "gpu.product": product,
        "gpu.family": read["architecture"].lower().replace(" ", "-"),
        "cuda.driver-version.full": read["driverVersion"],
        "cuda.runtime-version.major": read["cudaDriverVersion"].split(".")[0],
    }
    major, minor, _ = read["cudaComputeCapability"].split(".")
    found |= {"gpu.compute.major": major, "gpu.compute.minor": minor}
    memory = device.get("capacity", {}).get("memory")
    if memory is not None:
        amount = Quantity.parse(memory["value"]).ceiling >> 20
        found["gpu.memory"] = str(amount)
    return {f"nvidia.com/{label}": value for label, value in found.items()}


def _wants(label: str, value: str) -> Iterator[Requirement]:
    other = "hopper" if value != "hopper" else "turing"
    if label.endswith(".full"):
        other = "1.2.3"
    if value.isdecimal():
        other = str(int(value) + 1)
        for bound in {max(int(value) - 1, 0), int(value), int(value) + 1}:
            yield Requirement(label, "Gt", (f"{bound}",))
            yield Requirement(label, "Lt", (f"{bound}",))
    for operator in ("In", "NotIn"):
        yield Requirement(label, operator, (value,))
        yield Requirement(label, operator, (other, value))
        yield Requirement(label, operator, (other,))
    yield Requirement(label, "Exists")
    yield Requirement(label, "DoesNotExist")


def _expression(want: Requirement, unit: Unit, profile: str) -> str:
    term = {
        "matchExpressions": [
            {"key": want.key, "operator": want.operator, "values": [*want.values]}
        ]
    }
    affinity = {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [term]}}}
    ask = Asking("main", ("spec",), "nvidia.com/gpu", 1)
    user = User(inputs(_POD)[0], ("spec",), {"affinity": affinity}, (ask,))
    made = target(ask.resource, Meaning(unit, profile), order())
    assert made is not None
    (moved,) = translated(user, {ask.resource: made}, _NOBODY).moved
    return moved.expression


@pytest.mark.parametrize("host", _HOSTS)
def test_selectors_say_of_devices_what_labels_say_of_nodes(host: str) -> None:
    assert _devices(host)
    for device in _devices(host):
        kind = device["attributes"]["type"]["string"]
        profile = device["attributes"].get("profile", {}).get("string", "")
        labels = _labels(device)
        for label, value in labels.items():
            for want in _wants(label, value):
                text = _expression(want, _UNITS[kind], profile)
                selector = compile_selector(text)
                assert selector.max_cost < 100_000
                view = {"driver": "gpu.nvidia.com", "capacity": {}, **device}
                is_least = label.endswith("memory") and want.operator == "In"
                if is_least and len(want.values) == 1:
                    meant = int(want.values[0]) <= int(value)
                else:
                    meant = requirement_matches(want, labels)
                assert selector.matches(view) is meant, (want, text)

"""The recorded allocator scenarios, as documents of a cluster.

They lie beside the repository in `shared/`; `needs_shared` skips what cannot find them.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

SHARED: Final = Path(__file__).resolve().parents[2] / "shared"
needs_shared: Final = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recorded vectors are not here"
)

_V1: Final = "resource.k8s.io/v1"
_GATES: Final = (
    "DRAAdminAccess", "DRAConsumableCapacity", "DRADeviceBindingConditions",
    "DRADeviceTaints", "DRAListTypeAttributes", "DRAPartitionableDevices",
    "DRAPrioritizedList", "DRAResourceClaimDeviceStatus",
)  # fmt: skip
_NO_SHARE: Final = "00000000-0000-0000-0000-000000000000"

Wire = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What upstream's allocator said for a node.

    `allocations` has one AllocationResult per claim, None where the claims do not fit;
    `error` is its error, None where there was none.
    """

    allocations: tuple[Wire, ...] | None
    error: str | None


@dataclass(frozen=True)
class Scenario:
    """A cluster with pending claims, and the acceptable answers for every node."""

    name: str
    features: frozenset[str]
    objects: Wire
    answers: Mapping[str, tuple[Answer, ...]]

    @property
    def gates(self) -> dict[str, bool]:
        """The feature gates, each on or off."""
        on = set(self.features)
        if "DRADeviceBindingConditions" in on:
            on.add("DRAResourceClaimDeviceStatus")
        return {gate: gate in on for gate in _GATES}

    @property
    def claim_keys(self) -> list[tuple[str, str]]:
        """Namespace and name of the pending claims, in order."""
        return [
            (meta.get("namespace", "default"), meta["name"])
            for meta in (claim["metadata"] for claim in self.objects["claims"])
        ]

    def documents(self) -> list[Wire]:
        """Return all objects; claims that hold devices come last."""
        claims = [
            {key: value for key, value in claim.items() if key != "status"}
            for claim in self.objects["claims"]
        ]
        return [
            *_typed("v1", "Node", self.objects["nodes"]),
            *_typed(_V1, "DeviceClass", self.objects["classes"]),
            *_typed(_V1, "ResourceSlice", self.objects["slices"]),
            *_typed(_V1, "ResourceClaim", claims),
            *_typed(_V1, "ResourceClaim", _holders(self.objects)),
        ]


def scenarios(path: Path) -> Iterator[Scenario]:
    """Read a file of scenarios, one per line."""
    with gzip.open(path, "rt") as lines:
        for line in lines:
            yield _scenario(json.loads(line))


def _scenario(raw: Wire) -> Scenario:
    answers = {
        node: tuple(
            _answer(each)
            for each in (recorded if isinstance(recorded, list) else [recorded])
        )
        for node, recorded in raw.get("expect", {}).items()
    }
    # Upstream writes a pair of gates that only work together as "A+B".
    features = {part for feature in raw["features"] for part in feature.split("+")}
    return Scenario(raw["name"], frozenset(features), raw, answers)


def _answer(raw: Wire) -> Answer:
    allocations = raw.get("allocations")
    return Answer(None if allocations is None else tuple(allocations), raw.get("error"))


def _typed(version: str, kind: str, objects: list[Wire]) -> Iterator[Wire]:
    for each in objects:
        yield {"apiVersion": version, "kind": kind, **each}


def _holders(objects: Wire) -> list[Wire]:
    """Return claims whose allocations make up what the scenario calls allocated."""
    shares = {
        device: share
        for device, _, share in (
            entry.rpartition("/")
            for entry in objects.get("allocatedSharedDevices") or []
        )
    }
    exclusive = [_result(each) for each in objects.get("allocatedDevices") or []]
    shared = [
        {
            **_result(device),
            "shareID": shares.get(device, _NO_SHARE),
            "consumedCapacity": amounts,
        }
        for device, amounts in (objects.get("allocatedCapacity") or {}).items()
    ]
    return [
        {
            "metadata": {"name": f"held-{number}", "namespace": "held"},
            "status": {"allocation": {"devices": {"results": [result]}}},
        }
        for number, result in enumerate([*exclusive, *shared])
    ]


def _result(device: str) -> Wire:
    # A pool's name may have slashes in it, a driver's and a device's cannot.
    driver, _, rest = device.partition("/")
    pool, _, name = rest.rpartition("/")
    return {"request": "r", "driver": driver, "pool": pool, "device": name}

"""Random small clusters with claims, in wire form, made so that searches backtrack."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ResourceClaim
from tests.solver import generate_claims, generate_devices

Wire = dict[str, Any]

# What a scenario may have in it; each is drawn by itself.
TOPICS: Final[Mapping[str, float]] = {
    "admin": 0.25,
    "all": 0.3,
    "binding": 0.2,
    "capacity": 0.4,
    "constraints": 0.5,
    "counters": 0.45,
    "errors": 0.15,
    "held": 0.5,
    "lists": 0.3,
    "nodes": 0.3,
    "pools": 0.4,
    "prioritized": 0.35,
    "scopes": 0.25,
    "selectors": 0.5,
    "shared": 0.35,
    "taints": 0.35,
}
# Without these no search leaves traces, can abort, or confuses pools (guide.py).
PLAIN: Final = frozenset(
    {"constraints", "capacity", "held", "prioritized", "selectors", "nodes", "scopes"}
)
_GATES: Final = (
    "DRAAdminAccess", "DRAConsumableCapacity", "DRADeviceBindingConditions",
    "DRADeviceTaints", "DRAListTypeAttributes", "DRAPartitionableDevices",
    "DRAPrioritizedList",
)  # fmt: skip
_STABLE_LACKS: Final = {
    "DRAConsumableCapacity",
    "DRADeviceBindingConditions",
    "DRAListTypeAttributes",
}


@dataclass(frozen=True)
class Case:
    """A cluster with pending claims, as documents, and the gates that are on."""

    seed: int
    topics: frozenset[str]
    on: frozenset[str]
    nodes: Sequence[Wire]
    classes: Sequence[Wire]
    slices: Sequence[Wire]
    claims: Sequence[Wire]
    holders: Sequence[Wire]

    @property
    def gates(self) -> dict[str, bool]:
        """The gates, each on or off."""
        status = {"DRAResourceClaimDeviceStatus": True}
        return {gate: gate in self.on for gate in _GATES} | status

    def documents(self) -> Iterator[Wire]:
        """Yield all objects."""
        yield from _typed("v1", "Node", self.nodes)
        yield from _typed("resource.k8s.io/v1", "DeviceClass", self.classes)
        yield from _typed("resource.k8s.io/v1", "ResourceSlice", self.slices)
        yield from _typed("resource.k8s.io/v1", "ResourceClaim", self.claims)
        yield from _typed("resource.k8s.io/v1", "ResourceClaim", self.holders)

    def snapshot(self, kubernetes: str = "1.36") -> Snapshot:
        """Return the cluster; nothing in it is malformed."""
        found = Snapshot.from_documents(
            self.documents(), kubernetes=kubernetes, feature_gates=self.gates
        )
        assert not found.problems, found.problems
        return found


def pending(snapshot: Snapshot) -> list[ResourceClaim]:
    """Return the claims to be allocated, in order."""
    return [claim for claim in snapshot.claims if claim.meta.namespace == "default"]


def _typed(version: str, kind: str, objects: Iterable[Wire]) -> Iterator[Wire]:
    for each in objects:
        yield {"apiVersion": version, "kind": kind, **each}


def case(seed: int, among: Iterable[str] = TOPICS, always: Iterable[str] = ()) -> Case:
    """Return the case of that number; its topics are some of those given."""
    rng = random.Random(seed)
    drawn = {topic for topic in sorted(among) if rng.random() < TOPICS[topic]}
    topics = frozenset({*drawn, *always})
    on = frozenset(_gates(rng, topics))
    nodes = [_node("node-1", "one")]
    if "nodes" in topics:
        nodes.append(_node("node-2", "two"))
    slices = generate_devices.slices(rng, topics, on)
    return Case(
        seed=seed,
        topics=topics,
        on=on,
        nodes=nodes,
        classes=list(generate_claims.classes(rng, topics)),
        slices=slices,
        claims=list(generate_claims.claims(rng, topics, on)),
        holders=list(_holders(rng, topics, slices)),
    )


def _gates(rng: random.Random, topics: frozenset[str]) -> set[str]:
    on = set(_GATES)
    if "lists" not in topics:
        on.discard("DRAListTypeAttributes")
    if rng.random() < 0.15:
        on -= _STABLE_LACKS
    elif rng.random() < 0.2:
        on.discard(rng.choice(_GATES))
    return on


def _node(name: str, zone: str) -> Wire:
    return {"metadata": {"name": name, "labels": {"zone": zone}}}


def _holders(
    rng: random.Random, topics: frozenset[str], slices: Sequence[Wire]
) -> Iterator[Wire]:
    """Yield claims that hold some of the devices."""
    if "held" not in topics:
        return
    share = rng.choice([0.1, 0.3])
    number = 0
    for each in slices:
        for device in each["spec"].get("devices", []):
            for result in _results(rng, each["spec"], device, share):
                yield _holder(number, result)
                number += 1


def _results(
    rng: random.Random, spec: Wire, device: Wire, share: float
) -> Iterator[Wire]:
    result: Wire = {
        "request": "r",
        "driver": spec["driver"],
        "pool": spec["pool"]["name"],
        "device": device["name"],
    }
    if rng.random() < share and not device.get("allowMultipleAllocations"):
        if rng.random() < 0.15:
            result["adminAccess"] = True
        yield result
    while rng.random() < share and device.get("allowMultipleAllocations"):
        number = rng.randrange(10**12)
        piece = {**result, "shareID": f"00000000-0000-4000-8000-{number:012}"}
        if device.get("capacity"):
            piece["consumedCapacity"] = dict.fromkeys(device["capacity"], "1")
        yield piece


def _holder(number: int, result: Wire) -> Wire:
    exactly = {"deviceClassName": "held", "allocationMode": "ExactCount", "count": 1}
    return {
        "metadata": {"name": f"held-{number}", "namespace": "held"},
        "spec": {"devices": {"requests": [{"name": "r", "exactly": exactly}]}},
        "status": {"allocation": {"devices": {"results": [result]}}},
    }

"""A small cluster: two nodes with two devices each, one device for all nodes."""

# ruff: noqa: PLR0913 - a builder takes each field as a keyword with a default

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.model.claims import (
    Allocation,
    ConsumerReference,
    DeviceResult,
    ObjectMeta,
    OwnerReference,
    ResourceClaim,
    Toleration,
)
from dractl.model.devices import Device, DeviceId, ResourceSlice, Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Pod, PodClaim
from dractl.taints.rules import MANAGED_BY
from tests.builders import (
    DRIVER,
    claim,
    class_,
    device,
    node,
    request,
    slice_,
    snapshot,
)

NOW: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
EARLIER: Final = "2026-11-26T11:00:00Z"
RULES_ON: Final = {"DRADeviceTaintRules": True}
OURS: Final = {MANAGED_BY: "dractl"}
NODES: Final = (node("n1"), node("n2"), node("empty"))
CLASSES: Final = (
    class_("gpu", f"device.driver == '{DRIVER}'"),
    class_("big", f"device.attributes['{DRIVER}'].size > 1"),
)


def gpu(number: int, where: str, **attributes: int) -> Device:
    """Return a device of a node, whose name its pool has."""
    return device(f"gpu-{number}", pool=where, attributes=attributes)


def of_node(where: str, *devices: Device) -> ResourceSlice:
    """Return the slice of a node."""
    return slice_(*devices, name=where, pool=where, node=where)


SLICES: Final = (
    of_node("n1", gpu(0, "n1", size=1), gpu(1, "n1", size=2)),
    of_node("n2", gpu(0, "n2", size=2), gpu(1, "n2")),
    slice_(
        device("nic-0", driver="nic.example.com", pool="fabric"),
        name="fabric",
        driver="nic.example.com",
        pool="fabric",
        all_nodes=True,
    ),
)


class User(NamedTuple):
    """A pod and its claim."""

    pod: Pod
    claim: ResourceClaim


def hot(effect: str = "NoExecute", since: str | None = EARLIER) -> Taint:
    """Return a taint that has been there for an hour."""
    return Taint("hot", "", effect, since)


def tolerates_hot(seconds: int | None = None, effect: str = "NoExecute") -> Toleration:
    """Return a toleration of that taint."""
    return Toleration("hot", "Exists", "", effect, seconds)


def user(
    name: str,
    *devices: str,
    tolerations: Sequence[Toleration] = (),
    node_name: str = "n1",
    is_reserved: bool = True,
    is_special: bool = False,
    labels: Mapping[str, str] | None = None,
    owner: str = "Job",
) -> User:
    """Return a pod that has devices of pools: `n1/gpu-0`, through one claim.

    `is_special`: through the claim for its extended resources.
    """
    meta = ObjectMeta(
        name,
        "default",
        uid=f"uid-{name}",
        labels=labels or {},
        owners=(OwnerReference(owner, "owner", controller=True),),
    )
    named = () if is_special else (PodClaim("gpu", claim=f"{name}-claim"),)
    extended = f"{name}-claim" if is_special else None
    pod = Pod(
        meta,
        node_name=node_name,
        phase="Running",
        claims=named,
        extended_claim=extended,
    )
    results = [
        DeviceResult(
            "gpu", DeviceId(DRIVER, *each.split("/")), False, tuple(tolerations)
        )
        for each in devices
    ]
    held = claim(request(), name=f"{name}-claim", allocation=Allocation(tuple(results)))
    reference = ConsumerReference("pods", name, meta.uid)
    reserved = (reference,) if is_reserved else ()
    return User(pod, dataclasses.replace(held, reserved_for=reserved))


def used_by(
    *users: User,
    rules: Sequence[DeviceTaintRule] = (),
    slices: Sequence[ResourceSlice] = SLICES,
    gates: Mapping[str, bool] | None = None,
    kubernetes: str = "1.36",
) -> Snapshot:
    """Return the cluster with its users; rules are on unless gates are named."""
    return snapshot(
        kubernetes=kubernetes,
        feature_gates=RULES_ON if gates is None else gates,
        nodes=NODES,
        classes=CLASSES,
        slices=slices,
        claims=[each.claim for each in users],
        pods=[each.pod for each in users],
        rules=rules,
    )

"""What can be told of one device: where it is, who has it, whom it would suit."""

import dataclasses
from collections.abc import Iterator

from dractl.catalogue.nearest import guess
from dractl.diagnose.answer import DeviceReport, Evidence
from dractl.diagnose.world import World
from dractl.errors import DractlError, ExitStatus
from dractl.model.devices import Device, DeviceId, ResourceSlice
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Node
from dractl.solver.errors import AllocationAborted
from dractl.solver.inventory import Pool
from dractl.solver.ledger import available_counters
from dractl.solver.view import untolerated, used_of


def explain_device(world: World, name: str) -> DeviceReport:
    """Return the report of a device given as DRIVER/POOL/DEVICE.

    Raises DractlError if it is published nowhere, and nobody holds it either.
    """
    identity = parsed(name)
    device = world.device_by_id.get(identity)
    holders = world.holders.of(identity)
    described = tuple(world.holders.described(each) for each in holders)
    if device is None:
        if not holders:
            raise _unknown(world, name)
        gone = Device(identity)
        note = "no slice has it any more, though a claim still holds it"
        return DeviceReport(gone, "", (), described, notes=(note,))
    home = _home(world, device)
    nodes = [each for each in world.nodes if _sees(world, each, device)]
    return DeviceReport(
        device,
        home.name,
        tuple(each.name for each in nodes),
        described,
        tuple(_counters(world, device, nodes)),
        tuple(_capacity(world, device)),
        tuple(_classes(world, device)),
        tuple(_claims(world, device)),
        tuple(_notes(world, device, home, nodes)),
    )


def parsed(name: str) -> DeviceId:
    """Read DRIVER/POOL/DEVICE; a pool's name may have slashes. Raises DractlError."""
    driver, _, rest = name.partition("/")
    pool, _, device = rest.rpartition("/")
    if not (driver and pool and device):
        raise DractlError(
            "usage",
            f"{name[:80]!r} is not DRIVER/POOL/DEVICE",
            hint="write it like gpu.example.com/node-1/gpu-0",
            status=ExitStatus.USAGE,
        )
    return DeviceId(driver, pool, device)


def _unknown(world: World, name: str) -> DractlError:
    known = [str(each) for each in world.device_by_id]
    listed = f"{len(known)} devices are published; see dractl cel true -o name"
    return DractlError(
        "unknown-device",
        f"no device is called {name[:120]!r}",
        hint=guess(name, known, listed),
        status=ExitStatus.USAGE,
    )


def _home(world: World, device: Device) -> ResourceSlice:
    key = (device.id.driver, device.id.pool)
    return next(
        each
        for each in world.allocator.inventory.slices_of(key)
        if any(other is device for other in each.devices)
    )


def _sees(world: World, node: Node, device: Device) -> bool:
    """Tell whether the node can use the device, its pool being in order."""
    try:
        view = world.allocator.view(node)
    except (AllocationAborted, NodeSelectorError):
        return False
    if not any(each is device for each in view.devices):
        return False
    return device.scope is None or device.scope.includes(node.name, node.meta.labels)


def _counters(world: World, device: Device, nodes: list[Node]) -> Iterator[Evidence]:
    pool = next(
        (
            pool
            for node in nodes[:1]
            for pool in world.allocator.view(node).inventory.pools
            if pool.key == (device.id.driver, device.id.pool)
        ),
        None,
    )
    if pool is None or not device.consumes:
        return
    rules = world.allocator.rules
    left = available_counters(
        pool, world.allocator.usage, shares_count=rules.shared_use_counts
    )
    for use in device.consumes:
        for name, needed in use.counters.items():
            rest = left.get((use.counter_set, name), 0)
            yield {
                "counterSet": use.counter_set,
                "counter": name,
                "needed": str(needed),
                "left": str(dataclasses.replace(needed, nanos=rest)),
                "suffices": rest >= needed.nanos,
                "drawnBy": _drawing(world, pool, use.counter_set, name),
            }


def _drawing(world: World, pool: Pool, counter_set: str, counter: str) -> list[str]:
    """Return the held devices that draw from a counter."""
    return [
        str(each.id)
        for each in pool.consumers
        if world.holders.of(each.id)
        and any(
            use.counter_set == counter_set and counter in use.counters
            for use in each.consumes
        )
    ]


def _capacity(world: World, device: Device) -> Iterator[Evidence]:
    used = used_of(world.allocator.usage, device)
    for name, capacity in sorted(device.capacity.items()):
        taken = dataclasses.replace(capacity.value, nanos=used.get(name, 0))
        yield {
            "name": name,
            "value": str(capacity.value),
            "used": str(taken) if device.allow_multiple_allocations else None,
        }


def _classes(world: World, device: Device) -> Iterator[str]:
    selectors = world.allocator.planner.selectors
    for each in world.snapshot.classes:
        if selectors.eligibility(tuple(each.selectors)).verdict(device) is True:
            yield each.name


def _claims(world: World, device: Device) -> Iterator[str]:
    """Yield the pending claims that select the device, and what keeps them from it."""
    selectors = world.allocator.planner.selectors
    for claim in world.snapshot.pending_claims:
        for request in claim.spec.requests:
            taints = []
            for option in request.options:
                known = world.snapshot.class_by_name.get(option.device_class)
                if known is None:
                    continue
                texts = (*known.selectors, *option.selectors)
                if selectors.eligibility(texts).verdict(device) is True:
                    taints.append(untolerated(device.taints, option.tolerations))
            what = f"claim {'/'.join(claim.meta.key)} request {request.name}"
            if None in taints:
                yield what
            elif taints and taints[0] is not None:
                yield f"{what}, which does not tolerate {taints[0].key}"


def _notes(
    world: World, device: Device, home: ResourceSlice, nodes: list[Node]
) -> Iterator[str]:
    key = (device.id.driver, device.id.pool)
    slices = world.allocator.inventory.slices_of(key)
    mine = [each for each in slices if each.generation == home.generation]
    if len(mine) != home.slice_count:
        yield (
            f"its pool has {len(mine)} of {home.slice_count} slices, so nobody gets it"
        )
    elif not nodes:
        yield "no node of the snapshot can use it"
    if device.allow_multiple_allocations:
        yield "several claims may have it at once"
    if device.binding_conditions:
        yield f"pods wait for {', '.join(device.binding_conditions)} before they start"

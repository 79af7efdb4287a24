"""Causes in what drivers publish: nothing, half a pool, or pools that are invalid."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from dractl.catalogue.nearest import nearest
from dractl.diagnose.absence import is_of
from dractl.diagnose.answer import Cause
from dractl.diagnose.blaming import MOST_SHOWN, about, options_of, place, subject_of
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, with_option
from dractl.diagnose.flaws import flaw_of
from dractl.diagnose.plugins import ailing
from dractl.diagnose.survey import Found
from dractl.diagnose.table import told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import counted, listed
from dractl.model.claims import Option
from dractl.model.devices import ResourceSlice
from dractl.solver.inventory import Pool, PoolKey


@told_of_nodes("no-devices-published")
def nothing_published(case: Case, found: Found) -> Told:
    """No slice that can be used holds a device of the class's drivers."""
    option = options_of(case, found)[0]
    drivers = case.world.drivers_of(option.device_class)
    slices = [
        each for each in case.world.snapshot.slices if is_of(each.driver, drivers)
    ]
    published = case.world.catalogue.drivers
    named = "any driver" if drivers is None else f"driver {listed(sorted(drivers))}"
    subject = f"{subject_of(case, found)} (class {option.device_class})"
    if not slices:
        others = listed(sorted(published)) or "no driver at all"
        message = (
            f"{subject}: {named} publishes no ResourceSlice; there are slices of "
            f"{others}{_still_held(case, drivers)}"
        )
    elif not any(each.devices for each in slices):
        message = (
            f"{subject}: the {counted(len(slices), 'slice')} of {named} "
            f"hold{'s' if len(slices) == 1 else ''} no device"
        )
    else:
        message = (
            f"{subject}: {named} publishes devices, but only for nodes that are not "
            f"there ({listed(_places(slices))})"
        )
    cause = about(
        case,
        found,
        message,
        deviceClass=option.device_class,
        drivers=None if drivers is None else sorted(drivers),
        slices=len(slices),
        published=dict(sorted(published.items())[:MOST_SHOWN]),
    )
    advice = Change(
        f"see that {named} runs on the nodes: its pods, its log, and "
        "kubectl get resourceslices"
    )
    ill = [Change(f"look at why {each}") for each in ailing(case.world, drivers or ())]
    meant = () if slices else _meant(case, found, option, drivers)
    return Told(cause, (*meant, *ill[:3], advice))


def _still_held(case: Case, drivers: frozenset[str] | None) -> str:
    """Return who still has devices of drivers that publish nothing any more."""
    held = [
        f"{'/'.join(holder.claim.meta.key)} ({identity})"
        for identity, holders in case.world.holders.by_device.items()
        if drivers is not None and identity.driver in drivers
        for holder in holders
    ]
    return f"; it had some, which claims still hold: {listed(held, 2)}" if held else ""


def _places(slices: Iterable[ResourceSlice]) -> list[str]:
    return [each.scope.node_name or "by a node selector" for each in slices]


def _meant(
    case: Case, found: Found, option: Option, drivers: frozenset[str] | None
) -> Iterator[Change]:
    """Yield the driver or class that may have been meant, by its name."""
    claim = case.claim(found)
    if claim is None:
        return
    device_class = case.world.snapshot.class_by_name.get(option.device_class)
    for driver in sorted(drivers or ()):
        for near in nearest(driver, case.world.catalogue.drivers):
            if device_class is None:
                continue
            changed = dataclasses.replace(
                device_class,
                selectors=tuple(
                    None if each is None else each.replace(driver, near)
                    for each in device_class.selectors
                ),
            )
            yield Change(
                f"select driver {near} instead of {driver} in class "
                f"{option.device_class}",
                moves=partial(case.world.with_classes, changed),
            )
    names = [each.name for each in case.world.snapshot.classes]
    for near in nearest(option.device_class, set(names) - {option.device_class}):
        yield Change(
            f"use class {near} instead of {option.device_class}{place(case, found)}",
            with_option(
                claim.meta.name,
                found.blame.request,
                partial(dataclasses.replace, device_class=near),
            ),
        )


# -- pools


@told_of_nodes("pool-incomplete")
def incomplete(case: Case, found: Found) -> Told:
    """The devices are in a pool whose newest generation lacks slices."""
    pools = {
        pool.key: pool
        for node in found.nodes
        for view in [case.world.allocator.view(node).inventory]
        for pool in (*view.pools, *view.obsolete)
        if pool.defect in {"incomplete", "obsolete"}
    }
    described = [_incomplete(case, pool) for pool in pools.values()]
    cause = _unusable(case, found, "not complete", described)
    names = listed(sorted({driver for driver, _ in pools}))
    advice = Change(
        f"wait for driver {names} to publish the rest; if it does not, restart its pod "
        "on the node and read its log"
    )
    drivers = {driver for driver, _ in pools}
    ill = [Change(f"look at why {each}") for each in ailing(case.world, drivers)]
    return Told(cause, (*ill[:3], advice))


def _unusable(
    case: Case, found: Found, state: str, pools: Sequence[Mapping[str, object]]
) -> Cause:
    """Return the cause that devices match, and are in pools of which none is used."""
    parts = [f"{each['pool']}: {each['why']}" for each in pools]
    return about(
        case,
        found,
        f"{subject_of(case, found)}: devices match, but their pool is {state}, so none "
        f"of them is used ({listed(parts, 2)})",
        pools=pools[:MOST_SHOWN],
    )


def _incomplete(case: Case, pool: Pool) -> dict[str, object]:
    mine = case.world.newest_slices(pool.key)
    newest, want = mine[0].generation, mine[0].slice_count
    why = f"{len(mine)} of {counted(want, 'slice')} of generation {newest}"
    if len(mine) == want:
        why = f"generation {newest} is on other nodes already"
    return {
        "pool": "/".join(pool.key),
        "generation": newest,
        "slices": [each.name for each in mine],
        "expected": want,
        "why": why,
    }


@told_of_nodes("pool-invalid")
def invalid(case: Case, found: Found) -> Told:
    """The devices are in a pool that the scheduler does not accept."""
    keys = {
        pool.key
        for node in found.nodes
        for pool in case.world.allocator.view(node).inventory.pools
        if pool.defect == "invalid"
    }
    described = [
        {"pool": "/".join(key), "why": _flaw(case, key)} for key in sorted(keys)
    ]
    cause = _unusable(case, found, "invalid", described)
    names = listed(sorted({driver for driver, _ in keys}))
    advice = Change(f"report this to the vendor of driver {names}: it published them")
    return Told(cause, (advice,))


def _flaw(case: Case, key: PoolKey) -> str:
    """Return what makes a pool invalid."""
    return flaw_of(case.world.newest_slices(key)) or "the scheduler does not say why"

"""Causes in what devices share: counters that are spent, capacity that is too small."""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from dractl.catalogue.nearest import nearest
from dractl.diagnose.blaming import (
    MOST_SHOWN,
    about,
    held_by,
    options_of,
    place,
    subject_of,
    tied,
    wants,
)
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, with_option
from dractl.diagnose.fewer import ever_fewer
from dractl.diagnose.shortages import freeing
from dractl.diagnose.stock import Stock, best, different, merged, stocks
from dractl.diagnose.survey import Found
from dractl.diagnose.table import told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed, on_nodes
from dractl.model.claims import Option
from dractl.model.devices import Device
from dractl.model.quantity import Quantity
from dractl.solver.holders import Holder
from dractl.solver.inventory import Pool
from dractl.solver.ledger import available_counters
from dractl.solver.view import positions, used_of


class _Short(NamedTuple):
    """A counter of which a device needs more than is left."""

    pool: str
    counter_set: str
    counter: str
    needed: Quantity
    left: Quantity

    def __str__(self) -> str:
        return (
            f"{self.counter} of counter set {self.counter_set} in pool {self.pool}: "
            f"{self.needed} needed, {self.left} left"
        )


@told_of_nodes("counters-exhausted")
def counters(case: Case, found: Found) -> Told:
    """Devices match and are free, but the counters that they draw from are spent."""
    known = [stock for stock in merged(case, found) if stock.matching]
    short = list(dict.fromkeys(each for stock in known for each in _short(case, stock)))
    scarce = {(each.pool, each.counter_set, each.counter) for each in short}
    holders = [each for stock in known for each in _drawing(case, stock, scarce)]
    top = best(known)
    matching = different(known, lambda stock: stock.matching)
    held = different(known, lambda stock: stock.held)
    why = (
        listed(map(str, short), 1)
        if short
        else "one device can be had, but not as many as are wanted"
    )
    where = on_nodes(found.names)
    state = f"counters do not suffice for any of the {matching} that match {where}"
    if held:
        state = (
            f"{held} of the {matching} that match {where} are in use, and counters do "
            "not suffice for more"
        )
    cause = about(
        case,
        found,
        f"{subject_of(case, found)} wants {wants(top)}; {state} ({why})",
        wants=top.needs,
        matching=matching,
        inUse=held,
        counters=[
            {
                "pool": each.pool,
                "counterSet": each.counter_set,
                "counter": each.counter,
                "needed": str(each.needed),
                "left": str(each.left),
            }
            for each in short[:MOST_SHOWN]
        ],
        held=[case.world.holders.described(each) for each in holders[:MOST_SHOWN]],
        **held_by(case, holders),
    )
    # Counters that suffice for each device may not suffice for all of them.
    number = min(top.good.bit_count(), top.needs - 1)
    changes = (*ever_fewer(case, found, number), *freeing(case, holders))
    return Told(cause, changes, "counters that suffice for these devices, on one node")


def _pools(stock: Stock) -> list[Pool]:
    of = stock.view.inventory.pool_of
    here = positions(stock.matching & stock.view.consuming)
    return list({of[each].key: of[each] for each in here}.values())


def _short(case: Case, stock: Stock) -> Iterator[_Short]:
    usage = case.world.allocator.usage
    shares_count = case.world.allocator.rules.shared_use_counts
    left = {
        pool.key: available_counters(pool, usage, shares_count=shares_count)
        for pool in _pools(stock)
    }
    free = stock.matching & ~stock.held
    for device in stock.devices(free & stock.view.consuming):
        have = left[device.id.driver, device.id.pool]
        for use in device.consumes:
            for name, needed in use.counters.items():
                nanos = have.get((use.counter_set, name), 0)
                if nanos < needed.nanos:
                    rest = dataclasses.replace(needed, nanos=nanos)
                    yield _Short(device.id.pool, use.counter_set, name, needed, rest)


def _drawing(
    case: Case, stock: Stock, scarce: set[tuple[str, str, str]]
) -> Iterator[Holder]:
    """Yield who holds devices that draw from what is scarce, or else from the pool."""
    for pool in _pools(stock):
        for device in pool.consumers:
            drawn = {
                (device.id.pool, use.counter_set, name)
                for use in device.consumes
                for name in use.counters
            }
            if not scarce or drawn & scarce:
                yield from case.world.holders.of(device.id)


# -- capacity


@told_of_nodes("capacity-insufficient")
def capacity(case: Case, found: Found) -> Told:
    """Devices match, but have too little of a capacity, or too little of it left."""
    known = [stock for stock in merged(case, found) if stock.matching]
    devices = [each for stock in known for each in stock.devices(stock.matching)]
    asked = {
        name: amount
        for option in options_of(case, found)
        for name, amount in (option.capacity or {}).items()
    }
    usage = case.world.allocator.usage
    left = {
        name: [
            (_left(device, name, used_of(usage, device).get(name, 0)), device)
            for device in devices
            if name in device.capacity
        ]
        for name in (asked or _names(devices))
    }
    parts = [_capacity_part(name, asked.get(name), left[name]) for name in left]
    holders = [each for d in devices for each in case.world.holders.of(d.id)]
    top = best(known)
    cause = about(
        case,
        found,
        f"{subject_of(case, found)} wants {wants(top)}; of {len(devices)} that match "
        f"{on_nodes(found.names)}, too few have the capacity"
        f"{tied(case, found)}: {listed(parts, 3)}",
        wants=top.needs,
        matching=len(devices),
        capacity=[
            {
                "name": name,
                "requested": str(asked[name]) if name in asked else None,
                "mostLeft": str(max(amount for amount, _ in found_left))
                if (found_left := left[name])
                else None,
                "devices": {str(d.id): str(amount) for amount, d in found_left[:8]},
            }
            for name in left
        ],
        **held_by(case, holders),
    )
    changes = (*_less(case, found, left), *freeing(case, holders))
    return Told(cause, changes, "a device with that much capacity left")


def _names(devices: Sequence[Device]) -> list[str]:
    return list(dict.fromkeys(name for each in devices for name in each.capacity))


def _left(device: Device, name: str, used: int) -> Quantity:
    value = device.capacity[name].value
    return dataclasses.replace(value, nanos=value.nanos - used)


def _capacity_part(
    name: str, asked: Quantity | None, left: Sequence[tuple[Quantity, Device]]
) -> str:
    wanted = f"{asked} of {name} asked for" if asked else f"all of {name} is taken"
    if not left:
        return f"{wanted}, and no device has such a capacity"
    most = max(amount for amount, _ in left)
    return f"{wanted}, at most {most} left on a device"


def _less(
    case: Case, found: Found, left: dict[str, list[tuple[Quantity, Device]]]
) -> Iterator[Change]:
    """Yield asking for as much of each capacity as some device has left."""
    claim = case.claim(found)
    if claim is None or not found.blame.request:
        return
    matching = (each for s in stocks(case, found) for each in s.devices(s.matching))
    left_names = _names(list(matching))
    for option in options_of(case, found):
        for name, asked in (option.capacity or {}).items():
            amounts = [amount for amount, _ in left.get(name, ()) if amount.nanos > 0]
            for amount in sorted({each for each in amounts if each < asked})[-1:]:
                yield Change(
                    f"ask for {amount} of {name} instead of {asked}"
                    f"{place(case, found)}",
                    with_option(
                        claim.meta.name,
                        found.blame.request,
                        partial(_with_capacity, name=name, amount=amount),
                    ),
                )
            if left.get(name):
                continue
            for near in _meant(name, left_names):
                yield Change(
                    f"ask for {near} instead of {name}{place(case, found)}",
                    with_option(
                        claim.meta.name,
                        found.blame.request,
                        partial(_renamed, name=name, near=near),
                    ),
                )
            yield Change(
                f"do not ask for the capacity {name}{place(case, found)}: no device "
                "has it",
                with_option(
                    claim.meta.name,
                    found.blame.request,
                    partial(_without_capacity, name=name),
                ),
            )


def _meant(name: str, known: Sequence[str]) -> Sequence[str]:
    """Return the capacity that may have been meant: its short name, or the nearest."""
    short = name.rpartition("/")[2]
    return (short,) if short in known else nearest(short, known)


def _renamed(option: Option, name: str, near: str) -> Option:
    asked = {
        near if each == name else each: amount
        for each, amount in (option.capacity or {}).items()
    }
    return dataclasses.replace(option, capacity=asked)


def _with_capacity(option: Option, name: str, amount: Quantity) -> Option:
    return dataclasses.replace(
        option, capacity={**(option.capacity or {}), name: amount}
    )


def _without_capacity(option: Option, name: str) -> Option:
    rest = {n: amount for n, amount in (option.capacity or {}).items() if n != name}
    return dataclasses.replace(option, capacity=rest or None)

"""Causes in taints: of devices that match, but that the request does not tolerate."""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from dractl.api.spelling import tolerating, written
from dractl.diagnose.blaming import MOST_SHOWN, about, place, subject_of, wants
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Alter, Change, with_option
from dractl.diagnose.fewer import fewer
from dractl.diagnose.stock import Stock, best, different, merged
from dractl.diagnose.survey import Found
from dractl.diagnose.table import told_of_nodes
from dractl.diagnose.told import Told
from dractl.diagnose.words import counted, listed, on_nodes
from dractl.model.claims import Option
from dractl.model.devices import Device, Taint
from dractl.solver.extended import CLAIM_NAME
from dractl.solver.subjects import Subject
from dractl.solver.view import untolerated


class _Tainted(NamedTuple):
    """A taint and the devices that have it."""

    taint: Taint
    devices: list[Device]


@told_of_nodes("devices-tainted")
def tainted(case: Case, found: Found) -> Told:
    """The devices that are missing have taints that the request does not tolerate."""
    known = merged(case, found)
    groups = _groups(known)
    parts = [
        f"{written(each.taint)} on {counted(len(each.devices), 'device')} "
        f"({_source(each.taint)})"
        for each in groups
    ]
    top = best(known)
    matching = different(known, lambda stock: stock.matching)
    cause = about(
        case,
        found,
        f"{subject_of(case, found)} wants {wants(top)}; of {matching} that match "
        f"{on_nodes(found.names)} it does not tolerate {listed(parts, 3)}",
        wants=top.needs,
        matching=matching,
        taints=[_described(each) for each in groups],
    )
    taints = [each.taint for each in groups]
    changes = (*_tolerating(case, found, taints), *_untainting(case, taints))
    return Told(cause, (*changes, *fewer(case, found, top.good.bit_count())))


def _groups(known: Sequence[Stock]) -> list[_Tainted]:
    groups: dict[tuple[str, str, str, str | None], _Tainted] = {}
    for stock in known:
        for device in stock.devices(stock.tainted):
            for taint in device.taints:
                if untolerated((taint,), stock.plan.option.tolerations) is None:
                    continue
                key = (taint.key, taint.value, taint.effect, taint.rule)
                groups.setdefault(key, _Tainted(taint, [])).devices.append(device)
    return list(groups.values())


def _described(group: _Tainted) -> dict[str, object]:
    taint, devices = group
    return {
        "key": taint.key,
        "value": taint.value,
        "effect": taint.effect,
        "timeAdded": taint.time_added,
        "rule": taint.rule,
        "driver": None if taint.rule else devices[0].driver,
        "devices": [str(each.id) for each in devices[:MOST_SHOWN]],
        "deviceCount": len(devices),
    }


def _source(taint: Taint) -> str:
    return f"DeviceTaintRule {taint.rule}" if taint.rule else "set by the driver"


def _tolerating(case: Case, found: Found, taints: Sequence[Taint]) -> Iterator[Change]:
    """Yield tolerating each of the taints, and then all of them."""
    claim = case.claim(found)
    if claim is None or claim.meta.name == CLAIM_NAME:
        return
    requests = [found.blame.request] if found.blame.request else []
    requests = requests or [each.name for each in claim.spec.requests]
    where = place(case, found)
    several = [list(taints)] if len(taints) > 1 else []
    singles: list[str] = []
    for group in [[each] for each in taints] + several:
        names = listed([written(each) for each in group], len(group))
        yield Change(
            text := f"tolerate {names}{where}",
            _with_tolerations(claim.meta.name, requests, group),
            includes=tuple(singles) if len(group) > 1 else (),
        )
        singles.append(text)


def _with_tolerations(
    claim: str, requests: Sequence[str], taints: Sequence[Taint]
) -> Alter:
    added = tuple(tolerating(each) for each in taints)

    def edit(option: Option) -> Option:
        return dataclasses.replace(option, tolerations=(*option.tolerations, *added))

    def alter(subject: Subject) -> Subject:
        for request in requests:
            subject = with_option(claim, request, edit)(subject)
        return subject

    return alter


def _untainting(case: Case, taints: Sequence[Taint]) -> Iterator[Change]:
    """Yield removing each rule that put a taint there."""
    for rule in dict.fromkeys(taint.rule for taint in taints if taint.rule):
        yield Change(
            f"remove DeviceTaintRule {rule}",
            moves=partial(case.world.without_rule, rule),
        )

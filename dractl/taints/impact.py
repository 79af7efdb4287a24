"""What a plan does to devices, claims and pods, before anything is changed."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dractl.model.claims import ResourceClaim
from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.eviction import EVICTING
from dractl.taints.fates import Fate, PodImpact, Weighing
from dractl.taints.fleet import Fleet
from dractl.taints.notices import Notice
from dractl.taints.plan import Plan
from dractl.taints.selection import RuleIndex, in_force
from dractl.taints.stranded import Progress, Stranded, stranded


@dataclass(frozen=True, slots=True)
class Impact:
    """The devices that a plan is about, and what hangs on them.

    `already` are those that have the same taints now, `unpublished` those that only
    claims know of. `preview` are the pods that would be evicted if the taints were
    NoExecute, where they are not; `stranded` the pods and claims that wait, and lose
    the last place where they would fit.
    """

    devices: tuple[DeviceId, ...] = ()
    already: tuple[DeviceId, ...] = ()
    unpublished: tuple[DeviceId, ...] = ()
    claims: tuple[ResourceClaim, ...] = ()
    pods: tuple[PodImpact, ...] = ()
    preview: tuple[PodImpact, ...] = ()
    stranded: tuple[Stranded, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def evicted(self) -> tuple[PodImpact, ...]:
        """The pods that go."""
        return tuple(each for each in self.pods if each.fate is Fate.EVICTED)


def impact(
    fleet: Fleet, plan: Plan, now: datetime, progress: Progress | None = None
) -> Impact:
    """Return what a plan does. `progress` hears how many waiting pods are looked at."""
    before = fleet.snapshot.taint_rules
    after = plan.rules_after(before, now)
    devices = _devices(fleet, plan)
    weighed = Weighing(fleet, plan, before, after)
    claims = {
        id(claim): claim for each in devices for claim in fleet.holders.get(each, ())
    }
    pods = tuple(weighed.pods(claims.values()))
    lost, notices = stranded(fleet, after, devices, progress)
    return Impact(
        devices=devices,
        already=tuple(_already(fleet, plan, devices, now)),
        unpublished=tuple(each for each in devices if each not in fleet.devices),
        claims=tuple(claims.values()),
        pods=pods,
        preview=tuple(_preview(fleet, plan, before, now, claims.values())),
        stranded=lost,
        notices=notices,
    )


def _devices(fleet: Fleet, plan: Plan) -> tuple[DeviceId, ...]:
    selectors = [each.selector for each in plan.rules]
    selectors += [each.selector for each in plan.removed if each.selector is not None]
    found: dict[DeviceId, None] = {}
    for selector in selectors:
        found.update(dict.fromkeys(fleet.known(selector)))
    return tuple(found)


def _already(
    fleet: Fleet, plan: Plan, devices: Iterable[DeviceId], now: datetime
) -> Iterator[DeviceId]:
    """Yield the devices that have all taints of the plan as things stand."""
    planned = RuleIndex(each.after(now) for each in plan.rules)
    known = RuleIndex(in_force(fleet.snapshot.taint_rules, fleet.snapshot.profile))
    for device in devices:
        published = fleet.devices.get(device)
        has = {_plain(each.taint) for each in known.of(device)}
        has.update(_plain(each) for each in (published.taints if published else ()))
        wanted = {_plain(each.taint) for each in planned.of(device)}
        if wanted and wanted <= has:
            yield device


def _plain(taint: Taint) -> tuple[str, str, str]:
    return taint.key, taint.value, taint.effect


def _preview(
    fleet: Fleet,
    plan: Plan,
    before: Sequence[DeviceTaintRule],
    now: datetime,
    claims: Iterable[ResourceClaim],
) -> Iterator[PodImpact]:
    """Yield the pods that go if all taints of the plan become NoExecute."""
    if all(each.taint.effect == EVICTING for each in plan.rules):
        return
    rules = tuple(
        dataclasses.replace(
            each, taint=dataclasses.replace(each.taint, effect=EVICTING)
        )
        for each in plan.rules
    )
    sharper = dataclasses.replace(plan, rules=rules)
    weighed = Weighing(fleet, sharper, before, sharper.rules_after(before, now))
    yield from (each for each in weighed.pods(claims) if each.fate is Fate.EVICTED)

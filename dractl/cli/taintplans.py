"""How a plan of `dractl taint` looks: the rules, and what hangs on their devices."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from dractl.api.spelling import written
from dractl.cli import output
from dractl.cli.clock import age
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.fates import Fate, PodImpact
from dractl.taints.impact import Impact
from dractl.taints.moments import written_moment
from dractl.taints.plan import Change, Plan, PlannedRule
from dractl.taints.rules import Remarks
from dractl.taints.snippet import toleration_snippet
from dractl.taints.stranded import Stranded

_MOST: Final = 10  # rules and pods of one section
_KEEPING: Final = frozenset({"NoSchedule", "NoExecute"})
"""The effects that tolerations are for."""


def text(
    plan: Plan, impact: Impact, now: datetime, screen: Terminal, *, is_whole: bool
) -> str:
    """Return what a plan does, of long lists only the start unless it `is_whole`."""
    if not plan.rules and not plan.removed:
        return ""
    limit = screen.columns or NARROW
    most = None if is_whole else _MOST
    lines = list(_rules(plan, screen, limit, most))
    lines += indented(_counts(impact), limit, "", "  ")
    for heading, pods in _sections(impact):
        if pods:
            lines.append(screen.heading(f"{heading}: {counted(len(pods), 'pod')}"))
            lines += _pods(pods, now, limit, most)
    if impact.stranded:
        lines.append(screen.heading("LOSE THE LAST PLACE WHERE THEY WOULD FIT"))
        lines += _stranded(impact.stranded, limit, most)
    lines += _tolerations(plan, screen)
    return "".join(f"{line}\n" for line in lines)


def _rules(plan: Plan, screen: Terminal, limit: int, most: int | None) -> Iterator[str]:
    for each in plan.rules[:most]:
        verb = "keep" if each.change is Change.NOTHING else str(each.change)
        yield from _headed(f"{verb} DeviceTaintRule {each.name}", screen, limit)
        for fact in _facts(each):
            yield from indented(fact, limit, "  ", "    ")
    yield from _rest(plan.rules, most)
    for rule in plan.removed[:most]:
        yield from _headed(f"remove DeviceTaintRule {rule.name}", screen, limit)
        for fact in _facts_of(rule):
            yield from indented(fact, limit, "  ", "    ")
    yield from _rest(plan.removed, most)


def _headed(said: str, screen: Terminal, limit: int) -> Iterator[str]:
    yield from map(screen.heading, indented(said, limit, "", "  "))


def _facts(rule: PlannedRule) -> Iterator[str]:
    yield f"{written(rule.taint)} on {rule.selector}"
    annotations = rule.document["metadata"].get("annotations", {})
    yield from _remarks(Remarks.among(annotations))
    if rule.before is not None and rule.overwrites:
        yield f"in the place of {written(rule.before.taint)}"


def _facts_of(rule: DeviceTaintRule) -> Iterator[str]:
    selector = "nothing" if rule.selector is None else str(rule.selector)
    yield f"{written(rule.taint)} on {selector}"
    yield from _remarks(Remarks.of(rule))


def _remarks(remarks: Remarks) -> Iterator[str]:
    if said := remarked(remarks):
        yield said


def remarked(remarks: Remarks) -> str:
    """Return what is known of a rule beside its taint; "" for nothing."""
    said = {"until": remarks.until, "owner": remarks.owner, "reason:": remarks.reason}
    return ", ".join(f"{word} {each}" for word, each in said.items() if each)


def _counts(impact: Impact) -> str:
    devices = counted(len(impact.devices), "device")
    missing = f", {len(impact.unpublished)} not published" if impact.unpublished else ""
    known = f", {len(impact.already)} tainted so already" if impact.already else ""
    users = (
        f"{counted(len(impact.claims), 'claim')} and {counted(len(impact.pods), 'pod')}"
    )
    return f"{devices}{missing}{known}; in use by {users}"


def _sections(impact: Impact) -> Iterator[tuple[str, list[PodImpact]]]:
    gone = impact.evicted
    yield "EVICTED", [each for each in gone if each.is_caused]
    yield "EVICTED ANYWAY", [each for each in gone if not each.is_caused]
    fates = {each.pod.meta.key: each.fate for each in impact.pods}
    relieved = [each for each in impact.pods if each.fate is Fate.RELIEVED]
    yield "NOT EVICTED ANY MORE", relieved
    staying = (Fate.TOLERATES, Fate.SPARED, Fate.STAYS)
    preview = {each.pod.meta.key for each in impact.preview}
    yield (
        "STAY",
        [
            each
            for each in impact.pods
            if each.fate in staying and each.pod.meta.key not in preview
        ],
    )
    yield (
        "STAY, BUT NoExecute WOULD EVICT THEM",
        [
            each
            for each in impact.preview
            if fates.get(each.pod.meta.key) is not Fate.EVICTED
        ],
    )


def _pods(
    pods: Sequence[PodImpact], now: datetime, limit: int, most: int | None
) -> Iterator[str]:
    """Yield what is said of pods, with those of which it is the same."""
    groups: dict[str, list[PodImpact]] = {}
    for each in pods[:most]:
        groups.setdefault("; ".join(_said(each, now)), []).append(each)
    for said, same in groups.items():
        yield from indented(said, limit, "  ", "    ")
        rows = [("/".join(each.pod.meta.key), each.pod.node_name) for each in same]
        for line in columns([tuple(map(visible, row)) for row in rows]):
            yield f"    {line}"
    yield from _rest(pods, most)


def _said(impact: PodImpact, now: datetime) -> Iterator[str]:
    if impact.due is not None:
        yield _when(impact.due.when, now)
    yield impact.why
    if impact.budgets:
        names = ", ".join(each.meta.name for each in impact.budgets)
        yield f"not protected by PodDisruptionBudget {names}"
    if impact.is_of_daemon_set and impact.due is not None:
        yield "its DaemonSet makes it anew on the node"


def _when(time: datetime, now: datetime) -> str:
    """Return when a pod goes: at once, or with how long that is from now."""
    if time <= now:
        return "at once"
    return f"at {written_moment(time)}, in {age(time - now)}"


def _stranded(
    stranded: Sequence[Stranded], limit: int, most: int | None
) -> Iterator[str]:
    for each in stranded[:most]:
        pod = each.subject.pod
        name = "" if pod is None else f"pod {pod.meta.namespace}/{pod.meta.name}"
        if pod is None:
            keys = ["/".join(claim.meta.key) for claim in each.subject.claims]
            name = f"claim {', '.join(keys)}"
        yield from indented(f"{name}, until now on {each.node}", limit, "  ", "    ")
    yield from _rest(stranded, most)


def _rest(things: Sequence[object], most: int | None) -> Iterator[str]:
    if most is not None and len(things) > most:
        yield f"  and {len(things) - most} more (-o wide shows all)"


def _tolerations(plan: Plan, screen: Terminal) -> Iterator[str]:
    """Yield what requests have to say to put up with the taints."""
    taints = dict.fromkeys(
        each.taint for each in plan.rules if each.taint.effect in _KEEPING
    )
    if taints:
        yield screen.heading("WHAT A REQUEST NEEDS TO TOLERATE IT")
    for taint in taints:
        for line in output.as_yaml(toleration_snippet(taint)).splitlines():
            yield f"  {visible(line)}"

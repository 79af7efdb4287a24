"""From the orders of `dractl taint` to a plan that has been weighed."""

from dataclasses import dataclass

from dractl.api.spelling import written
from dractl.cli.options import usage
from dractl.cli.source import Source
from dractl.cli.tainting import Seen, seen, targets_of
from dractl.cli.taintorders import TaintOrders
from dractl.cli.terminal import Terminal
from dractl.errors import DractlError, ExitStatus
from dractl.live.kinds import TAINT_RULE
from dractl.model.taintrules import DeviceSelector, effects_of
from dractl.taints.availability import hindrances, known_bugs, not_served
from dractl.taints.impact import Impact, impact
from dractl.taints.moments import end_of, written_moment
from dractl.taints.notices import Notice
from dractl.taints.order import Order, order_of
from dractl.taints.plan import Plan, plan
from dractl.taints.preview import EFFECT
from dractl.taints.removal import expired, taking_back
from dractl.taints.rules import Remarks, is_ours
from dractl.taints.targets import Resolved, resolved


@dataclass(frozen=True)
class Weighed:
    """A plan with what it does. `is_missed`: what it was to take back is not there."""

    seen: Seen
    plan: Plan
    impact: Impact
    notices: tuple[Notice, ...]
    is_missed: bool = False


def weighed(orders: TaintOrders, source: Source, screen: Terminal) -> Weighed:
    """Read the cluster and weigh what is asked for; raise DractlError if it cannot."""
    known = seen(orders, source, screen)
    planned, order = _planned(orders, known)
    with screen.progress("looking at what waits") as progress:
        effect = impact(known.fleet, planned, known.now, progress)
    profile = known.snapshot.profile
    notices = [*planned.notices, *effect.notices]
    if known.live is not None and not known.live.reading.version_of(TAINT_RULE):
        notices += not_served(profile)
    elif planned.rules:
        notices += hindrances(profile)
    notices += known_bugs(
        planned, effect, profile, known.snapshot.info.kubernetes or ""
    )
    is_missed = bool(order.removes) and not planned.removed and not order.adds
    return Weighed(known, planned, effect, tuple(notices), is_missed)


def _planned(orders: TaintOrders, known: Seen) -> tuple[Plan, Order]:
    if orders.finds_expired:
        return expired(known.snapshot.taint_rules, known.now), Order()
    order = order_of(orders.named.words, known.snapshot.profile)
    if orders.named.everything and order.devices:
        raise usage("--all means all devices; name no others")
    if orders.way.previews:
        _check_preview(order, known)
    targets = resolved(
        known.fleet, targets_of(orders.named, order.devices, known.namespace)
    )
    added = _added(orders, known, order, targets)
    if not order.removes:
        return added, order
    return added.joined(taking_back(known.fleet, targets, order.removes)), order


def _added(orders: TaintOrders, known: Seen, order: Order, targets: Resolved) -> Plan:
    if not order.adds:
        return Plan()
    said, way = orders.remarked, orders.way
    until = written_moment(end_of(said.lasting, known.now)) if said.lasting else ""
    remarks = Remarks(said.owner, said.reason, until)
    found = plan(known.fleet, targets, order.adds, remarks)
    if not said.overwrites and not way.previews:
        _check_nothing_is_overwritten(found)
    is_wide = any(each.selector == DeviceSelector() for each in found.rules)
    changes = known.live is not None and way.dry_run == "none" and not way.previews
    if is_wide and changes and not way.is_confirmed:
        raise usage(
            "nothing was changed: this taints all devices of the cluster",
            hint="--all --yes does it; --dry-run=server only tries it",
        )
    return found


def _check_preview(order: Order, known: Seen) -> None:
    profile = known.snapshot.profile
    if order.removes:
        raise usage("--preview is about taints to add, not about taking them back")
    if EFFECT not in effects_of(profile):
        raise usage(
            f"--preview needs the effect None, which Kubernetes {profile.version} "
            "does not have",
            hint="--dry-run=server shows what dractl itself expects",
        )


def _check_nothing_is_overwritten(planned: Plan) -> None:
    for each in planned.rules:
        if each.before is not None and each.overwrites:
            where = each.before.selector or "nothing"
            told = f"DeviceTaintRule {each.name} says {written(each.before.taint)}"
            if is_ours(each.before):
                told += f" on {where} already"
                hint = f"--overwrite makes it {written(each.taint)}"
            else:
                told += f" on {where}, and dractl did not make it"
                hint = f"--overwrite takes it over and makes it {written(each.taint)}"
            raise DractlError(
                "tainted-otherwise", told, hint=hint, status=ExitStatus.NO
            )

"""Carries out what `dractl taint` has planned, and keeps what became of each rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from dractl.cli import steps
from dractl.cli.reading import Live
from dractl.cli.steps import Break, Work
from dractl.cli.taintorders import TaintOrders, Way
from dractl.cli.taintplanning import Weighed
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted, visible
from dractl.errors import DractlError, ExitStatus
from dractl.live.errors import ClusterError
from dractl.live.evictions import Following, Verdicts, follow, verdicts
from dractl.live.kinds import TAINT_RULE
from dractl.live.taintrules import Outcome, Result, TaintRules
from dractl.model.claims import Condition
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Pod
from dractl.taints.eviction import EVICTING
from dractl.taints.moments import written_moment
from dractl.taints.plan import Change, PlannedRule
from dractl.taints.preview import previewing
from dractl.taints.rules import is_ours

_BROKEN: Final = {
    Break.REFUSED: Outcome.FAILED,
    Break.UNSURE: Outcome.UNSURE,
    Break.LEFT: Outcome.LEFT,
}
_IMAGINED: Final = {
    Change.CREATE: Outcome.CREATED,
    Change.CHANGE: Outcome.CHANGED,
    Change.NOTHING: Outcome.UNCHANGED,
}
_SAID: Final = {
    Outcome.GONE: "was gone already",
    Outcome.OUTDATED: "left alone",
    Outcome.FAILED: "not changed",
    Outcome.UNSURE: "perhaps changed: there was no answer",
    Outcome.LEFT: "not tried",
}
_PREVIEW: Final = timedelta(minutes=10)

_Change = PlannedRule | DeviceTaintRule


@dataclass(frozen=True)
class Happened:
    """What became of a plan. `verdicts` are the controller's, if it was asked."""

    status: ExitStatus
    results: Sequence[Result] = ()
    verdicts: Verdicts = field(default_factory=dict)


# -- dry runs


def imagine(found: Weighed, orders: TaintOrders, screen: Terminal) -> Happened:
    """Say what would become of the rules, without a server."""
    results = [Result(each.name, _IMAGINED[each.change]) for each in found.plan.rules]
    results += [Result(each.name, Outcome.REMOVED) for each in found.plan.removed]
    is_live = found.seen.live is not None
    how = "not tried on the server" if is_live else "a file cannot be changed"
    for each in results:
        _tell(each, orders, screen, f"dry run: {how}")
    return Happened(_status_of(found), results)


def _status_of(found: Weighed) -> ExitStatus:
    return ExitStatus.NO if found.is_missed else ExitStatus.YES


# -- changes


def apply(
    found: Weighed, live: Live, orders: TaintOrders, screen: Terminal
) -> Happened:
    """Apply and remove the rules, tell of each, and follow evictions if asked to."""
    way = orders.way
    rules = _rules(live, way)

    def tell(result: Result) -> None:
        _tell(result, orders, screen, way.how)

    changes: Sequence[_Change] = [*found.plan.rules, *found.plan.removed]
    work = steps.carry_out(changes, rules.carry_out, _left, tell)
    _report(work, screen)
    status = _status(work, found)
    if not way.waits or status is not ExitStatus.YES:
        return Happened(status, work.done)
    status, said = _followed(found, rules, orders, screen)
    return Happened(status, work.done, said)


def _rules(live: Live, way: Way) -> TaintRules:
    version = live.reading.version_of(TAINT_RULE)
    return TaintRules(
        live.connection, version, way.manager, way.forces, way.dry_run == "server"
    )


def _left(change: _Change, how: Break, why: str) -> Result:
    return Result(change.name, _BROKEN[how], why)


def _tell(result: Result, orders: TaintOrders, screen: Terminal, how: str) -> None:
    if not orders.prints_text:
        return
    name, outcome, message = result
    said = _SAID.get(outcome, str(outcome))
    if outcome is Outcome.OUTDATED:
        said += f": {message}"
    tried = f" ({how})" if how and outcome.is_in_effect else ""
    screen.offer(visible(f"devicetaintrule {name} {said}{tried}") + "\n")


def _report(work: Work[Result], screen: Terminal) -> None:
    """Say what ended the work early, and whether it can be taken up again."""
    if work.error is not None:
        screen.fail(work.error)
    if work.is_interrupted:
        screen.warn("interrupted")
    if work.error is not None or work.is_interrupted:
        on = "; the same command goes on from there" if _can_go_on(work) else ""
        screen.note(f"{_share_done(work.done)}{on}")


def _can_go_on(work: Work[Result]) -> bool:
    """Tell whether what ended the work may be over next time: no refusal is."""
    return not isinstance(work.error, ClusterError) or work.error.code == "unavailable"


def _share_done(results: Sequence[Result]) -> str:
    done = sum(each.outcome.is_in_effect for each in results)
    return f"{done} of {counted(len(results), 'rule')} done"


def report_unread(results: Sequence[Result], screen: Terminal) -> None:
    """Say how it went to whom the results did not reach."""
    if results:
        screen.warn(f"nobody reads the output; {_share_done(results)}")


def _status(work: Work[Result], found: Weighed) -> ExitStatus:
    if work.is_interrupted:
        return ExitStatus.INTERRUPTED
    if work.error is not None:
        return work.error.status
    if any(each.outcome is Outcome.OUTDATED for each in work.done):
        return ExitStatus.NO
    return _status_of(found)


# -- evictions


def _followed(
    found: Weighed, rules: TaintRules, orders: TaintOrders, screen: Terminal
) -> tuple[ExitStatus, Verdicts]:
    names = [r.name for r in found.plan.rules if r.taint.effect == EVICTING]
    if not names:
        screen.note("nothing to wait for: no taint of these evicts")
        return ExitStatus.YES, {}
    pods = [each.pod for each in found.impact.evicted]
    try:
        with screen.progress("pods gone:") as progress:
            seen = follow(rules, names, pods, progress, orders.way.seconds)
    except KeyboardInterrupt:
        _say_that_it_goes_on("interrupted", screen)
        return ExitStatus.INTERRUPTED, {}
    except DractlError as error:
        screen.fail(error)
        _say_that_it_goes_on("not followed any more", screen)
        return error.status, {}
    if orders.prints_text:
        screen.offer(_progress_told(seen, pods))
    return _eviction_status(seen, screen), seen.said


def _say_that_it_goes_on(why: str, screen: Terminal) -> None:
    screen.warn(
        f"{why}: the rules stay in place, and so does the eviction; dractl taint "
        "--list shows how far it has come"
    )


def _progress_told(seen: Following, pods: Sequence[Pod]) -> str:
    gone = len(pods) - len(seen.left)
    lines = [f"{gone} of {counted(len(pods), 'pod')} gone"] if pods else []
    lines += [_verdict(name, said) for name, said in seen.said.items()]
    return "".join(f"{visible(each)}\n" for each in lines)


def _verdict(name: str, said: Condition | None) -> str:
    if said is None:
        return f"devicetaintrule {name}: no controller says anything of it"
    message = f": {said.message}" if said.message else ""
    return f"devicetaintrule {name} {said.reason}{message}"


def _eviction_status(seen: Following, screen: Terminal) -> ExitStatus:
    if seen.is_silent:
        _say_that_nobody_answers(screen)
        return ExitStatus.ENVIRONMENT
    if not seen.is_over:
        _say_that_it_goes_on("the time is over", screen)
        return ExitStatus.NO
    for each in seen.left:
        screen.warn(f"pod {'/'.join(each.meta.key)} was not evicted")
    return ExitStatus.NO if seen.left else ExitStatus.YES


def _say_that_nobody_answers(screen: Terminal) -> None:
    screen.warn(
        "no controller says anything of the rules: the feature gate may be off in "
        "kube-controller-manager, or it does not run"
    )


# -- previews


def preview(
    found: Weighed, live: Live, orders: TaintOrders, screen: Terminal
) -> Happened:
    """Let the controller say whom the rules would evict; leave nothing behind."""
    rules = _rules(live, orders.way)
    until = written_moment(found.seen.now + _PREVIEW)
    asking = tuple(previewing(found.plan, found.seen.snapshot.taint_rules, until))
    _check_names(asking)
    try:
        said = _answers(rules, asking, orders.way.seconds)
    finally:
        _clear(rules, asking, screen)
    named = {plan.name: said[ask.name] for plan, ask in _pairs(found, asking)}
    if orders.prints_text:
        screen.write(screen.heading("WHAT THE SERVER SAYS") + "\n")
        for planned, _ in _pairs(found, asking):
            told = named[planned.name]
            message = "no answer" if told is None else told.message or told.reason
            screen.write(f"  {visible(f'{planned.selector}: {message}')}\n")
    if None in named.values():
        _say_that_nobody_answers(screen)
        return Happened(ExitStatus.ENVIRONMENT, (), named)
    return Happened(ExitStatus.YES, (), named)


def _pairs(
    found: Weighed, asking: Sequence[PlannedRule]
) -> Iterator[tuple[PlannedRule, PlannedRule]]:
    return zip(found.plan.rules, asking, strict=True)


def _check_names(asking: Sequence[PlannedRule]) -> None:
    for each in asking:
        if each.before is not None and not is_ours(each.before):
            raise DractlError(
                "name-taken",
                f"DeviceTaintRule {each.name} exists, and dractl did not make it",
                hint="--dry-run=server shows what dractl itself expects",
            )


def _answers(
    rules: TaintRules, asking: Sequence[PlannedRule], seconds: float | None
) -> Mapping[str, Condition | None]:
    for each in asking:
        result = rules.apply(each)
        if result.outcome is Outcome.OUTDATED:
            raise DractlError(
                "conflict",
                f"DeviceTaintRule {each.name}: {result.message}",
                hint="another preview may be running; try again",
                status=ExitStatus.NO,
            )
    return verdicts(rules, [each.name for each in asking], seconds)


def _clear(rules: TaintRules, asking: Sequence[PlannedRule], screen: Terminal) -> None:
    """Remove the rules that asked, and tell of those that could not be removed."""
    left = [each.name for each in asking]
    try:
        for each in asking:
            standing = rules.read(each.name)
            if standing is not None and each.is_in_place(standing):
                rules.remove(standing)
            left.remove(each.name)
    finally:
        if left:
            screen.warn(
                f"may be left behind, without effect: DeviceTaintRule {', '.join(left)}"
            )
            screen.note("  dractl taint --expired --remove clears them in ten minutes")

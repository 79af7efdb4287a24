"""What `dractl taint` changes: shown, asked about, carried out, and told."""

from collections import Counter
from collections.abc import Callable

from dractl.cli import output, taintplans, taintwork
from dractl.cli.confirm import confirmed
from dractl.cli.reading import Live
from dractl.cli.source import Source
from dractl.cli.tainting import tell
from dractl.cli.taintlists import RESOURCE
from dractl.cli.taintorders import TaintOrders
from dractl.cli.taintplanning import Weighed, weighed
from dractl.cli.taintwork import Happened
from dractl.cli.terminal import OutputClosed, Terminal
from dractl.cli.text import counted, visible
from dractl.errors import DractlError, ExitStatus
from dractl.live.kinds import TAINT_RULE
from dractl.taints.availability import INERT, UNSERVED
from dractl.taints.document import happened as happened_document
from dractl.taints.document import plan_document
from dractl.taints.plan import Change


def change(orders: TaintOrders, source: Source, screen: Terminal) -> ExitStatus:
    """Plan what is asked for, show it, and do it if the user wants it."""
    found = weighed(orders, source, screen)
    live = found.seen.live
    if live is not None and orders.way.asks_server:
        _check_served(live, found, screen)
    if orders.prints_text:
        _show(found, orders, screen)
    if orders.finds_expired and not found.plan.removed:
        screen.note("no rule of dractl is past its time")
    happened = _happened(found, orders, screen)
    if not orders.prints_text:
        screen.offer(_answer(found, happened, orders))
    if screen.is_unread and live is not None and not orders.way.how:
        taintwork.report_unread(happened.results, screen)
    return happened.status


def _show(found: Weighed, orders: TaintOrders, screen: Terminal) -> None:
    """Print the plan; a plan that nobody reads is not carried out."""
    try:
        _tell_all(found, orders, screen.write, screen)
    except OutputClosed:
        screen.warn("nobody reads the output; nothing was changed")
        raise


def _tell_all(
    found: Weighed,
    orders: TaintOrders,
    write: Callable[[str], object],
    screen: Terminal,
) -> None:
    """Write the plan, with what is to be known; first, that it does nothing."""
    tell((each for each in found.notices if each.code in INERT), screen)
    write(_plan(found, orders, screen))
    tell((each for each in found.notices if each.code not in INERT), screen)


def _happened(found: Weighed, orders: TaintOrders, screen: Terminal) -> Happened:
    live = found.seen.live
    if live is None or not orders.way.asks_server:
        return taintwork.imagine(found, orders, screen)
    if orders.way.previews:
        return taintwork.preview(found, live, orders, screen)
    if not _is_wanted(found, live, orders, screen):
        screen.note("nothing was changed")
        return Happened(ExitStatus.NO)
    return taintwork.apply(found, live, orders, screen)


def _check_served(live: Live, found: Weighed, screen: Terminal) -> None:
    """Raise DractlError where no rules are served, or which there are is not known."""
    listed = [each for each in live.reading.lists if each.kind == TAINT_RULE]
    if not listed:
        reason = next(each for each in found.notices if each.code in UNSERVED)
        tell((each for each in found.notices if each is not reason), screen)
        raise DractlError(reason.code, reason.message, hint=reason.hint)
    if listed[0].refusal is not None:
        raise listed[0].refusal


def _plan(found: Weighed, orders: TaintOrders, screen: Terminal) -> str:
    return taintplans.text(
        found.plan,
        found.impact,
        found.seen.now,
        screen,
        is_whole=orders.output_format == "wide",
    )


def _is_wanted(
    found: Weighed, live: Live, orders: TaintOrders, screen: Terminal
) -> bool:
    """Ask, unless there is nothing to ask; show the plan where it was not shown yet."""
    way = orders.way
    if way.is_confirmed or way.dry_run != "none" or not found.plan.changes_something:
        return True
    if not orders.prints_text:
        _tell_all(found, orders, screen.err.write, screen)
    counts = Counter(each.change for each in found.plan.rules)
    parts = [
        f"{verb} {counted(number, 'rule')}"
        for verb, number in (
            ("create", counts[Change.CREATE]),
            ("change", counts[Change.CHANGE]),
            ("remove", len(found.plan.removed)),
        )
        if number
    ]
    gone = sum(each.is_caused for each in found.impact.evicted)
    effect = f", which evicts {counted(gone, 'pod')}" if gone else ""
    question = f"{', '.join(parts)} on {live.connection.server}{effect}?"
    return confirmed(question, screen, yes=False)


def _answer(found: Weighed, happened: Happened, orders: TaintOrders) -> str:
    if orders.output_format == "name":
        names = [each.name for each in happened.results if each.outcome.is_in_effect]
        return "".join(f"{RESOURCE}/{visible(each)}\n" for each in names)
    snapshot = found.seen.snapshot
    document = {
        **plan_document(
            found.plan,
            found.impact,
            snapshot.profile,
            found.notices,
            snapshot.problems,
        ),
        **happened_document(orders.way.dry_run, happened.results, happened.verdicts),
    }
    return output.as_data(document, orders.output_format)

"""The first thing on a page: the few numbers and sentences that matter most."""

from collections.abc import Iterator

from dractl.capacity.groups import Counts
from dractl.health.answer import Level
from dractl.report.element import Child, Markup, element
from dractl.report.parts import counted, listing, paragraph, section
from dractl.report.states import LOOKS
from dractl.report.states import counted as by_state
from dractl.report.subject import Report
from dractl.report.svg.strip import bar, sign
from dractl.report.waiting import fitting_pods, stuck_count
from dractl.rules.registry import Severity


def overview(report: Report) -> Markup:
    """Return the overview."""
    counts = Counts.of(report.fleet)
    return section(
        "overview",
        "At a glance",
        element("ul", {"class": "verdicts"}, _verdicts(report)),
        element("div", {"class": "whole"}, _sizes(report, counts), bar(counts, 22))
        if counts.total
        else paragraph("No device is published."),
        _legend(counts) if counts.total else None,
        _missing(report),
    )


def _verdicts(report: Report) -> Iterator[Markup]:
    """Yield one line for each question, with a link to what is behind it."""
    stuck, fitting = stuck_count(report.waiting), len(fitting_pods(report.waiting))
    parts = [f"{stuck:,} stuck"] if stuck else []
    parts += [f"{counted(fitting, 'pod')} would fit now"] if fitting else []
    told = ", ".join(parts)
    yield _verdict("waiting", told, "Nothing waits for devices", is_bad=bool(stuck))
    if report.doctor is not None:
        errors = report.doctor.count(Severity.ERROR)
        warnings = report.doctor.count(Severity.WARNING)
        parts = [counted(errors, "error")] if errors else []
        parts += [counted(warnings, "warning")] if warnings else []
        ready = "Not ready" if errors else "Ready"
        told = f"{ready} for DRA: {', '.join(parts)}" if parts else ""
        yield _verdict("doctor", told, "Ready for DRA", is_bad=bool(errors))
    if report.health is not None:
        bad = report.health.counts.get(Level.UNHEALTHY, 0)
        weak = report.health.counts.get(Level.DEGRADED, 0)
        parts = [f"{counted(bad, 'device')} unhealthy"] if bad else []
        parts += [f"{counted(weak, 'device')} degraded"] if weak else []
        yield _verdict(
            "health", ", ".join(parts), "No device is unhealthy", is_bad=bool(bad)
        )
    found = report.taints.taints
    devices = len({device for each in found for device in each.devices})
    told = f"{counted(len(found), 'taint')} on {counted(devices, 'device')}"
    yield _verdict("taints", told if found else "", "No taints")


def _verdict(key: str, said: str, good: str, *, is_bad: bool = False) -> Markup:
    level = "bad" if is_bad else "note" if said else "good"
    sign = {"bad": "✕", "note": "!", "good": "✓"}[level]
    word = {"bad": "Problem:", "note": "Note:", "good": "Fine:"}[level]
    return element(
        "li",
        {"class": level},
        element("span", {"class": "sign", "aria-hidden": "true"}, sign),
        element("span", {"class": "unseen"}, word),
        " ",
        element("a", {"href": f"#{key}"}, said or good),
    )


def _sizes(report: Report, counts: Counts) -> Markup:
    having = {use.node for use in report.fleet if use.node}
    nodes = len({each.name for each in report.snapshot.nodes} | having)
    drivers = len({use.id.driver for use in report.fleet})
    parts = [
        counted(counts.total, "device"),
        f"of {counted(drivers, 'driver')}",
    ]
    if having:
        share = "" if len(having) == nodes else f"{len(having):,} of "
        parts.append(f"on {share}{counted(nodes, 'node')}")
    return paragraph(" ".join(parts), kind="sizes")


def _legend(counts: Counts) -> Markup:
    items = (
        element(
            "li",
            {},
            sign(state),
            element(
                "span",
                {},
                element("strong", {"class": "number"}, f"{number:,}"),
                f" {LOOKS[state].word}",
            ),
            element("span", {"class": "quiet"}, LOOKS[state].meaning),
        )
        for state, number in by_state(counts)
    )
    return element("ul", {"class": "legend"}, items)


def _missing(report: Report) -> Child:
    if not report.missing:
        return None
    return element(
        "div",
        {"class": "missing", "role": "note"},
        element("h3", {}, "Not everything could be read"),
        paragraph("The answers on this page are without it:"),
        listing(report.missing),
    )

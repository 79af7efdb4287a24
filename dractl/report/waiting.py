"""What waits for devices and why, and what would help."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from dractl.diagnose.answer import Cause, Explanation
from dractl.report.element import Child, Markup, element
from dractl.report.parts import (
    code,
    counted,
    cut,
    details,
    listing,
    paragraph,
    section,
    typed,
)
from dractl.report.subject import Report

_SHOWN: Final = 200  # groups of what waits for the same
_NAMES: Final = 50


class _Stuck(NamedTuple):
    """Something that waits: what it is called, and whose it is."""

    kind: str
    name: str
    owner: str
    causes: Sequence[Cause]
    notes: Sequence[str]


def waiting(report: Report) -> Markup:
    """Return the section."""
    found = report.waiting
    groups: dict[tuple[str, ...], list[_Stuck]] = {}
    for each in _stuck(found):
        codes = [cause.code for cause in each.causes]
        # Of a workload, one stands for all that wait for the same.
        key = (each.kind, each.owner or each.name, *codes)
        groups.setdefault(key, []).append(each)
    total = sum(map(len, groups.values()))
    shown = [_article(each) for each in [*groups.values()][:_SHOWN]]
    rest = len(groups) - len(shown)
    return section(
        "waiting",
        "What waits, and why",
        shown,
        paragraph(f"and {rest:,} more: dractl explain -A lists them.")
        if rest
        else None,
        _unchecked(found),
        count=total,
        lead=None if total else "No pod, claim or workload waits for devices.",
    )


def _stuck(found: Explanation) -> Iterator[_Stuck]:
    for pod in found.pods:
        if pod.causes:
            space = pod.pod.meta.namespace
            owner = f"{space}/{pod.owner}" if pod.owner else ""
            name = f"{space}/{pod.pod.meta.name}"
            yield _Stuck("pod", name, owner, pod.causes, pod.notes)
    for claim in found.claims:
        if claim.causes:
            name = f"{claim.claim.meta.namespace}/{claim.claim.meta.name}"
            yield _Stuck("claim", name, "", claim.causes, claim.notes)
    for each in found.workloads:
        if each.causes:
            name = f"{each.namespace}/{each.name}"
            yield _Stuck(each.kind, name, "", each.causes, ())


def _article(alike: Sequence[_Stuck]) -> Markup:
    first = alike[0]
    kind = element("span", {"class": "kind"}, first.kind)
    more = None
    if len(alike) > 1:
        names = cut([each.name for each in alike], _NAMES, f"{first.kind}s")
        said = f"{len(alike) - 1:,} more like it, of {first.owner or 'the same name'}"
        more = details(said, listing(names, "names"))
    return element(
        "article",
        {"class": "stuck"},
        element("h3", {}, kind, " ", first.name),
        more,
        map(_cause, first.causes),
        (paragraph(note, kind="quiet") for note in first.notes),
    )


def _cause(cause: Cause) -> Markup:
    return element(
        "div",
        {"class": "cause"},
        paragraph(
            element("span", {"class": "code"}, cause.code), " ", marked(cause.message)
        ),
        _fixes(cause.fixes),
        typed(cause.commands),
    )


def _fixes(fixes: Sequence[str]) -> Child:
    if not fixes:
        return None
    return element(
        "div",
        {"class": "fix"},
        paragraph("What would help", kind="tag"),
        listing(marked(each) for each in fixes),
    )


def marked(text: str) -> Iterable[Child]:
    """Return a sentence in which what stands between backquotes is code."""
    for place, part in enumerate(text.split("`")):
        if part:
            yield code(part) if place % 2 else part


def _unchecked(found: Explanation) -> Child:
    if not found.unchecked:
        return None
    said = f"Not checked: {counted(len(found.unchecked), 'thing')}"
    return details(said, listing(found.unchecked))

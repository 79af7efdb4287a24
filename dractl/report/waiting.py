"""What waits for devices and why, and what would help."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dractl.diagnose.alike import alike
from dractl.diagnose.answer import Cause, Explanation, PodReport
from dractl.report.element import Child, Markup, element
from dractl.report.parts import (
    code,
    counted,
    cut,
    details,
    listing,
    marked,
    paragraph,
    section,
    typed,
)
from dractl.report.subject import Report

_SHOWN: Final = 200  # groups of what waits for the same
_OPEN: Final = 20  # of them, that need no asking
_CAUSES: Final = 8  # that are counted
_NAMES: Final = 50
_FITTING: Final = 200


class _Stuck(NamedTuple):
    """What waits for the same, named, with what is told of the first of it."""

    kind: str
    names: Sequence[str]
    owner: str
    causes: Sequence[Cause]
    notes: Sequence[str]


def waiting(report: Report) -> Markup:
    """Return the section."""
    found = report.waiting
    # What keeps the most comes first.
    groups = sorted(_stuck(found), key=lambda each: -len(each.names))
    articles = [_article(each) for each in groups[:_SHOWN]]
    rest = len(groups) - len(articles)
    fitting = fitting_pods(found)
    total = stuck_count(found)
    return section(
        "waiting",
        "What waits, and why",
        _causes(groups),
        articles[:_OPEN],
        details(f"{len(groups) - _OPEN:,} more", articles[_OPEN:], _left_out(rest))
        if len(groups) > _OPEN
        else None,
        _fitting(fitting),
        _unchecked(found),
        count=total,
        lead=None if total else _lead(fitting),
    )


def stuck_count(found: Explanation) -> int:
    """Return how many pods, claims and workloads something keeps."""
    kinds = (found.pods, found.claims, found.workloads)
    return sum(bool(each.causes) for kind in kinds for each in kind)


def fitting_pods(found: Explanation) -> Sequence[PodReport]:
    """Return the pods that wait although nothing keeps them."""
    return [each for each in found.pods if each.lands is not None]


def _stuck(found: Explanation) -> Iterator[_Stuck]:
    for group in alike(each for each in found.pods if each.causes):
        first = group[0]
        names = [_name(*each.pod.meta.key) for each in group]
        yield _Stuck("pod", names, first.owner, first.causes, first.notes)
    for claim in found.claims:
        if claim.causes:
            name = _name(*claim.claim.meta.key)
            yield _Stuck("claim", [name], "", claim.causes, claim.notes)
    for each in found.workloads:
        if each.causes:
            yield _Stuck(
                each.kind, [_name(each.namespace, each.name)], "", each.causes, ()
            )


def _causes(groups: Sequence[_Stuck]) -> Child:
    """Return how many wait for which cause, where that says more than each alone."""
    counts: Counter[str] = Counter()
    for each in groups:
        for cause in dict.fromkeys(cause.code for cause in each.causes):
            counts[cause] += len(each.names)
    if len(counts) == 1 or max(counts.values(), default=1) == 1:
        return None
    items: list[Child] = [
        [element("strong", {"class": "number"}, f"{number:,}"), code(cause)]
        for cause, number in counts.most_common()
    ]
    return element(
        "ul",
        {"class": "key", "aria-label": "Causes, with how many wait for each"},
        (element("li", {}, each) for each in cut(items, _CAUSES, "causes")),
    )


def _left_out(rest: int) -> Child:
    if not rest:
        return None
    return paragraph(f"and {rest:,} more: ", code("dractl explain -A"), " lists them.")


def _name(namespace: str, name: str) -> str:
    return f"{namespace}/{name}"


def _lead(fitting: Sequence[PodReport]) -> str:
    if fitting:
        return "Nothing keeps the pods that wait for devices."
    return "No pod, claim or workload waits for devices."


def _article(stuck: _Stuck) -> Markup:
    first, *others = stuck.names
    owner = f" ({stuck.owner})" if stuck.owner else ""
    more = None
    if others:
        names = cut(others, _NAMES, f"{stuck.kind}s")
        more = details(f"{len(others):,} more like it", listing(names, "names"))
    return element(
        "article",
        {"class": "stuck"},
        element(
            "h3",
            {},
            element("span", {"class": "kind"}, stuck.kind),
            " ",
            first,
            element("span", {"class": "kind"}, owner) if owner else None,
        ),
        more,
        map(_cause, stuck.causes),
        (paragraph(note, kind="quiet") for note in stuck.notes),
    )


def _fitting(pods: Sequence[PodReport]) -> Child:
    if not pods:
        return None
    items = [
        f"{_name(*each.pod.meta.key)}: would fit on {each.lands}"
        f"{f' ({each.owner})' if each.owner else ''}"
        for each in pods
    ]
    said = f"{counted(len(pods), 'pod')} that would fit now, not placed yet"
    return details(said, listing(cut(items, _FITTING, "pods")))


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


def _unchecked(found: Explanation) -> Child:
    if not found.unchecked:
        return None
    said = f"Not checked: {counted(len(found.unchecked), 'thing')}"
    return details(said, listing(found.unchecked))

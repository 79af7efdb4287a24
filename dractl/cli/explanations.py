"""How the answer of `dractl explain` looks: a paragraph for each thing that waits."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from dractl.cli.terminal import Terminal
from dractl.cli.text import columns, counted, filled, visible, width

if TYPE_CHECKING:
    from dractl.diagnose.answer import (
        Cause,
        ClaimReport,
        Explanation,
        Link,
        PodReport,
        View,
        WorkloadReport,
    )

_NARROW: Final = 80  # columns of the terminal that everybody has
_LEAST: Final = 20  # columns that text is never squeezed below
_MOST_NAMED: Final = 4  # pods of one paragraph
_FEW: Final = 4  # stuck pods that need no overview
_MOST_NODES: Final = 6
_MOST_HOLDERS: Final = 4
_RESOURCES: Final = {
    "DaemonSet": "daemonset.apps",
    "Job": "job.batch",
    "ReplicaSet": "replicaset.apps",
    "StatefulSet": "statefulset.apps",
}


def names(answer: "Explanation") -> str:
    """Return what is stuck, as `kubectl -o name` writes it."""
    pods = [f"pod/{each.pod.meta.name}" for each in answer.pods if each.causes]
    claims = [
        f"resourceclaim.resource.k8s.io/{each.claim.meta.name}"
        for each in answer.claims
        if each.causes
    ]
    workloads = [
        f"{_RESOURCES.get(each.kind, each.kind.lower())}/{each.name}"
        for each in answer.workloads
    ]
    return "".join(f"{visible(each)}\n" for each in chain(pods, claims, workloads))


def summary(answer: "Explanation") -> str:
    """Return how much is stuck, in one line."""
    stuck = sum(bool(each.causes) for each in answer.pods)
    waiting = sum(each.lands is not None for each in answer.pods)
    claims = sum(bool(each.causes) for each in answer.claims)
    parts = []
    if answer.pods:
        parts.append(
            f"{stuck} of {counted(len(answer.pods), 'pod')} with devices stuck"
        )
    if waiting:
        parts.append(f"{waiting} would fit now")
    if answer.claims:
        parts.append(f"{counted(claims, 'claim')} stuck")
    if answer.workloads:
        parts.append(f"{counted(len(answer.workloads), 'workload')} without pods")
    said = ", ".join(parts) or "no pod or claim here needs devices"
    return f"{said} (judged as Kubernetes {answer.profile.version})"


def table(answer: "Explanation", terminal: Terminal, *, has_chain: bool) -> str:
    """Return a paragraph for each pod or claim; those that wait alike share one.

    Of many, first how many wait for which cause. With `has_chain`, also what is well,
    with its claims and devices.
    """
    from dractl.diagnose.alike import alike

    limit = max(terminal.columns or _NARROW, _LEAST)
    paragraphs = [] if has_chain else list(_overview(answer.pods, terminal))
    paragraphs += [
        _pods(group, terminal, limit, has_chain=has_chain)
        for group in alike(answer.pods)
        if has_chain or group[0].causes
    ]
    paragraphs += [
        _claim(each, terminal, limit, has_chain=has_chain)
        for each in answer.claims
        if has_chain or each.causes
    ]
    paragraphs += [
        _workload(each, terminal, limit, has_commands=has_chain)
        for each in answer.workloads
    ]
    return "\n".join("".join(f"{line}\n" for line in each) for each in paragraphs)


def _overview(
    reports: Sequence["PodReport"], terminal: Terminal
) -> Iterator[Iterator[str]]:
    """Yield a table of the causes, where there are too many to see at a glance."""
    codes = Counter(code for each in reports for code in {c.code for c in each.causes})
    if len(codes) < 2 or sum(bool(r.causes) for r in reports) <= _FEW:  # noqa: PLR2004 of one kind
        return
    rows = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    header, *lines = columns([("PODS", "CAUSE"), *((str(n), c) for c, n in rows)])
    yield iter([terminal.heading(header), *lines])


def _pods(
    group: Sequence["PodReport"], terminal: Terminal, limit: int, *, has_chain: bool
) -> Iterator[str]:
    first = group[0]
    named = [_name(*each.pod.meta.key) for each in group]
    text = f"pod {', '.join(named[:_MOST_NAMED])}"
    if len(named) > _MOST_NAMED:
        text += f" and {len(named) - _MOST_NAMED} more"
    if first.owner:
        text += f" ({visible(first.owner)})"
    yield from map(terminal.heading, filled(text.split(" "), limit))
    if has_chain:
        yield from _state(first)
        for link in first.links:
            yield from _link(link, limit)
    yield from _causes(first.causes, limit, has_commands=has_chain)
    for note in first.notes:
        yield from _labelled("note", note, limit)
    for view in first.views:
        yield from _view(view, limit)


def _name(namespace: str, name: str) -> str:
    return visible(f"{namespace}/{name}")


def _state(report: "PodReport") -> Iterator[str]:
    pod = report.pod
    where = f" on {visible(pod.node_name)}" if pod.node_name else ""
    lands = f", would fit on {visible(report.lands)}" if report.lands else ""
    yield f"  {visible(pod.phase or 'Pending')}{where}{lands}"


def _link(link: "Link", limit: int) -> Iterator[str]:
    entry = f"{link.entry}: " if link.entry else ""
    name = link.claim or "not made yet"
    yield from _hanging("  ", f"claim {entry}{name} ({link.state})", limit)
    for each in link.wants:
        yield from _hanging("    wants  ", each, limit)
    if link.devices:
        yield from _hanging("    has    ", ", ".join(link.devices), limit)


def _view(view: "View", limit: int) -> Iterator[str]:
    seen = _seen(view.evidence)
    told = f" (seen {seen})" if seen else ""
    yield from _labelled("view", f"{view.by} {view.message}{told}", limit)


def _workload(
    report: "WorkloadReport", terminal: Terminal, limit: int, *, has_commands: bool
) -> Iterator[str]:
    name = _name(report.namespace, report.name)
    yield terminal.heading(f"{visible(report.kind)} {name}")
    yield from _causes(report.causes, limit, has_commands=has_commands)


def _claim(
    report: "ClaimReport", terminal: Terminal, limit: int, *, has_chain: bool
) -> Iterator[str]:
    yield terminal.heading(f"claim {_name(*report.claim.meta.key)}")
    if has_chain and report.link is not None:
        yield f"  {report.link.state}"
        for each in report.link.wants:
            yield from _hanging("    wants  ", each, limit)
        if report.link.devices:
            yield from _hanging("    has    ", ", ".join(report.link.devices), limit)
        if report.users:
            yield from _hanging("    pods   ", ", ".join(report.users), limit)
    yield from _causes(report.causes, limit, has_commands=has_chain)
    for note in report.notes:
        yield from _labelled("note", note, limit)


def _causes(
    causes: Sequence["Cause"], limit: int, *, has_commands: bool
) -> Iterator[str]:
    for cause in causes:
        yield from _hanging(f"  {cause.code}: ", cause.message, limit, indent=4)
        yield from _evidence(cause, limit)
        for fix in cause.fixes:
            yield from _labelled("fix", fix, limit)
        for command in cause.commands if has_commands else ():
            yield from _labelled("next", command, limit)


def _evidence(cause: "Cause", limit: int) -> Iterator[str]:
    """Yield what the message leaves out: the funnel, the holders, the nodes."""
    stages = cause.evidence.get("funnel")
    if isinstance(stages, list) and stages:
        yield from _funnel(stages, limit)
    held_by = cause.evidence.get("heldBy")
    if isinstance(held_by, list):
        shown = held_by[:_MOST_HOLDERS]
        count = cause.evidence.get("heldByCount")
        if isinstance(count, int) and count > len(shown):
            shown.append(f"and {counted(count - len(shown), 'claim')} more")
        for each in shown:
            yield from _labelled("held by", str(each), limit)
    if seen := _seen(cause.evidence):
        yield from _labelled("seen", seen, limit)
    if len(cause.nodes) > 2:  # noqa: PLR2004 two are named in the message
        listed = ", ".join(cause.nodes[:_MOST_NODES])
        if len(cause.nodes) > _MOST_NODES:
            listed += f" and {len(cause.nodes) - _MOST_NODES} more"
        yield from _labelled("nodes", listed, limit)


def _seen(evidence: Mapping[str, object]) -> str:
    """Return how often an event was seen, and when last; "" if nothing says so."""
    last_seen = evidence.get("lastSeen")
    if not last_seen:
        return ""
    count = evidence.get("count")
    times = "once, at" if count == 1 else f"{count} times, last at"
    return f"{times} {last_seen}"


def _funnel(stages: Sequence[Mapping[str, object]], limit: int) -> Iterator[str]:
    size = len(str(stages[0]["before"]))
    yield f"    {stages[0]['before']} devices"
    for stage in stages:
        failing = f", fails on {stage['failing']}" if stage["failing"] else ""
        text = f"{stage['clause']}  ({stage['owner']}{failing})"
        yield from _hanging(f"    {stage['after']!s:>{size}} ", text, limit)
        if not stage["after"]:
            return


def _labelled(label: str, text: str, limit: int) -> Iterator[str]:
    yield from _hanging(f"    {label:<7} ", text, limit)


def _hanging(
    head: str, text: str, limit: int, *, indent: int | None = None
) -> Iterator[str]:
    """Yield the text behind its head, further lines below its start.

    Where that leaves too little room, the text starts on a line of its own.
    """
    margin = width(head) if indent is None else indent
    margin = min(margin, max(limit - _LEAST, 0))
    words = visible(text).split(" ")
    room = limit - width(head)
    first = filled(words, room)[0] if room >= min(_LEAST, width(words[0])) else ""
    yield f"{head}{first}".rstrip()
    rest = words[len(first.split(" ")) if first else 0 :]
    for line in filled(rest, limit - margin) if rest else ():
        yield f"{' ' * margin}{line}"

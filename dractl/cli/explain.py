"""`dractl explain`."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dractl.cli import output
from dractl.cli.command import command
from dractl.cli.options import (
    AllNamespacesOption,
    EndOption,
    NamespaceOption,
    usage,
    verbatim,
    watch_option,
)
from dractl.cli.shown import Shown, answered
from dractl.cli.source import Source, ending
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dractl.api.problems import Problem
    from dractl.api.snapshot import Snapshot
    from dractl.cli.subjects import Question
    from dractl.diagnose.answer import DeviceReport, Explanation

EXAMPLES: Final = verbatim("""
Examples:
  # everything in the sample cluster that waits for devices, and why
  dractl explain --demo

  # the context's namespace; all namespaces; a file of dractl snapshot
  dractl explain
  dractl explain -A
  dractl explain --snapshot cluster.json -n training

  # one pod with its claims and devices; all pods of a workload
  dractl explain pod wants-eight --demo
  dractl explain deployment chat --snapshot cluster.json

  # a claim; a device, who holds it and what keeps others from it
  dractl explain claim inference/chat-0-devices-8c1f2 --snapshot cluster.json
  dractl explain device gpu.nvidia.com/h100-2/gpu-7 --demo

  # until the pod has its devices, or for ten minutes
  dractl explain pod train-0 --watch --timeout 10m

  # the codes alone, for a script
  dractl explain --snapshot cluster.json -o json | jq '.pods[].causes[].code'

Exit status: 0 nothing is stuck, 1 something is, 2 wrong usage, or nothing has
the NAME, 3 the cluster or a file cannot be read, or nothing is stuck as far as
it could be read.
""")

_ASKED_ABOUT: Final = ("Pod", "ResourceClaim")

WhatArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TYPE NAME",
        show_default=False,
        help="What to explain, also as TYPE/NAME: pod, claim, device "
        "(DRIVER/POOL/DEVICE), or deployment, job, statefulset, jobset, ... Default: "
        "pending, which is all that is stuck.",
    ),
]
FormatOption = Annotated[
    Literal["table", "wide", "json", "yaml", "name"],
    typer.Option("-o", "--output", help="How to print the answer."),
]
WatchOption = Annotated[bool, watch_option("nothing is stuck")]


@command
def explain(  # noqa: PLR0913 - one parameter per option
    what: WhatArgument = None,
    *,
    source: Source,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    watch: WatchOption = False,
    timeout: EndOption = None,
    output_format: FormatOption = "table",
    screen: Terminal,
) -> int:
    """Say why pods and claims wait, and which change would help.

    Every cause has its evidence: the clause that removes the last device, who holds the
    others, the taint and the rule behind it. Every fix that names a node was tried.
    """
    from dractl.cli.reading import Wish, read_cluster, warn_of
    from dractl.cli.subjects import Question

    asked = Question.of(what or (), namespace)
    if watch and (asked.kind == "device" or not source.is_live):
        raise usage("--watch follows pods and claims of a live cluster")
    seconds = ending(timeout)
    wish = Wish("explain", namespace, all_namespaces)
    found = read_cluster(source, wish, screen)
    warn_of(found.snapshot, screen)
    question = replace(asked, namespace=found.namespace)
    shown = partial(_shown, question, output_format=output_format, screen=screen)
    live = found.live if watch else None
    return answered(found.snapshot, live, source, shown, screen=screen, seconds=seconds)


def _shown(
    question: "Question", cluster: "Snapshot", output_format: str, screen: Terminal
) -> Shown:
    from dractl.cli.emptiness import only_namespace
    from dractl.cli.subjects import answer

    with screen.progress("explaining") as progress:
        found = answer(question, cluster, progress)
    if isinstance(found, list):
        text = _devices(found, cluster.problems, output_format, screen)
        is_whole = not cluster.problems
        return Shown(text, ExitStatus.YES if is_whole else ExitStatus.ENVIRONMENT)
    text = _text(found, output_format, screen, is_whole=question.is_whole)
    notes = list(_notes(found, cluster, screen))
    if question.namespace is not None and not (found.pods or found.claims):
        looked_at = f"namespace {question.namespace} was looked at"
        notes.append(only_namespace(cluster, question.namespace, looked_at))
    return Shown(text, _status(found, cluster), tuple(notes))


def _text(
    found: "Explanation", output_format: str, screen: Terminal, *, is_whole: bool
) -> str:
    from dractl.cli import explanations

    if output_format in {"json", "yaml"}:
        return _data(found.document, output_format)
    if output_format == "name":
        return explanations.names(found)
    has_chain = output_format == "wide" or not is_whole
    return explanations.table(found, screen, has_chain=has_chain)


def _notes(
    found: "Explanation", cluster: "Snapshot", screen: Terminal
) -> "Iterator[str]":
    from dractl.cli import explanations
    from dractl.model.cluster_info import Cause

    for each in found.unchecked:
        yield f"not checked: {each}"
    if any(gap.needs for gap in cluster.info.gaps if gap.cause is Cause.FORBIDDEN):
        yield f"{screen.program} explain --explain-permissions prints a role"
    yield explanations.summary(found)


def _data(document: object, output_format: str) -> str:
    assert isinstance(document, dict)
    return output.as_data(document, output_format)


def _devices(
    found: "list[DeviceReport]",
    problems: "Sequence[Problem]",
    output_format: str,
    screen: Terminal,
) -> str:
    from dractl.cli import device_reports
    from dractl.diagnose.document import device_document

    if output_format in {"json", "yaml"}:
        return _data(device_document(found, problems), output_format)
    if output_format == "name":
        return device_reports.names(found)
    return device_reports.table(found, screen)


def _status(found: "Explanation", cluster: "Snapshot") -> ExitStatus:
    if found.is_stuck:
        return ExitStatus.NO
    unseen = [each for each in map(cluster.info.gap, _ASKED_ABOUT) if each is not None]
    # "Nothing is stuck" would be too much to say of what was not seen at all.
    is_unknown = found.problems or any(gap.only is None for gap in unseen)
    return ExitStatus.ENVIRONMENT if is_unknown else ExitStatus.YES

"""`dractl explain`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dractl.cli import output
from dractl.cli.command import command
from dractl.cli.options import (
    AllNamespacesOption,
    NamespaceOption,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dractl.api.problems import Problem
    from dractl.api.snapshot import Snapshot
    from dractl.diagnose.answer import DeviceReport, Explanation

EXAMPLES: Final = verbatim("""
Examples:
  # everything in the sample cluster that waits for devices, and why
  dractl explain --demo

  # one namespace of a cluster whose state was saved
  dractl explain --snapshot cluster.json -n training

  # one pod with its claims and devices; all pods of a workload
  dractl explain pod wants-eight --demo
  dractl explain deployment chat --snapshot cluster.json

  # a claim; a device, who holds it and what keeps others from it
  dractl explain claim inference/chat-0-devices-8c1f2 --snapshot cluster.json
  dractl explain device gpu.nvidia.com/h100-2/gpu-7 --demo

  # the codes alone, for a script
  dractl explain --snapshot cluster.json -o json | jq '.pods[].causes[].code'

Exit status: 0 nothing is stuck, 1 something is, 2 wrong usage, 3 a file cannot
be read, or nothing is stuck as far as a file could be read.
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


@command
def explain(  # noqa: PLR0913 - one parameter per option
    what: WhatArgument = None,
    *,
    source: Source,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    output_format: FormatOption = "table",
    screen: Terminal,
) -> int:
    """Say why pods and claims wait, and which change would help.

    Every cause has its evidence: the clause that removes the last device, who holds the
    others, the taint and the rule behind it. Every fix that names a node was tried.
    """
    from dractl.cli.reading import Wish, read_cluster, warn_of
    from dractl.cli.subjects import Question, answer

    asked = Question.of(what or (), namespace)
    wish = Wish("explain", namespace, all_namespaces)
    found = read_cluster(source, wish, screen)
    cluster, question = found.snapshot, replace(asked, namespace=found.namespace)
    warn_of(cluster, screen)
    with screen.progress("explaining") as progress:
        answered = answer(question, cluster, progress)
    if isinstance(answered, list):
        _write_devices(answered, cluster.problems, output_format, screen)
        return ExitStatus.ENVIRONMENT if cluster.problems else ExitStatus.YES
    _write(answered, output_format, screen, is_whole=question.is_whole)
    if any(gap.needs for gap in cluster.info.gaps):
        screen.note(f"{screen.program} explain --explain-permissions prints a role")
    return _status(answered, cluster)


def _write(
    found: "Explanation", output_format: str, screen: Terminal, *, is_whole: bool
) -> None:
    from dractl.cli import explanations

    if output_format in {"json", "yaml"}:
        screen.write(_data(found.document, output_format))
    elif output_format == "name":
        screen.write(explanations.names(found))
    else:
        has_chain = output_format == "wide" or not is_whole
        screen.write(explanations.table(found, screen, has_chain=has_chain))
    for each in found.unchecked:
        screen.note(f"not checked: {each}")
    screen.note(explanations.summary(found))


def _data(document: object, output_format: str) -> str:
    assert isinstance(document, dict)
    return (output.as_json if output_format == "json" else output.as_yaml)(document)


def _write_devices(
    found: "list[DeviceReport]",
    problems: "Sequence[Problem]",
    output_format: str,
    screen: Terminal,
) -> None:
    from dractl.cli import device_reports
    from dractl.diagnose.document import device_document

    if output_format in {"json", "yaml"}:
        screen.write(_data(device_document(found, problems), output_format))
    elif output_format == "name":
        screen.write(device_reports.names(found))
    else:
        screen.write(device_reports.table(found, screen))


def _status(found: "Explanation", cluster: "Snapshot") -> ExitStatus:
    if found.is_stuck:
        return ExitStatus.NO
    unseen = [each for each in map(cluster.info.gap, _ASKED_ABOUT) if each is not None]
    # "Nothing is stuck" would be too much to say of what was not seen at all.
    is_unknown = found.problems or any(gap.only is None for gap in unseen)
    return ExitStatus.ENVIRONMENT if is_unknown else ExitStatus.YES

"""`dractl allocate`."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dractl.cli import output, placements
from dractl.cli.command import command_with
from dractl.cli.options import (
    AllNamespacesOption,
    NamespaceOption,
    OutputOption,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.whatifs import WhatIf, what_if_of
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.cli.reading import Question
    from dractl.solver.placement import Outcome

EXAMPLES: Final = verbatim("""
Examples:
  # what would become of the pending claims of the sample cluster
  dractl allocate --demo

  # of a cluster whose state was saved, as release 1.35 would do it
  dractl allocate --snapshot cluster.yaml --kubernetes-version 1.35

  # would this pod fit, and would it fit on that node
  dractl allocate pod.yaml --snapshot cluster.yaml
  dractl allocate pod.yaml --snapshot cluster.yaml --node gpu-7

  # where would go what a node has, if it were drained; with two nodes more
  dractl allocate --snapshot cluster.yaml --drain gpu-7
  dractl allocate --snapshot cluster.yaml --add-nodes 2 --like gpu-7

  # devices of every claim, for a script
  dractl allocate --snapshot cluster.json -o json

Exit status: 0 everything was placed, 1 something does not fit or would abort
scheduling, 2 wrong usage, 3 a file cannot be read, in whole or in part.
""")

FilesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE",
        show_default=False,
        help="Pods and claims to place, - for stdin. Default: what is pending.",
    ),
]
NodeOption = Annotated[
    str | None,
    typer.Option(
        "--node", metavar="NAME", help="Try this node only, whatever its state."
    ),
]
PolicyOption = Annotated[
    Literal["first", "spread", "pack"],
    typer.Option(
        "--policy",
        help="Which fitting node: the first in order, the emptiest, or the fullest.",
    ),
]


@command_with(what_if_of)
def allocate(  # noqa: PLR0913 - one parameter per option
    files: FilesArgument = None,
    *,
    source: Source,
    node: NodeOption = None,
    policy: PolicyOption = "first",
    what_if: WhatIf,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    output_format: OutputOption = "table",
    screen: Terminal,
) -> int:
    """Say who would get which devices, and why others get none.

    A dry run: nothing is changed anywhere. Claims and pods are placed in their order,
    each with what those before it left over. Of a cluster that is changed in thought,
    what loses its node or its devices is placed first.
    """
    from dractl.cli.reading import Wish, read, warn_of
    from dractl.solver.placement import Policy, place

    wish = Wish("allocate", namespace, all_namespaces)
    question = read(files or (), source, wish, screen)
    warn_of(question.snapshot, screen, "allocate")
    if what_if.is_asked:
        question = _changed(question, what_if, screen)
    started = time.perf_counter()
    with screen.progress("placing") as progress:
        outcome = place(
            question.snapshot,
            question.subjects,
            node=node,
            policy=Policy(policy),
            progress=progress,
        )
    seconds = time.perf_counter() - started
    screen.write(_rendered(outcome, question, output_format, screen, seconds))
    _summarize(outcome, question, screen, seconds)
    return _status(outcome, question)


def _changed(question: "Question", what_if: WhatIf, screen: Terminal) -> "Question":
    """Return the question for the cluster as it would be, and what to place in it.

    What loses its node or its devices by the changes comes first.
    """
    from dractl.capacity.moving import displaced
    from dractl.capacity.whatif import changed
    from dractl.solver.placement import pending

    before = question.snapshot
    changes = what_if.changes(question.namespace or "default")
    after = changed(before, *changes)
    first = displaced(before, after)
    screen.note(f"what if: {', '.join(map(str, changes))}")
    asked = {id(claim) for each in question.subjects for claim in each.claims}
    pods = {each.pod.meta.key for each in question.subjects if each.pod is not None}
    moved = {each.pod.meta.key for each in first if each.pod is not None}
    rest = [
        each
        for each in pending(after)
        if (each.pod is None or each.pod.meta.key not in moved)
        and (
            (each.pod is not None and each.pod.meta.key in pods)
            or any(id(claim) in asked for claim in each.claims)
        )
    ]
    return replace(question, snapshot=after, subjects=(*first, *rest))


def _rendered(
    outcome: "Outcome",
    question: "Question",
    output_format: output.OutputFormat,
    screen: Terminal,
    seconds: float,
) -> str:
    if output_format == "name":
        return placements.names(outcome)
    if output_format == "table":
        return placements.table(outcome, screen)
    if output_format == "wide":
        return placements.wide(outcome, screen)
    if output_format == "claims":
        return output.as_yaml(placements.claims(outcome))
    document = placements.document(outcome, question.snapshot.problems, seconds)
    return output.as_data(document, output_format)


def _summarize(
    outcome: "Outcome", question: "Question", screen: Terminal, seconds: float
) -> None:
    total = len(outcome.placements)
    release = f"judged as Kubernetes {question.snapshot.profile.version}"
    if not total:
        only = (
            "" if question.namespace is None else f" in {question.namespace}; -A: all"
        )
        screen.note(f"nothing is pending{only} ({release})")
        return
    slow = sum(each.is_slow for each in outcome.placements)
    if slow:
        screen.warn(f"{slow} of {total} may take the real scheduler longer than it has")
    placed = sum(map(placements.is_placed, outcome.placements))
    screen.note(f"placed {placed} of {total} ({release})")
    screen.detail(f"{outcome.steps} steps in {seconds:.3f} s")


def _status(outcome: "Outcome", question: "Question") -> ExitStatus:
    if question.unreadable:
        return ExitStatus.ENVIRONMENT
    if not all(map(placements.is_placed, outcome.placements)):
        return ExitStatus.NO
    # Something was left out, so "everything has a place" would be too much to say.
    return ExitStatus.ENVIRONMENT if question.snapshot.problems else ExitStatus.YES

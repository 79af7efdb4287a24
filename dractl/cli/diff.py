"""`dractl diff`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dractl.cli import output
from dractl.cli.command import command
from dractl.cli.options import (
    AllNamespacesOption,
    AnswerOption,
    NamespaceOption,
    check_stdin,
    usage,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.api.problems import Problem
    from dractl.comparison.answer import Comparison

EXAMPLES: Final = verbatim("""
Examples:
  # what has changed since yesterday's snapshot
  dractl snapshot -f monday.json.gz
  dractl diff monday.json.gz -A

  # between two snapshots; of one namespace
  dractl diff monday.json.gz tuesday.json.gz
  dractl diff monday.json.gz tuesday.json.gz -n training

  # every change in a line, for a script
  dractl diff monday.json.gz tuesday.json.gz -o wide
  dractl diff monday.json.gz tuesday.json.gz -o json

Compared are the release and its gates, nodes with their labels, pools, devices
with all that they publish, taint rules, classes, templates, quotas, claims, and
pods with claims. CPU and memory of nodes are not.
A kind that one of the two may not have, since it could not be read, is not
compared, and that is told. A redacted snapshot has other names: compare it with
no other.

Exit status: 0 nothing is different, 1 something is, 2 wrong usage, 3 one of the
two cannot be read, in whole or in part.
""")

OldArgument = Annotated[
    str,
    typer.Argument(
        metavar="OLD", show_default=False, help="A file or folder, - for stdin."
    ),
]
NewArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NEW",
        show_default=False,
        help="The same, of later. Default: the live cluster.",
    ),
]


@command
def diff(  # noqa: PLR0913 - one parameter per option
    old: OldArgument,
    new: NewArgument = None,
    *,
    source: Source,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    output_format: AnswerOption = "table",
    screen: Terminal,
) -> int:
    """Say what has changed in a cluster since it was saved.

    Devices that came, went or are others, taints, claims that got or lost devices,
    pods that wait now, and what else decides who gets what.
    """
    if new is not None and (not source.is_live or source.names_live):
        raise usage("NEW and options that name a cluster exclude each other")
    before = replace(source, snapshot=old, demo=False)
    after = source if new is None else replace(source, snapshot=new)
    check_stdin(before.snapshot, after.snapshot)
    from dractl.cli.emptiness import only_namespace
    from dractl.cli.reading import Wish, read_cluster, warn_of
    from dractl.comparison.compare import compared

    wish = Wish("diff", namespace, all_namespaces, fresh=True)
    newer = read_cluster(after, wish, screen)
    older = read_cluster(before, wish, screen)
    for each in (older, newer):
        warn_of(each.snapshot, screen)
    found = compared(older.snapshot, newer.snapshot, newer.namespace)
    problems = (*older.snapshot.problems, *newer.snapshot.problems)
    _show(found, problems, output_format, screen)
    if newer.namespace is not None:
        looked_at = f"namespace {newer.namespace} was compared"
        screen.note(only_namespace(newer.snapshot, newer.namespace, looked_at))
    if found.changes:
        return ExitStatus.NO
    return ExitStatus.ENVIRONMENT if problems or found.unseen else ExitStatus.YES


def _show(
    found: "Comparison",
    problems: "tuple[Problem, ...]",
    output_format: str,
    screen: Terminal,
) -> None:
    from dractl.cli import changes
    from dractl.comparison.document import document

    if output_format in {"json", "yaml"}:
        data = document(found, problems)
        screen.write(output.as_data(data, output_format))
    elif output_format == "name":
        screen.write(changes.names(found))
    elif output_format == "wide":
        screen.write(changes.wide(found, screen))
    else:
        screen.write(changes.table(found, screen))
    for each in found.unseen:
        screen.warn(f"{changes.plural(each.kind)} not compared: {each.why}")
    screen.note(changes.summary(found))

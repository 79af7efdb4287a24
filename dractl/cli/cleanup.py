"""`dractl cleanup`."""

from dataclasses import replace
from typing import Annotated, Final, Literal

import typer

from dractl.cli.command import command
from dractl.cli.options import (
    AllNamespacesOption,
    AnswerOption,
    NamespaceOption,
    usage,
    verbatim,
)
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # what nobody needs any more, in all namespaces
  dractl cleanup -A

  # what is older than a week, in one namespace
  dractl cleanup -n training --older-than 7d

  # in a cluster whose state was saved
  dractl cleanup --snapshot cluster.json.gz

  # delete what nothing can need; try it on the server first
  dractl cleanup -A --delete --dry-run=server
  dractl cleanup -A --delete

  # also unused templates, which somebody may have made for later
  dractl cleanup -n training --only template-unused --delete --include-review

Nothing is proposed whose owner lives, that a pod or anything that makes pods
names, or of which that is not known: the kinds that cannot be read are told.
What Helm, Argo CD and the like would make again is told, but not deleted. An
object is deleted only in the state in which it was read; one that has changed
since is left alone.

With -n, only what is in that namespace; without, also what is in none: slices,
taint rules and classes. --explain-permissions prints the role that it takes.

Exit status: 0 nothing is proposed, or all was deleted; 1 something is proposed,
or was not deleted since it has changed or you said no; 2 wrong usage; 3 the
cluster cannot be read, in whole or in part, or a deletion failed;
130 interrupted.
""")

OlderThanOption = Annotated[
    str | None,
    typer.Option(
        "--older-than",
        metavar="TIME",
        help="Only what was made that long ago: 7d, 36h.",
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="CODE,...", help="Only findings of these codes."),
]
DeleteOption = Annotated[
    bool, typer.Option("--delete", help="Delete what is safe to delete.")
]
ReviewOption = Annotated[
    bool,
    typer.Option("--include-review", help="Delete also what needs a look first."),
]
YesOption = Annotated[bool, typer.Option("-y", "--yes", help="Delete without asking.")]
DryRunOption = Annotated[
    Literal["none", "client", "server"],
    typer.Option("--dry-run", help="Delete nothing: only say so, or let the API try."),
]


@command
def cleanup(  # noqa: PLR0913 - one parameter per option
    *,
    older_than: OlderThanOption = None,
    only: OnlyOption = None,
    delete: DeleteOption = False,
    include_review: ReviewOption = False,
    yes: YesOption = False,
    dry_run: DryRunOption = "none",
    source: Source,
    namespace: NamespaceOption = None,
    all_namespaces: AllNamespacesOption = False,
    output_format: AnswerOption = "table",
    screen: Terminal,
) -> int:
    """Find claims, templates, slices and rules that nobody needs.

    Nothing is changed without --delete, which shows what it will delete, and asks.
    """
    if not delete and (yes or include_review or dry_run != "none"):
        raise usage("--yes, --include-review and --dry-run go with --delete")
    if delete and not source.is_live:
        raise usage("--delete needs a live cluster: nothing is deleted in a file")
    from dractl.cli import cleaning
    from dractl.cli.clock import moment_for
    from dractl.cli.reading import Wish, read_cluster, warn_of
    from dractl.leftovers.find import leftovers

    limits = cleaning.limits(older_than, only, namespace)
    wish = Wish("cleanup", namespace, all_namespaces, fresh=True)
    cluster = read_cluster(source, wish, screen)
    warn_of(cluster.snapshot, screen, "cleanup")
    limits = replace(limits, namespace=cluster.namespace)
    answer = leftovers(cluster.snapshot, moment_for(cluster, screen), limits)
    if cluster.live is None or not delete:
        cleaning.write(answer, output_format, screen)
        return cleaning.status(answer, cluster.snapshot, limits)
    order = cleaning.Order(dry_run, has_review=include_review, is_confirmed=yes)
    return cleaning.delete(answer, cluster.live, order, output_format, screen)

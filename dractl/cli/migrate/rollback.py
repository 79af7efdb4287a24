"""`dractl migrate rollback`."""

from typing import Annotated, Final

import typer

from dractl.cli.command import command_with
from dractl.cli.migrate.ways import DEFAULT, StateOption, Way, way_of
from dractl.cli.options import usage, verbatim
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # take back the last stage, done or half done
  dractl migrate rollback --state prod.json

  # back to where a stage had been done, nothing after it; back to the start
  dractl migrate rollback --state prod.json --to objects
  dractl migrate rollback --state prod.json --all

  # only show it; try it on the server
  dractl migrate rollback --state prod.json --dry-run=client
  dractl migrate rollback --state prod.json --dry-run=server

Stages and their steps are taken back in the reverse order, to what the file says
was there before: labels, cordons, fields. Pods that hold claims leave a node
before its driver does, and a node gets pods again only once its plugin is back.
Objects are deleted only if dractl made them, nobody has changed them, and nothing
uses them. What others have changed meanwhile is left alone, and told.

Exit status: 0 all is taken back; 1 something is not: you said no, others changed
it, it is in use, or --timeout was over; 2 wrong usage; 3 the file or the cluster
cannot be read, or refuses; 130 interrupted: the same command goes on.
""")

ToOption = Annotated[
    str | None,
    typer.Option("--to", metavar="STAGE", help="Take back all that came after it."),
]
AllOption = Annotated[bool, typer.Option("--all", help="Take back all stages.")]


@command_with(way_of)
def rollback(  # noqa: PLR0913 - one parameter per option
    *,
    state: StateOption = DEFAULT,
    to: ToOption = None,
    everything: AllOption = False,
    way: Way,
    source: Source,
    screen: Terminal,
) -> int:
    """Take back the last stage of a migration, or more."""
    from dractl.cli.migrate import rolling_back

    if to is not None and everything:
        raise usage("--to and --all exclude each other")
    wanted = rolling_back.Wanted(to, everything)
    return rolling_back.run(state, wanted, way, source, screen)

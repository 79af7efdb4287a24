"""`dractl migrate apply`."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dractl.cli.command import command_with
from dractl.cli.migrate.options import Given, Wanted, given_of, wanted_of
from dractl.cli.migrate.ways import (
    DEFAULT,
    Accepted,
    StateOption,
    Way,
    accepted_of,
    way_of,
)
from dractl.cli.options import verbatim
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal

if TYPE_CHECKING:
    from dractl.migrate.progress import Migration

EXAMPLES: Final = verbatim("""
Examples:
  # plan what the cluster runs, keep the plan in a file, do the first stage
  dractl migrate apply -A --state prod.json

  # look whether it is as it should be; then do the next one
  dractl migrate verify --state prod.json
  dractl migrate apply --state prod.json

  # only show the next stage; try it on the server
  dractl migrate apply --state prod.json --dry-run=client
  dractl migrate apply --state prod.json --dry-run=server

  # in a script, with half an hour for the pods to leave a node
  dractl migrate apply --state prod.json --yes --timeout 30m

The first run plans, as dractl migrate plan does with the same options, and writes
all stages into the file. Later runs need that file and the cluster alone. Each run
does one stage: it shows every step, asks, and keeps what it takes to undo a step
before it is done. A run that was interrupted, or killed, is gone on with by the
same command; dractl migrate rollback takes back what is done.

Pods leave a node by evictions, which PodDisruptionBudgets may hold up: they are
asked for again until --timeout is over. What only you can do stops a stage: do it
and say so, or, with --yes, run the same command again.

Exit status: 0 the stage is done; 1 it is not, or not all of it: you said no, the
plan is not safe, an earlier stage is not verified, something was changed
meanwhile, or --timeout was over; 2 wrong usage; 3 the file or the cluster cannot
be read, or refuses; 130 interrupted.
""")

StageOption = Annotated[
    str | None,
    typer.Option("--stage", metavar="NAME", help="Do this stage, not the next one."),
]
UnverifiedOption = Annotated[
    bool,
    typer.Option("--unverified", help="Go on, though an earlier stage is unverified."),
]


@command_with(given_of, wanted_of, accepted_of, way_of)
def apply(  # noqa: PLR0913 - one parameter per option
    *,
    given: Given,
    wanted: Wanted,
    accepted: Accepted,
    state: StateOption = DEFAULT,
    stage: StageOption = None,
    unverified: UnverifiedOption = False,
    way: Way,
    source: Source,
    screen: Terminal,
) -> int:
    """Do the next stage of a migration, after showing its steps.

    The first run plans the migration, and keeps the plan in a file.
    """
    from dractl.cli.migrate import applying, statefile

    def plan() -> "Migration":
        from dractl.cli.migrate import beginning

        return beginning.migration(given, wanted, source, accepted, screen)

    wishes = statefile.wishes(given, wanted)
    begin = applying.Begin(plan, wishes, stage, unverified)
    return applying.run(state, begin, way, source, screen)

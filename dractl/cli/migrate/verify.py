"""`dractl migrate verify`."""

from typing import Annotated, Final

import typer

from dractl.cli.command import command
from dractl.cli.migrate.ways import DEFAULT, StateOption
from dractl.cli.options import verbatim
from dractl.cli.source import Source
from dractl.cli.source import seconds as duration
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # look whether the last stage is as it should be
  dractl migrate verify --state prod.json

  # give pods ten minutes to start; look at another stage
  dractl migrate verify --state prod.json --timeout 10m
  dractl migrate verify --state prod.json --stage objects

Objects have to be there and the same. Nodes have to be without what the plugin
gave, with complete pools of the driver and enough devices, with their labels, and
open for pods. Workloads have to say what they were changed to, all their pods have
to be ready, and the claims of these allocated. Nothing is changed but the file,
which keeps that the stage is verified, or that it is not.

Exit status: 0 all is as it should be; 1 something is not; 2 wrong usage; 3 the
file or the cluster cannot be read; 130 interrupted.
""")

WhichOption = Annotated[
    str | None,
    typer.Option("--stage", metavar="NAME", help="This stage, not the last one done."),
]
PatienceOption = Annotated[
    str,
    typer.Option(
        "--timeout", metavar="TIME", help="How long to wait for what is not yet so."
    ),
]


@command
def verify(
    *,
    state: StateOption = DEFAULT,
    stage: WhichOption = None,
    timeout: PatienceOption = "0s",
    source: Source,
    screen: Terminal,
) -> int:
    """Look whether the last stage of a migration is as it should be."""
    from dractl.cli.migrate import verifying

    patience = duration("--timeout", timeout)
    return verifying.run(state, stage, patience, source, screen)

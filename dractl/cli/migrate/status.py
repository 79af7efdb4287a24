"""`dractl migrate status`."""

from typing import Annotated, Final, Literal

import typer

from dractl.cli.command import command
from dractl.cli.migrate.ways import DEFAULT, StateOption
from dractl.cli.options import verbatim
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

EXAMPLES: Final = verbatim("""
Examples:
  # how far the migration is, and what comes next
  dractl migrate status --state prod.json

  # for a program
  dractl migrate status --state prod.json -o json

Only the file is read, no cluster: dractl migrate verify looks at that.

Exit status: 0 always, if there is such a file; 2 wrong usage; 3 the file cannot be
read, or is no such file.
""")

StatusFormat = Literal["table", "json", "yaml"]
FormatOption = Annotated[
    StatusFormat, typer.Option("-o", "--output", help="How to print the answer.")
]


@command
def status(
    *,
    state: StateOption = DEFAULT,
    output_format: FormatOption = "table",
    screen: Terminal,
) -> int:
    """Show how far a migration is, and which command goes on with it."""
    from dractl.cli import output
    from dractl.cli.migrate import showing, statefile
    from dractl.migrate.progress_file import status_document

    found = statefile.known(state)
    if output_format == "table":
        screen.write(showing.table(found, screen))
        screen.note(f"{found.origin.server}, planned {found.origin.made}")
        showing.note_next(found, state, screen)
    else:
        coming = showing.what_next(found, state, screen.program)
        screen.write(output.as_data(status_document(found, coming), output_format))
    return ExitStatus.YES

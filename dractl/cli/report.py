"""`dractl report`."""

from typing import Annotated, Final

import typer

from dractl.cli.command import command
from dractl.cli.options import verbatim
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # the sample cluster; open the file in a browser
  dractl report --demo -o report.html

  # your cluster, and one that was saved; then for others to read
  dractl report -o report.html
  dractl report --snapshot cluster.json.gz -o report.html
  dractl snapshot --redact -f - | dractl report --snapshot - -o report.html

  # under its own title, without what the doctor says, to somewhere else
  dractl report --title 'GPU fleet, week 48' --no-doctor | gzip > week-48.gz

The page is one file that loads nothing: no network, no fonts, no scripts of others.
It has the names of your objects; snapshot --redact replaces them. Of many nodes, it
shows once what they have in common. Nothing in the cluster is changed.

A file is replaced at once; one that is no report of dractl, only with --force.

Exit status: 0 written; 2 wrong usage; 3 the cluster cannot be read, or the file
not be written, or objects were malformed: then the page is written, and names
them. What you may not read does not end the work: the page tells what that is.
""")

FileOption = Annotated[
    str,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Where to write the page; - is stdout."
    ),
]
TitleOption = Annotated[
    str | None, typer.Option("--title", metavar="TEXT", help="The page's title.")
]
NoDoctorOption = Annotated[
    bool, typer.Option("--no-doctor", help="Without the checks of dractl doctor.")
]
NoHealthOption = Annotated[
    bool, typer.Option("--no-health", help="Without the health of devices.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace a file that is no report of dractl.")
]


@command
def report(  # noqa: PLR0913 - one parameter per option
    *,
    filename: FileOption = "-",
    title: TitleOption = None,
    no_doctor: NoDoctorOption = False,
    no_health: NoHealthOption = False,
    force: ForceOption = False,
    source: Source,
    screen: Terminal,
) -> int:
    """Show a cluster as one page for a browser, in one file.

    What there is and is left, device by device and node by node; what waits, and why;
    taints, health, and what the doctor says.
    """
    from dractl.cli.reporting import Order, reported

    order = Order(filename, title, not no_doctor, not no_health, force)
    return reported(order, source, screen)

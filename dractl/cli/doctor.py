"""`dractl doctor`: whether a cluster is ready for DRA. The group of its commands."""

from typing import Annotated, Final, Literal

import typer

from dractl.cli import upgrade
from dractl.cli.command import command
from dractl.cli.options import verbatim
from dractl.cli.source import REACHING, Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus

EXAMPLES: Final = verbatim("""
Examples:
  # is the cluster of the current context ready, and if not, what to do
  dractl doctor

  # try it on the sample cluster
  dractl doctor --demo

  # with what the components are configured with, where no server tells it
  dractl doctor -f kubeadm.yaml -f /etc/kubernetes/manifests

  # some checks only, or all but some; what a check looks for
  dractl doctor --only gate-off,gate-differs
  dractl doctor --skip class-selects-nothing
  dractl doctor --explain gate-off
  dractl doctor --explain all

  # for CI: also warnings fail
  dractl doctor --fail-on warning -o junit > doctor.xml

It only reads. What it could not look at is told, and does not count as passed.

Exit status: 0 no finding is as severe as --fail-on says; 1 one is; 2 wrong
usage; 3 the cluster cannot be read, or only in part and nothing else is wrong;
130 interrupted.
""")

FilesOption = Annotated[
    list[str] | None,
    typer.Option(
        "-f",
        "--filename",
        metavar="PATH",
        help="Configuration of kubeadm, kubelets, static pods; may be repeated.",
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="CODE,...", help="Only these checks."),
]
SkipOption = Annotated[
    list[str] | None,
    typer.Option("--skip", metavar="CODE,...", help="All checks but these."),
]
ExplainOption = Annotated[
    str | None,
    typer.Option(
        "--explain", metavar="CODE", help="Print a check's manual, or all for a list."
    ),
]
FailOption = Annotated[
    Literal["error", "warning", "info", "never"],
    typer.Option("--fail-on", help="From which severity on the exit status is 1."),
]
FormatOption = Annotated[
    Literal["table", "wide", "json", "yaml", "name", "junit"],
    typer.Option("-o", "--output", help="How to print the answer."),
]

app = typer.Typer()
app.command("upgrade", epilog=upgrade.EXAMPLES + REACHING)(upgrade.upgrade)


@app.callback(invoke_without_command=True)
@command
def doctor(  # noqa: PLR0913 - one parameter per option
    *,
    context: typer.Context,
    files: FilesOption = None,
    only: OnlyOption = None,
    skip: SkipOption = None,
    explain: ExplainOption = None,
    fail_on: FailOption = "error",
    source: Source,
    output_format: FormatOption = "table",
    screen: Terminal,
) -> int:
    """Check whether a cluster is ready for DRA, and say what to do where it is not."""
    if context.invoked_subcommand is not None:
        return ExitStatus.YES
    from dractl.cli import doctoring

    if explain is not None:
        screen.write(doctoring.explained(explain))
        return ExitStatus.YES
    order = doctoring.ordered(files or (), only or (), skip or ())
    answer = doctoring.examined(order, source, screen)
    screen.write(doctoring.shown(answer, output_format, fail_on, screen))
    return doctoring.status(answer, fail_on)

"""`dractl migrate`: the group of its commands, each in a module of its own."""

from typing import Final

import typer

from dractl.cli.migrate import plan
from dractl.cli.options import verbatim
from dractl.cli.source import REACHING

EXAMPLES: Final = verbatim("""
Examples:
  # what would become of what asks for GPUs today, in the sample cluster
  dractl migrate plan --demo
""")

app = typer.Typer()
app.command("plan", epilog=plan.EXAMPLES + REACHING)(plan.plan)


@app.callback(invoke_without_command=True)
def group(context: typer.Context) -> None:
    """Move workloads from device plugins to DRA, without downtime."""
    if context.invoked_subcommand is None:
        context.obj.write(context.get_help() + "\n")

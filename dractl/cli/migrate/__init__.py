"""`dractl migrate`: the group of its commands, each in a module of its own."""

from typing import Final

import typer

from dractl.cli.migrate import apply, plan, render, rollback, status, verify
from dractl.cli.options import verbatim
from dractl.cli.source import REACHING

EXAMPLES: Final = verbatim("""
Examples:
  # who asks device plugins for what, what replaces it, and what is in the way
  dractl migrate plan --demo
  dractl migrate plan manifests/ -R --context prod

  # the manifests as they have to be, first as a difference
  dractl migrate render manifests/ -R
  dractl migrate render manifests/ -R --in-place

  # on the cluster: stage by stage, each looked at before the next; and back
  dractl migrate apply --help
""")

app = typer.Typer()
app.command("apply", epilog=apply.EXAMPLES + REACHING)(apply.apply)
app.command("plan", epilog=plan.EXAMPLES + REACHING)(plan.plan)
app.command("render", epilog=render.EXAMPLES + REACHING)(render.render)
app.command("rollback", epilog=rollback.EXAMPLES + REACHING)(rollback.rollback)
app.command("status", epilog=status.EXAMPLES)(status.status)
app.command("verify", epilog=verify.EXAMPLES + REACHING)(verify.verify)


@app.callback(invoke_without_command=True)
def group(context: typer.Context) -> None:
    """Move workloads from device plugins to DRA, without downtime."""
    if context.invoked_subcommand is None:
        context.obj.write(context.get_help() + "\n")

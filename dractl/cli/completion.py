"""`dractl completion`: scripts that let a shell ask dractl what may come next."""

from importlib.resources import files
from typing import Annotated, Final, Literal

import typer

from dractl.cli.options import verbatim
from dractl.cli.terminal import Terminal

Shell = Literal["bash", "zsh", "fish", "powershell"]

EXAMPLES: Final = verbatim("""
Examples:
  # bash: now, and from now on
  source <(dractl completion bash)
  dractl completion bash > ~/.local/share/bash-completion/completions/dractl

  # zsh: into a folder that $fpath has
  dractl completion zsh > "${fpath[1]}/_dractl"

  # fish
  dractl completion fish > ~/.config/fish/completions/dractl.fish

  # PowerShell
  dractl completion powershell | Out-String | Invoke-Expression

`kubectl dra` completes with kubectl_complete-dra on PATH; pip puts it there.
""")


def script(shell: Shell) -> str:
    """Return the shell's completion script."""
    return (files("dractl.cli") / "shells" / f"dractl.{shell}").read_text("utf-8")


def completion(
    context: typer.Context,
    shell: Annotated[Shell, typer.Argument(help="The shell to write for.")],
) -> None:
    """Print a script with which a shell completes dractl's words."""
    terminal: Terminal = context.obj
    terminal.write(script(shell))

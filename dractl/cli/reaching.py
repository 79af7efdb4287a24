"""`dractl options`."""

from typing import Final

import typer
from typer.core import TyperGroup, TyperOption

from dractl.cli.options import verbatim
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  # what they are; one of them with another command
  dractl options
  dractl top --as viewer --as-group system:authenticated
""")

_EXAMPLE: Final = "explain"  # a command that has them


def options(context: typer.Context) -> None:
    """List options for reaching a cluster that all commands have.

    They mean what they mean to kubectl.
    """
    screen = context.ensure_object(Terminal)
    root = context.find_root().command
    assert isinstance(root, TyperGroup)
    for option in root.commands[_EXAMPLE].params:
        if isinstance(option, TyperOption) and option.hidden:
            metavar = "" if option.is_flag else f" {option.metavar}"
            screen.write(f"{option.opts[0]}{metavar}\n    {option.help}\n")

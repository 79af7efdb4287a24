"""`dractl version`."""

import json
import platform
from typing import Annotated, Final, Literal

import typer

from dractl import __version__
from dractl.cli.options import verbatim
from dractl.cli.terminal import Terminal

EXAMPLES: Final = verbatim("""
Examples:
  dractl version
  dractl version -o json
""")


def version(
    context: typer.Context,
    output: Annotated[
        Literal["text", "json"],
        typer.Option("-o", "--output", help="How to print it."),
    ] = "text",
) -> None:
    """Print the version, and the Kubernetes releases that it knows."""
    from dractl.model.cluster import NEWEST, OLDEST

    terminal = context.ensure_object(Terminal)
    if output == "text":
        terminal.write(f"dractl {__version__} (Kubernetes {OLDEST} to {NEWEST})\n")
        return
    answer = {
        "apiVersion": "dractl/v1",
        "kind": "VersionResult",
        "version": __version__,
        "kubernetes": {"oldest": str(OLDEST), "newest": str(NEWEST)},
        "python": platform.python_version(),
    }
    terminal.write(json.dumps(answer, indent=2) + "\n")

"""The question before a cluster is changed."""

from typing import Final

from dractl.cli.options import usage
from dractl.cli.terminal import Terminal
from dractl.cli.text import visible

_YES: Final = frozenset({"y", "yes"})


def confirmed(question: str, screen: Terminal, yes: bool) -> bool:
    """Tell whether the user wants it, who has said so before if `yes` is set.

    Raises DractlError where nobody can be asked.
    """
    if yes:
        return True
    keyboard = screen.keyboard
    if keyboard is None or not keyboard.isatty():
        raise usage(
            "nothing was changed: nobody can be asked, since stdin is no terminal",
            hint="--yes answers yes, --dry-run=server only tries it",
        )
    screen.err.write(f"{visible(question)} [y/N] ")
    screen.err.flush()
    return keyboard.readline().strip().lower() in _YES

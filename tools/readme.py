"""Keeps the README honest: its commands can be asked for and run by others."""

import argparse
import re
import sys
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[1] / "README.md"


def command(name: str) -> str:
    """Return the shell command under the marker `<!-- name -->`."""
    found = re.search(
        rf"<!-- {re.escape(name)} -->\n```sh\n(.+?)\n```",
        README.read_text("utf-8"),
        re.DOTALL,
    )
    if found is None:
        sys.exit(f"the README has no command marked {name!r}")
    return found[1]


def main() -> None:
    """Print a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", required=True, help="print the command so marked")
    print(command(parser.parse_args().command))


if __name__ == "__main__":
    main()

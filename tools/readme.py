"""Keeps the README honest: its output is real, its commands can be asked for and run.

A line `<!-- output: ARGUMENTS -->` stands before a block that shows what
`dractl ARGUMENTS` prints; `<!-- output on HOST: ARGUMENTS -->` what it would print on a
host of tests/hosts; with `, first N lines` before the colon only so much is shown.
`<!-- picture: ARGUMENTS -->` stands before a picture whose file
is what it prints. `<!-- NAME -->` stands before a command for others to run.
"""

import argparse
import contextlib
import io
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dractl.cli.app import main as dractl
from tests.hosts.trees import tree

README: Final = Path(__file__).parents[1] / "README.md"
_OUTPUT: Final = re.compile(
    r"(?P<marker><!-- output(?: on (?P<host>[a-z0-9-]+))?"
    r"(?:, first (?P<most>[0-9]+) lines)?: (?P<arguments>.+?) -->)\n"
    r"```console\n.*?\n```\n",
    re.DOTALL,
)
_PICTURE: Final = re.compile(
    r"<!-- picture: (?P<arguments>.+?) -->\n!\[[^\]]+\]\((?P<path>[^)]+)\)\n"
)


def command(name: str) -> str:
    """Return the shell command under the marker `<!-- name -->`."""
    marked = rf"<!-- {re.escape(name)} -->\n```sh\n(.+?)\n```"
    found = re.search(marked, README.read_text("utf-8"), re.DOTALL)
    if found is None:
        sys.exit(f"the README has no command marked {name!r}")
    return found[1]


def current(text: str) -> str:
    """Return the README's text with the output that dractl has today."""
    return _OUTPUT.sub(_shown, text)


def pictures(text: str) -> Mapping[Path, str]:
    """Return what the files of the README's pictures should hold."""
    return {
        README.parent / found["path"]: _printed(shlex.split(found["arguments"]))
        for found in _PICTURE.finditer(text)
    }


def _shown(found: re.Match[str]) -> str:
    arguments = shlex.split(found["arguments"])
    if found["host"]:
        with tempfile.TemporaryDirectory() as folder:
            root = str(tree(found["host"]).unpack(Path(folder)))
            printed = _printed([*arguments, "--root", root]).replace(root, "")
    else:
        printed = _printed(arguments)
    cut = f" | head -n {found['most']}" if found["most"] else ""
    lines = printed.rstrip().split("\n")[: int(found["most"]) if cut else None]
    shown = "\n".join((f"$ dractl {found['arguments']}{cut}", *lines))
    return f"{found['marker']}\n```console\n{shown}\n```\n"


def _printed(arguments: list[str]) -> str:
    printed = io.BytesIO()
    stream = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        dractl(arguments)
    return printed.getvalue().decode()


def main() -> None:
    """Write the README anew, compare it, or print one of its commands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--command", help="print the command that is marked so")
    options = parser.parse_args()
    if options.command:
        print(command(options.command))
        return
    before = README.read_text("utf-8")
    after = current(before)
    if options.check and after != before:
        sys.exit("the README shows old output; run python -m tools.readme")
    README.write_text(after, encoding="utf-8")
    for path, drawn in pictures(after).items():
        if options.check and (not path.exists() or path.read_text("utf-8") != drawn):
            sys.exit(f"{path.name} is old; run python -m tools.readme")
        path.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()

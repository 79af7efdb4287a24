"""Writes docs/rules.md from the table of rules; `--check` only compares."""

import argparse
import sys
from pathlib import Path
from typing import Final

from dractl.cli.reports import plain
from dractl.rules.check import RULES

PAGE: Final = Path(__file__).parents[1] / "docs" / "rules.md"
_HEAD: Final = """\
# Rules of dractl validate

Written by `python -m tools.rules`; `dractl validate --explain CODE` prints the same.
An error is what the API server refuses. A warning is what it accepts and you would
regret. What is only good to know is shown with `--min-severity info`.

| code | severity | in short |
|---|---|---|
"""


def page() -> str:
    """Return the page as the table of rules is today."""
    codes = sorted(RULES)
    rows = (
        f"| [{code}](#{code}) | {RULES[code].severity} | {_cell(RULES[code].title)} |\n"
        for code in codes
    )
    manuals = (
        f"\n## {code}\n\n*{RULES[code].severity}*\n\n{plain(RULES[code].manual)}\n"
        for code in codes
    )
    return _HEAD + "".join(rows) + "".join(manuals)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    if not parser.parse_args().check:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text("utf-8") != page():
        sys.exit("docs/rules.md is not current; run python -m tools.rules")


if __name__ == "__main__":
    main()

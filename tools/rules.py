"""Writes docs/rules.md and docs/migration.md from their tables; `--check` compares."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dractl.cli.manuals import plain
from dractl.migrate.codes import CODES
from dractl.migrate.hazards import Hazard
from dractl.rules.check import RULES
from dractl.rules.registry import Rule

_DOCS: Final = Path(__file__).parents[1] / "docs"
_TABLE: Final = """\

| code | severity | in short |
|---|---|---|
"""
_RULES: Final = """\
# Rules of dractl validate

Written by `python -m tools.rules`; `dractl validate --explain CODE` prints the same.
An error is what the API server refuses. A warning is what it accepts and you would
regret. What is only good to know is shown with `--min-severity info`.
"""
_MIGRATION: Final = """\
# Findings of dractl migrate

Written by `python -m tools.rules`; `dractl migrate plan --explain CODE` prints the
same. An error stands in the way of a workload, or of all. A warning is what you would
regret. The rest is good to know.
"""


def pages() -> dict[str, str]:
    """Return the pages by their names, as the tables are today."""
    return {"rules.md": _page(_RULES, RULES), "migration.md": _page(_MIGRATION, CODES)}


def _page(head: str, table: Mapping[str, Rule] | Mapping[str, Hazard]) -> str:
    codes = sorted(table)
    rows = (
        f"| [{code}](#{code}) | {table[code].severity} | {_cell(table[code].title)} |\n"
        for code in codes
    )
    manuals = (
        f"\n## {code}\n\n*{table[code].severity}*\n\n{plain(table[code].manual)}\n"
        for code in codes
    )
    return head + _TABLE + "".join(rows) + "".join(manuals)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    is_check = parser.parse_args().check
    _DOCS.mkdir(exist_ok=True)
    for name, text in pages().items():
        page = _DOCS / name
        if not is_check:
            page.write_text(text, encoding="utf-8")
        elif not page.is_file() or page.read_text("utf-8") != text:
            sys.exit(f"docs/{name} is not current; run python -m tools.rules")


if __name__ == "__main__":
    main()

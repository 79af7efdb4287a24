"""Writes the schemas of resource.k8s.io, or with --check compares them."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from tools.schemas.build import schemas
from tools.schemas.published import GROUP, folder, read

TARGET: Final = Path(__file__).parents[2] / "schemas"


def current() -> dict[str, str] | None:
    """Return the text of every schema; None without the published ones."""
    published = folder()
    if published is None:
        return None
    return {
        path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for path, schema in schemas(read(published)).items()
    }


def stale(wanted: dict[str, str]) -> list[str]:
    """Return the files that differ from what they should be, or should not exist."""
    present = {
        path.relative_to(TARGET).as_posix(): path.read_text("utf-8")
        for path in (TARGET / GROUP).rglob("*.json")
    }
    return sorted(
        path
        for path in present.keys() | wanted.keys()
        if present.get(path) != wanted.get(path)
    )


def main() -> None:
    """Write the schemas anew, or only compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args()
    wanted = current()
    if wanted is None:
        sys.exit("kubernetes-validate is not installed: pip install -e '.[dev]'")
    old = stale(wanted)
    if options.check:
        if old:
            sys.exit(f"stale: {', '.join(old)}; run python -m tools.schemas")
        return
    for path in old:
        if path not in wanted:
            (TARGET / path).unlink()
            continue
        (TARGET / path).parent.mkdir(parents=True, exist_ok=True)
        (TARGET / path).write_text(wanted[path], encoding="utf-8")


if __name__ == "__main__":
    main()

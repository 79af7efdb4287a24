"""Copies the completion scripts to where packagers look for them."""

import argparse
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SHELLS: Final = ROOT / "dractl/cli/shells"
TARGET: Final = ROOT / "completions"
# The names under which shells look for them.
FILES: Final = {
    "dractl.bash": "dractl.bash",
    "dractl.zsh": "_dractl",
    "dractl.fish": "dractl.fish",
    "dractl.powershell": "dractl.ps1",
    "kubectl_complete-dra": "kubectl_complete-dra",
}


def stale() -> list[Path]:
    """Return the copies that differ from what they are made of, or should not exist."""
    wanted = {TARGET / name: SHELLS / source for source, name in FILES.items()}
    found = {*wanted, *TARGET.iterdir()}
    return sorted(
        path
        for path in found
        if path not in wanted
        or not path.exists()
        or path.read_bytes() != wanted[path].read_bytes()
    )


def main() -> None:
    """Write the copies, or with --check only say which ones are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    if parser.parse_args().check:
        if found := stale():
            sys.exit(f"stale: {', '.join(map(str, found))}; run {Path(__file__).name}")
        return
    TARGET.mkdir(exist_ok=True)
    for source, name in FILES.items():
        path = TARGET / name
        path.write_bytes((SHELLS / source).read_bytes())
        path.chmod(0o755 if name.startswith("kubectl") else 0o644)


if __name__ == "__main__":
    main()

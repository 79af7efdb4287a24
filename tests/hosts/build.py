"""Write the trees of all machines: `python -m tests.hosts.build [--check]`."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator

from tests.hosts import machines
from tests.hosts.machine import Machine
from tests.hosts.trees import HOSTS


def all_machines() -> Iterator[Machine]:
    """Yield what the modules in machines/ describe."""
    for module in pkgutil.iter_modules(machines.__path__):
        described = importlib.import_module(f"{machines.__name__}.{module.name}")
        yield from described.machines()


def stale() -> dict[str, str]:
    """Return the texts, by file name, that differ from what is there."""
    texts = {f"{each.name}.tree": str(each.tree) for each in all_machines()}
    return {name: text for name, text in texts.items() if _present(name) != text}


def _present(name: str) -> str | None:
    file = HOSTS / name
    return file.read_text("utf-8") if file.exists() else None


def main(arguments: list[str]) -> int:
    """Write what is stale, or only say so."""
    texts = stale()
    for name, text in sorted(texts.items()):
        print(name)  # noqa: T201 - what this program is for
        if "--check" not in arguments:
            (HOSTS / name).write_text(text, "utf-8")
    return 1 if texts and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

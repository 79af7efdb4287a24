"""Cases of tests that are YAML: many documents, and what is to be found in them."""

from pathlib import Path
from typing import Any

import yaml


def cases(name: str) -> list[Any]:
    """Return the rows of a file."""
    text = (Path(__file__).parent / f"{name}.yaml").read_text()
    found: list[Any] = yaml.safe_load(text)
    return found


def named(row: Any) -> str:
    """Return what a row's document is."""
    return str(row["document"]["kind"])

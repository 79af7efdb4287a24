"""Clusters that are captured in tests: the sample, one that waits, random ones."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from dractl.capture.clean import clean
from dractl.demo import PATH
from tests.diagnose.generated import documents
from tests.scenarios import SHARED

Wire = dict[str, Any]

WAITING: Final = SHARED / "clusters" / "pending.json"
SEEDS: Final = range(40)


@cache
def demo() -> tuple[Wire, ...]:
    """Return the sample cluster."""
    return tuple(json.loads(PATH.read_text("utf-8"))["items"])


@cache
def waiting() -> tuple[Wire, ...]:
    """Return the recorded cluster in which pods wait."""
    return tuple(json.loads(WAITING.read_text("utf-8"))["items"])


def generated(seed: int) -> tuple[Wire, ...]:
    """Return the random cluster of that number."""
    return documents(seed)


def cleaned(documents: Iterable[Wire]) -> list[Wire]:
    """Return what may be written of documents, in their order."""
    done = map(clean, documents)
    return [{**document} for document in done if document is not None]

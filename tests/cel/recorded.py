"""Answers of upstream's CEL, recorded: expressions, devices and what came of them.

The sample stands beside this file; the whole set and that of upstream's own tests lie
in `shared/`. They were made with the libraries of Kubernetes 1.36 and cel-go 0.26, as
a scheduler compiles stored expressions, unless `new` says that the API server judges
them with the named features.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dractl.cel.environment import STORED, Environment
from tests.scenarios import SHARED

SAMPLE: Final = Path(__file__).parent / "vectors" / "cel-sample.jsonl"
ALL: Final = SHARED / "vectors" / "cel.jsonl.gz"
UPSTREAM: Final = SHARED / "upstream" / "cel-cases.jsonl.gz"


@dataclass(frozen=True)
class Recorded:
    """What upstream says about an expression and one device.

    outcome: CE (does not compile), RE (fails when evaluated), true or false; `kind` is
    the type of the whole, empty if it does not compile.
    """

    expression: str
    device: int
    outcome: str
    message: str
    kind: str
    most_cost: int
    environment: Environment


def devices(path: Path = SAMPLE) -> list[dict[str, Any]]:
    """Return the devices of a file as its first line has them."""
    found: list[dict[str, Any]] = json.loads(next(iter(_lines(path))))["devices"]
    return found


def recorded(path: Path = SAMPLE) -> Iterator[Recorded]:
    """Yield the answers of a file."""
    lines = iter(_lines(path))
    next(lines)
    for line in lines:
        fields = json.loads(line)
        environment = STORED
        if fields.get("new"):
            gates = fields["features"]
            environment = Environment("consumable" in gates, "list" in gates)
        yield Recorded(
            fields["expr"],
            fields["dev"],
            fields["want"],
            fields.get("msg", ""),
            fields.get("type", ""),
            fields["maxCost"],
            environment,
        )


def _lines(path: Path) -> Iterable[str]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from file
    else:
        yield from path.read_text("utf-8").splitlines()

"""What tests of `dractl cel` ask with, and its answers."""

import json
from typing import Any

from tests.answers import validate
from tests.cli import wire
from tests.cli.run import ROOT, Runner

SCHEMA = json.loads((ROOT / "schemas/output/cel.v1.json").read_text())
HOSTILE = "\x1b[2J\u202e\n[red]"
A = f'device.attributes["{wire.DRIVER}"]'
C = f'device.capacity["{wire.DRIVER}"]'


def answer(dractl: Runner, *argv: str) -> dict[str, Any]:
    ran = dractl("cel", *argv, "-o", "json")
    document: dict[str, Any] = json.loads(ran.out)
    validate(document, SCHEMA)
    return document

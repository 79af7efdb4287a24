"""A small cluster in which a pod waits, and how to ask about it."""

import json
from typing import Any

from tests.answers import validate
from tests.cli.run import ROOT, Ran, Runner
from tests.diagnose.cluster import claim, gpu_class, gpus, held, node, pod, wish

SCHEMA = json.loads((ROOT / "schemas/output/explain.v1.json").read_text())

CLUSTER = (
    node("n1"),
    gpu_class(),
    gpus("n1", "gpu-0", "gpu-1"),
    held("mine", "n1", "gpu-0", pod="runs"),
    pod("runs", "claim/mine", nodeName="n1", status={"phase": "Running"}),
    claim("big", wish(2)),
    pod("waits", "claim/big"),
    claim("small"),
    pod("fits", "claim/small"),
)
"""One pod runs, one would fit, one waits."""


def answer(dractl: Runner, *argv: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dractl("explain", *argv, "-o", "json").out)
    validate(document, SCHEMA)
    return document


def codes(document: dict[str, Any]) -> dict[str, list[str]]:
    return {
        each["name"]: [cause["code"] for cause in each["causes"]]
        for each in (*document["pods"], *document["claims"])
    }


def headings(ran: Ran) -> list[str]:
    """Return the first line of each paragraph."""
    return [each for each in ran.out.splitlines() if each and not each.startswith(" ")]
